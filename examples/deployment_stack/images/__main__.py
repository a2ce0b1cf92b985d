"""Follow the newest image in `dev`, and keep a released image in `prod`.

Look at the outputs of `pulumi up --stack dev` and `pulumi up --stack prod` when the cloud has a new
image: dev moves at once. Prod moves with a commit that changes `images:chosen` in Pulumi.prod.yaml.
"""

import pulumi

import pulumi_tcimages as tcimages

config = pulumi.Config()

criteria = {
    "image_range": "Train",
    "framework": "pytorch",
    "gpu": "H800",
    "latest_by": ["framework_version", "verl", "tilearn-llm"],
}

if config.require_bool("pinned"):
    image = tcimages.PlatformImagePin(
        "training", **criteria, triggers={"chosen": config.require("chosen")}
    ).image
else:
    image = tcimages.get_platform_image_output(**criteria)

pulumi.export("training_image_id", image.image_id)
pulumi.export("training_image_url", image.image_url)
