"""A stack worth testing. Look at test_stack.py, and run it: python -m pytest."""

import pulumi
from training import TrainingJob

import pulumi_tcimages as tcimages

config = pulumi.Config()

image = tcimages.get_platform_image_output(
    image_range="Train",
    framework="pytorch",
    framework_version=config.get("pytorch"),  # a range; production has a narrow one
    name_regex="^torch.*-gpu$",
    latest=True,
)
job = TrainingJob("train", image=image.image_url, gpu=image.support_gpu_list[0])

pulumi.export("image", image.image_name)
pulumi.export("job", job.id)
