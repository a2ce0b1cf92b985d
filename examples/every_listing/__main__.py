"""Look up one image of each listing of DLC and TIONE. Look at the names in the outputs."""

import pulumi

import pulumi_tcimages as tcimages

# TIONE
platform = tcimages.get_platform_image(image_range="Train", framework="pytorch", latest=True)
preset = tcimages.get_preset_image(
    libraries={"transformers": ">=4.50"}, framework="pytorch", latest=True
)
built_in = tcimages.get_built_in_image(components={"pytorch": "*"}, latest_by=["pytorch"])

# DLC
session = tcimages.get_session_image(
    data_engine_id="DataEngine-e482ijv6",
    framework_type="machine-learning",
    framework="pytorch",
    latest=True,
)
engine = tcimages.get_engine_image_version(engine_type="StandardSpark", is_public=True, latest=True)
spark = tcimages.get_python_spark_image(
    child_image_version_id="8c098946-4ed2-5fc4-ace8-d1c67481d6cb",  # the id of an engine image
    name_regex="python$",
    latest=True,
)
ray = tcimages.get_ray_image(type="Ray", device="gpu", ray_version=">=2.49,<3", latest=True)

pulumi.export("platform_image", platform.image_url)
pulumi.export("preset_image", preset.image_url)
pulumi.export("built_in_image", built_in.image_url)
pulumi.export("session_image", session.spark_image_tag)
pulumi.export("engine_image_version", engine.image_version)
pulumi.export("python_spark_image", spark.spark_image_version)
pulumi.export("ray_image", ray.url)
