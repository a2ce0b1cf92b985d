"""One call, sent until it is answered: signed anew for each try, within a turn and a deadline.

A loop of four steps: take a turn, send, read, and let `core.retry` say what next. What a
reply repeats of our keys is struck out before anything is made of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from pulumi_tcimages.cloud.budget import Budget, Clock
from pulumi_tcimages.cloud.endpoints import Endpoint, other_site
from pulumi_tcimages.cloud.limiter import Limiter, OutOfTurnsError
from pulumi_tcimages.cloud.refusals import (
    Moment,
    build_late,
    build_overdue,
    build_refusal,
    more_time_than,
)
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.cloud.transport import Answer, Transport, TransportError
from pulumi_tcimages.core import retry, wire
from pulumi_tcimages.errors import NetworkError, ReplyError, TcImagesError
from pulumi_tcimages.evidence import Call
from pulumi_tcimages.layout import strike_out

Result = TypeVar("Result", covariant=True)

_LONGEST_TRY_S = 30.0
_SHOWN = 100
_CHECK_MIDDLEMAN = (
    "something else may have answered in its place: check the proxy and tcimages:endpoints."
)
_REPORT = "the API may have changed: report this to pulumi-tcimages, with the request id."


class Role(NamedTuple):
    """A role to take on."""

    arn: str
    session_name: str


@dataclass(frozen=True)
class Credential:
    """Keys, and where they came from."""

    keys: wire.Keys
    source: str
    expires_at_unix_s: float | None = None
    role: Role | None = None
    """What they are only good for taking on."""
    is_web_identity: bool = False


@dataclass(frozen=True)
class Errand(Generic[Result]):
    """What to ask, of whom, as whom, and how to read the answer."""

    action: wire.Action
    parameters: Mapping[str, object] = field(repr=False)
    """They may hold a secret."""
    endpoint: Endpoint
    region: str | None
    credential: Credential | None
    """The same for every try; None for the one action that is not signed."""
    read: Callable[[wire.Reply], Result | wire.Unreadable]
    secret: str = field(default="", repr=False)
    """A secret among the parameters."""
    is_confidential: bool = False
    """Whether the reply holds keys, so that nothing of it may be shown."""


class _Trouble(NamedTuple):
    """Why a try failed, what that calls for, and how to tell it in the end."""

    remedy: retry.Remedy
    tell: Callable[[Call], TcImagesError]
    request_id: str = ""
    retry_after_s: float | None = None


class Sender:
    """Sends calls, as often as it takes and helps."""

    def __init__(self, settings: Settings, transport: Transport, clock: Clock) -> None:
        self._transport = transport
        self._limiter = Limiter(settings.get("max_requests_per_second"))
        self._clock = clock
        self._language = settings.get("language")
        self._other_site = other_site(settings)

    def send(self, errand: Errand[Result], budget: Budget) -> Result:
        """The answer.

        Errors: RefusedError, NetworkError, ReplyError with the last try's evidence; CancelledError.
        """
        if not budget.remaining_s:
            raise build_overdue(budget.timeout_s, _call(errand, budget, attempts=0))
        tries: Counter[retry.Cause] = Counter()
        trouble: _Trouble | None = None
        while True:
            try:
                with self._limiter.turn(_lane(errand), budget):
                    outcome = self._try(errand, budget)
            except OutOfTurnsError:
                if trouble:  # what went wrong before counts for more than the time it took
                    call = _call(errand, budget, tries.total(), trouble.request_id)
                    raise trouble.tell(call) from None
                call = _call(errand, budget, attempts=0)
                raise build_late(self._limiter.per_second, budget.timeout_s, call) from None
            if not isinstance(outcome, _Trouble):
                return outcome
            trouble = outcome
            cause = trouble.remedy.cause
            tries[cause] += 1
            wait_s = retry.choose_wait_s(
                trouble.remedy, tries[cause], self._clock.chance(), trouble.retry_after_s
            )
            if wait_s is None or not budget.pause(wait_s, _reason(cause, errand.action)):
                raise trouble.tell(_call(errand, budget, tries.total(), trouble.request_id))

    def _try(self, errand: Errand[Result], budget: Budget) -> Result | _Trouble:
        keys = errand.credential.keys if errand.credential else None
        request = wire.build_request(
            errand.action,
            errand.parameters,
            host=errand.endpoint.host,
            region=errand.region,
            language=self._language,
            keys=keys,
            sent_at_unix_s=int(self._clock.unix_s()),
        )
        timeout_s = min(_LONGEST_TRY_S, budget.remaining_s)
        url = f"{errand.endpoint.url}/"
        try:
            answer = self._transport.send(
                "POST", url, request.headers, request.body, timeout_s=timeout_s
            )
        except TransportError as error:
            is_cut_short = error.is_late and timeout_s < _LONGEST_TRY_S
            more_time = more_time_than(budget.timeout_s) if is_cut_short else []
            return _unreached(error, errand.endpoint, more_time)
        return self._read(errand, answer)

    def _read(self, errand: Errand[Result], answer: Answer) -> Result | _Trouble:
        reply = _read_reply(answer, _secrets_of(errand))
        if isinstance(reply, wire.Refusal):
            return self._refused(errand.action, reply, answer)
        if isinstance(reply, wire.Reply) and answer.status == 200:
            result = errand.read(reply)
            if not isinstance(result, wire.Unreadable):
                return result
            return _unreadable(errand, result, answer, retry.UNTRUSTED, _REPORT)
        if answer.status == 429:
            reply = wire.Refusal("HTTP 429", "Too many requests.", "")
            return self._refused(errand.action, reply, answer)
        if isinstance(reply, wire.Reply):
            reply = wire.Unreadable("the reply is whole, its status is not.", reply.request_id)
        return _unreadable(errand, reply, answer, retry.choose_status_remedy(answer.status))

    def _refused(self, action: wire.Action, refusal: wire.Refusal, answer: Answer) -> _Trouble:
        remedy = retry.choose_remedy(refusal.code)
        if answer.status == 429 and remedy.cause is retry.Cause.FINAL:  # somebody else's code
            remedy = retry.choose_status_remedy(429)
        moment = Moment(self._clock.unix_s(), answer.headers.get("date", ""))
        return _Trouble(
            remedy,
            lambda call: build_refusal(refusal, remedy, action, call, moment, self._other_site),
            refusal.request_id,
            _read_seconds(answer.headers.get("retry-after", "")),
        )


def _unreached(
    error: TransportError, endpoint: Endpoint, more_time: list[tuple[str, str]]
) -> _Trouble:
    """The trouble of a try without an answer; with more time, one that was cut short may get it."""

    def tell(call: Call) -> TcImagesError:
        if error.answered:
            return ReplyError(error.problem, call=call, fix=_CHECK_MIDDLEMAN)
        fix = error.fix or endpoint.advice
        # A second try is cut short where the first had all the time that a try gets.
        settings = more_time if call.attempts == 1 else ()
        return NetworkError(error.problem, call=call, fix=fix, settings=settings)

    return _Trouble(error.remedy, tell)


def _unreadable(
    errand: Errand[Result],
    unreadable: wire.Unreadable,
    answer: Answer,
    remedy: retry.Remedy,
    fix: str = _CHECK_MIDDLEMAN,
) -> _Trouble:
    came = _describe(answer, _secrets_of(errand), errand.is_confidential)
    return _Trouble(
        remedy,
        lambda call: ReplyError(unreadable.problem, call=call, came=came, fix=fix),
        unreadable.request_id,
        _read_seconds(answer.headers.get("retry-after", "")),
    )


def _secrets_of(errand: Errand[Result]) -> list[str]:
    """What must not be in any text that is made of the answer."""
    keys = errand.credential.keys if errand.credential else None
    return [errand.secret, *(keys.secrets if keys else ())]


def _read_reply(
    answer: Answer, secrets: Iterable[str]
) -> wire.Reply | wire.Refusal | wire.Unreadable:
    """What the body says; without our secrets where an error would tell it.

    Struck out of what was decoded, because JSON escapes; the fields of a reply are as they came.
    """
    reply = wire.read_reply(answer.body)
    hidden: dict[str, Any] = {
        name: strike_out(text, secrets)
        for name, text in reply._asdict().items()
        if isinstance(text, str)
    }
    return reply._replace(**hidden)


def _describe(answer: Answer, secrets: Iterable[str], is_confidential: bool) -> str:
    """Status, content type, size and the first bytes; without our secrets, which it may repeat."""
    content_type = answer.headers.get("content-type", "no content type")
    content_type = strike_out(content_type, secrets)
    said = f"HTTP {answer.status}, {content_type}, {len(answer.body)} bytes"
    if is_confidential:
        return said
    # JSON may escape a slash, and a token may have one.
    body = answer.body.decode("utf-8", "replace").replace(r"\/", "/")
    body = strike_out(body, secrets)
    return f"{said}: {body[:_SHOWN]}{'...' if len(body) > _SHOWN else ''}"


def _call(errand: Errand[Result], budget: Budget, attempts: int, request_id: str = "") -> Call:
    return Call(
        service=errand.action.service,
        action=errand.action.name,
        region=errand.region or "",
        endpoint=errand.endpoint.host,
        attempts=attempts,
        elapsed_s=budget.elapsed_s,
        request_id=request_id,
        key_source=errand.credential.source if errand.credential else "",
    )


def _lane(errand: Errand[Result]) -> tuple[str, str]:
    """What the cloud counts together: an action at the gateway reached, whatever its region."""
    return errand.action.name, errand.endpoint.host


def _reason(cause: retry.Cause, action: wire.Action) -> str:
    if cause is retry.Cause.THROTTLE:
        return f"waiting: Tencent Cloud limits the rate of {action.service} {action.name}"
    return f"trying again: {action.service} {action.name} is not answering as it should"


def _read_seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
