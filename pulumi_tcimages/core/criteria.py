"""What each argument means: whether an image satisfies it, and what it has instead.

One table a kind of argument. All texts are compared without case, except by regular expressions; a
list matches by membership; a missing boolean is neither true nor false; a version that cannot be
read is in no range.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import compress
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from pulumi_tcimages.core.images import Image, PlatformImage
from pulumi_tcimages.core.names import RELEASED_AS_CANDIDATES, canonical
from pulumi_tcimages.core.patterns import Pattern
from pulumi_tcimages.core.query import AnyQuery
from pulumi_tcimages.core.validators import LONGEST, PRESENT
from pulumi_tcimages.core.versions import Range, read_version
from pulumi_tcimages.diagnostics import Criterion
from pulumi_tcimages.formatting import quote

NOTHING = "nothing"
NAMELESS = "(no name)"
"""Stands for the components of an image without a name: none of them can be said to be absent."""
ImageT = TypeVar("ImageT", bound=Image)


class Predicate(NamedTuple):
    """One criterion, ready to be applied."""

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
        """Whether the image satisfies it."""
        return self.admits(self.read(image))

    def evaluate(self, images: Sequence[Image]) -> Iterator[bool]:
        """Whether each of the images satisfies it, in half the time of asking one by one."""
        return map(self.admits, map(self.read, images))

    def filter(self, images: Sequence[ImageT]) -> list[ImageT]:
        """The images that satisfy it, in their order."""
        return list(compress(images, self.evaluate(images)))

    def is_unread(self, image: Image) -> bool:
        """Return whether the image fails only because this cannot be read of it."""
        return self.cannot_read is not None and self.cannot_read(self.read(image))

    def found(self, image: Image) -> str:
        """What the image has instead."""
        return self.show(self.read(image))


def build_predicates(criteria: Mapping[str, Any]) -> list[Predicate]:
    """A test for each criterion, and for each part of a map; in the order given."""
    return [
        predicate for argument, value in criteria.items() for predicate in _build(argument, value)
    ]


def keep_all(images: Sequence[ImageT], predicates: Sequence[Predicate]) -> Sequence[ImageT]:
    """The images that pass all of the tests."""
    for predicate in predicates:
        images = predicate.filter(images)
    return images


def find_unmet(images: Sequence[Image], predicates: Sequence[Predicate]) -> list[Predicate]:
    """The tests that no image passes."""
    return [predicate for predicate in predicates if not any(predicate.evaluate(images))]


def asked_of(query: AnyQuery) -> list[Criterion]:
    """Everything that was asked, in the order of the arguments, for people to read."""
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
    """A value as the user would write it."""
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


def _build(argument: str, value: Any) -> Iterator[Predicate]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield _MAPS[argument](key, part)
    elif isinstance(value, Pattern):
        yield _text(argument, value, value.found_in, _PATTERNS[argument])
    elif isinstance(value, Range):
        yield _range(argument, "", value, _read_framework_version)
    elif isinstance(value, bool):
        yield _flag(argument, value)
    elif argument in _LISTS:
        yield _member(argument, "", value, _LISTS[argument])
    elif argument == "framework":
        same = canonical(value)
        yield _text(argument, value, lambda text: canonical(text) == same, attrgetter("framework"))
    else:
        lower = value.lower()
        yield _text(argument, value, lambda text: text.lower() == lower, attrgetter(argument))


def _text(
    argument: str,
    wanted: str | Pattern,
    matches: Callable[[str], bool],
    read: Callable[[Any], str | None],
) -> Predicate:
    admits = cache(lambda text: text is not None and matches(text))  # images share their texts
    return Predicate(Criterion(argument, wanted_text(wanted)), wanted, read, admits, _shown_quoted)


def _flag(argument: str, wanted: bool) -> Predicate:
    return Predicate(
        Criterion(argument, json.dumps(wanted)),
        wanted,
        attrgetter(argument),
        lambda value: value is wanted,
        lambda value: NOTHING if value is None else json.dumps(value),
    )


def _range(argument: str, key: str, wanted: Range, read: Callable[[Any], str | None]) -> Predicate:
    admits = cache(lambda text: read_version(text) in wanted)
    cannot_read = cache(lambda text: text is not None and read_version(text) is None)
    criterion = Criterion(argument, wanted_text(wanted), key)
    return Predicate(criterion, wanted, read, admits, _shown_version, cannot_read)


def _member(argument: str, key: str, wanted: str, read: Callable[[Any], list[str]]) -> Predicate:
    lower = wanted.lower()
    return Predicate(
        Criterion(argument, wanted_text(wanted), key),
        wanted,
        read,
        lambda values: wanted in values or lower in map(str.lower, values),
        lambda values: _shown(", ".join(values)),
    )


def _attribute(key: str, wanted: str) -> Predicate:
    return _member("attributes", key, wanted, lambda image: image.attribute(key) or [])


def _component(name: str, wanted: Range | str) -> Predicate:
    def read(image: Image) -> str | None:
        return image.components.get(name)

    if isinstance(wanted, Range):
        if name in RELEASED_AS_CANDIDATES:
            wanted = replace(wanted, admits_prereleases=True)
        return _range("components", name, wanted, read)
    criterion = Criterion("components", wanted_text(wanted), name)
    if wanted == PRESENT:
        return Predicate(
            criterion, wanted, read, lambda version: version is not None, _shown_version
        )

    def read_or_nameless(image: Image) -> str | None:
        return read(image) if image.name else NAMELESS

    return Predicate(
        criterion,
        wanted,
        read_or_nameless,
        lambda version: version is None,
        _shown_version,
        lambda version: version == NAMELESS,
    )


def supported_gpus(image: PlatformImage) -> list[str]:
    """GPU models as the vendor lists them or, where that list is empty, as its description does."""
    if listed := [name for gpu in image.support_gpu_list if (name := gpu.strip())]:
        return listed
    text = unicodedata.normalize("NFKC", image.description or "")
    line = re.search(r"支持的卡型\s*:\s*(.*)", text)
    return re.findall(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", line[1]) if line else []


def _read_framework_version(image: Image) -> str | None:
    """Return the version, "" where an image has a framework and no version that can be read."""
    return image.framework_version or ("" if image.framework else None)


def _shown(text: str | None) -> str:
    return text or NOTHING


def _shown_version(text: str | None) -> str:
    return "a version that cannot be read" if text == "" else text or NOTHING


def _shown_quoted(text: str | None) -> str:
    return NOTHING if text is None else quote(text)


_PATTERNS: dict[str, Callable[[Any], str | None]] = {
    "name_regex": attrgetter("name"),
    "tag_regex": attrgetter("image_tag"),
}
_LISTS: dict[str, Callable[[Any], list[str]]] = {
    "image_range": attrgetter("image_range"),
    "gpu": supported_gpus,
}
_MAPS: dict[str, Callable[[str, Any], Predicate]] = {
    "attributes": _attribute,
    "components": _component,
}
