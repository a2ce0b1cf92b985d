"""The two pins: a lookup whose answer is kept in state, like a line of a lock file.

What the engine asks of a resource, step by step. The answer moves only when a trigger, the region,
the engine or the project changes, or when the pinned image no longer satisfies changed criteria;
always as an update in place. A refresh records how the pinned image stands, and nothing else.

Secrets: a secret input is echoed as a secret, and a secret criterion makes the image one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from pulumi_tcimages import lookup
from pulumi_tcimages.core.images import Image, Kind, to_properties
from pulumi_tcimages.core.query import AnyQuery, PlatformImageQuery, SessionImageQuery
from pulumi_tcimages.core.refusals import check_known, read_arguments
from pulumi_tcimages.errors import QueryError
from pulumi_tcimages.layout import camel, quote, spell_marked, strike_out
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.engine import UrnLog
from pulumi_tcimages.plugin.functions import read_question
from pulumi_tcimages.plugin.telling import tell_misfit, tell_move
from pulumi_tcimages.plugin.values import (
    UNKNOWN,
    Secret,
    has_secret,
    has_unknown,
    sealed,
    secret_texts,
    unwrap,
)

Properties = dict[str, Any]

_TELLING = ("image", "newerImageId", "newerVersion")
"""What tells of the criteria, so that it is secret where one of them is."""
ANSWERS = (*_TELLING, "resolvedAt", "available")
"""What a pin knows beside its inputs."""


@dataclass(frozen=True)
class Pin:
    """A kind of pin."""

    name: str
    kind: Kind
    query: type[AnyQuery]
    id_field: str
    """Where an image has its id, and the argument that asks for it."""
    import_form: str
    movers: tuple[str, ...]
    """The inputs whose change resolves anew, whatever is pinned."""

    @property
    def token(self) -> str:
        return f"{PACKAGE}:index:{self.name}"


PINS = (
    Pin(
        name="SessionImagePin",
        kind="session",
        query=SessionImageQuery,
        id_field="sparkImageId",
        import_form="dataEngineId/frameworkType/sparkImageId",
        movers=("triggers", "dataEngineId"),
    ),
    Pin(
        name="PlatformImagePin",
        kind="platform",
        query=PlatformImageQuery,
        id_field="imageId",
        import_form="imageId",
        movers=("triggers", "tiProjectId"),
    ),
)
BY_TOKEN = {pin.token: pin for pin in PINS}


def check(pin: Pin, inputs: Properties, find_region: Callable[[], str | None]) -> Properties:
    """The inputs, with the region that is in force. Errors: QueryError.

    Without the region a changed stack configuration would go unnoticed: a pin's inputs are all that
    the engine compares.
    """
    _check_triggers(inputs.get("triggers"))
    criteria = _criteria(inputs)
    if has_unknown(criteria):
        check_known(pin.query, unwrap(criteria), lambda value: not has_unknown(value), spell=camel)
    else:
        _read_criteria(pin, inputs)
    if inputs.get("region") is not None:
        return inputs
    region = find_region()
    return {**inputs, "region": region} if region else inputs


def _read_criteria(pin: Pin, inputs: Mapping[str, Any]) -> AnyQuery:
    """The question that these inputs ask. Errors: QueryError."""
    return read_question(pin.query, _criteria(inputs))


def changed(
    old: Mapping[str, Any], new: Mapping[str, Any], seen: Callable[[Any], Any] = unwrap
) -> list[str]:
    """The inputs that differ, secrets opened, nothing given being the same as an empty map."""

    def given(value: Any) -> Any:
        as_seen = seen(value)
        return None if as_seen == {} else as_seen

    return [name for name in sorted({*old, *new}) if given(old.get(name)) != given(new.get(name))]


def remarked(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The inputs of which only the marks of what is secret differ.

    The outputs follow with an update: left alone they stay in the state in clear.
    """
    return sorted({*changed(old, new, sealed)} - {*changed(old, new)})


def create(
    pin: Pin, inputs: Properties, cloud: lookup.Cloud, now: str | None, log: UrnLog
) -> Properties:
    """The outputs of a new pin.

    Args:
        now: the time as text, or None in a preview, where it is not known yet.
    """
    if has_unknown(_criteria(inputs)):  # a trigger tells when to choose, not what
        return _unknown(inputs)
    found = lookup.find_image(cloud, _read_criteria(pin, inputs))
    _require_id(found.image)
    _warn(found, inputs, log)
    return _outputs(inputs, to_properties(found.image), now)


def update(
    pin: Pin,
    olds: Properties,
    old_inputs: Properties,
    news: Properties,
    cloud: lookup.Cloud,
    now: str | None,
    log: UrnLog,
) -> Properties:
    """The outputs of a pin whose inputs have changed: the same image, if it may stay.

    Where it may stay but cannot, the log says why.
    """
    if has_unknown(news):
        return _unknown(news)
    if not changed(old_inputs, news):
        return _mark(news, {name: unwrap(olds.get(name)) for name in ANSWERS})
    query = _read_criteria(pin, news)
    pinned = unwrap(olds.get("image") or {})
    pinned_id = pinned.get(pin.id_field)
    may_stay = pinned_id is not None and not _moves(pin, olds, old_inputs, news)
    if may_stay:
        found, absence, newer = lookup.keep_image(cloud, query, pinned_id)
    else:
        found, absence, newer = lookup.find_image(cloud, query), None, None
    _require_id(found.image)
    _warn(found, news, log)
    if absence:
        why, is_secret = absence.text(camel), _is_secret(olds, news)
        log.inform(tell_move(pinned_id, why, found.image, is_secret=is_secret))
    if may_stay and not absence:
        return _outputs(news, pinned, olds.get("resolvedAt"), newer=newer)
    return _outputs(news, to_properties(found.image), now)


