"""Messages of pins in the engine's log: that a pin moves, or that a newer image exists.

If a criterion is a secret, so is the image, and no message names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.errors import ApiError
from pulumi_tcimages.formatting import printable
from pulumi_tcimages.naming import mark, snake
from pulumi_tcimages.plugin.property_values import Secret, unwrap
from pulumi_tcimages.redaction import REDACTED


def describe_move(pinned_id: str, why: str, new: Image, *, is_secret: bool) -> str:
    """Say why a pin moves although no trigger changed."""
    if is_secret:
        return "the pin moves: which images and why is secret, because a criterion is."
    return f"the pinned image {pinned_id} {why}: the pin moves to {_with_version(new)}."


def describe_choice(pinned_id: str, because: Sequence[str], new: Image, *, is_secret: bool) -> str:
    """Say what a pin chooses because these inputs changed."""
    if is_secret:
        chosen = "which image is secret, because a criterion is"
    elif new.identifier == pinned_id:
        chosen = f"it stays at {_with_version(new)}"
    else:
        chosen = f"it moves from {pinned_id} to {_with_version(new)}"
    names = " and ".join(mark(snake(name)) for name in because)
    return f"the pin chooses anew, as {names} changed: {chosen}."


def describe_drift(pinned_id: str, why: str, *, is_secret: bool) -> str:
    """Say that the cloud changed the pinned image, so that it no longer matches."""
    if is_secret:
        return (
            "the pinned image does not satisfy the criteria any more, as the cloud has it now; "
            "what it is and why is secret, because a criterion is."
        )
    return f"the pinned image {pinned_id} {why}, as the cloud has it now."


def describe_missing_scope(refused: ApiError) -> str:
    """Say that the cloud no longer knows the engine or project that the image was for."""
    request = f" (request {refused.call.request_id})" if refused.call.request_id else ""
    return (
        "the images that this pin chooses from cannot be listed any more; Tencent Cloud says "
        f"{refused.cloud_code}: {printable(refused.message)}{request}"
    )


def build_withdrawn_warning(id_field: str, outputs: dict[str, Any]) -> str | None:
    """Return the warning of a withdrawn image, or None."""
    if outputs.get("available") is not False:
        return None
    image, now = outputs.get("image") or {}, outputs.get("newerImageId")
    pinned_id = REDACTED if isinstance(image, Secret) else image.get(id_field)
    instead = f"choose {_newer_of(outputs)}" if unwrap(now) else "end in an error"
    way = "a trigger" if unwrap(now) else "the query, as the same lookup tells how"
    return (
        f"the pinned image {pinned_id} is no longer offered in {_shown(outputs.get('region'))}; "
        f"the same query would now {instead}. The pin keeps it; to move on, change {way}."
    )


def describe_newer(outputs: dict[str, Any]) -> str | None:
    """Return the message that the same query would choose another image now, or None."""
    if not unwrap(outputs.get("newerImageId")) or outputs.get("available") is False:
        return None
    return (
        f"the same query would now choose {_newer_of(outputs)}. The pin keeps its image; to move "
        "on, change a trigger."
    )


def _with_version(image: Image) -> str:
    return (
        f"{image.identifier} ({image.compared_version})"
        if image.compared_version
        else image.identifier
    )


def _newer_of(outputs: dict[str, Any]) -> str:
    """Return the id of the newer image, with its version if it has one."""
    image_id, version = _shown(outputs.get("newerImageId")), outputs.get("newerVersion")
    return (
        f"{image_id} ({version})" if version and not isinstance(version, Secret) else f"{image_id}"
    )


def _shown(value: Any) -> Any:
    return REDACTED if isinstance(value, Secret) else value
