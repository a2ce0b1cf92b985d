"""pydantic types for the arguments of queries.

The validators return the parsed value, or raise an InvalidArgumentError with the allowed values.
The caller adds the argument's name.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator

from pulumi_tcimages.core.patterns import read_pattern
from pulumi_tcimages.core.validation_errors import checked
from pulumi_tcimages.core.value_checks import (
    read_component,
    read_component_name,
    read_device,
    read_region,
    read_text,
    refuse_two_spellings,
)
from pulumi_tcimages.core.versions import read_range
from pulumi_tcimages.errors import InvalidArgumentError

_PartT = TypeVar("_PartT")


def is_word(text: str) -> bool:
    """Return whether a string is a valid criterion: printable, not blank and not too long."""
    try:
        return bool(read_text(text))
    except InvalidArgumentError:
        return False


def in_order(value: dict[str, _PartT]) -> dict[str, _PartT]:
    """Sort a map by its keys, because the Pulumi engine does not preserve their order."""
    return dict(sorted(value.items()))


Word = Annotated[str, BeforeValidator(checked(read_text))]
Region = Annotated[Word, AfterValidator(checked(read_region))]
Device = Annotated[Word, AfterValidator(checked(read_device))]
# pydantic checks that these inputs are strings. The parsed values are a Range or a Pattern.
VersionRange = Annotated[Word, AfterValidator(checked(read_range))]
Regex = Annotated[Word, AfterValidator(checked(read_pattern))]
ComponentName = Annotated[Word, AfterValidator(checked(read_component_name))]
ComponentWanted = Annotated[Word, AfterValidator(checked(read_component))]
Attributes = Annotated[dict[Word, Word], AfterValidator(in_order)]
Components = Annotated[
    dict[ComponentName, ComponentWanted],
    BeforeValidator(checked(refuse_two_spellings)),
    AfterValidator(in_order),
]
