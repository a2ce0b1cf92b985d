"""A failed attempt at a request: whether to retry it, and the error if it was the last attempt.

Secrets that a reply repeats are redacted first.
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
_SHOWN = 100
_KEPT = 4 * 1024
"""Characters of a reply that are searched for secrets. Fewer are shown."""
_SEARCHED = 128 * 1024
"""Characters of a body that are decoded for this search."""


class FailedAttempt(NamedTuple):
    """The cause of a failure, its fix, and the function that builds the final error."""

    remedy: retry.Remedy
    build_error: Callable[[Call], TcImagesError]
    request_id: str = ""
    retry_after_s: float | None = None


def build_unreached(
    error: TransportError,
    advice: str,
    reply_advice: str,
    *,
    timeout_s: float,
    longest_s: float,
    deadline_s: float,
) -> FailedAttempt:
    """Return the failure of an attempt without a reply.

    Args:
        advice: the fix, unless the error has one.
        reply_advice: the fix for a reply that cannot be used.
        timeout_s: the time limit of this attempt.
        longest_s: the usual limit of an attempt. The deadline may have left less time.
        deadline_s: the time limit of the whole lookup.
    """

    def build_error(call: Call) -> TcImagesError:
        if error.answered:
            return InvalidResponseError(error.problem, call=call, fix=reply_advice)
        is_cut_short = error.is_late and timeout_s < longest_s
        # A second attempt follows only if the first one had the usual time limit.
        more_time = more_time_than(deadline_s) if is_cut_short and call.attempts == 1 else ()
        fix = error.fix or advice
        return NetworkError(error.problem, call=call, fix=fix, settings=more_time)

    return FailedAttempt(error.remedy, build_error)


def build_unreadable(
    unreadable: api.Unreadable, answer: Answer, came: str, remedy: retry.Remedy, fix: str
) -> FailedAttempt:
    """Return the failure of an attempt whose reply is not as documented.

    Args:
        came: the reply, as the error may show it.
    """
    return FailedAttempt(
        remedy,
        lambda call: InvalidResponseError(unreadable.problem, call=call, came=came, fix=fix),
        unreadable.request_id,
        read_retry_after_s(answer),
    )


def build_throttled(answer: Answer, fix: str) -> FailedAttempt:
    """Return the failure of an attempt that got status 429 without a code of the API."""
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
    """Read the body, redacting our secrets in the strings that an error or output may show.

    The decoded strings are searched, because JSON escapes characters.
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
    """Return status, content type, size and the first bytes, with our secrets redacted."""
    secrets = [*secrets, *answer.secrets]
    content_type = _shorten(answer.headers.get("content-type", "no content type"), secrets)
    summary = f"HTTP {answer.status}, {content_type}, {len(answer.body)} bytes"
    if is_confidential:
        return summary
    # JSON may escape the slashes in a token.
    searched = answer.body[: 4 * _SEARCHED]  # a character has up to 4 bytes
    body = _shorten(searched.decode("utf-8", "replace").replace(r"\/", "/"), secrets)
    return f"{summary}: {body[:_SHOWN]}{'...' if len(body) > _SHOWN else ''}"


def _shorten(text: str, secrets: Iterable[str]) -> str:
    """Return the beginning of a text, with our secrets redacted."""
    return redact_beginning(text, secrets, _KEPT)


def read_retry_after_s(answer: Answer) -> float | None:
    """Return the seconds that the server asks us to wait, or None."""
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
