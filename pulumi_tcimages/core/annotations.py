"""What a field's annotation admits, without what pydantic adds to it."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin


def alternatives(annotation: Any) -> Iterator[Any]:
    """The types that a value may have; None, which every optional one may be, aside."""
    if get_origin(annotation) is Annotated:
        yield from alternatives(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from alternatives(one)
    elif annotation is not NoneType:
        yield annotation
