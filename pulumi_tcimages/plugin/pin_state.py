"""Read the outputs of a pin from its state.

Another version of this package may have written the state. An output that is missing, unknown or
of the wrong type is therefore replaced by an empty value. A state without an image id is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_tcimages.core.images import to_properties
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.plugin import OTHER_VERSION, OWN_OUTPUTS
from pulumi_tcimages.plugin.pin_inputs import Pin, Properties, read_criteria
from pulumi_tcimages.plugin.property_values import Secret, has_secret, unwrap, without_unknown

_EMPTY: Properties = {"newerImageId": "", "newerVersion": "", "resolvedAt": "", "available": True}
_OR_THAT_VERSION = "or go on with the version that wrote the state"


def read_own_outputs(pin: Pin, outputs: Mapping[str, Any]) -> Properties:
    """Return the outputs in `OWN_OUTPUTS`, without secret marks.

    `image` is None if the state has no image with an id.
    """
    image = without_unknown(unwrap(outputs.get("image")))
    answers: Properties = {"image": None}
    if isinstance(image, dict) and read_image_id(pin, image):
        # Fields that an older version of this package did not store get empty values.
        empty = to_properties(pin.source.image.model_validate({}))
        present = {name: value for name, value in image.items() if value is not None}
        answers["image"] = {**empty, **present}
    for name, empty in _EMPTY.items():
        value = unwrap(outputs.get(name))
        answers[name] = value if isinstance(value, type(empty)) else empty
    return answers


def read_image_id(pin: Pin, image: Mapping[str, Any]) -> str:
    """Return the id in an image's properties as a string, or ""."""
    return pin.source.image.parse_id(image, pin.id_field)


def require_image(answers: Properties) -> Properties:
    """Return the pinned image from the result of `read_own_outputs`.

    Raises: InvalidArgumentError if the state has no readable image.
    """
    image: Properties | None = answers["image"]
    if image is None:
        raise InvalidArgumentError(
            f"{OTHER_VERSION}: it has no image with an id",
            fix="change a trigger and run pulumi up, which chooses the image anew; "
            f"{_OR_THAT_VERSION}",
        )
    return image


def read_state_criteria(pin: Pin, inputs: Mapping[str, Any]) -> BaseQuery:
    """Build a query from the inputs in the state.

    Raises: InvalidArgumentError if another version wrote inputs that this version rejects.
    """
    try:
        return read_criteria(pin, inputs)
    except InvalidArgumentError as refused:
        raise InvalidArgumentError(
            f"{OTHER_VERSION}: {refused.problem}",
            argument=refused.argument,
            fix="run pulumi up without a refresh, which takes the inputs from the program; "
            f"{_OR_THAT_VERSION}",
        ) from None


def restore_secrets(outputs: Mapping[str, Any], answers: Properties) -> Properties:
    """Mark outputs as secret if they are secret in the state.

    The program may have marked any output with `additional_secret_outputs`.
    """
    names = [name for name in OWN_OUTPUTS if has_secret(outputs.get(name))]
    return {**answers, **{name: Secret(unwrap(answers[name])) for name in names}}
