"""Find the pins in stack exports whose image is withdrawn, changed, or older than another one."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pulumi_tcimages import lookup
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.errors import ConfigurationError, InvalidArgumentError, TcImagesError
from pulumi_tcimages.formatting import REDACTED
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin.pin_inputs import criteria_of
from pulumi_tcimages.plugin.pin_state import read_own_outputs, read_state_criteria, require_image
from pulumi_tcimages.plugin.property_values import has_secret, has_unknown, unwrap
from pulumi_tcimages.plugin.stack_export import StackPin

_PACING = ("timeout_seconds", "cache_ttl_seconds", "max_requests_per_second", "language")
"""Settings that do not change which images the cloud lists."""
_UNREADABLE = "its image is listed, but the cloud's answer cannot be read there; try again later"
_WITH_SECRETS = "export the stack with --show-secrets to check it"


class ImageSummary(NamedTuple):
    """The fields of an image that a report shows."""

    id: str
    name: str
    version: str

    @property
    def label(self) -> str:
        return self.name or self.id


_HIDDEN = ImageSummary(REDACTED, REDACTED, REDACTED)


@dataclass(frozen=True)
class CheckedPin:
    """The result of checking a pin."""

    pin: StackPin
    image: ImageSummary | None = None
    newer: ImageSummary | None = None
    """The image that the pin's query would choose now, if it differs from the pinned image."""
    is_withdrawn: bool = False
    changed: tuple[str, ...] = ()
    """The fields that Tencent Cloud changed in the pinned image, in camelCase."""
    problem: str = field(default="", repr=False)
    """Why the pin could not be checked, or "" if it could."""
    error: TcImagesError | None = field(default=None, repr=False)
    """The error if the images could not be listed.

    All pins that need the same listing share the error object.
    """
    warnings: tuple[str, ...] = field(default=(), repr=False)
    """Warnings, with argument names in backticks."""

    @property
    def is_outdated(self) -> bool:
        return self.newer is not None or self.is_withdrawn or bool(self.changed)


class PinChecker:
    """Checks pins one after another. Results are cached, because many pins have the same query."""

    def __init__(
        self,
        open_cloud: Callable[[Configuration], lookup.Cloud],
        configure: Callable[[StackPin], Configuration] = StackPin.read_configuration,
    ) -> None:
        """`configure` returns the settings to check a pin with, or raises a ConfigurationError."""
        self._open_cloud = open_cloud
        self._configure = configure
        self._clouds: dict[str, lookup.Cloud] = {}
        self._statuses: dict[Hashable, lookup.PinStatus] = {}
        self._failures: dict[Hashable, TcImagesError] = {}

    def check(self, pin: StackPin) -> CheckedPin:
        """Compare the pinned image with the image that its query selects now.

        If the images cannot be listed, the result contains the error. Later pins that need the same
        listing get the same error without another request.
        """
        if pin.problem:
            return CheckedPin(pin, problem=pin.problem)
        if has_unknown(criteria_of(pin.inputs)):
            return CheckedPin(pin, problem=f"its criteria are secret; {_WITH_SECRETS}")
        if has_unknown(pin.outputs.get("image")):
            return CheckedPin(pin, problem=f"its image is secret; {_WITH_SECRETS}")
        try:
            stored = require_image(read_own_outputs(pin.pin, pin.outputs))
            query = read_state_criteria(pin.pin, pin.inputs)
            configuration = self._configure(pin)
        except InvalidArgumentError as error:
            return CheckedPin(pin, problem=pin.problem_of(error))
        except ConfigurationError as error:
            where = f"provider setting {camel(error.key)}: " if error.key else ""
            return CheckedPin(pin, problem=f"{where}{pin.problem_of(error)}")
        image = _summarize_state(pin, stored)
        try:
            criteria = json.dumps(unwrap(criteria_of(pin.inputs)), sort_keys=True)
            key = (pin.pin.token, criteria, json.dumps(stored, sort_keys=True))
            status = self._find_status(configuration, query, key, image.id, stored)
        except TcImagesError as error:
            return CheckedPin(pin, problem=error.headline, error=error)
        is_secret = has_secret(criteria_of(pin.inputs)) or has_secret(pin.outputs.get("image"))
        newer = _summarize(status.newer) if status.newer else None
        changed = tuple(map(camel, status.changed))
        return CheckedPin(
            pin,
            image=_HIDDEN if is_secret else image,
            newer=_HIDDEN if newer and is_secret else newer,
            is_withdrawn=not status.available,
            changed=(REDACTED,) if status.changed and is_secret else changed,
            problem=_UNREADABLE if status.is_unreadable else "",
            warnings=() if is_secret else status.warnings,
        )

    def _find_status(
        self,
        configuration: Configuration,
        query: BaseQuery,
        pin_key: tuple[str, str, str],
        image_id: str,
        stored: Mapping[str, Any],
    ) -> lookup.PinStatus:
        if query.region:
            configuration = configuration.model_copy(update={"region": query.region})
        account = configuration.model_dump_json(exclude=set(_PACING), exclude_none=True)
        listing = (account, type(query), json.dumps(query.parameters(), sort_keys=True))
        key = (account, pin_key)
        if listing in self._failures:
            raise self._failures[listing]
        if key not in self._statuses:
            if account not in self._clouds:
                self._clouds[account] = self._open_cloud(configuration)
            try:
                status = lookup.find_pin_status(self._clouds[account], query, image_id, stored)
            except TcImagesError as error:
                self._failures[listing] = error
                raise
            self._statuses[key] = status
        return self._statuses[key]


def _summarize(image: Image) -> ImageSummary:
    return ImageSummary(image.identifier, image.label, image.compared_version or "")


def _summarize_state(pin: StackPin, image: dict[str, Any]) -> ImageSummary:
    fields = pin.pin.source.image
    names = (fields.id_field, fields.name_field, fields.version_field)
    return ImageSummary(*(str(image.get(camel(name)) or "") for name in names))
