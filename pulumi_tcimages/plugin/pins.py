"""Create, update, refresh and import pins, which are resources that keep an image in the state.

If a trigger, the region or the scope (the data engine or TI project) changes, the pin selects an
image again. If a criterion changes, the pin moves only if its image is withdrawn or no longer
matches. A refresh records whether the image is still offered, but never moves the pin. Every change
is an in-place update.

Secret inputs stay secret in the outputs, and a secret criterion makes the image secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pulumi_tcimages import lookup
from pulumi_tcimages.core.images import Image, to_properties
from pulumi_tcimages.core.pinned_images import find_changed_fields
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.naming import mark
from pulumi_tcimages.plugin import OWN_OUTPUTS, REVEALING_OUTPUTS
from pulumi_tcimages.plugin.diffs import changed, changed_secrecy
from pulumi_tcimages.plugin.engine_log import UrnLog
from pulumi_tcimages.plugin.messages import (
    build_withdrawn_warning,
    describe_change,
    describe_choice,
    describe_drift,
    describe_missing_scope,
    describe_move,
    describe_newer,
    write_image,
)
from pulumi_tcimages.plugin.pin_imports import ID_PREFIX, import_image
from pulumi_tcimages.plugin.pin_inputs import (
    Pin,
    Properties,
    changed_replace_triggers,
    criteria_of,
    inputs_of,
    read_criteria,
)
from pulumi_tcimages.plugin.pin_state import (
    read_image_id,
    read_own_outputs,
    read_state_criteria,
    require_image,
    restore_secrets,
)
from pulumi_tcimages.plugin.property_values import UNKNOWN, Secret, has_secret, has_unknown
from pulumi_tcimages.plugin.redaction import Secrets


def create(
    pin: Pin, inputs: Properties, cloud: lookup.Cloud, now: str | None, log: UrnLog
) -> Properties:
    """Return the outputs of a new pin. The time `now` is None in a preview."""
    # Triggers do not select an image, so they may be unknown.
    if has_unknown(criteria_of(inputs)):
        return _unknown_outputs(inputs)
    match = lookup.find_image(cloud, read_criteria(pin, inputs))
    _require_id(match.image)
    _warn(match.warnings, inputs, log)
    return _outputs(inputs, to_properties(match.image), now)


def update(
    pin: Pin,
    olds: Properties,
    old_inputs: Properties,
    news: Properties,
    cloud: lookup.Cloud,
    now: str | None,
    log: UrnLog,
) -> Properties:
    """Return the outputs of a pin whose inputs changed. The image stays the same if possible.

    The log says which image the pin moves to and why, or that a newer image exists. If Tencent
    Cloud changed the pinned image, the pin takes the new values, which satisfy the criteria.
    """
    if has_unknown(news):
        return _unknown_outputs(news)
    answers = read_own_outputs(pin, olds)
    differing = changed(old_inputs, news)
    if not differing:
        return _merge_outputs(news, {**answers, "image": require_image(answers)})
    query = read_criteria(pin, news)
    replace_triggers = changed_replace_triggers(pin, olds, old_inputs, news)
    # If a trigger changed, only the log needs the old image, so its state may be unreadable.
    pinned = (answers["image"] or {}) if replace_triggers else require_image(answers)
    pinned_id, old_image = read_image_id(pin, pinned), _write_pinned(pin, pinned)
    if replace_triggers:
        decision = lookup.PinDecision(lookup.find_image(cloud, query), None)
    else:
        decision = lookup.decide_pin(cloud, query, pinned_id, old_image, pinned)
    match, drift, newer, fields = decision
    _require_id(match.image)
    _warn(match.warnings, news, log)
    image, is_secret = to_properties(match.image), _is_secret(olds, news)
    if not replace_triggers and not drift:
        if fields:
            log.inform(describe_change(old_image, fields, is_taken=True, is_secret=is_secret))
            outputs = _outputs(news, image, now, newer=newer)
        else:
            outputs = _outputs(news, {**pinned, **image}, answers["resolvedAt"], newer=newer)
        if message := describe_newer(restore_secrets(olds, outputs), newer):
            log.inform(message)
        return outputs
    # If an argument of the listing changed, the image may be missing from the new listing although
    # it is still offered, so the log does not call it withdrawn.
    listed_by = [name for name in pin.listed_by if name in differing]
    if drift and (drift.failed or not listed_by):
        why = drift.text(mark)
        log.inform(describe_move(old_image, why, match.image, is_secret=is_secret))
    elif pinned_id:
        because, stays = replace_triggers or listed_by, match.image.identifier == pinned_id
        fields = find_changed_fields(pinned, match.image) if stays else ()
        log.inform(
            describe_choice(
                old_image, because, match.image, fields, stays=stays, is_secret=is_secret
            )
        )
    return _outputs(news, image, now)


def diff(
    pin: Pin, outputs: Properties, old_inputs: Properties, news: Properties, log: UrnLog
) -> list[str]:
    """Return the names of the changed inputs. If there are none, warn about a withdrawn image."""
    names = changed(old_inputs, news)
    warning = _build_warning(pin, outputs)
    # If inputs changed, the update replaces a withdrawn image, so no warning is needed.
    if warning and not names:
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
    """Return a pin's inputs and outputs for a refresh or, if there is no state, for an import."""
    if olds or inputs:
        inputs = inputs or inputs_of(pin, olds)
        outputs, newer = _refresh(pin, olds, inputs, cloud, log)
    else:
        inputs, image = import_image(pin, identity, cloud, is_region_secret=is_region_secret)
        outputs, newer = _outputs(inputs, to_properties(image), now), None
    if warning := _build_warning(pin, outputs):
        log.warn(warning)
    elif message := describe_newer(outputs, newer):
        log.inform(message)
    return inputs, outputs


