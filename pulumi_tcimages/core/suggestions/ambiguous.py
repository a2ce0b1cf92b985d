"""Suggest criteria to add to an ambiguous query, so that it selects one of the matching images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations, compress, islice
from typing import Any, NamedTuple, Protocol

from pulumi_tcimages.core.criteria import Predicate, build_predicates
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery, latest_keys, version_key
from pulumi_tcimages.core.suggestions.corrections import correct_query
from pulumi_tcimages.core.validators import is_word
from pulumi_tcimages.core.value_checks import ABSENT, PRESENT
from pulumi_tcimages.core.versions import exact_range
from pulumi_tcimages.diagnostics import Criterion, Hint
from pulumi_tcimages.formatting import count_of


class TiedImages(Protocol):
    """The result of an ambiguous query: several images, none of which is preferred by a rule."""

    @property
    def tied(self) -> Sequence[Image]: ...


Decide = Callable[[Sequence[Any], BaseQuery], Image | TiedImages | None]
"""A function that applies a query to images. It returns the selected image, or the tied images if
no rule prefers one of them, or None if no image matches.
"""

_FIRST = (
    "device",
    "framework",
    "family",
    "framework_version",
    "components",
    "libraries",
    "image_range",
)
_HINTS = 3
_TRIED = 10
_MANY = 40
"""If more images than this match, only the first 40 are compared, and no pairs of criteria are
tried, to save time.
"""
_PAIRED = 40
"""Maximum number of criteria to combine in pairs. 40 criteria make 780 pairs."""
_LISTED = 50
"""Maximum number of values to try for a criterion. Real images have fewer."""


def differing(query: BaseQuery, images: Sequence[Image]) -> tuple[str, ...]:
    """Return the criteria that only some of the images satisfy, such as `components.cuda`."""
    paths: dict[str, None] = {}
    # Try each criterion only once, because many images share values.
    tried: set[Criterion] = set()
    some = images[:_MANY]
    for image in some:
        for predicate in _true_criteria(query, image, some):
            if predicate.criterion.path in paths or predicate.criterion in tried:
                continue
            tried.add(predicate.criterion)
            if not all(predicate.evaluate(some)):
                paths[predicate.criterion.path] = None
    return tuple(paths)


def build_ambiguous_hints(
    images: Sequence[Image], tied: Sequence[Image], query: BaseQuery, decide: Decide
) -> tuple[Hint, ...]:
    """Return up to three changes to the query, each of which selects one of the tied images.

    Args:
        images: all listed images, on which each change is tested.
        tied: the images that match the query. The hints have the order of these images, after a
            spelling correction and `latest`.
    """
    hints: dict[str, Hint] = {}
    if corrected := _hint_correction(images, tied, query, decide):
        hints[corrected.leads_to] = corrected
    if _may_add_latest(query):
        newest = decide(tied, query.model_copy(update={"latest": True}))
        if isinstance(newest, type(tied[0])):
            hints[name_of(newest)] = Hint((Criterion("latest", "true"),), name_of(newest))
    for image in tied[: _TRIED if len(tied) <= _MANY else _HINTS]:
        hint = find_selecting(image, images, tied, query, decide)
        if hint:
            hints.setdefault(hint.leads_to, hint)
    places = {name_of(image): place for place, image in enumerate(tied)}

    def order(hint: Hint) -> tuple[bool, bool, int]:
        is_latest = hint.criteria[0].argument == "latest"
        return not hint.instead_of, not is_latest, places.get(hint.leads_to, 0)

    return _add_name(tuple(sorted(hints.values(), key=order)), images, tied[0], query, decide)


def _may_add_latest(query: BaseQuery) -> bool:
    """Return whether the query can be changed to use `latest`."""
    is_single = "latest" in type(query).model_fields
    has_version = bool(version_key(query.image))
    return is_single and has_version and not latest_keys(query) and query.narrows()


def measure_plainness(image: Image) -> tuple[int, int]:
    """Return a sort key: images with few components and short names come first."""
    return len(image.component_versions), len(image.label)


def _add_name(
    hints: tuple[Hint, ...],
    images: Sequence[Image],
    plainest: Image,
    query: BaseQuery,
    decide: Decide,
) -> tuple[Hint, ...]:
    """Add a hint to select an image by its name. It replaces the third hint if there are three."""
    for predicate in _identity(query, plainest):
        if query.field_of(predicate.criterion.argument) != query.image.name_field:
            continue
        hint = Hint((predicate.criterion,), name_of(plainest))
        is_missing = hint not in hints[:_HINTS]
        if is_missing and decide(images, with_criteria(query, [predicate])) is plainest:
            return (*hints[: _HINTS - 1], hint)
    return hints[:_HINTS]


def _hint_correction(
    images: Sequence[Image], tied: Sequence[Image], query: BaseQuery, decide: Decide
) -> Hint | None:
    """Return a hint with spelling corrections if these reduce the number of tied images."""
    corrected = correct_query(images, query)
    choice = decide(images, corrected.query) if corrected else None
    if corrected is None or choice is None:
        return None
    if isinstance(choice, Image):
        return Hint(corrected.criteria, f"chooses {name_of(choice)}", corrected.instead_of)
    left = len(choice.tied)
    leads_to = f"leaves {count_of(left, 'image')}"
    return Hint(corrected.criteria, leads_to, corrected.instead_of) if left < len(tied) else None


def find_selecting(
    image: Image, images: Sequence[Image], tied: Sequence[Image], query: BaseQuery, decide: Decide
) -> Hint | None:
    """Return a hint with the fewest criteria that select an image, or None if there are none."""
    traits = [
        trait
        for trait in _evaluate_all(_true_criteria(query, image, tied[:_MANY]), tied)
        if not all(trait.results)
    ]
    traits.sort(key=lambda trait: getattr(query, trait.predicate.criterion.argument) is not None)
    pairs = combinations(traits[:_PAIRED], 2) if len(tied) <= _MANY else ()
    ones: Iterator[tuple[_Trait, ...]] = ((trait,) for trait in traits)
    identity = ((trait,) for trait in _evaluate_all(_identity(query, image), tied))
    for combination in chain(ones, pairs, identity):
        predicates = [trait.predicate for trait in combination]
        results = zip(*(trait.results for trait in combination), strict=True)
        left = list(compress(tied, map(all, results)))
        if len(left) > 1 and not latest_keys(query):
            continue
        narrowed = with_criteria(query, predicates)
        if decide(left, narrowed) is image and decide(images, narrowed) is image:
            return Hint(tuple(predicate.criterion for predicate in predicates), name_of(image))
    return None


class _Trait(NamedTuple):
    """A criterion, and a list that says for each tied image whether it matches."""

    predicate: Predicate
    results: list[bool]


def _evaluate_all(predicates: Iterable[Predicate], tied: Sequence[Image]) -> Iterator[_Trait]:
    return (_Trait(predicate, list(predicate.evaluate(tied))) for predicate in predicates)


def with_criteria(query: BaseQuery, predicates: Sequence[Predicate]) -> BaseQuery:
    """Return a copy of the query with additional criteria. Existing criteria are overwritten."""
    changed: dict[str, Any] = {}
    for predicate in predicates:
        argument, _, key = predicate.criterion
        others = changed.get(argument, getattr(query, argument)) or {}
        changed[argument] = {**others, key: predicate.value} if key else predicate.value
    return query.model_copy(update=changed)


def _true_criteria(query: BaseQuery, image: Image, others: Sequence[Image]) -> list[Predicate]:
    """Build all criteria that an image satisfies. The easiest to understand come first.

    For a component or library that only `others` have, the criterion is `none`.
    """
    model = type(query)
    names = model.plain_names()
    names.sort(key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    pairs = ((name, value) for name in names for value in _values(model, name, image, others))
    return _build_valid(model, pairs)


def _values(
    model: type[BaseQuery], argument: str, image: Image, others: Sequence[Image]
) -> Iterator[Any]:
    """Yield values for a criterion with which the image satisfies it."""
    field = model.field_of(argument)
    content = getattr(image, field)
    if isinstance(content, dict) and argument == "attributes":
        pairs = ((key, value) for key, values in content.items() for value in values)
        yield from ({key: value} for key, value in islice(pairs, _LISTED))
    elif isinstance(content, dict):
        for name in sorted({name for other in others for name in getattr(other, field)})[:_LISTED]:
            version = content.get(name)
            yield {name: ABSENT if version is None else PRESENT}
            yield {name: exact_range(version)}
    elif isinstance(content, list):
        yield from content[:_LISTED]
    elif model.is_range(argument):
        yield exact_range(content)
    elif argument == "framework":
        yield image.family
    else:
        yield content


def _identity(query: BaseQuery, image: Image) -> list[Predicate]:
    model = type(query)
    fields = (model.image.name_field, model.image.id_field)
    names = [
        name
        for field in fields
        for name in model.criteria_names()
        if model.field_of(name) == field and not name.endswith("_regex")
    ]
    return _build_valid(
        model, ((name, str(getattr(image, model.field_of(name)) or "")) for name in names)
    )


def _build_valid(model: type[BaseQuery], criteria: Iterable[tuple[str, Any]]) -> list[Predicate]:
    """Build a predicate for each criterion, skipping criteria with invalid values."""
    valid = ({name: value} for name, value in criteria if _is_valid(value))
    return [predicate for item in valid for predicate in build_predicates(model, item)]


def _is_valid(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_valid, chain(value, value.values())))
    return is_word(value) if isinstance(value, str) else value is not None


def name_of(image: Image) -> str:
    return image.label or image.identifier or "(no name)"
