"""Hypothesis strategies for catalogues and queries: mostly plausible, partly hostile."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pulumi_tcimages.sources.platform_images import PlatformImage
from pulumi_tcimages.sources.session_images import SessionImage

EXAMPLES = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SLOW_EXAMPLES = settings(EXAMPLES, max_examples=120)

VERSIONS = ("2.3", "2.3.0", "2.10", "2.9.1", "2.4.0a0", "2.3.0a0+40ec155e58.nv24.3", "0.5.6.post2")
UNREADABLE = ("nightly", "2.x", "9" * 70, " 2.3\n")
NAMES = (
    "tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu",
    "tilearn-llm0.8-torch2.1-py3.10-cuda12.1-gpu",
    "torch2.3-py3.10-cuda12.4-gpu",
    "tf2.4-py3.8-cpu",
    "tf2.4-py3.8-cuda11.1-gpu",
    "vllm(0.10.2)",
    "vllm(0.9.1)",
    "notebook-pytorch",
)
RANGES = (">=2.3", "<2.4", "==2.3.*", "!=2.3", ">=2.3.0a0", "~=2.3", ">2,<2.10", "==12.*", "<=0.9")

hostile_text = st.text(
    st.characters(codec=None, categories=None) | st.sampled_from("-_():./|+\n\x1b\ud800 vV09"),
    max_size=30,
)
version_text = st.sampled_from(VERSIONS) | st.from_regex(
    r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}((a|b|rc)[0-9])?(\.post[0-9])?(\.dev[0-9])?", fullmatch=True
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | hostile_text
    | st.sampled_from(["", " ", "x" * 300, "9" * 5000, "\ud800", float("inf"), b"x", ()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile_text, inner, max_size=3),
    max_leaves=6,
)


def maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((None, *values))


_ids = maybe("a", "b", "c", "A", "sglang-v0.5.6", "")
_names = maybe(*NAMES) | hostile_text
_framework_versions = maybe(*VERSIONS, *UNREADABLE)

platform_images = st.builds(
    lambda **row: PlatformImage.model_validate(row),
    image_id=_ids,
    image_name=_names,
    image_type=maybe("TCR", "tcr", "CCR"),
    image_url=maybe("tione.tencentcloudcr.com/qcloud-ti-platform/llm-train:24.03-gpu", "x", ":"),
    image_range=st.none() | st.lists(st.sampled_from(["Train", "Notebook", "Inference", ""])),
    framework=maybe("PYTORCH", "PyTorch", "torch", "TENSORFLOW", "vllm") | hostile_text,
    framework_version=_framework_versions,
    support_gpu_list=st.none() | st.lists(st.sampled_from(["A10", "A100", "a100", "V100"])),
    description=maybe("支持的卡型：A10、V100", "one\nline") | hostile_text,
    extra_attributes=st.none()
    | st.lists(
        st.fixed_dictionaries(
            {
                "type": maybe("List"),
                "key": maybe("TrainingModes", "SupportDataPipeline", "AllowSaveAllContent", "x\n"),
                "value": maybe("true", "False", "DDP"),
                "values": st.none() | st.lists(st.sampled_from(["DDP", "MPI", ""])),
            }
        ),
        max_size=3,
    ),
    support_distributed_deploy=maybe(True, False),
)
session_images = st.builds(
    lambda **row: SessionImage.model_validate(row),
    spark_image_id=_ids,
    spark_image_version=maybe("pytorch-v2.5.1", "pytorch-v2.6.0", "tensorflow-v2.18.0", "1.1.0")
    | hostile_text,
    spark_image_type=maybe(1, 2, 99),
    spark_image_tag=maybe("ccr.ccs.tencentyun.com/dlc_cloud/pytorch:dev-v20241218"),
)

_platform_criteria = {
    "image_id": st.sampled_from(["a", "b", "zz"]),
    "image_name": st.sampled_from([*NAMES, "no such"]),
    "name_regex": st.sampled_from(["torch", "(?i)GPU$", "^v"]),
    "tag_regex": st.sampled_from(["gpu", "."]),
    "framework": st.sampled_from(["pytorch", "Torch", "tensorflow", "vllm", "no such"]),
    "framework_version": st.sampled_from(RANGES),
    "image_range": st.sampled_from(["Train", "notebook", "Other"]),
    "gpu": st.sampled_from(["A10", "a100", "H20"]),
    "device": st.sampled_from(["cpu", "GPU", "npu"]),
    "image_type": st.sampled_from(["tcr", "CCR"]),
    "support_data_pipeline": st.booleans(),
    "allow_save_all_content": st.booleans(),
    "support_distributed_deploy": st.booleans(),
    "attributes": st.dictionaries(
        st.sampled_from(["TrainingModes", "trainingmodes", "Other"]),
        st.sampled_from(["ddp", "true"]),
        min_size=1,
    ),
    "components": st.dictionaries(
        st.sampled_from(["pytorch", "cuda", "python", "vllm", "tilearn-llm"]),
        st.sampled_from([*RANGES, "*", "none"]),
        min_size=1,
    ),
}
_session_criteria = {
    "framework": st.sampled_from(["pytorch", "tensorflow"]),
    "framework_version": st.sampled_from(RANGES),
    "name_regex": _platform_criteria["name_regex"],
    "tag_regex": st.sampled_from(["dev"]),
    "spark_image_id": _platform_criteria["image_id"],
}


def _pick_criteria(
    strategies: dict[str, st.SearchStrategy[Any]], max_size: int
) -> st.SearchStrategy[dict[str, Any]]:
    """Pick a few criteria; with more, no image would be left."""
    return st.lists(st.sampled_from(sorted(strategies)), unique=True, max_size=max_size).flatmap(
        lambda names: st.fixed_dictionaries({name: strategies[name] for name in names})
    )


platform_criteria = _pick_criteria(_platform_criteria, 3)
platform_arguments = st.builds(
    lambda criteria, selection: {**criteria, **(selection if criteria else {})},
    platform_criteria,
    st.sampled_from(
        [
            {},
            {"latest": True},
            {"latest_by": ["frameworkVersion", "cuda"]},
            {"latest_by": ["tilearn-llm", "python"]},
        ]
    ),
)
session_arguments = st.builds(
    lambda criteria, selection: {
        "data_engine_id": "DataEngine-b0jt6fvk",
        "framework_type": "machine-learning",
        **criteria,
        **selection,
    },
    _pick_criteria(_session_criteria, 2),
    st.sampled_from([{}, {"latest": True}]),
)

catalogues = st.lists(platform_images, max_size=7)
lookups = st.tuples(catalogues, platform_arguments) | st.tuples(
    st.lists(session_images, max_size=5), session_arguments
)
