"""Validators for argument values.

A validator returns the parsed value, or raises an InvalidArgumentError that says what is allowed.
The caller adds the argument's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator

from pulumi_tcimages.core.names import DEVICES, canonical
from pulumi_tcimages.core.patterns import read_pattern
from pulumi_tcimages.core.regions import REGION_ALLOWED, explain_invalid_region, suggest_region
from pulumi_tcimages.core.validation_errors import EMPTY_TEXT, checked
from pulumi_tcimages.core.versions import Range, read_range
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import quote

PRESENT, ABSENT = "*", "none"

LONGEST = 256
_PartT = TypeVar("_PartT")


def is_word(text: str) -> bool:
    """Return whether a string may be a criterion's value."""
    try:
        return bool(read_text(text))
    except InvalidArgumentError:
        return False


def read_text(value: object) -> object:
    """Check that a string can be compared, sent and printed. pydantic rejects other types."""
    if isinstance(value, str):
        if not value.strip():
            raise InvalidArgumentError(
                EMPTY_TEXT, fix="say what is wanted, or leave the argument out"
            )
        if len(value) > LONGEST:
            raise InvalidArgumentError(
                f"a string has at most {LONGEST} characters, this one has {len(value)}",
                fix="shorten the value",
            )
        if not value.isprintable():
            raise InvalidArgumentError(
                "only characters that can be printed are sent, and plain spaces",
                fix="remove the other characters",
            )
    return value


def _read_region(value: str) -> str:
    if problem := explain_invalid_region(value):
        fix = suggest_region(value)
        raise InvalidArgumentError(problem, allowed=REGION_ALLOWED, fix=fix)
    return value


def _read_device(value: str) -> str:
    if value.lower() not in DEVICES:
        raise InvalidArgumentError("there is no such device", allowed=listed(DEVICES))
    return value.lower()


def _read_component(value: str) -> Range | str:
    if value.lower() in (PRESENT, ABSENT):
        return value.lower()
    try:
        return read_range(value)
    except InvalidArgumentError as refused:
        if not refused.allowed:
            raise
        from pulumi_tcimages.core.suggestions.ranges import suggest_component

        also = f'{refused.allowed}, or "{PRESENT}" (present) or "{ABSENT}" (absent)'
        fix = suggest_component(value) or refused.fix
        raise replace(refused, allowed=also, fix=fix) from None


def read_component_name(value: str) -> str:
    name = canonical(value)
    if name in DEVICES:
        raise InvalidArgumentError(
            "this is a device, not a component", fix=f'write `device` "{name}"'
        )
    return name


def _refuse_two_spellings(value: object) -> object:
    names: dict[str, str] = {}
    for spelled in value if isinstance(value, Mapping) else ():
        name = canonical(spelled.strip()) if isinstance(spelled, str) else ""
        if name and name in names:
            raise InvalidArgumentError(
                f"{quote(name)} is given twice, under two spellings",
                fix=f"leave out {quote(names[name])} or {quote(spelled)}",
            )
        names[name] = spelled
    return value


def in_order(value: dict[str, _PartT]) -> dict[str, _PartT]:
    """Sort a map by its keys, because the Pulumi engine does not preserve the user's order."""
    return dict(sorted(value.items()))


def listed(values: tuple[str, ...]) -> str:
    return ", ".join(values)


Word = Annotated[str, BeforeValidator(checked(read_text))]
Region = Annotated[Word, AfterValidator(checked(_read_region))]
Device = Annotated[Word, AfterValidator(checked(_read_device))]
# The value arrives as a string, and the validator converts it to a Range or a Pattern.
VersionRange = Annotated[Word, AfterValidator(checked(read_range))]
Regex = Annotated[Word, AfterValidator(checked(read_pattern))]
ComponentName = Annotated[Word, AfterValidator(checked(read_component_name))]
ComponentWanted = Annotated[Word, AfterValidator(checked(_read_component))]
Attributes = Annotated[dict[Word, Word], AfterValidator(in_order)]
Components = Annotated[
    dict[ComponentName, ComponentWanted],
    BeforeValidator(checked(_refuse_two_spellings)),
    AfterValidator(in_order),
]
