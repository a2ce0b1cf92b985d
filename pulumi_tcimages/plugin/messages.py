"""What the log says of a pin: that it moves, how its image stands, what would be chosen today.

Secrets: where a criterion is one, so is the image, and no line says which it is.
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


def tell_move(pinned_id: str, why: str, new: Image, *, is_secret: bool) -> str:
    """Why a pin moves that nothing told to move."""
    if is_secret:
        return "the pin moves: which images and why is secret, because a criterion is."
    return f"the pinned image {pinned_id} {why}: the pin moves to {_with_version(new)}."


def tell_choice(pinned_id: str, because: Sequence[str], new: Image, *, is_secret: bool) -> str:
    """What a pin chooses that was told to, by these inputs."""
    if is_secret:
        chosen = "which image is secret, because a criterion is"
    elif new.identifier == pinned_id:
        chosen = f"it stays at {_with_version(new)}"
    else:
        chosen = f"it moves from {pinned_id} to {_with_version(new)}"
    names = " and ".join(mark(snake(name)) for name in because)
    return f"the pin chooses anew, as {names} changed: {chosen}."


def tell_misfit(pinned_id: str, why: str, *, is_secret: bool) -> str:
    """What the cloud has changed about an image, so that it would not be chosen any more."""
    if is_secret:
        return (
            "the pinned image does not satisfy the criteria any more, as the cloud has it now; "
            "what it is and why is secret, because a criterion is."
        )
    return f"the pinned image {pinned_id} {why}, as the cloud has it now."


def tell_gone(refused: ApiError) -> str:
    """That the cloud does not know any more what the pinned image was for."""
    request = f" (request {refused.call.request_id})" if refused.call.request_id else ""
    return (
        "the images that this pin chooses from cannot be listed any more; Tencent Cloud says "
        f"{refused.cloud_code}: {printable(refused.message)}{request}"
    )


def warning_of(id_field: str, outputs: dict[str, Any]) -> str | None:
    """What to warn of: the pinned image is withdrawn."""
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


def news_of(outputs: dict[str, Any]) -> str | None:
    """What to mention: the same query would choose another image now."""
    if not unwrap(outputs.get("newerImageId")) or outputs.get("available") is False:
        return None
    return (
        f"the same query would now choose {_newer_of(outputs)}. The pin keeps its image; to move "
        "on, change a trigger."
    )


def _with_version(image: Image) -> str:
    return f"{image.identifier} ({image.version})" if image.version else image.identifier


def _newer_of(outputs: dict[str, Any]) -> str:
    """The image that would be chosen now, and its version where it has one."""
    told, version = _shown(outputs.get("newerImageId")), outputs.get("newerVersion")
    return f"{told} ({version})" if version and not isinstance(version, Secret) else f"{told}"


def _shown(value: Any) -> Any:
    return REDACTED if isinstance(value, Secret) else value
