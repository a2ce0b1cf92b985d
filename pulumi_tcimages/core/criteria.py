"""Compare images with criteria: whether an image satisfies one, and what it has instead.

Texts are compared without case, except by regular expressions. A list matches if it has the value.
A missing boolean is neither true nor false. A version that cannot be read is in no range.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import compress
from operator import attrgetter
from typing import Any, NamedTuple

from pulumi_tcimages.core.images import Image, ImageT
from pulumi_tcimages.core.names import RELEASED_AS_CANDIDATES, canonical
from pulumi_tcimages.core.patterns import Pattern
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.validators import LONGEST, PRESENT
from pulumi_tcimages.core.versions import Range, read_version
from pulumi_tcimages.diagnostics import Criterion
from pulumi_tcimages.formatting import quote

NOTHING = "nothing"


class Predicate(NamedTuple):
    """One criterion, with the functions that read and compare an image's field."""

    criterion: Criterion
    value: Any
    """What is wanted, as the question has it."""
    read: Callable[[Any], Any]
    """What an image has where this criterion looks."""
    admits: Callable[[Any], bool]
    show: Callable[[Any], str]
    """What was read, as a user would write it."""
    cannot_read: Callable[[Any], bool] | None = None
    """Whether what was read is there but says nothing that can be compared; None: never."""

    def matches(self, image: Image) -> bool:
        """Return whether an image satisfies the criterion."""
        return self.admits(self.read(image))

    def evaluate(self, images: Sequence[Image]) -> Iterator[bool]:
        """Yield whether each image satisfies the criterion; twice as fast as one by one."""
        return map(self.admits, map(self.read, images))

    def filter(self, images: Sequence[ImageT]) -> list[ImageT]:
        """Return the images that satisfy the criterion, in their order."""
        return list(compress(images, self.evaluate(images)))

    def is_unread(self, image: Image) -> bool:
        """Return whether the image fails only because this cannot be read of it."""
        return self.cannot_read is not None and self.cannot_read(self.read(image))

    def found(self, image: Image) -> str:
        """Return what an image has, as messages show it."""
        return self.show(self.read(image))


def build_predicates(model: type[BaseQuery], criteria: Mapping[str, Any]) -> list[Predicate]:
    """Return a predicate for each criterion, and for each part of a map, in the order given."""
    return [
        predicate
        for argument, value in criteria.items()
        for predicate in _build(model, argument, value)
    ]


def predicates_of(query: BaseQuery) -> list[Predicate]:
    """Return the predicates of a query's criteria."""
    return build_predicates(type(query), query.criteria())


def keep_all(images: Sequence[ImageT], predicates: Sequence[Predicate]) -> Sequence[ImageT]:
    """Return the images that satisfy all predicates."""
    for predicate in predicates:
        images = predicate.filter(images)
    return images


def find_unmet(images: Sequence[Image], predicates: Sequence[Predicate]) -> list[Predicate]:
    """Return the predicates that no image satisfies."""
    return [predicate for predicate in predicates if not any(predicate.evaluate(images))]


def asked_of(query: BaseQuery) -> list[Criterion]:
    """Return every argument of a query, in their order, as messages show it."""
    asked = []
    for argument in type(query).model_fields:
        value = getattr(query, argument)
        if value is None or argument == "region" or (argument == "latest" and not value):
            continue
        if isinstance(value, dict):
            asked += [Criterion(argument, wanted_text(one), key) for key, one in value.items()]
        else:
            asked.append(Criterion(argument, "" if argument == "latest" else wanted_text(value)))
    return asked


def wanted_text(value: object) -> str:
    """Return a value as the user would write it."""
    if isinstance(value, (Range, Pattern)):
        return quote(value.text, LONGEST)
    if isinstance(value, str):
        return quote(value, LONGEST)
    if isinstance(value, list):
        plain = [
            one if isinstance(one, str) else one.model_dump(exclude_none=True) for one in value
        ]
        return json.dumps(plain, ensure_ascii=False)
    return json.dumps(value)


