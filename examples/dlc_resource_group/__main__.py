"""Create a DLC resource group with an image from a lookup.

The stack `dev` takes the newest image at every `pulumi up`. The stack `prod` keeps a pinned image
until a pull request changes `released` in Pulumi.prod.yaml.
"""

import pulumi
import pulumi_tencentcloud as tencentcloud

import pulumi_tcimages as tcimages

config = pulumi.Config()

criteria = {
    "data_engine_id": config.require("engineId"),
    "framework_type": "machine-learning",
    "framework": "pytorch",
    "latest": True,
}

if released := config.get("released"):
    pin = tcimages.SessionImagePin("image", **criteria, triggers={"released": released})
    image = pin.image
    pulumi.export("newer_version", pin.newer_version)  # set by `pulumi refresh`
else:
    image = tcimages.get_session_image_output(**criteria)

group = tencentcloud.DlcStandardEngineResourceGroup(
    "training",
    engine_resource_group_name=f"training-{pulumi.get_stack()}",
    data_engine_name=config.require("engineName"),
    resource_group_scene="Artificial-Intelligence",
    frame_type="machine-learning",
    size=16,
    python_cu_spec="large",
    image_type="built-in",
    image_name=image.spark_image_version,
    image_version=image.spark_image_id,
)

pulumi.export("image_name", image.spark_image_version)
pulumi.export("image_version", image.spark_image_id)
pulumi.export("resource_group", group.id)
