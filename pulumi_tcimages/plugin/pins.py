"""Create, update, refresh and import pins: resources that keep a chosen image in the state.

A changed trigger, region or scope (the engine, the project) resolves the pin anew. Changing a
criterion moves the pin only if its image is gone or no longer matches. A refresh records whether
the image is still offered, and moves nothing. Every change is an update in place.

Secrets: a secret input is returned as a secret, and a secret criterion makes the image a secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pulumi_tcimages import lookup
from pulumi_tcimages.core.images import Image, to_properties
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.naming import mark
from pulumi_tcimages.plugin import ANSWERS, TELLING
from pulumi_tcimages.plugin.engine_log import UrnLog
from pulumi_tcimages.plugin.messages import (
    build_withdrawn_warning,
    describe_choice,
    describe_drift,
    describe_missing_scope,
    describe_move,
    describe_newer,
)
from pulumi_tcimages.plugin.pin_inputs import (
    Pin,
    Properties,
    changed,
    changed_replace_triggers,
    changed_secrecy,
    criteria_of,
    inputs_of,
    read_criteria,
)
from pulumi_tcimages.plugin.pin_state import (
    hide_as_before,
    read_answers,
    read_image_id,
    read_state_criteria,
    require_image,
)
from pulumi_tcimages.plugin.property_values import (
    UNKNOWN,
    Secret,
    has_secret,
    has_unknown,
)
from pulumi_tcimages.plugin.redaction import Secrets

_ID_PREFIX = "pin-"


def create(
    pin: Pin, inputs: Properties, cloud: lookup.Cloud, now: str | None, log: UrnLog
) -> Properties:
    """Return the outputs of a new pin.

    Args:
        now: the time as text, or None in a preview, where it is not known yet.
    """
    if has_unknown(criteria_of(inputs)):  # a trigger tells when to choose, not what
        return _unknown(inputs)
    found = lookup.find_image(cloud, read_criteria(pin, inputs))
    _require_id(found.image)
    _warn(found.warnings, inputs, log)
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
    """Return the outputs of a pin whose inputs changed: the same image, if it may stay.

    The log says, in a preview too, which image the pin moves to and why, or what it could move to.
    """
    if has_unknown(news):
        return _unknown(news)
    answers = read_answers(pin, olds)
    differing = changed(old_inputs, news)
    if not differing:
        return _mark(news, {**answers, "image": require_image(answers)})
    query = read_criteria(pin, news)
    replace_triggers = changed_replace_triggers(pin, olds, old_inputs, news)
    # A pin that is told to choose anew does so whatever its state has.
    pinned = (answers["image"] or {}) if replace_triggers else require_image(answers)
    pinned_id = read_image_id(pin, pinned)
    if replace_triggers:
        found, drift, newer = lookup.find_image(cloud, query), None, None
    else:
        found, drift, newer = lookup.decide_pin(cloud, query, pinned_id)
    _require_id(found.image)
    _warn(found.warnings, news, log)
    if not replace_triggers and not drift:
        kept = _outputs(news, pinned, answers["resolvedAt"], newer=newer)
        if told := describe_newer(hide_as_before(olds, kept)):
            log.inform(told)
        return kept
    is_secret = _is_secret(olds, news)
    # An image that is listed elsewhere is missing because of the program, and not withdrawn.
    listed_by = [name for name in pin.listed_by if name in differing]
    if drift and (drift.failed or not listed_by):
        why = drift.text(mark)
        log.inform(describe_move(pinned_id, why, found.image, is_secret=is_secret))
    elif pinned_id:
        because = replace_triggers or listed_by
        log.inform(describe_choice(pinned_id, because, found.image, is_secret=is_secret))
    return _outputs(news, to_properties(found.image), now)


def diff(
    pin: Pin, outputs: Properties, old_inputs: Properties, news: Properties, log: UrnLog
) -> list[str]:
    """Return the changed inputs. If there are none, warn of a withdrawn image."""
    names = changed(old_inputs, news)
    warning = _build_warning(pin, outputs)
    if warning and not names:  # what is withdrawn is let go by any change
        log.warn(warning)
    return [*names, *changed_secrecy(old_inputs, news)]


def read(
    pin: Pin,
    identity: str,
    olds: Properties,
    inputs: Properties,
    cloud: lookup.Cloud,
    now: str,
    log: UrnLog,
    *,
    is_region_secret: bool = False,
) -> tuple[Properties, Properties]:
    """Return the inputs and outputs of a refreshed pin or, without a state, of an imported one.

    Args:
        is_region_secret: whether the configured region is a secret.
    """
    if olds or inputs:
        inputs = inputs or inputs_of(pin, olds)
        outputs = _refresh(pin, olds, inputs, cloud, log)
    else:
        inputs, outputs = _import(pin, identity, cloud, now, is_region_secret)
    if warning := _build_warning(pin, outputs):
        log.warn(warning)
    elif news := describe_newer(outputs):
        log.inform(news)
    return inputs, outputs


def _refresh(
    pin: Pin, olds: Properties, inputs: Properties, cloud: lookup.Cloud, log: UrnLog
) -> Properties:
    """Return the outputs of a pin with its current status; the pinned image does not change."""
    answers = read_answers(pin, olds)
    image = require_image(answers)
    pinned_id = read_image_id(pin, image)
    standing = lookup.find_pin_status(cloud, read_state_criteria(pin, inputs), pinned_id)
    _warn(standing.warnings, inputs, log)
    if standing.drift and standing.available:  # one that is withdrawn is told of by itself
        why, is_secret = standing.drift.text(mark), _is_secret(olds, inputs)
        log.inform(describe_drift(pinned_id, why, is_secret=is_secret))
    if standing.refused:
        said = Secrets.among(inputs).strike_out_foreign(standing.refused.message)
        log.inform(describe_missing_scope(replace(standing.refused, message=said)))
    since = answers["resolvedAt"]
    outputs = _outputs(inputs, image, since, available=standing.available, newer=standing.newer)
    return hide_as_before(olds, outputs)


def _build_warning(pin: Pin, outputs: Properties) -> str | None:
    """Return the warning of a withdrawn image, if the state has an image that can be read."""
    answers = read_answers(pin, outputs)
    if answers["image"] is None:
        return None
    return build_withdrawn_warning(pin.id_field, {**outputs, **hide_as_before(outputs, answers)})


def _import(
    pin: Pin, given: str, cloud: lookup.Cloud, now: str, is_region_secret: bool
) -> tuple[Properties, Properties]:
    """Return the inputs and outputs of a pin that is imported by an image's id.

    Errors: InvalidArgumentError, NoMatchError.
    """
    import_form = pin.source.import_form
    parts = given.split("/")
    names = import_form.split("/")
    if given.startswith(_ID_PREFIX) or len(parts) != len(names) or not all(parts):
        raise InvalidArgumentError(
            f"{quote(given)} is not what a pin is imported by",
            allowed=import_form,
            fix=f"take the image's id, not the pin's: tcimages {pin.source.command} --output ids",
        )
    inputs: Properties = dict(zip(names, parts, strict=True))
    found = lookup.find_image(cloud, read_criteria(pin, inputs))
    inputs["region"] = Secret(found.region) if is_region_secret else found.region
    return inputs, _outputs(inputs, to_properties(found.image), now)


def build_id(urn: str) -> str:
    """Return a pin's own id. It survives updates, and its prefix tells it from an image's id."""
    return _ID_PREFIX + hashlib.sha256(urn.encode()).hexdigest()[:12]


def _is_secret(olds: Properties, inputs: Properties) -> bool:
    """Return whether the old or the new image is a secret."""
    return has_secret(olds.get("image")) or has_secret(criteria_of(inputs))


def _require_id(image: Image) -> None:
    if not image.identifier:
        raise InvalidArgumentError(
            "the image that answers has no id, so that it cannot be pinned",
            fix="ask for another one, or use the function, which pins nothing",
        )


def _warn(warnings: Sequence[str], inputs: Properties, log: UrnLog) -> None:
    for warning in Secrets.among(inputs).redact_warnings(warnings):
        log.warn(warning)


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
            "newerImageId": newer.identifier if newer else "",
            "newerVersion": newer.compared_version or "" if newer else "",
            "resolvedAt": UNKNOWN if resolved_at is None else resolved_at,
            "available": available,
        },
    )


def _mark(inputs: Properties, answers: Properties) -> Properties:
    is_secret = has_secret(criteria_of(inputs))
    hidden = {name: Secret(answers[name]) for name in TELLING} if is_secret else {}
    return {**inputs, **answers, **hidden}


def _unknown(inputs: Properties) -> Properties:
    return {**inputs, **dict.fromkeys(ANSWERS, UNKNOWN)}
