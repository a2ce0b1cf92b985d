"""Inspect the type annotations of pydantic fields."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin


def alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the types in an annotation except None: `int` and `str` for `int | str | None`."""
    if get_origin(annotation) is Annotated:
        yield from alternatives(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from alternatives(part)
    elif annotation is not NoneType:
        yield annotation
