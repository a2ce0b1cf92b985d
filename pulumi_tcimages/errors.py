"""The error classes that users can encounter, and their messages.

    TcImagesError
    ├── ConfigurationError     configuration: a setting, file or credential is missing or wrong
    ├── InvalidArgumentError   invalid-argument: rejected before a request was sent
    ├── NoMatchError           no-match: no image satisfies the criteria
    ├── AmbiguousMatchError    ambiguous: several images match, and no rule prefers one
    ├── ApiError               api: Tencent Cloud rejected the request
    │   ├── AuthError          auth: rejected because of the keys or their permissions
    │   └── ThrottledError     throttled: rejected for too many requests, until the deadline
    ├── NetworkError           network: Tencent Cloud could not be reached
    ├── InvalidResponseError   invalid-response: the response has an undocumented format
    └── CancelledError         cancelled: the engine stopped the lookup

The class tells who must act: the user, Tencent Cloud or a network administrator. Messages never
contain a key, a header or a traceback.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import ClassVar

from pulumi_tcimages.advice import Advice, Command, IsUnwanted, as_advice, keep_all
from pulumi_tcimages.diagnostics import (
    NONE_LISTED,
    Call,
    Candidate,
    Criterion,
    Hint,
    Listing,
    Miss,
    Where,
    arguments_text,
    candidate_lines,
    change_lines,
    check_where,
    choice_lines,
    funnel_lines,
    miss_lines,
    warning_lines,
)
from pulumi_tcimages.formatting import Row, count_of, lay_out, printable, wrap
from pulumi_tcimages.naming import NameStyle, camel, camel_path, render_names, render_path
from pulumi_tcimages.shell_commands import write_listing

ISSUES = "https://github.com/pulumi-tcimages/pulumi-tcimages/issues"
UPDATE = (
    "update pulumi-tcimages first, because the API may have changed. If the newest version fails "
    f"too, report it on {ISSUES}"
)
"""The advice if the API does not behave as documented."""
_TRY_LATER = "try again later."
_CODE = re.compile(r"[ \n]\[([a-z-]+)\]$", re.MULTILINE)


class TcImagesError(Exception):
    """Base class of all errors that pulumi-tcimages raises."""

    code: ClassVar[str] = ""
    """The error code at the end of a message's first line. It never changes, because the SDK
    chooses the exception class by it.
    """
    headline: ClassVar[str] = "error."
    usual_fix: ClassVar[str | Advice] = f"try again, or report this on {ISSUES}."
    """The advice if `fix` is empty."""
    fix: str | Advice = ""

    @property
    def advice(self) -> Advice:
        """The steps that fix the error: `fix`, or `usual_fix` if `fix` is empty."""
        return as_advice(self.fix) or as_advice(self.usual_fix)

    def text(
        self,
        subject: str = "",
        style: NameStyle = camel,
        context: Sequence[Row] = (),
        is_unwanted: IsUnwanted = keep_all,
    ) -> str:
        """Return the whole message, wrapped to 80 columns.

        Args:
            subject: the function, resource or command that failed, for instance `getPlatformImage`.
            style: converts argument names to the user's naming style, by default to camelCase.
            context: labelled lines to show before the error's own lines, such as the provider's
                name.
            is_unwanted: returns whether a command must be omitted, for instance because it contains
                a secret.
        """
        rows = [*context, *self._rows(style), ("Next", self._next_lines(style, is_unwanted))]
        return write_message(subject, self._first_line(), self.code, rows, style)

    def __str__(self) -> str:
        return self.text()

    def _first_line(self) -> str:
        return self.headline

    def _rows(self, style: NameStyle) -> Iterator[Row]:  # noqa: ARG002
        return iter(())

    def _next_lines(self, style: NameStyle, is_unwanted: IsUnwanted) -> list[str]:
        advice = self.advice.without(is_unwanted) or as_advice(self.usual_fix)
        return advice.lines(style)


@dataclass(eq=False)
class ConfigurationError(TcImagesError):
    """A setting, file or credential is missing or invalid."""

    code: ClassVar = "configuration"
    headline: ClassVar = "configuration error."
    usual_fix: ClassVar = Advice(
        "correct the setting.", Command("tcimages doctor", "To check all settings, run:")
    )

    problem: str
    """A sentence. It must not contain secrets."""
    _: KW_ONLY
    key: str = ""
    """The configuration key in snake_case, such as `site` or `assume_role.role_arn`."""
    source: str = ""
    """The source of the value, such as `environment TENCENTCLOUD_REGION`."""
    allowed: str = ""
    searched: Sequence[str] = ()
    """The places that were searched for a missing value, in order."""
    fix: str | Advice = ""
    written_key: str = ""
    """The key in the user's spelling, or "" if the user wrote it in camelCase."""
    is_argument: bool = False
    """Whether the setting is an argument of an explicit provider."""

    def _rows(self, style: NameStyle) -> Iterator[Row]:
        yield "Problem", render_names(self.problem, style)
        if self.is_argument:
            yield "Argument", self.written_key or ".".join(map(style, self.key.split(".")))
        else:
            yield "Key", f"tcimages:{self.written_key or camel_path(self.key)}" if self.key else ""
        yield "From", render_names(self.source, style)
        yield "Allowed", render_names(self.allowed, style)
        yield "Looked", [render_names(place, style) for place in self.searched]


