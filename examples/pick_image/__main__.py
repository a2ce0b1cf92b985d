"""Find images by criteria instead of ids. Look at the outputs.

Region and keys come from the environment (`tcimages emulator` prints a set that needs no account).
"""

import pulumi

import pulumi_tcimages as tcimages

session = tcimages.get_session_image(
    data_engine_id="DataEngine-e482ijv6",
    framework_type="machine-learning",
    framework="pytorch",
    latest=True,
)
training = tcimages.get_platform_image(
    image_range="Train",
    framework="pytorch",
    framework_version=">=2.1,<3",
    latest=True,
)

pulumi.export("session_image_id", session.spark_image_id)
pulumi.export("session_image_tag", session.image_tag)
pulumi.export("session_image_url", session.spark_image_tag)
pulumi.export("training_image_id", training.image_id)
pulumi.export("training_image_tag", training.image_tag)
pulumi.export("training_image_url", training.image_url)
