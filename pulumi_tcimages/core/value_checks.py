"""Checks of argument values. They do not import pydantic, so that the SDK can use them too.

Each function returns the parsed value, or raises an InvalidArgumentError. The caller adds the
argument's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from pulumi_tcimages.core.components import DEVICES, canonical
from pulumi_tcimages.core.regions import REGION_ALLOWED, explain_invalid_region, suggest_region
from pulumi_tcimages.core.versions import Range, read_range
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import quote

EMPTY_TEXT = "an empty string matches nothing"
EMPTY_ITEMS = "an empty list or map asks nothing"
LEAVE_ONE_OUT = "leave one of the two out"
EMPTY_ITEMS_FIX = "leave the argument out, or say what is wanted"
PRESENT, ABSENT = "*", "none"
LONGEST = 256
_MACHINE_LEARNING = ("pytorch", "tensorflow", "scikit-learn")


def read_text(value: object) -> object:
    """Check that a string is printable, not blank and not too long. Ignore other types."""
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


def read_region(value: str) -> str:
    if problem := explain_invalid_region(value):
        fix = suggest_region(value) or 'write a region, for instance "ap-guangzhou"'
        raise InvalidArgumentError(problem, allowed=REGION_ALLOWED, fix=fix)
    return value


def read_device(value: str) -> str:
    if value.lower() not in DEVICES:
        fix = f"write {one_of(DEVICES)}"
        raise InvalidArgumentError("there is no such device", allowed=listed(DEVICES), fix=fix)
    return value.lower()


def read_component(value: str) -> Range | str:
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


def refuse_two_spellings(value: object) -> object:
    """Check that no two keys of a map are spellings of the same component, such as `torch` and
    `pytorch`.
    """
    spellings = filter(_is_text, value) if isinstance(value, Mapping) else ()
    if pair := find_two_spellings(spellings, lambda spelling: canonical(spelling.strip())):
        raise InvalidArgumentError(
            f"{quote(canonical(pair[0].strip()))} is given twice, under two spellings",
            fix=f"leave out {quote(pair[0])} or {quote(pair[1])}",
        )
    return value


def find_two_spellings(
    spellings: Iterable[str], normalize: Callable[[str], str]
) -> tuple[str, str] | None:
    """Return the first two strings that are spellings of the same name, or None.

    Args:
        normalize: returns the name for a spelling, or "" to ignore it.
    """
    known: dict[str, str] = {}
    for spelling in spellings:
        name = normalize(spelling)
        if name and name in known:
            return known[name], spelling
        known[name] = spelling
    return None


def build_same_key_problem(spellings: tuple[str, str]) -> str:
    return f"{quote(spellings[0])} and {quote(spellings[1])} are the same key"


def build_false_latest_error() -> InvalidArgumentError:
    """Build the error for a query with `latest_by` whose `latest` is false."""
    return InvalidArgumentError(
        "`latest_by` implies `latest`, which is false here",
        argument="latest",
        fix=LEAVE_ONE_OUT,
    )


def build_bare_latest_error(examples: Iterable[str], *, has_latest: bool) -> InvalidArgumentError:
    """Build the error for a query with `latest` or `latest_by`, but without a criterion.

    Args:
        examples: the names of criteria to suggest.
        has_latest: whether the user set `latest`, or only `latest_by`.
    """
    names = ", ".join(f"`{name}`" for name in examples)
    return InvalidArgumentError(
        "`latest` needs at least one criterion",
        argument="latest" if has_latest else "latest_by",
        fix=f"add a criterion, for instance {names}",
    )


def build_latest_key_error(
    number: int, key: str, argument: str, allowed: str = ""
) -> InvalidArgumentError:
    """Build the error for a `latest_by` key that is the name of an argument, such as `device`."""
    return InvalidArgumentError(
        f"`{argument}` is an argument, not a component with a version to compare",
        argument=f"latest_by[{number}]",
        value=quote(key),
        allowed=allowed,
        fix=f"leave it out here and give `{argument}` itself a value",
    )


def read_exactly(value: str, noun: str, known: tuple[str, ...]) -> str:
    """Check that a value is not a misspelling of a known value.

    Unknown values are accepted. Raises: InvalidArgumentError.
    """
    intended = {_squeeze(name): name for name in known}.get(_squeeze(value), value)
    if intended == value:
        return value
    raise InvalidArgumentError(
        f"{noun} are spelled exactly", allowed=listed(known), fix=f'write "{intended}"'
    )


def read_framework_type(value: str, known: tuple[str, ...]) -> str:
    """Validate a framework type of DLC, such as `machine-learning`.

    Raises: InvalidArgumentError if the value is a framework, such as `pytorch`, or a misspelled
    type.
    """
    framework = canonical(value.lower())
    if framework in _MACHINE_LEARNING:
        raise InvalidArgumentError(
            "this is a framework, not a framework type",
            allowed=listed(known),
            fix=f'write `framework_type` "machine-learning" and `framework` "{framework}"',
        )
    return read_exactly(value, "framework types", known)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _squeeze(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).lower()


def one_of(values: tuple[str, ...]) -> str:
    """Format values as alternatives: `"cpu", "gpu" or "npu"`."""
    *first, last = map(quote, values)
    return f"{', '.join(first)} or {last}" if first else last


def listed(values: tuple[str, ...]) -> str:
    return ", ".join(values)