@dataclass(eq=False)
class InvalidArgumentError(TcImagesError):
    """An argument is invalid. No request was sent."""

    code: ClassVar = "invalid-argument"
    headline: ClassVar = "invalid argument."
    usual_fix: ClassVar = "correct the argument, or leave it out."

    problem: str
    """A sentence. The message converts argument names in backticks to the user's naming style."""
    _: KW_ONLY
    argument: str = ""
    """The argument in snake_case, such as `device` or `components.cuda`."""
    value: str = ""
    """The invalid value as the user wrote it, shortened."""
    allowed: str = ""
    fix: str | Advice = ""

    @classmethod
    def of_missing(cls, argument: str, description: str = "") -> InvalidArgumentError:
        """Build the error for a missing required argument.

        Args:
            description: the argument's description, which the fix repeats.
        """
        # Remove backticks: they mark values in a description, but argument names in a message.
        value = description.replace("`", "").rstrip(".")
        fix = f"give {value[0].lower()}{value[1:]}" if value else ""
        return cls("this argument is required", argument=argument, fix=fix)

    def _rows(self, style: NameStyle) -> Iterator[Row]:
        argument = render_path(self.argument, style)
        yield "Argument", f"{argument} {self.value}".rstrip() if argument else ""
        yield "Problem", render_names(self.problem, style)
        yield "Allowed", render_names(self.allowed, style)


@dataclass(eq=False, kw_only=True)
class NoMatchError(TcImagesError):
    """No image satisfies the criteria."""

    code: ClassVar = "no-match"
    headline: ClassVar = "no image matches."
    usual_fix: ClassVar = "leave out or widen a criterion."

    arguments: Sequence[Criterion]
    where: Where
    listed_count: int
    """The number of listed images, before any criterion is applied."""
    funnel: Sequence[tuple[Criterion, int]]
    """The criteria in order of application, each with the number of images left."""
    nearest: Sequence[Miss] = ()
    hints: Sequence[Hint] = ()
    """Changes to the query after which images match."""
    listing: Listing | None = None
    """The `tcimages` list command that the message suggests."""
    note: str = ""
    """A sentence to print before the suggestions."""
    sent: Sequence[str] = ()
    """The names of the query's API arguments that are set."""
    warnings: Sequence[str] = ()
    """Warnings, for instance about images with values that cannot be parsed."""

    def _rows(self, style: NameStyle) -> Iterator[Row]:
        yield "Asked", arguments_text(self.arguments, style)
        yield "Where", str(self.where)
        yield "Looked", list(funnel_lines(self.listed_count, self.funnel, style))
        yield "Nearest", [line for miss in self.nearest for line in miss_lines(miss, style)]
        yield "Warning", warning_lines(self.warnings, style)

    def _next_lines(self, style: NameStyle, is_unwanted: IsUnwanted) -> list[str]:
        suggestions = list(self._suggest(style, is_unwanted))
        return suggestions or super()._next_lines(style, is_unwanted)

    def _suggest(self, style: NameStyle, is_unwanted: IsUnwanted) -> Iterator[str]:
        if not self.listed_count:
            yield from wrap(render_names(f"{check_where(self.sent)}: {NONE_LISTED}", style))
            return
        yield from wrap(render_names(self.note, style))
        for number, hint in enumerate(self.hints):
            yield from change_lines(hint, style, "or " if number else "")
        command = Command(write_listing(self.listing)) if self.listing else None
        if command and not is_unwanted(command):
            yield from Advice(f"{'or ' if self.hints else ''}see the list:", command).lines(style)


