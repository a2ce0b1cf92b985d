"""Describe failed attempts to send a request: the retry policy, and the error if all retries fail.

Responses may repeat secrets of the request, so the secrets are redacted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from pulumi_tcimages.advice import Advice
from pulumi_tcimages.cloud.transport import Answer
from pulumi_tcimages.core import api, retry
from pulumi_tcimages.core.withheld_rows import withhold_rows
from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.errors import InvalidResponseError, NetworkError, TcImagesError, ThrottledError
from pulumi_tcimages.redaction import redact_beginning

if TYPE_CHECKING:
    from pulumi_tcimages.cloud.connection_errors import TransportError

LONGEST_ATTEMPT_S = 30.0
_SHOWN = 100
_KEPT = 4 * 1024
"""Maximum length of a string after redaction. Messages shorten it further."""
_SEARCHED = 128 * 1024
"""Number of leading characters of a response body that are decoded and searched for secrets."""


class FailedAttempt(NamedTuple):
    """A failed attempt: its retry policy, and a function that builds the error for the user."""

    retry_policy: retry.RetryPolicy
    build_error: Callable[[Call], TcImagesError]
    request_id: str = ""
    retry_after_s: float | None = None


def build_unreached(
    error: TransportError,
    advice: str | Advice,
    reply_advice: str | Advice,
    *,
    timeout_s: float,
    longest_s: float,
    deadline_s: float,
) -> FailedAttempt:
    """Describe an attempt that received no usable response.

    Args:
        advice: the fix if no response arrived and `error.fix` is empty.
        reply_advice: the fix if a response arrived that cannot be used.
        timeout_s: this attempt's time limit.
        longest_s: the maximum time limit of an attempt; `timeout_s` is shorter near the deadline.
        deadline_s: the time limit of the whole lookup.
    """

    def build_error(call: Call) -> TcImagesError:
        from pulumi_tcimages.cloud.error_mapping import advise_more_time

        if error.answered:
            return InvalidResponseError(error.problem, call=call, fix=reply_advice)
        is_cut_short = error.is_late and timeout_s < longest_s
        # Suggest a longer timeout only if the deadline shortened the first attempt, which could
        # have succeeded with the full time limit.
        is_helped = is_cut_short and call.attempts == 1
        more_time = advise_more_time(deadline_s, "Or ") if is_helped else Advice()
        return NetworkError(error.problem, call=call, fix=error.fix or advice, more_time=more_time)

    return FailedAttempt(error.retry_policy, build_error)


def build_unreadable(
    unreadable: api.Unreadable,
    answer: Answer,
    came: str,
    retry_policy: retry.RetryPolicy,
    fix: str | Advice,
) -> FailedAttempt:
    """Describe an attempt whose response does not follow the documented format.

    Args:
        came: a description of the response that is safe to show.
    """
    return FailedAttempt(
        retry_policy,
        lambda call: InvalidResponseError(unreadable.problem, call=call, came=came, fix=fix),
        unreadable.request_id,
        read_retry_after_s(answer),
    )


def build_throttled(answer: Answer, fix: str | Advice) -> FailedAttempt:
    """Describe an attempt that was rejected with HTTP status 429 and without an API error code."""
    return FailedAttempt(
        retry.choose_status_policy(429),
        lambda call: ThrottledError(
            TOO_MANY.code, TOO_MANY.message, call=call, retried=True, fix=fix
        ),
        retry_after_s=read_retry_after_s(answer),
    )


TOO_MANY = api.Refusal("HTTP 429", "Too many requests.", "")


def read_reply(answer: Answer, secrets: Iterable[str]) -> api.Reply | api.Refusal | api.Unreadable:
    """Parse a response body, and redact the client's secrets in strings that may be shown.

    Secrets are redacted after JSON decoding, because JSON may escape their characters.
    """
    secrets = [*secrets, *answer.secrets]
    reply = api.read_reply(answer.body)
    if isinstance(reply, api.Reply):
        reply = withhold_rows(reply, secrets)
    hidden: dict[str, Any] = {
        name: _shorten(text, secrets)
        for name, text in reply._asdict().items()
        if isinstance(text, str)
    }
    return reply._replace(**hidden)


def describe(answer: Answer, secrets: Iterable[str], *, is_confidential: bool) -> str:
    """Describe a response by status, content type, size and first bytes, with secrets redacted."""
    secrets = [*secrets, *answer.secrets]
    content_type = _shorten(answer.headers.get("content-type", "no content type"), secrets)
    summary = f"HTTP {answer.status}, {content_type}, {len(answer.body)} bytes"
    if is_confidential:
        return summary
    searched = answer.body[: 4 * _SEARCHED]  # In UTF-8, a character takes up to 4 bytes.
    # Undo JSON's escaping of characters, so that a token with such a character is redacted.
    text = searched.decode("utf-8", "replace").replace(r"\/", "/")
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    body = _shorten(text, secrets)
    return f"{summary}: {body[:_SHOWN]}{'...' if len(body) > _SHOWN else ''}"


def _shorten(text: str, secrets: Iterable[str]) -> str:
    return redact_beginning(text, secrets, _KEPT)


def read_retry_after_s(answer: Answer) -> float | None:
    """Parse the Retry-After header. Return None if it is missing or invalid."""
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