def _refresh(
    pin: Pin, olds: Properties, inputs: Properties, cloud: lookup.Cloud, log: UrnLog
) -> tuple[Properties, Image | None]:
    """Return a pin's outputs with its current status, and the image that it could move to.

    The pinned image does not change.
    """
    answers = read_own_outputs(pin, olds)
    image = require_image(answers)
    pinned_id = read_image_id(pin, image)
    query = read_state_criteria(pin, inputs)
    status = lookup.find_pin_status(cloud, query, pinned_id, image)
    _warn(status.warnings, inputs, log)
    is_secret, pinned = _is_secret(olds, inputs), _write_pinned(pin, image)
    # Report only an available image that no longer matches. A withdrawn image has its own warning.
    if status.drift and status.available:
        log.inform(describe_drift(pinned, status.drift.text(mark), is_secret=is_secret))
    # The message about unmet criteria already reports the changes of their fields.
    failed = [criterion.argument for criterion, _ in status.drift.failed] if status.drift else []
    if {*status.changed} - {*failed, *map(query.field_of, failed)}:
        log.warn(describe_change(pinned, status.changed, is_taken=False, is_secret=is_secret))
    if status.refused:
        cloud_message = Secrets.among(inputs).redact_foreign(status.refused.message)
        log.inform(describe_missing_scope(replace(status.refused, message=cloud_message)))
    resolved_at = answers["resolvedAt"]
    outputs = _outputs(inputs, image, resolved_at, available=status.available, newer=status.newer)
    return restore_secrets(olds, outputs), status.newer


def _write_pinned(pin: Pin, image: Properties) -> str:
    """Format the name and id of the image in the state."""
    return write_image(str(image.get(pin.name_field) or ""), read_image_id(pin, image))


def _build_warning(pin: Pin, outputs: Properties) -> str | None:
    """Return the warning about a withdrawn image, or None."""
    answers = read_own_outputs(pin, outputs)
    if answers["image"] is None:
        return None
    pinned = _write_pinned(pin, answers["image"])
    return build_withdrawn_warning(pinned, {**outputs, **restore_secrets(outputs, answers)})


def build_id(urn: str) -> str:
    """Derive a pin's resource id from its URN. The prefix distinguishes it from image ids."""
    return ID_PREFIX + hashlib.sha256(urn.encode()).hexdigest()[:12]


def _is_secret(olds: Properties, inputs: Properties) -> bool:
    """Return whether the pinned image or any criterion is secret."""
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
    return _merge_outputs(
        inputs,
        {
            "image": image,
            "newerImageId": newer.identifier if newer else "",
            "newerVersion": newer.compared_version or "" if newer else "",
            "resolvedAt": UNKNOWN if resolved_at is None else resolved_at,
            "available": available,
        },
    )


def _merge_outputs(inputs: Properties, answers: Properties) -> Properties:
    is_secret = has_secret(criteria_of(inputs))
    hidden = {name: Secret(answers[name]) for name in REVEALING_OUTPUTS} if is_secret else {}
    return {**inputs, **answers, **hidden}


def _unknown_outputs(inputs: Properties) -> Properties:
    return {**inputs, **dict.fromkeys(OWN_OUTPUTS, UNKNOWN)}
