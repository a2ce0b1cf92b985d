"""Base classes of the results of functions and of the records in them.

Names are snake_case here and camelCase on the wire. A text that the vendor left out is "", a
missing boolean or number is None, and a list or a map is never None.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator, Iterator, Mapping
from typing import Any, Generic, TypeVar

import pulumi

from pulumi_tcimages.naming import camel

_T = TypeVar("_T")


def property_names(fields: type[_T]) -> type[_T]:
    """The class, its annotations and those of our bases declared to Pulumi in camelCase."""
    hints: dict[str, Any] = {}
    for one in reversed(fields.__mro__):
        if one.__module__.startswith("pulumi_tcimages."):
            hints |= inspect.get_annotations(one, eval_str=True)
    fields.__annotations__ = hints
    for name in hints:
        setattr(fields, name, pulumi.property(camel(name)))
    return fields


def output_type(fields: type[_T]) -> type[_T]:
    """An output type of Pulumi's out of annotations, those of base classes included."""
    return pulumi.output_type(property_names(fields))


class Record(Mapping[str, Any]):
    """What it has, by name: so Pulumi takes a whole record as an input, and prints it.

    A mapping, and no dict: of a dict, `pulumi.Output.all` would make a plain one.
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
        given = (f"{name}={self[name]!r}" for name in self)
        return f"{type(self).__name__}({', '.join(given)})"


class Awaitable(Generic[_T]):
    """What lets `await` work on an answer that is already here.

    It brings the plain answer: Pulumi awaits an output's value until it cannot be awaited any more.
    """

    def __await__(self) -> Generator[Any, None, _T]:
        yield from ()
        _, kind = type(self).__bases__
        plain: _T = object.__new__(kind)
        vars(plain).update(vars(self))
        return plain
