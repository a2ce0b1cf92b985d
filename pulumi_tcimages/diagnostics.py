"""Parts of error messages, such as criteria, API calls and near misses, and their formatting.

This module imports only `formatting` and `naming` from this package.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pulumi_tcimages.formatting import Row, count_of, printable, two_columns, wrap
from pulumi_tcimages.naming import NameStyle, mark, render_names, render_path

_MOST_ARGUMENTS = 20
_MOST_STEPS = 12
_MOST_FAILED = 4
NONE_LISTED = "the cloud lists no image at all"


def check_where(sent: Sequence[str]) -> str:
    """Return the advice to check the region and other arguments, for an empty listing.

    Args:
        sent: the names of the query's API arguments that are set.
    """
    *names, last = ["the region", *map(mark, sent)]
    return f"check {', '.join(names)} and {last}" if names else f"check {last}"


NOTHING = "none"
"""The text that messages show for a missing value."""


class Criterion(NamedTuple):
    """An argument of a query, with its value formatted for messages."""

    argument: str
    """The argument's name in snake_case."""
    value: str
    """The value as the user would write it, or "" for `latest`."""
    key: str = ""
    """The key if the argument is a map, such as `cuda` in `components`."""

    @property
    def path(self) -> str:
        return f"{self.argument}.{self.key}" if self.key else self.argument

    def text(self, style: NameStyle) -> str:
        """Format the criterion for the user, for instance as `components.cuda ">=12"`."""
        return f"{render_path(self.path, style)} {self.value}".strip()


class Miss(NamedTuple):
    """A near miss: an image, and its own value for each criterion that it does not satisfy."""

    name: str
    failed: tuple[tuple[Criterion, str], ...]


class Unread(NamedTuple):
    """An image that might match, but has values that cannot be parsed."""

    name: str
    found: tuple[tuple[str, str], ...]
    """The criteria that cannot be evaluated, such as `components.cuda`, each with the image's
    value.
    """


class Hint(NamedTuple):
    """A suggested change to the query."""

    criteria: tuple[Criterion, ...]
    leads_to: str
    """The result of the change, such as `leaves 2 images`."""
    instead_of: tuple[str, ...] = ()
    """The criteria that the change corrects, such as `components.cude`; empty for other changes."""


class Listing(NamedTuple):
    """A `tcimages` command that a message suggests, such as `tcimages platform-images`."""

    command: str
    """The name of the command, such as `platform-images`."""
    region: str
    operands: tuple[str, ...] = ()
    """The values of the positional arguments."""
    sent: tuple[Criterion, ...] = ()
    """The API arguments, except the region and the positional arguments."""
    criteria: tuple[Criterion, ...] = ()


class EmptyResultReason(NamedTuple):
    """The probable reason why a list function returns no images."""

    listed_count: int
    """The number of listed images, before any criterion is applied."""
    unmet: tuple[Criterion, ...]
    """The criteria that no listed image satisfies."""
    correction: Hint | None
    sent: Sequence[str]
    """The names of the query's API arguments that are set."""

    def text(self, style: NameStyle) -> str:
        if not self.listed_count:
            where = render_names(check_where(self.sent), style)
            return f"the list is empty: {NONE_LISTED}; {where}"
        unmet = " or ".join(criterion.text(style) for criterion in self.unmet)
        reason = (
            f"the list is empty: of {count_of(self.listed_count, 'image')} none satisfies {unmet}"
        )
        return (
            f"{reason}; {_correction_text(self.correction, style)}" if self.correction else reason
        )


class PinDrift(NamedTuple):
    """The reason why the pinned image no longer matches its query."""

    region: str
    failed: tuple[tuple[Criterion, str], ...]
    """The criteria that the image does not satisfy, or () if the image was withdrawn.

    Each has the image's own value, or "" for an API argument.
    """

    def text(self, style: NameStyle) -> str:
        if not self.failed:
            return f"is no longer offered in {self.region}"
        failed = (
            criterion.text(style) + (f" (it has {printable(found)})" if found else "")
            for criterion, found in self.failed
        )
        return f"does not satisfy {', '.join(failed)}"


class Candidate(NamedTuple):
    """One of the tied images that an AmbiguousMatchError lists."""

    image_id: str
    """The image's id, or "" for an image without an id."""
    name: str
    version: str


class Where(NamedTuple):
    """The region and endpoint of a request."""

    region: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.region}, {self.endpoint}"


