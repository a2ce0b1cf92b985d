"""Samples of the vendor's API pages: requests and their complete responses."""

from __future__ import annotations

from typing import Any, NamedTuple


class Sample(NamedTuple):
    """A published request and the images of its response."""

    action: str
    parameters: dict[str, Any]
    kind: str
    rows: str
    images: list[dict[str, Any]]
    other_fields: dict[str, Any] = {}  # noqa: RUF012  # never changed


PRESETS = [
    {
        "ApplicableModuleList": ["Notebook"],
        "ChipTypeList": ["NVIDIA GPU"],
        "ComputeLibVersion": "12.8",
        "CreateTime": "2026-06-15T03:58:16Z",
        "Description": "支持的核心库：Python 3.12.11，CUDA 12.8.93，jupyterlab 4.5.0，"
        "torch 2.8.0+cu128，transformers 4.57.1，verl 0.6.1，vllm 0.11.0，ray 2.49.2\n"
        "支持的卡型：PNV6，HCCPNV6，H100，H800，L20，L40，A100，A800，A10，V100，T4",
        "ExtraAttributeList": [
            {"Key": "AllowSaveAllContent", "Type": "", "Value": "true", "Values": []}
        ],
        "Framework": "PYTORCH",
        "FrameworkVersion": "2.8.0",
        "ImageId": "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu",
        "ImageName": "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu",
        "ImageRepo": "notebook-conda-gpu",
        "ImageSize": "16638666550",
        "ImageTag": "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu",
        "ImageType": "TCR",
        "ImageUrl": "tione.tencentcloudcr.com/qcloud-ti-platform/"
        "notebook-conda-gpu:verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu",
        "IsLatestStable": True,
        "OS": "Ubuntu 22.04",
        "PythonVersion": "3.12",
        "RuntimeLibList": [{"Name": "verl", "Version": "0.6.1"}],
        "Scenario": "all",
        "SupportDistributedDeploy": False,
        "SupportGpuList": [],
        "UpdateTime": "2026-06-22T13:51:37Z",
        "Version": 1,
    },
    {
        "ApplicableModuleList": ["Notebook"],
        "ChipTypeList": ["CPU only"],
        "ComputeLibVersion": "12.4",
        "CreateTime": "2026-05-19T03:54:42Z",
        "Description": "pytorch 1.12.1通用包（适用模块：notebook、任务式建模、训练算法、推理算法、"
        "模型服务，可运行在CPU/GPU芯片上，支持弹性训练任务）",
        "ExtraAttributeList": [],
        "Framework": "PYTORCH",
        "FrameworkVersion": "",
        "ImageId": "notebook-pytorch",
        "ImageName": "notebook-pytorch",
        "ImageRepo": "notebook-pytorch",
        "ImageSize": "7192952533",
        "ImageTag": "py38-cu113-torch1.12.1-v310-250901",
        "ImageUrl": "ccr.ccs.tencentyun.com/ti-platform/"
        "notebook-pytorch:py38-cu113-torch1.12.1-v310-250901",
        "IsLatestStable": False,
        "OS": "Ubuntu 22.04",
        "PythonVersion": "3.10",
        "RuntimeLibList": [{"Name": "Triton Server", "Version": "v1.0"}],
        "Scenario": "all",
        "SupportDistributedDeploy": False,
        "SupportGpuList": [],
        "UpdateTime": "2026-05-19T04:03:53Z",
        "Version": 1,
    },
]
BUILT_IN = {
    "ImageName": "Name1",
    "ImageType": "SYSTEM",
    "ImageUrl": "ImageUrl1",
    "RegistryRegion": "",
    "RegistryId": "",
    "AllowSaveAllContent": False,
}
RAY = {
    "CreateTime": 1772610344431,
    "Description": "Ray 集群镜像，用于 Head 和 Worker 节点",
    "Id": 4,
    "Name": "tcray-3.0.0.dev0-py311-cpu",
    "Type": "Ray",
    "UpdateTime": 1773052310425,
    "Url": "ccr.ccs.tencentyun.com/emr-image/tcray:3.0.0.dev0-py311-cpu",
}

SAMPLES = [
    Sample(
        "DescribePresetImageList",
        {"Offset": 0, "Limit": 10},
        "preset_images",
        "PresetImageList",
        PRESETS,
        {"TotalCount": 2},
    ),
    Sample("DescribeBuildInImages", {}, "built_in_images", "BuildInImageInfos", [BUILT_IN]),
    Sample(
        "ListImages",
        {"Type": "Ray", "Page": 1, "PageSize": 10},
        "ray_images",
        "Items",
        [RAY],
        {"Page": 1, "PageSize": 10, "Total": 1, "TotalPages": 1},
    ),
]
