"""Test images against a query's criteria.

String comparison ignores case, except in regular expressions. A list matches if one of its items
matches. A missing boolean is neither true nor false. A version that cannot be parsed is outside
every range.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import compress
from typing import Any, NamedTuple

from pulumi_tcimages.core.components import RELEASED_AS_CANDIDATES, canonical
from pulumi_tcimages.core.images import Image, ImageT
from pulumi_tcimages.core.patterns import Pattern
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.value_checks import LONGEST, PRESENT
from pulumi_tcimages.core.versions import Range, read_version
from pulumi_tcimages.diagnostics import NOTHING, Criterion
from pulumi_tcimages.formatting import quote


class Predicate(NamedTuple):
    """Tests whether an image satisfies a criterion."""

    criterion: Criterion
    value: Any
    """The value of the criterion in the query, such as a Range."""
    read: Callable[[Any], Any]
    """Return the value of an image that the criterion is about."""
    admits: Callable[[Any], bool]
    """Return whether an image's value satisfies the criterion."""
    show: Callable[[Any], str]
    """Format an image's value for messages."""
    cannot_read: Callable[[Any], bool] | None = None
    """Return whether an image's value is unknown, because it cannot be parsed. None if every value
    can be parsed.
    """

    def matches(self, image: Image) -> bool:
        return self.admits(self.read(image))

    def evaluate(self, images: Sequence[Image]) -> Iterator[bool]:
        """Yield True or False for each image: whether it satisfies the criterion.

        This is twice as fast as calling `matches` for each image.
        """
        return map(self.admits, map(self.read, images))

    def filter(self, images: Sequence[ImageT]) -> list[ImageT]:
        """Return the images that satisfy the criterion, in the same order."""
        return list(compress(images, self.evaluate(images)))

    def is_unread(self, image: Image) -> bool:
        """Return whether the image fails the criterion only because its value cannot be parsed."""
        return self.cannot_read is not None and self.cannot_read(self.read(image))

    def found(self, image: Image) -> str:
        """Return the image's value, formatted for messages."""
        return self.show(self.read(image))


def build_predicates(model: type[BaseQuery], criteria: Mapping[str, Any]) -> list[Predicate]:
    """Build a predicate for each criterion. A map of criteria gets one predicate per entry."""
    return [
        predicate
        for argument, value in criteria.items()
        for predicate in _build(model, argument, value)
    ]


def predicates_of(query: BaseQuery) -> list[Predicate]:
    """Build the predicates for a query's criteria."""
    return build_predicates(type(query), query.criteria())


def keep_all(images: Sequence[ImageT], predicates: Sequence[Predicate]) -> Sequence[ImageT]:
    """Return the images that satisfy all predicates."""
    for predicate in predicates:
        images = predicate.filter(images)
    return images


def find_unmet(images: Sequence[Image], predicates: Sequence[Predicate]) -> list[Predicate]:
    return [predicate for predicate in predicates if not any(predicate.evaluate(images))]


def list_arguments(query: BaseQuery) -> list[Criterion]:
    """Return the arguments that are set in a query, formatted for messages."""
    arguments = []
    for argument in type(query).model_fields:
        value = getattr(query, argument)
        if value is None or argument == "region" or (argument == "latest" and not value):
            continue
        if isinstance(value, dict):
            arguments += [Criterion(argument, value_text(part), key) for key, part in value.items()]
        else:
            arguments.append(Criterion(argument, "" if argument == "latest" else value_text(value)))
    return arguments


def value_text(value: object) -> str:
    """Format a value as the user would write it."""
    if isinstance(value, (Range, Pattern)):
        return quote(value.text, LONGEST)
    if isinstance(value, str):
        return quote(value, LONGEST)
    if isinstance(value, list):
        plain = [
            item if isinstance(item, str) else item.model_dump(exclude_none=True) for item in value
        ]
        return json.dumps(plain, ensure_ascii=False)
    return json.dumps(value)


