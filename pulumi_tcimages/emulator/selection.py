"""Functions that several listings use to read parameters and sort images."""

from __future__ import annotations

from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.store import Row


def read_required(context: ActionContext, *names: str) -> list[str]:
    """Return the values of required string parameters.

    Raises: VendorError with DLC's error code if one of them is missing or empty.
    """
    for name in names:
        if not context.text(name):
            raise VendorError("InvalidParameter.ParameterNotFoundOrBeNone", name=name)
    return [context.text(name) for name in names]


def require_known(parameter: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise VendorError("InvalidParameterValue", name=parameter, value=value)


def sort_images(images: list[Row], name: str, *, descending: bool) -> list[Row]:
    return sorted(images, key=lambda image: image.get(name) or "", reverse=descending)
