"""A stack with outdated, current and secret pins, and with foreign resources."""

from __future__ import annotations

from pulumi_tcimages.emulator import Catalogue
from tests.engine.programs import offer_newer_image

WITHDRAWN = "sglang-v0.3.6"
STATE_KEY = ("AKIDstate", "state-key")
PROGRAM = """
import pulumi
import pulumi.dynamic
import pulumi_tcimages as tcimages

newest = {"image_range": "Train", "framework": "tensorflow", "device": "gpu", "latest": True}
tcimages.PlatformImagePin("newer", **newest)
tcimages.PlatformImagePin("withdrawn", image_id="sglang-v0.3.6")
tcimages.PlatformImagePin("current", framework="spark", triggers={"chosen": "2026-11"})
tcimages.PlatformImagePin("secret", framework=pulumi.Output.secret("spark"))
tcimages.SessionImagePin(
    "session",
    data_engine_id="DataEngine-e482ijv6",
    framework_type="machine-learning",
    framework="pytorch",
    latest=True,
)
elsewhere = tcimages.Provider(
    "elsewhere", region="ap-shanghai", secret_id="AKIDstate", secret_key="state-key"
)
tcimages.PlatformImagePin("elsewhere", **newest, opts=pulumi.ResourceOptions(provider=elsewhere))


class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("acme:images:Group", name)
        own = pulumi.ResourceOptions(parent=self)
        tcimages.PlatformImagePin(f"{name}-image", framework="spark", opts=own)


class Foreign(pulumi.dynamic.ResourceProvider):
    def create(self, properties):
        return pulumi.dynamic.CreateResult("foreign-1", properties)


class Notebook(pulumi.dynamic.Resource):
    def __init__(self, name, **properties):
        super().__init__(Foreign(), name, properties)


Group("group")
Notebook("notebook", image="sglang-v0.3.6", token=pulumi.Output.secret("hidden"))
""".replace("=WITHDRAWN", f'="{WITHDRAWN}"')


def change_catalogue(catalogue: Catalogue) -> None:
    """Add an image that is newer than a pinned one, and withdraw another pinned image."""
    offer_newer_image(catalogue)
    catalogue.withdraw_platform_image(WITHDRAWN)
