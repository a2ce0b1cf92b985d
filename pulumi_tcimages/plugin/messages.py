"""Write messages about pins for the engine's log, for instance about a withdrawn image.

If a criterion is secret, the image could reveal it, so the messages do not mention the image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.errors import ApiError
from pulumi_tcimages.formatting import REDACTED, printable
from pulumi_tcimages.naming import mark, snake
from pulumi_tcimages.plugin.property_values import Secret, unwrap


def write_image(name: str, image_id: str, version: str = "") -> str:
    """Format an image as `NAME (VERSION, id ID)` or, without a name, as `ID (VERSION)`."""
    if not name or name == image_id:
        return printable(f"{image_id} ({version})" if version else image_id)
    details = f"{version}, id {image_id}" if version else f"id {image_id}"
    return printable(f"{name} ({details})")


def describe_move(pinned: str, why: str, new: Image, *, is_secret: bool) -> str:
    """Write the message about a pin that moves to another image although no trigger changed.

    Args:
        pinned: the pinned image, as formatted by `write_image`.
        why: a verb phrase about the pinned image, such as `is no longer offered in ap-guangzhou`.
    """
    if is_secret:
        return "the pin moves: which images and why is secret, because a criterion is."
    return f"the pinned image {pinned} {why}: the pin moves to {_write(new)}."


def describe_choice(
    pinned: str,
    because: Sequence[str],
    new: Image,
    fields: Sequence[str],
    *,
    stays: bool,
    is_secret: bool,
) -> str:
    """Write the message about a pin that selects an image again because inputs changed.

    The fields are those that Tencent Cloud changed in the selected image, if it is pinned.
    """
    if is_secret:
        chosen = "which image is secret, because a criterion is"
    elif fields:
        taken = ", ".join(map(mark, fields))
        chosen = f"it stays at {_write(new)} and takes what Tencent Cloud changed in it: {taken}"
    elif stays:
        chosen = f"it stays at {_write(new)}"
    else:
        chosen = f"it moves from {pinned} to {_write(new)}"
    names = " and ".join(mark(snake(name)) for name in because)
    return f"the pin chooses anew, as {names} changed: {chosen}."


def describe_drift(pinned: str, why: str, *, is_secret: bool) -> str:
    """Write the message about a pinned image that no longer matches its query."""
    if is_secret:
        return (
            "the pinned image does not satisfy the criteria any more, as the cloud has it now; "
            "what it is and why is secret, because a criterion is."
        )
    return f"the pinned image {pinned} {why}, as the cloud has it now."


def describe_change(pinned: str, fields: Sequence[str], *, is_taken: bool, is_secret: bool) -> str:
    """Write the message about a pinned image that Tencent Cloud changed under the same id.

    If `is_taken`, the pin takes the changed fields. Otherwise it keeps the stored ones.
    """
    effect = (
        "The pin takes the new values, because its criteria changed."
        if is_taken
        else "The pin keeps the stored values; to take the new ones, change a trigger."
    )
    if is_secret:
        return (
            "Tencent Cloud changed the pinned image under its id; what changed is secret, because "
            f"a criterion is. {effect}"
        )
    names = ", ".join(map(mark, fields))
    return f"Tencent Cloud changed the pinned image {pinned} under its id: {names}. {effect}"


def describe_missing_scope(refused: ApiError) -> str:
    """Write the message about a pin whose data engine or TI project no longer exists."""
    request = f" (request {refused.call.request_id})" if refused.call.request_id else ""
    return (
        "the images that this pin chooses from cannot be listed any more; Tencent Cloud says "
        f"{refused.cloud_code}: {printable(refused.message)}{request}"
    )


def build_withdrawn_warning(pinned: str, outputs: Mapping[str, Any]) -> str | None:
    """Write the warning about a withdrawn image. Return None if the image is available.

    The warning identifies the newer image by version and id, because the state lacks its name.
    """
    if outputs.get("available") is not False:
        return None
    image, newer_id = outputs.get("image"), outputs.get("newerImageId")
    image_text = REDACTED if isinstance(image, Secret) else pinned
    version = _open(outputs.get("newerVersion"))
    newer = write_image(version and f"version {version}", _shown(newer_id))
    instead = f"choose {newer}" if unwrap(newer_id) else "end in an error"
    change = "a trigger" if unwrap(newer_id) else "the query, as the same lookup tells how"
    return (
        f"the pinned image {image_text} is no longer offered in {_shown(outputs.get('region'))}; "
        f"the same query would now {instead}. The pin keeps it; to move on, change {change}."
    )


def describe_newer(outputs: Mapping[str, Any], newer: Image | None) -> str | None:
    """Write the message about a newer image that the query would choose, or return None."""
    if newer is None or outputs.get("available") is False:
        return None
    newer_id, version = outputs.get("newerImageId"), outputs.get("newerVersion")
    is_secret = isinstance(newer_id, Secret) or isinstance(version, Secret)
    name = "" if is_secret else newer.label
    return (
        f"the same query would now choose {write_image(name, _shown(newer_id), _open(version))}. "
        "The pin keeps its image; to move on, change a trigger."
    )


def _write(image: Image) -> str:
    return write_image(image.label, image.identifier, image.compared_version or "")


def _shown(value: Any) -> str:
    return REDACTED if isinstance(value, Secret) else str(value)


def _open(value: Any) -> str:
    """Return a value as a string, or "" if it is secret or missing."""
    return "" if isinstance(value, Secret) or not value else str(value)
