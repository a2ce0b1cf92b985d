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
    """Declare the annotations of a class and of our base classes to Pulumi, in camelCase."""
    hints: dict[str, Any] = {}
    for one in reversed(fields.__mro__):
        if one.__module__.startswith("pulumi_tcimages."):
            hints |= inspect.get_annotations(one, eval_str=True)
    fields.__annotations__ = hints
    for name in hints:
        setattr(fields, name, pulumi.property(camel(name)))
    return fields


def output_type(fields: type[_T]) -> type[_T]:
    """Make a class an output type of Pulumi, with the annotations of its base classes."""
    return pulumi.output_type(property_names(fields))


class Record(Mapping[str, Any]):
    """A mapping of the fields that have a value, so that Pulumi takes a record as an input.

    Not a dict: `pulumi.Output.all` would turn a subclass of dict into a plain one.
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
    """Lets `await` work on an answer that is already here.

    It returns the plain record, because Pulumi awaits an output's value until it is not awaitable.
    """

    def __await__(self) -> Generator[Any, None, _T]:
        yield from ()
        _, kind = type(self).__bases__
        plain: _T = object.__new__(kind)
        vars(plain).update(vars(self))
        return plain
