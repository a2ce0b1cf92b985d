"""Base classes and decorators for the results of functions and the records inside them.

Field names are snake_case in Python and camelCase in Pulumi. A missing string is "", a missing list
or map is empty, and a missing boolean or number is None.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator, Iterator, Mapping
from typing import Any, Generic, TypeVar, get_origin

import pulumi

from pulumi_tcimages.naming import camel
from pulumi_tcimages.sdk.image_maps import ImageMap

_T = TypeVar("_T")


def property_names(fields: type[_T]) -> type[_T]:
    """Class decorator that tells Pulumi the camelCase names of all fields."""
    hints: dict[str, Any] = {}
    for base in reversed(fields.__mro__):
        if base.__module__.startswith("pulumi_tcimages."):
            hints |= inspect.get_annotations(base, eval_str=True)
    fields.__annotations__ = hints
    for name in hints:
        setattr(fields, name, pulumi.property(camel(name)))
    return fields


def output_type(fields: type[_T]) -> type[_T]:
    """Class decorator that makes a Pulumi output type, including inherited fields.

    Its maps become ImageMaps, whose keys are found by all names that criteria accept.
    """
    kind = pulumi.output_type(property_names(fields))
    hints: dict[str, Any] = kind.__annotations__
    maps = {name for name, hint in hints.items() if get_origin(hint) is dict}
    build = kind.__init__

    def __init__(self: Any, *args: Any, **values: Any) -> None:  # noqa: N807
        build(self, *args, **values)
        present = vars(self)
        present.update({name: ImageMap(present[name]) for name in maps if present[name]})

    if maps:
        setattr(kind, "__init__", __init__)  # noqa: B010
    return kind


class Record(Mapping[str, Any]):
    """Base class of records. It is a mapping, so that Pulumi accepts a record as an input.

    The mapping contains the fields that are not None. It is not a subclass of dict, which
    `pulumi.Output.all` would convert to a plain dict.
    """

    def __getitem__(self, name: str) -> Any:
        if (value := vars(self).get(name)) is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name, value in vars(self).items() if value is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        fields = (f"{name}={self[name]!r}" for name in self)
        return f"{type(self).__name__}({', '.join(fields)})"


class Awaitable(Generic[_T]):
    """Base class of results that can be awaited, but are available immediately.

    `await` returns a copy that is not awaitable. Pulumi awaits the value of an output until it is
    no longer awaitable, so it would never stop if `await` returned the same object.
    """

    def __await__(self) -> Generator[Any, None, _T]:
        yield from ()
        _, kind = type(self).__bases__
        plain: _T = object.__new__(kind)
        vars(plain).update(vars(self))
        return plain
