"""Suggest how to change a single criterion of a query that matches no image.

Each change is tested on all listed images.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pulumi_tcimages.core.criteria import Predicate, build_predicates, find_unmet, predicates_of
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery, latest_keys
from pulumi_tcimages.core.suggestions.ambiguous import (
    Decide,
    TiedImages,
    find_selecting,
    measure_plainness,
    name_of,
    with_criteria,
)
from pulumi_tcimages.core.suggestions.ranges import widen
from pulumi_tcimages.core.validators import is_word
from pulumi_tcimages.core.versions import Range, read_version
from pulumi_tcimages.diagnostics import NOTHING, Criterion, Hint
from pulumi_tcimages.formatting import count_of

_HINTS = 2
_TRIED = 20
_CHOICES = 2
"""Maximum number of suggestions for a change after which several images tie."""
_TIED = 3
"""Maximum number of tied images for which a second criterion is searched."""

Failure = tuple[Image, list[Predicate]]
"""An image, and the criteria that it does not satisfy."""


class _Change(NamedTuple):
    """A changed criterion, the changed query, and the number of images that match it."""

    criterion: Criterion
    left: int
    query: BaseQuery


def hint_changes(
    images: Sequence[Image], query: BaseQuery, failures: Sequence[Failure], decide: Decide
) -> list[Hint]:
    """Return up to two changes after which images match. Changes that lead to a tie come last."""
    by_criterion = {change.criterion: change for change in _changes(images, query, failures)}
    changes = list(by_criterion.values())[:_HINTS]
    if not latest_keys(query):
        return [Hint((change.criterion,), describe_count(change.left)) for change in changes]
    chosen: dict[str, Hint] = {}
    ties: list[Hint] = []
    for change in changes:
        hints, is_tie = _hint_choices(images, change, decide)
        if is_tie:
            ties += hints
            continue
        # Suggest each image once, because different changes often lead to the same image.
        for hint in hints:
            chosen.setdefault(hint.leads_to if change.left > 1 else str(change.criterion), hint)
    return [*chosen.values(), *ties]


def _hint_choices(
    images: Sequence[Image], change: _Change, decide: Decide
) -> tuple[list[Hint], bool]:
    """Return the hints for a change to a query with `latest`, and whether a tie remains.

    If images tie after the change, a hint may add a criterion that selects one of them. Then no tie
    remains.
    """
    choice = decide(images, change.query)
    if choice is None or isinstance(choice, Image):
        return [Hint((change.criterion,), describe_choice(change.left, choice))], False
    tied = sorted(choice.tied, key=measure_plainness)
    if change.criterion.value:
        choices = [
            find_selecting(image, images, tied, change.query, decide) for image in tied[:_TIED]
        ]
        hints = [
            Hint(
                (change.criterion, *hint.criteria),
                f"chooses {hint.leads_to} of {len(tied)} images that tie",
            )
            for hint in choices
            if hint
        ]
        if hints:
            return hints[:_CHOICES], False
    return [Hint((change.criterion,), describe_choice(change.left, choice))], True


def describe_choice(left: int, choice: Image | TiedImages | None) -> str:
    """Return a phrase, such as `leaves 2 images` or `chooses pytorch-2.3`."""
    if left == 1 or choice is None:
        return describe_count(left)
    if isinstance(choice, Image):
        return f"chooses {name_of(choice)}"
    tied = len(choice.tied)
    return f"{describe_count(left)}, {'which' if tied == left else f'of which {tied}'} tie"


def describe_count(count: int) -> str:
    return f"leaves {count_of(count, 'image')}"


def _without(query: BaseQuery, criterion: Criterion) -> BaseQuery:
    value = getattr(query, criterion.argument)
    others = (
        {key: part for key, part in value.items() if key != criterion.key}
        if criterion.key
        else None
    )
    return query.model_copy(update={criterion.argument: others or None})


def _changes(
    images: Sequence[Image], query: BaseQuery, failures: Sequence[Failure]
) -> Iterator[_Change]:
    """For each image that fails only one criterion, yield a change after which it matches."""
    predicates = predicates_of(query)
    single = [(image, failed[0]) for image, failed in failures if len(failed) == 1]
    unmet = [predicate.criterion for predicate in find_unmet(images, predicates)]
    for image, predicate in single[:_TRIED]:
        alike = [
            other
            for other, failed_predicate in single
            if failed_predicate.criterion == predicate.criterion
        ]
        if instead := _instead(
            image, predicate, type(query), is_unmet=predicate.criterion in unmet
        ):
            left = sum(instead.evaluate(alike))
            yield _Change(instead.criterion, left, with_criteria(query, [instead]))
        elif len(predicates) > 1:  # It would be useless to suggest dropping the only criterion.
            without = predicate.criterion._replace(value="")
            yield _Change(without, len(alike), _without(query, without))


def _instead(
    image: Image, failed: Predicate, model: type[BaseQuery], *, is_unmet: bool
) -> Predicate | None:
    """Return the failed criterion with a value that the image satisfies, or None.

    A framework that no image has is a misspelling, which the module `corrections` handles.
    """
    argument, _, key = failed.criterion
    actual = failed.found(image)
    value: Any = None
    if isinstance(failed.value, Range):
        version = read_version(actual)
        value = widen(failed.value, version) if version else None
    elif isinstance(failed.value, bool):
        value = None if actual == NOTHING else not failed.value
    elif argument in model.plain_names() and not (argument == "framework" and is_unmet):
        text = getattr(image, model.field_of(argument))
        value = text if isinstance(text, str) and is_word(text) else None
    if value is None:
        return None
    return build_predicates(model, {argument: {key: value} if key else value})[0]
