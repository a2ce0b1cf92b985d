"""The evidence in an error: criteria, the call, near misses, candidates, and how each is shown.

It uses nothing of ours but the formatting modules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from pulumi_tcimages.formatting import Row, count_of, printable, two_columns, wrap
from pulumi_tcimages.naming import NameStyle, render_names, render_path

_MOST_ASKED = 20
_MOST_STEPS = 12
_MOST_FAILED = 4
NONE_LISTED = "the cloud lists no image at all"
_LISTED_BY = {
    "data_engine_id": ", the engine and its framework type",
    "ti_project_id": ", the project",
    "filters": " and the filters",
}
"""The arguments, beside the region, that the cloud itself goes by."""


def check_where(arguments: Collection[str]) -> str:
    """Return what to check if nothing is listed, given these arguments."""
    given = (words for argument, words in _LISTED_BY.items() if argument in arguments)
    return "".join(["check the region", *given])


class Criterion(NamedTuple):
    """One argument with its value, as messages show it."""

    argument: str
    """In snake_case."""
    value: str
    """The value as the user would write it; empty for a bare flag such as latest."""
    key: str = ""
    """The part of a map argument, for instance `cuda` of `components`."""

    @property
    def path(self) -> str:
        return f"{self.argument}.{self.key}" if self.key else self.argument

    def text(self, style: NameStyle) -> str:
        """Return the text in the reader's style."""
        return f"{render_path(self.path, style)} {self.value}".strip()


class Miss(NamedTuple):
    """An image that nearly matched, and what it has instead of each failed criterion."""

    name: str
    failed: tuple[tuple[Criterion, str], ...]


class Unread(NamedTuple):
    """An image that loses only because something about it cannot be read."""

    name: str
    found: tuple[tuple[str, str], ...]
    """The path of each criterion that cannot be decided, and what the image has there."""


class Hint(NamedTuple):
    """A change of the query that was tried, and its result."""

    criteria: tuple[Criterion, ...]
    leads_to: str
    instead_of: tuple[str, ...] = ()
    """The paths of what was misspelt, where that is what it corrects."""


class Listing(NamedTuple):
    """A listing to suggest: its source, and the criteria that leave some images."""

    command: str
    """What is listed, as the shell calls it: `platform-images`."""
    region: str
    operands: tuple[str, ...] = ()
    """The required arguments that have no name of their own there."""
    sent: tuple[Criterion, ...] = ()
    """The other arguments that the cloud goes by."""
    criteria: tuple[Criterion, ...] = ()


class EmptyResultReason(NamedTuple):
    """Why an empty list may be a mistake."""

    listed_count: int
    """How many images the cloud listed."""
    unmet: tuple[Criterion, ...]
    """The criteria that none of them satisfies."""
    meant: Hint | None
    arguments: Collection[str]
    """The names of what was asked."""

    def text(self, style: NameStyle) -> str:
        """Return the text in the reader's style."""
        if not self.listed_count:
            return f"the list is empty: {NONE_LISTED}; {check_where(self.arguments)}"
        unmet = " or ".join(one.text(style) for one in self.unmet)
        told = (
            f"the list is empty: of {count_of(self.listed_count, 'image')} none satisfies {unmet}"
        )
        return f"{told}; {_meant_text(self.meant, style)}" if self.meant else told


class PinDrift(NamedTuple):
    """Why a pinned image is no longer selected by its query."""

    region: str
    failed: tuple[tuple[Criterion, str], ...]
    """What it fails and what it has instead, empty for a filter's; none: it is withdrawn."""

    def text(self, style: NameStyle) -> str:
        """Return the text in the reader's style."""
        if not self.failed:
            return f"is no longer offered in {self.region}"
        failed = (
            one.text(style) + (f" (it has {printable(found)})" if found else "")
            for one, found in self.failed
        )
        return f"does not satisfy {', '.join(failed)}"


class Candidate(NamedTuple):
    """One of several images that the query does not decide between."""

    image_id: str
    name: str
    version: str


class Where(NamedTuple):
    """The region and the endpoint of a request."""

    region: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.region}, {self.endpoint}"


