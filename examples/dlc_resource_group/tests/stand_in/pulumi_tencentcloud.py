"""A stand-in for the generated SDK: one resource, with its type token and its inputs."""

from __future__ import annotations

import pulumi

RESOURCE_TYPE = "tencentcloud:index/dlcStandardEngineResourceGroup:DlcStandardEngineResourceGroup"
INPUTS = {
    "data_engine_name": "dataEngineName",
    "engine_resource_group_name": "engineResourceGroupName",
    "frame_type": "frameType",
    "image_name": "imageName",
    "image_type": "imageType",
    "image_version": "imageVersion",
    "python_cu_spec": "pythonCuSpec",
    "resource_group_scene": "resourceGroupScene",
    "size": "size",
}


class DlcStandardEngineResourceGroup(pulumi.CustomResource):
    """Only the inputs that this stack uses; an unknown input is a `KeyError`."""

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: object
    ) -> None:
        properties = {INPUTS[name]: value for name, value in inputs.items()}
        super().__init__(RESOURCE_TYPE, resource_name, properties, opts)
