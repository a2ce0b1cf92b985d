"""The question as it was probably meant: what no listed image has, respelled as some image has it.

Only what a catalogue can correct: texts that no image has, and names of components and attributes
that none has. Whether the corrected question helps is for the caller to find out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pulumi_tcimages.core.criteria import (
    Predicate,
    build_predicates,
    find_unmet,
    supported_gpus,
    wanted_text,
)
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.names import ALIASES, KNOWN, canonical
from pulumi_tcimages.core.query import AnyQuery
from pulumi_tcimages.core.suggestions.spelling import closest
from pulumi_tcimages.core.validators import ABSENT, FRAMEWORK_VERSION, is_word
from pulumi_tcimages.diagnostics import Criterion
from pulumi_tcimages.formatting import count_of, quote

_SHORTEST = 4
"""Of an alias that is suggested: much is like `cu` or `py`."""


class Meant(NamedTuple):
    """A question respelled."""

    query: AnyQuery
    criteria: tuple[Criterion, ...]
    """What is new in it."""
    instead_of: tuple[str, ...]
    """The paths of what was misspelt."""


class _Change(NamedTuple):
    old: Criterion
    new: Criterion
    value: Any


def find_meant(images: Sequence[Image], query: AnyQuery) -> Meant | None:
    """The question with every misspelling corrected that these images can correct, or None."""
    changes = list(_changes(images, build_predicates(query.criteria())))
    if keys := _respell_latest_by(images, getattr(query, "latest_by", None) or []):
        criterion = Criterion("latest_by", wanted_text(keys))
        changes.append(_Change(criterion, criterion, keys))
    if not changes:
        return None
    changed: dict[str, Any] = {}
    for old, new, value in changes:
        if new.key:
            parts = changed.get(new.argument, getattr(query, new.argument))
            kept = {key: part for key, part in parts.items() if key != old.key}
            changed[new.argument] = dict(sorted({new.key: value, **kept}.items()))
        else:
            changed[new.argument] = value
    return Meant(
        query.model_copy(update=changed),
        tuple(one.new for one in changes),
        tuple(one.old.path for one in changes),
    )


def _changes(images: Sequence[Image], predicates: Sequence[Predicate]) -> Iterator[_Change]:
    """What no image satisfies, respelled, but not as another criterion that is there already."""
    asked = {predicate.criterion.path.lower() for predicate in predicates}
    for predicate in find_unmet(images, predicates):
        if change := _respell(images, predicate):
            path = change.new.path.lower()
            if path == change.old.path.lower() or path not in asked:
                asked.add(path)
                yield change


def _respell(images: Sequence[Image], predicate: Predicate) -> _Change | None:
    """A criterion that no image satisfies with its part, or else its text, as some image has it."""
    old = predicate.criterion
    if old.key and not _is_known(old.key, names := _all(images, _PARTS[old.argument])):
        near = _closest(old.key, names)
        key = canonical(near) if near and old.argument == "components" else near
        return _Change(old, old._replace(key=key), predicate.value) if key else None
    if old.argument == "attributes":
        words = _all(images, lambda image: image.attribute(old.key) or [])
    elif old.argument in _TEXTS:
        words = _all(images, _TEXTS[old.argument])
    else:
        return None
    near = _closest(predicate.value, words)
    return _Change(old, old._replace(value=wanted_text(near)), near) if near else None


def _respell_latest_by(images: Sequence[Image], keys: list[str]) -> list[str]:
    """The keys as some image has them; empty where there is nothing to correct."""
    names = _latest_names(images) if keys else set()
    meant = [key if key in names else _respell_key(key, names) or key for key in keys]
    return meant if meant != keys and len(set(meant)) == len(meant) else []


def find_unknown_keys(images: Sequence[Image], query: AnyQuery) -> tuple[str, ...]:
    """What to warn of: keys of `latest_by` that no image has, each with what was probably meant."""
    unknown = _unknown_keys(images, query)
    names = _latest_names(images) if unknown else set()
    meant = [_respell_key(key, names) for key, _ in unknown]
    return tuple(
        f"{told}; did you mean {quote(near)}?" if near else told
        for (_, told), near in zip(unknown, meant, strict=True)
    )


def describe_unknown_keys(images: Sequence[Image], query: AnyQuery) -> list[str]:
    """Return the same warnings as sentences, without the corrections."""
    return [f"{told}." for _, told in _unknown_keys(images, query)]


def find_empty_exclusions(images: Sequence[Image], query: AnyQuery) -> tuple[str, ...]:
    """Return a warning for each component that is excluded in vain and looks like a misspelling."""
    components = getattr(query, "components", None) or {}
    excluded = [name for name, value in components.items() if value == ABSENT]
    names = _all(images, _PARTS["components"]) if excluded else set()
    return tuple(
        f'`components` {name} "none" excludes nothing: of {count_of(len(images), "image")} none '
        f"has this component; did you mean {quote(near)}?"
        for name in excluded
        if name not in names and name not in KNOWN and (near := _closest(name, names))
    )


def _unknown_keys(images: Sequence[Image], query: AnyQuery) -> list[tuple[str, str]]:
    """The keys that no image has, and how that is told."""
    listed = count_of(len(images), "image")
    return [
        (key, f"`latest_by` {quote(key)} ranks nothing: of {listed} none has this component")
        for key in getattr(query, "latest_by", None) or ()
        if key != FRAMEWORK_VERSION and not any(key in _PARTS["components"](one) for one in images)
    ]


def _respell_key(key: str, names: set[str]) -> str | None:
    near = _closest(key, names)
    return near if near is None or near == FRAMEWORK_VERSION else canonical(near)


def _latest_names(images: Sequence[Image]) -> set[str]:
    return {FRAMEWORK_VERSION, *_all(images, _PARTS["components"])}


def _closest(word: str, known: set[str]) -> str | None:
    """Like one of the known words, or like another name of one."""
    named = set(map(canonical, known))
    aliases = {one for one, name in ALIASES.items() if name in named and len(one) >= _SHORTEST}
    return closest(word, sorted(filter(is_word, known | aliases)))


def _is_known(name: str, known: Iterable[str]) -> bool:
    return name.lower() in map(str.lower, known)


def _all(images: Sequence[Image], get: Callable[[Any], Iterable[str | None]]) -> set[str]:
    return {text for image in images for text in get(image) if text}


_PARTS: dict[str, Callable[[Any], Iterable[str]]] = {
    "components": lambda image: getattr(image, "components", ()),
    "attributes": lambda image: image.attributes,
}
_TEXTS: dict[str, Callable[[Any], Iterable[str | None]]] = {
    "image_name": lambda image: [image.image_name],
    "framework": lambda image: [image.framework],
    "image_range": lambda image: image.image_range,
    "gpu": supported_gpus,
    "image_type": lambda image: [image.image_type],
}
