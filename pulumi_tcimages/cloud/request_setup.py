"""The settings that determine the advice in a request's errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pulumi_tcimages.cloud.endpoints import Endpoint, advise_other_site
from pulumi_tcimages.cloud.setting_sources import ROLE, WEB_IDENTITY
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.core import api
from pulumi_tcimages.core.setting_advice import Advice


class Setup(NamedTuple):
    """The settings that determine the advice in a request's errors."""

    site: str
    endpoint_source: str
    """The setting that the endpoint comes from, or "" for the vendor's address."""
    other_site: Advice
    """The advice to use the vendor's other site."""
    per_second: int
    timeout_s: float
    role_sources: Sequence[str] = ()
    """Where the fields of the role to assume come from."""


def describe_setup(
    settings: Settings, action: api.Action, endpoint: Endpoint, per_second: int
) -> Setup:
    """Collect the settings that determine the advice in a request's errors."""
    roles = {api.ASSUME_ROLE: ROLE, api.ASSUME_ROLE_WITH_WEB_IDENTITY: WEB_IDENTITY}
    name = roles.get(action, "")
    section = settings.section(name) if name else None
    return Setup(
        settings.get("site"),
        endpoint.source,
        advise_other_site(settings, endpoint),
        per_second,
        settings.get("timeout_seconds"),
        [found.source for found in section.values.values()] if section else (),
    )
