"""Pin an image until you change a trigger. Look at `pinned_id` and `newest_id`.

    pulumi up                 both are today's newest image
    ...                       the cloud offers a newer one (newer_image.json is one to try)
    pulumi preview            newest_id would move, the pin would not
    pulumi refresh            "the same query would now choose ..." under the pin
    pulumi config set chosen 2026-12 && pulumi up      now the pin moves

With `tcimages emulator` running, the cloud offers that newer image after:

    curl -X PUT $TCIMAGES_ENDPOINT_TIONE/_emulator/platform-images/tensorflow-next \
        --data @newer_image.json
"""

import pulumi

import pulumi_tcimages as tcimages

config = pulumi.Config()

criteria = {
    "image_range": config.get("imageRange") or "Train",
    "framework": "tensorflow",
    "device": "gpu",
    "framework_version": config.get("frameworkVersion") or ">=2.8,<3",
    "latest": True,
}

pin = tcimages.PlatformImagePin(
    "training",
    **criteria,
    # A changed trigger chooses a new image. Nothing else moves a pin that satisfies its criteria.
    triggers={"chosen": config.get("chosen") or "2026-11"},
)
newest = tcimages.get_platform_image(**criteria)

pulumi.export("pinned_id", pin.image.image_id)
pulumi.export("pinned_name", pin.image.image_name)
pulumi.export("newest_id", newest.image_id)
pulumi.export("newer_than_pinned", pin.newer_image_id)
pulumi.export("still_offered", pin.available)
