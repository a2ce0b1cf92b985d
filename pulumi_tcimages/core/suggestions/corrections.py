"""Correct misspelled values and map keys in a query, using the values of the listed images.

The caller must test whether the corrected query matches an image.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pulumi_tcimages.core.components import ALIASES, KNOWN, canonical
from pulumi_tcimages.core.criteria import (
    Predicate,
    find_attribute,
    find_unmet,
    predicates_of,
    value_text,
)
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.patterns import Pattern, escape_pattern, read_pattern, translate_glob
from pulumi_tcimages.core.query import BaseQuery, time_keys, version_key
from pulumi_tcimages.core.suggestions.spelling import closest, find_within
from pulumi_tcimages.core.validators import is_word
from pulumi_tcimages.core.value_checks import ABSENT, LONGEST
from pulumi_tcimages.diagnostics import Criterion
from pulumi_tcimages.formatting import count_of, quote

_MOST_LISTED = 12
_SHORTEST = 4
"""Minimum length of an alias to suggest, such as `torch`. Shorter aliases, such as `cu`, resemble
too many words.
"""


class CorrectedQuery(NamedTuple):
    """A corrected query, and the corrections."""

    query: BaseQuery
    criteria: tuple[Criterion, ...]
    """The corrected criteria."""
    instead_of: tuple[str, ...]
    """The paths of the misspelled criteria."""


class _Change(NamedTuple):
    old: Criterion
    new: Criterion
    value: Any


def correct_query(images: Sequence[Image], query: BaseQuery) -> CorrectedQuery | None:
    """Return the query with all misspellings corrected, or None if nothing can be corrected."""
    changes = list(_changes(images, query))
    if keys := _correct_latest_by(images, query):
        criterion = Criterion("latest_by", value_text(keys))
        changes.append(_Change(criterion, criterion, keys))
    if not changes:
        return None
    changed: dict[str, Any] = {}
    for old, new, value in changes:
        if new.argument != old.argument:
            changed[old.argument] = None
        if new.key:
            parts = changed.get(new.argument, getattr(query, new.argument))
            others = {key: part for key, part in parts.items() if key != old.key}
            changed[new.argument] = dict(sorted({new.key: value, **others}.items()))
        else:
            changed[new.argument] = value
    return CorrectedQuery(
        query.model_copy(update=changed),
        tuple(change.new for change in changes),
        tuple(change.old.path for change in changes),
    )


def _changes(images: Sequence[Image], query: BaseQuery) -> Iterator[_Change]:
    """Yield a correction for each criterion that no image satisfies.

    A correction is skipped if the query already contains the corrected criterion.
    """
    predicates = predicates_of(query)
    paths = {predicate.criterion.path.lower() for predicate in predicates}
    for predicate in find_unmet(images, predicates):
        if change := _correct_criterion(images, predicate, type(query)):
            path = change.new.path.lower()
            if path == change.old.path.lower() or path not in paths:
                paths.add(path)
                yield change


def _correct_criterion(
    images: Sequence[Image], predicate: Predicate, model: type[BaseQuery]
) -> _Change | None:
    """Replace a misspelled map key or value by the most similar one, or return None."""
    old = predicate.criterion
    field = model.field_of(old.argument)
    if isinstance(predicate.value, Pattern):
        return _correct_pattern(images, predicate, model)
    is_identity = field in (model.image.id_field, model.image.name_field) and not old.key
    if is_identity and (swapped := _swap_id_and_name(images, predicate, model)):
        return swapped
    if old.key and not _is_known(old.key, names := _collect_texts(images, field)):
        near = _closest(old.key, names)
        key = canonical(near) if near and old.argument != "attributes" else near
        return _Change(old, old._replace(key=key), predicate.value) if key else None
    if old.argument == "attributes":
        words = {
            word for image in images for word in find_attribute(getattr(image, field), old.key)
        }
    elif isinstance(predicate.value, str) and field != model.image.id_field and not old.key:
        words = _collect_texts(images, field)
    else:
        return None
    near = _closest(predicate.value, words) or find_within(predicate.value, sorted(words))
    return _Change(old, old._replace(value=value_text(near)), near) if near else None


def _correct_pattern(
    images: Sequence[Image], predicate: Predicate, model: type[BaseQuery]
) -> _Change | None:
    """Replace a regular expression by an escaped, glob or case-insensitive pattern that matches."""
    old, text = predicate.criterion, predicate.value.text
    words = _collect_texts(images, model.field_of(old.argument))
    name = _argument_of(model, model.image.name_field)
    whole = next((word for word in sorted(words) if word.lower() == text.lower()), None)
    if whole and name and model.field_of(old.argument) == model.image.name_field:
        return _Change(old, Criterion(name, value_text(whole)), whole)
    escaped, glob = escape_pattern(text), translate_glob(text)
    for guess in (escaped, glob, *(f"(?i){guess}" for guess in (text, escaped, glob))):
        pattern = read_pattern(guess) if guess != text and len(guess) <= LONGEST else None
        if pattern and any(map(pattern.found_in, words)):
            return _Change(old, old._replace(value=value_text(pattern)), pattern)
    return None


def _swap_id_and_name(
    images: Sequence[Image], predicate: Predicate, model: type[BaseQuery]
) -> _Change | None:
    """Correct an id that was passed as the name, or a name that was passed as the id."""
    old, value = predicate.criterion, str(predicate.value)
    is_id = model.field_of(old.argument) == model.image.id_field
    for image in images:
        other, own = (image.label, image.identifier) if is_id else (image.identifier, image.label)
        if other.lower() == value.lower() and is_word(own):
            return _Change(old, old._replace(value=value_text(own)), own)
    return None


def _argument_of(model: type[BaseQuery], field: str) -> str:
    """Return the criterion that compares a field with a string instead of a pattern, or ""."""
    names = (name for name in model.criteria_names() if not name.endswith("_regex"))
    return next((name for name in names if model.field_of(name) == field), "")


def describe_known_values(images: Sequence[Image], query: BaseQuery) -> str:
    """Return a clause with the available values for the first criterion that no image satisfies.

    Names and ids are not listed, because there are too many.
    """
    model = type(query)
    for predicate in find_unmet(images, predicates_of(query)):
        argument, _, key = predicate.criterion
        field = model.field_of(argument)
        if field == model.image.id_field:
            return (
                f"no image has this `{argument}`: it may be withdrawn, or be of another region or "
                "project"
            )
        if not isinstance(predicate.value, str) and not key:
            continue
        texts = _collect_texts(images, field)
        # Compare framework names in canonical form: `PYTORCH` and `PyTorch` are equal.
        texts = set(map(canonical, texts)) if argument == "framework" else texts
        # Criteria ignore case, so list only one of `TCR` and `tcr`.
        values = sorted(
            {text.lower(): text for text in sorted(texts, reverse=True)}.values(), key=str.lower
        )
        if field == model.image.name_field or not values:
            continue
        if key and not _is_known(key, values):
            return f"no image has {key} in its `{argument}`; {_list_some(values)}"
        if not key and not _is_known(str(predicate.value), values):
            return f"no image has this `{argument}`; {_list_some(values)}"
    return ""


def _list_some(values: Sequence[str]) -> str:
    """Return a clause that lists values, such as "there are Train and 2 more"."""
    # List only single words, because users could mistake a longer text from the API for advice.
    words = [value for value in values if re.fullmatch(r"[\w.+/-]{1,40}", value)][:_MOST_LISTED]
    if not words:
        verb = "is" if len(values) == 1 else "are"
        return f"there {verb} {count_of(len(values), 'other value')}, which {verb} not listed here"
    more = len(values) - len(words)
    some = ", ".join(words)
    return f"there are {some} and {more} more" if more > 0 else f"there are {some}"


def _correct_latest_by(images: Sequence[Image], query: BaseQuery) -> list[str]:
    """Return `latest_by` with corrected keys, or [] if no key can be corrected."""
    keys: list[str] = getattr(query, "latest_by", None) or []
    names = _latest_names(images, query) if keys else set()
    corrected = [
        key if key in names else _correct_latest_key(key, names, query) or key for key in keys
    ]
    return corrected if corrected != keys and len(set(corrected)) == len(corrected) else []


def find_unknown_keys(images: Sequence[Image], query: BaseQuery) -> tuple[str, ...]:
    """Return a warning for each component in `latest_by` that no image has, with a correction."""
    unknown = _unknown_keys(images, query)
    names = _latest_names(images, query) if unknown else set()
    corrected = [_correct_latest_key(key, names, query) for key, _ in unknown]
    return tuple(
        f"{warning}; did you mean {quote(near)}?" if near else warning
        for (_, warning), near in zip(unknown, corrected, strict=True)
    )


def describe_unknown_keys(images: Sequence[Image], query: BaseQuery) -> list[str]:
    """Return a sentence for each component in `latest_by` that no image has."""
    return [f"{warning}." for _, warning in _unknown_keys(images, query)]


def find_empty_exclusions(images: Sequence[Image], query: BaseQuery) -> tuple[str, ...]:
    """Return warnings about components with the value "none" whose names seem misspelled."""
    warnings = []
    for argument, parts in query.criteria().items():
        if not isinstance(parts, dict) or argument == "attributes":
            continue
        excluded = [name for name, value in parts.items() if value == ABSENT]
        names = _collect_texts(images, query.field_of(argument)) if excluded else set()
        warnings += [
            f'`{argument}` {name} "none" excludes nothing: of {count_of(len(images), "image")} '
            f"none has it; did you mean {quote(near)}?"
            for name in excluded
            if name not in names | KNOWN and (near := _closest(name, names))
        ]
    return tuple(warnings)


def _unknown_keys(images: Sequence[Image], query: BaseQuery) -> list[tuple[str, str]]:
    """Return the components in `latest_by` that no image has, each with a warning."""
    listed = count_of(len(images), "image")
    return [
        (key, f"`latest_by` {quote(key)} ranks nothing: of {listed} none has this component")
        for key in getattr(query, "latest_by", None) or ()
        if key not in _field_keys(query)
        and not any(key in image.component_versions for image in images)
    ]


def _correct_latest_key(key: str, names: set[str], query: BaseQuery) -> str | None:
    near = _closest(key, names)
    return near if near is None or near in _field_keys(query) else canonical(near)


def _field_keys(query: BaseQuery) -> set[str]:
    return {version_key(query.image), *time_keys(query.image)}


def _latest_names(images: Sequence[Image], query: BaseQuery) -> set[str]:
    return _field_keys(query) | {name for image in images for name in image.component_versions}


def _closest(word: str, known: set[str]) -> str | None:
    """Return the known name or alias that is most similar to a word, or None."""
    named = set(map(canonical, known))
    aliases = {
        alias for alias, name in ALIASES.items() if name in named and len(alias) >= _SHORTEST
    }
    return closest(word, sorted(filter(is_word, known | aliases)))


def _is_known(name: str, known: Iterable[str]) -> bool:
    return name.lower() in map(str.lower, known)


def _collect_texts(images: Sequence[Image], field: str) -> set[str]:
    """Collect the strings in a field of all images; if the field is a map, collect its keys."""
    texts: set[str] = set()
    for image in images:
        value = getattr(image, field)
        texts.update([value] if isinstance(value, str) else value)
    return texts - {""}