@dataclass(eq=False)
class AmbiguousMatchError(TcImagesError):
    """Several images satisfy the criteria, and no rule prefers one of them."""

    code: ClassVar = "ambiguous"
    usual_fix: ClassVar = "add a criterion that only one of these images satisfies."

    problem: str = ""
    """The reason why `latest` cannot choose an image, or "" if `latest` is not set."""
    _: KW_ONLY
    is_tie: bool = False
    """Whether all candidates have the newest version."""
    arguments: Sequence[Criterion]
    where: Where
    listed_count: int
    """The number of listed images, before any criterion is applied."""
    matched: int
    """The number of images that satisfy all criteria."""
    funnel: Sequence[tuple[Criterion, int]] = ()
    """The criteria in order of application, each with the number of remaining images.

    If it is empty, the message shows only the number of listed images and matches.
    """
    candidates: Sequence[Candidate]
    differ: Sequence[str] = ()
    """The criteria in which the candidates differ, such as `components.cuda`."""
    hints: Sequence[Hint] = ()
    """Changes to the query, each of which selects one candidate."""
    warnings: Sequence[str] = ()
    """Warnings, for instance about images with values that cannot be parsed."""
    shown: ClassVar[int] = 10

    def _first_line(self) -> str:
        count = count_of(len(self.candidates), "image")
        return f"{count} tie for `latest`." if self.is_tie else f"{count} match."

    def _rows(self, style: NameStyle) -> Iterator[Row]:
        yield "Problem", render_names(self.problem, style)
        yield "Asked", arguments_text(self.arguments, style)
        yield "Where", str(self.where)
        tied = len(self.candidates)
        tie = f", {tied} share the newest version" if 0 < tied < self.matched else ""
        matched = f"{self.matched} match{tie}"
        more = [f"... and {tied - self.shown} more"] if tied > self.shown else []
        rows = candidate_lines(self.candidates[: self.shown])
        colon = ":" if rows else ""
        counts = [f"{count_of(self.listed_count, 'image')} listed, {matched}{colon}"]
        if self.funnel:
            last = f"{tied} share the newest version" if tie else f"{self.matched} match"
            listed = len(str(self.listed_count))
            number, _, text = last.partition(" ")
            counts = [
                *funnel_lines(self.listed_count, self.funnel, style),
                f"{number:>{listed}} {text}{colon}",
            ]
        yield "Looked", [*counts, *rows, *more]
        paths = [render_path(path, style) for path in self.differ[: self.shown]]
        rest = len(self.differ) - self.shown
        paths += [f"and {rest} more"] if rest > 0 else []
        yield "Differ", ", ".join(paths)
        yield "Warning", warning_lines(self.warnings, style)

    def _next_lines(self, style: NameStyle, is_unwanted: IsUnwanted) -> list[str]:
        choices = list(choice_lines(self.hints, style))
        return choices or super()._next_lines(style, is_unwanted)


