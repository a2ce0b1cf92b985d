"""The settings that determine the advice in a request's errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pulumi_tcimages.advice import Advice, write_path
from pulumi_tcimages.cloud.endpoints import Endpoint, advise_other_site
from pulumi_tcimages.cloud.setting_sources import ROLE, WEB_IDENTITY
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.core import api
from pulumi_tcimages.core.setting_advice import SITES


class RequestSettings(NamedTuple):
    site: str
    endpoint_source: str
    """The setting that the endpoint comes from, or "" for Tencent Cloud's default."""
    other_site: Advice
    """The advice to switch between the sites `china` and `intl`."""
    per_second: int
    timeout_s: float
    role_sources: Sequence[str] = ()
    """The sources of the role's fields, if the request assumes a role."""
    region_source: str = ""
    """The setting that the region comes from, or "" if the caller passed the region."""

    def add_other_site(self, fix: str) -> Advice:
        """Return a fix, followed by the advice to switch between the sites."""
        return Advice(f"{fix} The site is {self.site} (known: {SITES});", self.other_site)

    def describe_other_site(self) -> str:
        """Return a sentence that says how to switch between the sites `china` and `intl`."""
        other, changes = str(self.other_site[0]).rstrip(":"), self.other_site.settings
        change = "".join(f" tcimages:{write_path(new.path)} {new.value}" for new in changes)
        return f"The site is {self.site} (known: {SITES}); {other}{change}."


def read_request_settings(
    settings: Settings,
    action: api.Action,
    endpoint: Endpoint,
    region_source: str,
    per_second: int,
) -> RequestSettings:
    roles = {api.ASSUME_ROLE: ROLE, api.ASSUME_ROLE_WITH_WEB_IDENTITY: WEB_IDENTITY}
    name = roles.get(action, "")
    section = settings.section(name) if name else None
    return RequestSettings(
        settings.get("site"),
        endpoint.source,
        advise_other_site(settings, endpoint),
        per_second,
        settings.get("timeout_seconds"),
        # All parts of an explicit provider's role have the same source.
        [*dict.fromkeys(value.source for value in section.values.values())] if section else (),
        region_source,
    )