def _build(model: type[BaseQuery], argument: str, value: Any) -> Iterator[Predicate]:
    field = model.field_of(argument)
    read = operator.attrgetter("identifier" if field == model.image.id_field else field)
    if isinstance(value, Mapping):
        build = _build_attribute if argument == "attributes" else _build_versioned_part
        for key, part in value.items():
            yield build(argument, key, part, read)
    elif isinstance(value, Pattern):
        yield _build_text(argument, value, value.found_in, read)
    elif isinstance(value, Range):
        is_version = field == model.image.version_field
        yield _build_range(
            argument, "", value, operator.attrgetter("checked_version") if is_version else read
        )
    elif isinstance(value, bool):
        yield _build_flag(argument, value, read)
    elif argument == "framework":
        same = canonical(value)
        yield _build_text(argument, value, lambda text: canonical(text) == same, read)
    else:
        lower = value.lower()
        predicate = _build_text(argument, value, lambda text: text.lower() == lower, read)
        # An image whose name contains no device may be for any device.
        yield predicate._replace(cannot_read=operator.not_) if argument == "device" else predicate


def _build_text(
    argument: str,
    value: str | Pattern,
    matches: Callable[[str], bool],
    read: Callable[[Any], str | list[str]],
    key: str = "",
) -> Predicate:
    """Build a predicate for a string, or for a list of strings where one item must match."""
    # Cache the results, because many images have the same values.
    matches_text = cache(lambda text: text != "" and matches(text))

    def admits(value: str | list[str]) -> bool:
        return any(map(matches_text, value)) if isinstance(value, list) else matches_text(value)

    def show(value: str | list[str]) -> str:
        if isinstance(value, list):
            return ", ".join(value) or NOTHING
        return quote(value) if value else NOTHING

    return Predicate(Criterion(argument, value_text(value), key), value, read, admits, show)


def _build_flag(argument: str, value: bool, read: Callable[[Any], bool | None]) -> Predicate:
    return Predicate(
        Criterion(argument, json.dumps(value)),
        value,
        read,
        lambda found: found is value,
        lambda found: NOTHING if found is None else json.dumps(found),
    )


def _build_range(
    argument: str, key: str, value: Range, read: Callable[[Any], str | None]
) -> Predicate:
    # Cache the results, because many images have the same values.
    @cache
    def cannot_read(text: str | None) -> bool:
        version = read_version(text)
        return text is not None and (version is None or value.divides(version))

    @cache
    def admits(text: str | None) -> bool:
        return read_version(text) in value and not cannot_read(text)

    criterion = Criterion(argument, value_text(value), key)
    return Predicate(criterion, value, read, admits, _show_version, cannot_read)


def _build_attribute(
    argument: str, key: str, value: str, read: Callable[[Any], Mapping[str, list[str]]]
) -> Predicate:
    lower = value.lower()

    def read_values(image: Image) -> list[str]:
        return find_attribute(read(image), key)

    return _build_text(argument, value, lambda text: text.lower() == lower, read_values, key)


def _build_versioned_part(
    argument: str, name: str, value: Range | str, read_all: Callable[[Any], Mapping[str, str]]
) -> Predicate:
    """Build a predicate for a component or library. `value` is a range, "*" or "none"."""

    is_absence = not isinstance(value, Range) and value != PRESENT

    def read(image: Image) -> str | None:
        version = read_all(image).get(name)
        if version is not None:
            return version
        gap = image.gap_in(argument)
        # Many images have no name or no list of libraries, so a warning would be noise unless the
        # user looks for images without a library.
        return gap if gap and (is_absence or not gap.startswith("(no ")) else None

    if isinstance(value, Range):
        if name in RELEASED_AS_CANDIDATES:
            value = replace(value, admits_candidates=True)
        return _build_range(argument, name, value, read)
    criterion = Criterion(argument, value_text(value), name)
    if value == PRESENT:
        return Predicate(criterion, value, read, _is_present, _show_version, is_gap)
    return Predicate(criterion, value, read, lambda version: version is None, _show_version, is_gap)


def _is_present(version: str | None) -> bool:
    return version is not None and not is_gap(version)


def is_gap(text: str | None) -> bool:
    """Return whether a string is the reason why a value is unknown, such as `(no name)`."""
    return text is not None and text.startswith("(")


def find_attribute(attributes: Mapping[str, list[str]], key: str) -> list[str]:
    """Return the values of an attribute, ignoring the case of its name, or [] if it is missing."""
    if key in attributes:
        return attributes[key]
    lower = key.lower()
    return next((values for name, values in attributes.items() if name.lower() == lower), [])


def _show_version(text: str | None) -> str:
    return "a version that cannot be read" if text == "" else text or NOTHING