@dataclass(eq=False)
class ApiError(TcImagesError):
    """The API rejected the request."""

    code: ClassVar = "api"
    headline: ClassVar = "Tencent Cloud refused the request."

    cloud_code: str
    """The API's error code, such as `AuthFailure.SecretIdNotFound`."""
    message: str
    _: KW_ONLY
    call: Call
    retried: bool = False
    """Whether requests with this error code are retried."""
    fix: str | Advice = ""

    def __post_init__(self) -> None:
        self.fix = self.fix or self._choose_fix()

    def _choose_fix(self) -> str:
        """Return the advice for an error without its own fix."""
        support = "give the vendor's support the request id" if self.call.request_id else ""
        if self.retried:
            return f"try again later; if it fails again, {support}." if support else _TRY_LATER
        return f"if the message does not help, {support or 'ask the support of the vendor'}."

    def _rows(self, style: NameStyle) -> Iterator[Row]:
        yield "Code", printable(self.cloud_code)
        yield "Said", printable(self.message)
        note = "" if self.retried else " (this code is not retried)"
        yield from self.call.rows(style, note)


class AuthError(ApiError):
    """The API rejected the keys: they are unknown, wrong, expired or lack a permission."""

    code: ClassVar = "auth"


class ThrottledError(ApiError):
    """A rate limit (the API's or `maxRequestsPerSecond`) delayed the request past the deadline."""

    code: ClassVar = "throttled"
    headline: ClassVar = "too many requests."


@dataclass(eq=False)
class NetworkError(TcImagesError):
    """Tencent Cloud could not be reached, or did not send a complete response."""

    code: ClassVar = "network"
    headline: ClassVar = "Tencent Cloud could not be reached."
    usual_fix: ClassVar = "check the connection of this machine, then try again."

    problem: str
    _: KW_ONLY
    call: Call
    fix: str | Advice = ""
    more_time: Advice = field(default_factory=Advice)
    """The advice to raise the timeout. It is empty if a longer timeout would not help."""

    @property
    def advice(self) -> Advice:
        """`fix`, followed by the advice to raise the timeout if that may help."""
        return Advice(self.fix, self.more_time) or as_advice(self.usual_fix)

    def _rows(self, style: NameStyle) -> Iterator[Row]:
        yield "Problem", render_names(printable(self.problem), style)
        yield from self.call.rows(style)


@dataclass(eq=False)
class InvalidResponseError(TcImagesError):
    """The API or a proxy sent a response that does not follow the documented format."""

    code: ClassVar = "invalid-response"
    headline: ClassVar = "unexpected response."
    usual_fix: ClassVar = _TRY_LATER

    problem: str
    _: KW_ONLY
    call: Call
    came: str = ""
    """The status, content type and beginning of the response."""
    fix: str | Advice = ""

    def _rows(self, style: NameStyle) -> Iterator[Row]:
        yield "Problem", render_names(printable(self.problem), style)
        yield "Received", printable(self.came)
        yield from self.call.rows(style)


class CancelledError(TcImagesError):
    """The engine stopped the lookup."""

    code: ClassVar = "cancelled"
    headline: ClassVar = "the lookup was cancelled."
    usual_fix: ClassVar = "run the command again."


def convert_advice(error: TcImagesError, convert: Callable[[Advice], Advice]) -> TcImagesError:
    """Return a copy of an error with its advice about settings converted by a function."""
    if isinstance(error, NetworkError):
        error = replace(error, more_time=convert(error.more_time))
    if isinstance(error, (ApiError, ConfigurationError, InvalidResponseError, NetworkError)):
        return replace(error, fix=convert(as_advice(error.fix)))
    return error


def write_message(
    subject: str, headline: str, code: str, rows: Iterable[Row], style: NameStyle = camel
) -> str:
    """Format a message: the line `subject: headline [code]`, then the labelled lines."""
    parts = [f"{subject}:" if subject else "", headline, f"[{code}]" if code else ""]
    first = " ".join(filter(None, parts))
    return lay_out(render_names(first, style), rows)


def add_row(text: str, label: str, content: str) -> str:
    """Insert a labelled line below the first line of a message that ends with an error code."""
    found = _CODE.search(text)
    row = lay_out("", [(label, content)])
    return f"{text[: found.end()]}\n{row}{text[found.end() :]}" if found and content else text


def find_code(text: str) -> str:
    """Return the first error code that ends a line of a message, or "" if there is none."""
    found = _CODE.search(text)
    return found[1] if found else ""