class Call(NamedTuple):
    """An API request, formatted for messages."""

    service: str
    action: str
    region: str
    endpoint: str
    attempts: int = 1
    elapsed_s: float = 0.0
    request_id: str = ""
    key_source: str = ""
    """The source of the keys, such as `environment TENCENTCLOUD_SECRET_ID`. It contains no secret.
    """

    def rows(self, style: NameStyle, note: str = "") -> Iterator[Row]:
        place = ", ".join(filter(None, [self.region, self.endpoint]))
        yield "Where", f"{self.service} {self.action}, {place}"
        yield "Sent", f"{count_of(self.attempts, 'attempt')}, {self.elapsed_s:.1f} s{note}"
        yield "Keys", render_names(f"from {self.key_source}", style) if self.key_source else ""
        yield "Request", printable(self.request_id)


def arguments_text(criteria: Sequence[Criterion], style: NameStyle) -> str:
    """Format criteria on one line, with the entries of a map grouped."""
    by_argument: dict[str, list[str]] = {}
    more = len(criteria) - _MOST_ARGUMENTS
    for criterion in criteria[:_MOST_ARGUMENTS]:
        by_argument.setdefault(criterion.argument, []).append(
            f"{criterion.key} {criterion.value}".strip()
        )
    text = "; ".join(
        f"{style(name)} {', '.join(parts)}".strip() for name, parts in by_argument.items()
    )
    return f"{text}; ... and {more} more" if more > 0 else text


def funnel_lines(
    listed_count: int, funnel: Sequence[tuple[Criterion, int]], style: NameStyle
) -> Iterator[str]:
    """Yield a line with the number of listed images, then a line for each criterion.

    Args:
        funnel: the criteria in order of application, each with the number of images left.
    """
    yield f"{count_of(listed_count, 'image')} listed"
    width = len(str(listed_count))
    left_out = max(len(funnel) - _MOST_STEPS, 0)
    for number, (criterion, count) in enumerate(funnel):
        if number == _MOST_STEPS - 1 and left_out:
            yield f"... {left_out} more criteria"
        if number < _MOST_STEPS - 1 or number >= len(funnel) - 1:
            yield f"{count:>{width}} left by {render_path(criterion.path, style)}"


def miss_lines(miss: Miss, style: NameStyle) -> Iterator[str]:
    """Yield the lines about a near miss: its name, then a line for each criterion that it fails."""
    yield printable(miss.name)
    for criterion, found in miss.failed[:_MOST_FAILED]:
        path = render_path(criterion.path, style)
        value = "this image has none" if found == NOTHING else f"found {printable(found)}"
        yield f"  {path}: wanted {criterion.value}, {value}"
    if len(miss.failed) > _MOST_FAILED:
        yield f"  ... and {len(miss.failed) - _MOST_FAILED} more"


def warning_lines(warnings: Sequence[str], style: NameStyle) -> list[str]:
    return [line for warning in warnings for line in wrap(render_names(warning, style))]


def candidate_lines(candidates: Sequence[Candidate]) -> list[str]:
    """Return a line for each candidate, with its name, version and id."""
    rows = (
        (
            f"{printable(candidate.name)}  {printable(candidate.version)}",
            f"id {printable(candidate.image_id)}" if candidate.image_id else "",
        )
        for candidate in candidates
    )
    return two_columns(rows, "")


def change_lines(hint: Hint, style: NameStyle, lead: str) -> Iterator[str]:
    """Yield the lines for a change after which images match.

    Args:
        lead: the first word, such as "or ". Corrections of misspellings omit it.
    """
    if hint.instead_of:
        yield from wrap(_correction_text(hint, style))
        return
    verb = "try" if hint.criteria[0].value else "leave out"
    changes = " and ".join(criterion.text(style) for criterion in hint.criteria)
    yield from wrap(f"{lead}{verb} {changes} ({printable(hint.leads_to)})")


def choice_lines(hints: Sequence[Hint], style: NameStyle) -> Iterator[str]:
    """Yield the lines for suggested changes, each of which selects one image."""
    others = [hint for hint in hints if not hint.instead_of]
    for hint in hints:
        if hint.instead_of:
            yield from wrap(_correction_text(hint, style))
    if others:
        yield "add one of these:" if len(others) == len(hints) else "or add one of these:"
    rows = (
        (arguments_text(hint.criteria, style), f"-> {printable(hint.leads_to)}") for hint in others
    )
    yield from two_columns(rows, "  ")


def _correction_text(hint: Hint, style: NameStyle) -> str:
    arguments = arguments_text(hint.criteria, style)
    return f"did you mean {arguments}? ({printable(hint.leads_to)})"