def _build(model: type[BaseQuery], argument: str, value: Any) -> Iterator[Predicate]:
    field = model.field_of(argument)
    read = attrgetter("identifier" if field == model.image.id_field else field)
    if isinstance(value, Mapping):
        build = _attribute if argument == "attributes" else _versioned_part
        for key, part in value.items():
            yield build(argument, key, part, read)
    elif isinstance(value, Pattern):
        yield _text(argument, value, value.found_in, read)
    elif isinstance(value, Range):
        is_version = field == model.image.version_field
        yield _range(argument, "", value, attrgetter("compared_version") if is_version else read)
    elif isinstance(value, bool):
        yield _flag(argument, value, read)
    elif argument == "framework":
        same = canonical(value)
        yield _text(argument, value, lambda text: canonical(text) == same, read)
    else:
        lower = value.lower()
        yield _text(argument, value, lambda text: text.lower() == lower, read)


def _text(
    argument: str,
    value: str | Pattern,
    matches: Callable[[str], bool],
    read: Callable[[Any], str | list[str]],
    key: str = "",
) -> Predicate:
    """Build a predicate for a text, or for a list of texts, any of which may match."""
    matches_text = cache(lambda text: text != "" and matches(text))  # images share their texts

    def admits(found: str | list[str]) -> bool:
        return any(map(matches_text, found)) if isinstance(found, list) else matches_text(found)

    def show(found: str | list[str]) -> str:
        if isinstance(found, list):
            return ", ".join(found) or NOTHING
        return quote(found) if found else NOTHING

    return Predicate(Criterion(argument, wanted_text(value), key), value, read, admits, show)


def _flag(argument: str, wanted: bool, read: Callable[[Any], bool | None]) -> Predicate:
    return Predicate(
        Criterion(argument, json.dumps(wanted)),
        wanted,
        read,
        lambda value: value is wanted,
        lambda value: NOTHING if value is None else json.dumps(value),
    )


def _range(argument: str, key: str, wanted: Range, read: Callable[[Any], str | None]) -> Predicate:
    admits = cache(lambda text: read_version(text) in wanted)
    cannot_read = cache(lambda text: text is not None and read_version(text) is None)
    criterion = Criterion(argument, wanted_text(wanted), key)
    return Predicate(criterion, wanted, read, admits, _shown_version, cannot_read)


def _attribute(
    argument: str, key: str, wanted: str, read: Callable[[Any], Mapping[str, list[str]]]
) -> Predicate:
    lower = wanted.lower()

    def read_values(image: Image) -> list[str]:
        return find_attribute(read(image), key)

    return _text(argument, wanted, lambda text: text.lower() == lower, read_values, key)


def _versioned_part(
    argument: str, name: str, wanted: Range | str, read_all: Callable[[Any], Mapping[str, str]]
) -> Predicate:
    """Build a predicate for one component or library: a range, present or absent."""

    def read(image: Image) -> str | None:
        return read_all(image).get(name)

    if isinstance(wanted, Range):
        if name in RELEASED_AS_CANDIDATES:
            wanted = replace(wanted, admits_prereleases=True)
        return _range(argument, name, wanted, read)
    criterion = Criterion(argument, wanted_text(wanted), name)
    if wanted == PRESENT:
        return Predicate(
            criterion, wanted, read, lambda version: version is not None, _shown_version
        )

    def read_or_gap(image: Image) -> str | None:
        version = read(image)
        return (image.gap_in(argument) or None) if version is None else version

    return Predicate(
        criterion, wanted, read_or_gap, lambda version: version is None, _shown_version, is_gap
    )


def is_gap(text: str | None) -> bool:
    """Return whether a text says why nothing is known, for instance `(no name)`."""
    return text is not None and text.startswith("(")


def find_attribute(attributes: Mapping[str, list[str]], key: str) -> list[str]:
    """Return the values of an attribute, whatever the case of its key; empty if it is absent."""
    if key in attributes:
        return attributes[key]
    lower = key.lower()
    return next((values for name, values in attributes.items() if name.lower() == lower), [])


def _shown_version(text: str | None) -> str:
    return "a version that cannot be read" if text == "" else text or NOTHING
