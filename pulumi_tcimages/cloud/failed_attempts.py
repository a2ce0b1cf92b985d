"""One attempt that failed: what it calls for, and the error that is made of it in the end.

What a reply repeats of our secrets is struck out before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pulumi_tcimages.cloud.connection_errors import TransportError
from pulumi_tcimages.cloud.error_mapping import more_time_than
from pulumi_tcimages.cloud.transport import Answer
from pulumi_tcimages.core import api, retry
from pulumi_tcimages.core.repeated_secrets import withhold_rows
from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.errors import InvalidResponseError, NetworkError, TcImagesError, ThrottledError
from pulumi_tcimages.redaction import redact_beginning

LONGEST_ATTEMPT_S = 30.0
CHECK_MIDDLEMAN = (
    "something else may have answered in its place: check the proxy and tcimages:endpoints."
)
_SHOWN = 100
_KEPT = 4 * 1024
"""Characters of a server's text that are kept. Less is shown, and each is searched for secrets."""
_SEARCHED = 128 * 1024
"""Characters of a body that are decoded for that."""


class FailedAttempt(NamedTuple):
    """Why an attempt failed, what that calls for, and how to tell it in the end."""

    remedy: retry.Remedy
    build_error: Callable[[Call], TcImagesError]
    request_id: str = ""
    retry_after_s: float | None = None


def build_unreached(
    error: TransportError, advice: str, *, timeout_s: float, longest_s: float, deadline_s: float
) -> FailedAttempt:
    """An attempt without an answer.

    Args:
        advice: what to look at when nothing answers there.
        timeout_s: how long this attempt was allowed to take; longest_s at most.
        deadline_s: how long the whole lookup may take; more may help where it cut this short.
    """

    def build_error(call: Call) -> TcImagesError:
        if error.answered:
            return InvalidResponseError(error.problem, call=call, fix=CHECK_MIDDLEMAN)
        is_cut_short = error.is_late and timeout_s < longest_s
        # A second attempt is cut short where the first had all the time that an attempt gets.
        more_time = more_time_than(deadline_s) if is_cut_short and call.attempts == 1 else ()
        fix = error.fix or advice
        return NetworkError(error.problem, call=call, fix=fix, settings=more_time)

    return FailedAttempt(error.remedy, build_error)


def build_unreadable(
    unreadable: api.Unreadable, answer: Answer, came: str, remedy: retry.Remedy, fix: str
) -> FailedAttempt:
    """An attempt whose answer is not what is documented.

    Args:
        came: what came, as the error may show it.
    """
    return FailedAttempt(
        remedy,
        lambda call: InvalidResponseError(unreadable.problem, call=call, came=came, fix=fix),
        unreadable.request_id,
        read_retry_after_s(answer),
    )


def build_throttled(answer: Answer, fix: str) -> FailedAttempt:
    """An attempt that a server without the API's codes refused with status 429."""
    return FailedAttempt(
        retry.choose_status_remedy(429),
        lambda call: ThrottledError(
            TOO_MANY.code, TOO_MANY.message, call=call, retried=True, fix=fix
        ),
        retry_after_s=read_retry_after_s(answer),
    )


TOO_MANY = api.Refusal("HTTP 429", "Too many requests.", "")


def read_reply(
    answer: Answer, secrets: Iterable[str], *, is_confidential: bool
) -> api.Reply | api.Refusal | api.Unreadable:
    """Read the body, without our secrets in the texts that an error or an output may show.

    They are searched for in the decoded texts, because JSON escapes.
    """
    secrets = [*secrets, *answer.secrets]
    reply = api.read_reply(answer.body)
    if isinstance(reply, api.Reply) and not is_confidential:
        reply = withhold_rows(reply, answer.body, secrets)
    hidden: dict[str, Any] = {
        name: _shorten(text, secrets)
        for name, text in reply._asdict().items()
        if isinstance(text, str)
    }
    return reply._replace(**hidden)


def describe(answer: Answer, secrets: Iterable[str], *, is_confidential: bool) -> str:
    """Status, content type, size and the first bytes; without our secrets, which it may repeat."""
    secrets = [*secrets, *answer.secrets]
    content_type = _shorten(answer.headers.get("content-type", "no content type"), secrets)
    said = f"HTTP {answer.status}, {content_type}, {len(answer.body)} bytes"
    if is_confidential:
        return said
    # JSON may escape a slash, and a token may have one.
    searched = answer.body[: 4 * _SEARCHED]  # a character has up to 4 bytes
    body = _shorten(searched.decode("utf-8", "replace").replace(r"\/", "/"), secrets)
    return f"{said}: {body[:_SHOWN]}{'...' if len(body) > _SHOWN else ''}"


def _shorten(text: str, secrets: Iterable[str]) -> str:
    """Return the beginning of a text, without our secrets."""
    return redact_beginning(text, secrets, _KEPT)


def read_retry_after_s(answer: Answer) -> float | None:
    """How long the server asks to wait, if it does."""
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