class Call(NamedTuple):
    """One request to the API, as messages show it."""

    service: str
    action: str
    region: str
    endpoint: str
    attempts: int = 1
    elapsed_s: float = 0.0
    request_id: str = ""
    key_source: str = ""
    """Where the keys came from, never the keys."""

    def rows(self, style: NameStyle, note: str = "") -> Iterator[Row]:
        place = ", ".join(filter(None, [self.region, self.endpoint]))
        yield "Where", f"{self.service} {self.action}, {place}"
        yield "Sent", f"{count_of(self.attempts, 'attempt')}, {self.elapsed_s:.1f} s{note}"
        yield "Keys", render_names(f"from {self.key_source}", style) if self.key_source else ""
        yield "Request", printable(self.request_id)


def more_time(fix: str) -> str:
    """Return the advice, extended by the alternative to allow more time."""
    return f"{fix.removesuffix('.')}, or allow more time:"


def next_lines(fix: str, settings: Sequence[tuple[str, str]]) -> list[str]:
    """Return the advice, and the commands for settings that help."""
    ways = [f"pulumi config set --path 'tcimages:{path}' {value}" for path, value in settings]
    if fix and ways:
        return [*wrap(more_time(fix)), *(f"  {one}" for one in ways)]
    return wrap(fix) or ways


def asked_text(criteria: Sequence[Criterion], style: NameStyle) -> str:
    """Return criteria on one line, the parts of a map together."""
    by_argument: dict[str, list[str]] = {}
    more = len(criteria) - _MOST_ASKED
    for one in criteria[:_MOST_ASKED]:
        by_argument.setdefault(one.argument, []).append(f"{one.key} {one.value}".strip())
    text = "; ".join(
        f"{style(name)} {', '.join(parts)}".strip() for name, parts in by_argument.items()
    )
    return f"{text}; ... and {more} more" if more > 0 else text


def funnel_lines(
    listed_count: int, funnel: Sequence[tuple[Criterion, int]], style: NameStyle
) -> Iterator[str]:
    """Yield how many images were listed, and how many each criterion left."""
    yield f"{count_of(listed_count, 'image')} listed"
    width = len(str(listed_count))
    left_out = max(len(funnel) - _MOST_STEPS, 0)
    for number, (criterion, count) in enumerate(funnel):
        if number == _MOST_STEPS - 1 and left_out:
            yield f"... {left_out} more criteria"
        if number < _MOST_STEPS - 1 or number >= len(funnel) - 1:
            yield f"{count:>{width}} left by {render_path(criterion.path, style)}"


def miss_lines(miss: Miss, style: NameStyle) -> Iterator[str]:
    """Yield a near miss, and under it what it has instead."""
    yield printable(miss.name)
    for criterion, found in miss.failed[:_MOST_FAILED]:
        path = render_path(criterion.path, style)
        yield f"  {path}: wanted {criterion.value}, found {printable(found)}"
    if len(miss.failed) > _MOST_FAILED:
        yield f"  ... and {len(miss.failed) - _MOST_FAILED} more"


def warning_lines(warnings: Sequence[str], style: NameStyle) -> list[str]:
    """Return warnings, each on its own lines."""
    return [line for warning in warnings for line in wrap(render_names(warning, style))]


def candidate_lines(candidates: Sequence[Candidate]) -> list[str]:
    """Yield candidates with their ids."""
    rows = (
        (f"{printable(one.name)}  {printable(one.version)}", f"id {printable(one.image_id)}")
        for one in candidates
    )
    return two_columns(rows, "")


def change_lines(hint: Hint, style: NameStyle) -> Iterator[str]:
    """Yield a change that makes the query match."""
    if hint.instead_of:
        yield from _meant_lines(hint, style)
        return
    (one,) = hint.criteria
    yield f"{'try' if one.value else 'leave out'} {one.text(style)} ({hint.leads_to})"


def way_lines(hints: Sequence[Hint], style: NameStyle) -> Iterator[str]:
    """Yield changes that leave one image."""
    ways = [hint for hint in hints if not hint.instead_of]
    for hint in hints:
        if hint.instead_of:
            yield from _meant_lines(hint, style)
    if ways:
        yield "add one of these:" if len(ways) == len(hints) else "or add one of these:"
    rows = ((asked_text(one.criteria, style), f"-> {printable(one.leads_to)}") for one in ways)
    yield from two_columns(rows, "  ")


def _meant_lines(hint: Hint, style: NameStyle) -> Sequence[str]:
    return wrap(_meant_text(hint, style))


def _meant_text(hint: Hint, style: NameStyle) -> str:
    asked = asked_text(hint.criteria, style)
    return f"did you mean {asked}? ({printable(hint.leads_to)})"