def refresh(
    pin: Pin, olds: Properties, inputs: Properties, cloud: lookup.Cloud, log: UrnLog
) -> Properties:
    """The outputs of a pin after looking how it stands: what is pinned does not change."""
    image = unwrap(olds["image"])
    pinned_id = image[pin.id_field]
    standing = lookup.find_standing(cloud, _read_criteria(pin, inputs), pinned_id)
    if standing.absence and standing.available:  # one that is withdrawn is told of by itself
        why, is_secret = standing.absence.text(camel), _is_secret(olds, inputs)
        log.inform(tell_misfit(pinned_id, why, is_secret=is_secret))
    since = olds.get("resolvedAt")
    return _outputs(inputs, image, since, available=standing.available, newer=standing.newer)


def read_import(
    pin: Pin, given: str, cloud: lookup.Cloud, now: str
) -> tuple[Properties, Properties]:
    """The inputs and outputs of a pin made from an image's id. Errors: QueryError, NoMatchError."""
    parts = given.split("/")
    names = pin.import_form.split("/")
    if given.startswith(_ID_PREFIX) or len(parts) != len(names) or not all(parts):
        raise QueryError(
            f"{quote(given)} is not what a pin is imported by",
            allowed=pin.import_form,
            fix="take the image's id, not the pin's: tcimages platform-images --output ids"
            if pin.kind == "platform"
            else "take the engine, the framework type and the image's id",
        )
    inputs: Properties = dict(zip(names, parts, strict=True))
    found = lookup.find_image(cloud, _read_criteria(pin, inputs))
    inputs["region"] = found.region
    return inputs, _outputs(inputs, to_properties(found.image), now)


_ID_PREFIX = "pin-"


def inputs_of(pin: Pin, outputs: Mapping[str, Any]) -> Properties:
    """The inputs that a state without inputs echoes, as `.get()` and old engines leave it."""
    names = {"triggers", *map(camel, pin.query.model_fields)}
    return {name: value for name, value in outputs.items() if name in names}


def build_id(urn: str) -> str:
    """A pin's own id: it outlives updates, and cannot be taken for an image's."""
    return _ID_PREFIX + hashlib.sha256(urn.encode()).hexdigest()[:12]


def _is_secret(olds: Properties, inputs: Properties) -> bool:
    """Whether what is pinned, or what is to be pinned, is not to be shown."""
    return isinstance(olds.get("image"), Secret) or has_secret(_criteria(inputs))


def _require_id(image: Image) -> None:
    if image.id is None:
        raise QueryError(
            "the image that answers has no id, so that it cannot be pinned",
            fix="ask for another one, or use the function, which pins nothing",
        )


def _warn(found: lookup.FoundOne, inputs: Properties, log: UrnLog) -> None:
    for warning in found.warnings:
        log.warn(strike_out(spell_marked(warning, camel), secret_texts(inputs)))


def _outputs(
    inputs: Properties,
    image: Properties,
    resolved_at: Any,
    *,
    available: bool = True,
    newer: Image | None = None,
) -> Properties:
    return _mark(
        inputs,
        {
            "image": image,
            "newerImageId": (newer.id if newer else None) or "",
            "newerVersion": (newer.framework_version if newer else None) or "",
            "resolvedAt": UNKNOWN if resolved_at is None else resolved_at,
            "available": available,
        },
    )


def _mark(inputs: Properties, answers: Properties) -> Properties:
    is_secret = has_secret(_criteria(inputs))
    hidden = {name: Secret(answers[name]) for name in _TELLING} if is_secret else {}
    return {**inputs, **answers, **hidden}


def _criteria(inputs: Mapping[str, Any]) -> Properties:
    return {name: value for name, value in inputs.items() if name != "triggers"}


def _unknown(inputs: Properties) -> Properties:
    return {**inputs, **dict.fromkeys(ANSWERS, UNKNOWN)}


def _moves(pin: Pin, olds: Properties, old_inputs: Properties, news: Properties) -> bool:
    """Whether something changed that resolves anew; a region that was not recorded is the same."""
    region = old_inputs.get("region") or olds.get("region")
    if region is not None and unwrap(region) != unwrap(news.get("region")):
        return True
    return any(name in pin.movers for name in changed(old_inputs, news))


class _Triggers(BaseModel):
    model_config = ConfigDict(strict=True)

    triggers: dict[str, str] | None = None


def _check_triggers(triggers: Any) -> None:
    values = unwrap(triggers)
    if isinstance(values, dict):
        values = {name: value for name, value in values.items() if value is not UNKNOWN}
    if values is not UNKNOWN:
        read_arguments(_Triggers, {"triggers": values})
