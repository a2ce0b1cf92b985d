"""What a pin's state has: the answers that an earlier operation wrote into it.

Another version of this package may have written the state. An answer that is missing, unknown or of
a wrong type is read as its empty value. Without an image that has an id, it is unknown what is
pinned: that is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_tcimages.core.images import to_properties
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.plugin import ANSWERS
from pulumi_tcimages.plugin.pin_inputs import Pin, Properties, read_criteria
from pulumi_tcimages.plugin.property_values import Secret, has_secret, unwrap, without_unknown
from pulumi_tcimages.plugin.redaction import OTHER_VERSION

_EMPTY: Properties = {"newerImageId": "", "newerVersion": "", "resolvedAt": "", "available": True}
_OR_THAT_VERSION = "or go on with the version that wrote the state"


def read_answers(pin: Pin, outputs: Mapping[str, Any]) -> Properties:
    """Return the answers without marks of secrets; `image` is None if it cannot be read."""
    image = without_unknown(unwrap(outputs.get("image")))
    answers: Properties = {"image": None}
    if isinstance(image, dict) and read_image_id(pin, image):
        # Lists and maps are never null, also if the version that wrote the state had no such field.
        empty = to_properties(pin.source.image.model_validate({}))
        given = {name: value for name, value in image.items() if value is not None}
        answers["image"] = {**empty, **given}
    for name, empty in _EMPTY.items():
        value = unwrap(outputs.get(name))
        answers[name] = value if isinstance(value, type(empty)) else empty
    return answers


def read_image_id(pin: Pin, image: Mapping[str, Any]) -> str:
    """Return the id in an image's properties as a text; "" if there is none."""
    return pin.source.image.parse_id(image, pin.id_field)


def require_image(answers: Properties) -> Properties:
    """Return the pinned image.

    Errors: InvalidArgumentError if the state has none that can be read.
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
    """Return the query of inputs that were checked when they were written.

    Errors: InvalidArgumentError.
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


def hide_as_before(outputs: Mapping[str, Any], answers: Properties) -> Properties:
    """Return the answers with the marks of secrets that the state has for them.

    The marks may be the program's own (additional_secret_outputs); they hold for the log too.
    """
    names = [name for name in ANSWERS if has_secret(outputs.get(name))]
    return {**answers, **{name: Secret(unwrap(answers[name])) for name in names}}
