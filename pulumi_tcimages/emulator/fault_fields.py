"""Validate the fields of a fault."""

from __future__ import annotations

import re
from typing import Any

TOTALS = ("", "null", "zero", "page")
"""The allowed values of `Fault.total`.

"" leaves a listing's total unchanged. The others replace it by null, 0 or the page's row count.
"""

_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "str": ((str,), "text"),
    "str | None": ((str, type(None)), "text"),
    "int": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "bool": ((bool,), "true or false"),
    "tuple[Any, ...]": ((tuple, list), "a list"),
}
_DAY_S = 86_400
_MIB = 1024 * 1024
_RANGES: dict[str, tuple[int, int]] = {
    "status": (200, 599),
    "drift": (-1_000_000_000, 1_000_000_000),
    "page_cap": (0, 1_000_000),
    "pad_bytes": (0, 64 * _MIB),
    "clock_skew_s": (-3650 * _DAY_S, 3650 * _DAY_S),
    "delay_s": (0, _DAY_S),
    "drip_s": (0, _DAY_S),
    "times": (1, 100_000),
}
_LENGTHS = {"code": 200, "message": 10_000, "content_type": 200, "body": 64 * _MIB, "rows": 10_000}
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_MAX_QUOTE = 60


def explain_invalid(name: str, kind: str, value: Any) -> str:
    """Return why a field's value is invalid, or "" if it is valid.

    Args:
        kind: the type annotation of the field.
    """
    expected = _find_expected(name, kind, value)
    return f"must be {expected}, not {quote(value)}" if expected else ""


def _find_expected(name: str, kind: str, value: Any) -> str:
    types, words = _KINDS[kind]
    if not _has_type(value, types):
        return words
    if name in _RANGES:
        least, most = _RANGES[name]
        # NaN is invalid too, because every comparison with NaN is false.
        return "" if least <= value <= most else f"from {least} to {most}"
    if name in _LENGTHS and value is not None and len(value) > _LENGTHS[name]:
        return f"at most {_LENGTHS[name]} long"
    if name == "content_type" and not _HEADER_VALUE.fullmatch(value):
        return "printable ASCII"
    if name == "total" and value not in TOTALS:
        return f"one of {', '.join(filter(None, TOTALS))}"
    return ""


def _has_type(value: object, types: tuple[type, ...]) -> bool:
    """Return whether a value has one of the types. Unlike for `isinstance`, True is not an int."""
    return isinstance(value, types) and (bool in types or not isinstance(value, bool))


def quote(value: Any) -> str:
    """Return the shortened repr of a value."""
    try:
        text = repr(value)
    # `repr` fails if a number is too long or a value is nested too deeply.
    except (ValueError, RecursionError):
        return f"a {type(value).__name__} that is too large to show"
    return text if len(text) <= _MAX_QUOTE else f"{text[:_MAX_QUOTE]}..."
