"""Import pins: find an image by the id that the user gives to `pulumi import` or `.get()`."""

from __future__ import annotations

from pulumi_tcimages import lookup
from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.errors import AmbiguousMatchError, InvalidArgumentError
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin.pin_inputs import Pin, Properties, read_criteria
from pulumi_tcimages.plugin.property_values import Secret
from pulumi_tcimages.shell_commands import name_flag

ID_PREFIX = "pin-"
"""The prefix of a pin's resource id, which distinguishes it from the ids of images."""


def import_image(
    pin: Pin, identity: str, cloud: lookup.Cloud, *, is_region_secret: bool
) -> tuple[Properties, Image]:
    """Return the inputs of a pin that is imported with an image id, and the image.

    Criteria with a default do not apply, because the user already uses the image. The inputs
    contain the image's own value of such a criterion if it is not the default.

    Raises: InvalidArgumentError, NoMatchError.
    """
    import_form = pin.source.import_form
    parts = identity.split("/")
    names = import_form.split("/")
    if identity.startswith(ID_PREFIX) or len(parts) != len(names) or not all(parts):
        raise InvalidArgumentError(
            f"{quote(identity)} is not what a pin is imported by",
            allowed=import_form,
            fix=Advice(
                "take an image's id, not a pin's.",
                Command(_write_ids_command(pin), "To list them, run:"),
            ),
        )
    inputs: Properties = dict(zip(names, parts, strict=True))
    query = read_criteria(pin, inputs)
    defaults = query.defaults()
    try:
        match = lookup.find_image(cloud, query.model_copy(update=dict.fromkeys(defaults)))
    except AmbiguousMatchError as ambiguous:
        # Its own advice is to add criteria, which an import cannot have.
        raise InvalidArgumentError(
            f"{ambiguous.matched} different images have the id {quote(parts[-1])}",
            fix="create the pin with pulumi up instead of an import: its criteria can choose one "
            "of these images",
        ) from None
    for name, default in defaults.items():
        value = getattr(match.image, query.field_of(name))
        if value not in ("", None, default):
            inputs[camel(name)] = value
    inputs["region"] = Secret(match.region) if is_region_secret else match.region
    return inputs, match.image


def _write_ids_command(pin: Pin) -> str:
    """Return the command that lists image ids. Words in capitals stand for values to fill in."""
    source = pin.source
    others = source.single_query.required_names()[1:]
    flags = [f"{name_flag(name)} {name.upper()}" for name in others]
    words = ["tcimages", source.command, source.operand, *flags, "--output ids"]
    return " ".join(filter(None, words))
