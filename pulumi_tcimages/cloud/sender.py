"""Send a request, and retry it until it succeeds, fails permanently or reaches the deadline.

All requests share one retry loop, including those to STS and to a CVM's metadata service. It waits
for the rate limit, sends the request, parses the response, and calls `core.retry` to decide about
another attempt.

Modules that are only needed for errors are imported lazily, which saves 2 ms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from pulumi_tcimages.advice import Advice
from pulumi_tcimages.cloud.api_requests import ApiRequest, MetadataRequest, Result
from pulumi_tcimages.cloud.connection_errors import TransportError
from pulumi_tcimages.cloud.deadline import Clock, Deadline
from pulumi_tcimages.cloud.failed_attempts import (
    LONGEST_ATTEMPT_S,
    TOO_MANY,
    FailedAttempt,
    build_throttled,
    build_unreached,
    build_unreadable,
    describe,
    read_reply,
    read_retry_after_s,
)
from pulumi_tcimages.cloud.limiter import Limiter, RateLimitTimeout
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.cloud.transport import Answer, Transport
from pulumi_tcimages.core import api, retry
from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.errors import UPDATE

_METADATA_S = 2.0
"""Time limit for an attempt at the metadata service, which is only one network hop away."""
_REPORT = f"{UPDATE}, with the request id."


class Sender:
    def __init__(self, settings: Settings, transport: Transport, clock: Clock) -> None:
        self._settings = settings
        self._transport = transport
        self._limiter = Limiter(settings.get("max_requests_per_second"))
        self._clock = clock
        self._language = settings.get("language")

    def send(self, request: ApiRequest[Result], deadline: Deadline) -> Result:
        """Send a request to the API and return its parsed result.

        Raises: ApiError, NetworkError or InvalidResponseError if the last attempt fails;
        CancelledError.
        """
        return self._repeat(request.call, lambda: self._attempt(request, deadline), deadline)

    def fetch(self, request: MetadataRequest[Result], deadline: Deadline) -> Result | None:
        """Send a request to the metadata service. Return its parsed result, or None for HTTP 404.

        Raises: as for `send`.
        """
        return self._repeat(request.call, lambda: self._attempt_fetch(request, deadline), deadline)

    def _repeat(
        self, call: Call, attempt: Callable[[], Result | FailedAttempt], deadline: Deadline
    ) -> Result:
        """Repeat an attempt until it succeeds, fails permanently or reaches the deadline."""
        if not deadline.remaining_s:
            from pulumi_tcimages.cloud.error_mapping import build_overdue

            raise build_overdue(deadline.timeout_s, _at(call, deadline, attempts=0))
        tries: Counter[retry.Cause] = Counter()
        failed: FailedAttempt | None = None
        while True:
            try:
                # All regions share a bucket, because the API limits the rate per action and
                # gateway.
                with self._limiter.permit((call.action, call.endpoint), deadline):
                    outcome = attempt()
            except RateLimitTimeout:
                if failed:  # Report the last failure, which is more helpful than the timeout.
                    now = _at(call, deadline, tries.total(), failed.request_id)
                    raise failed.build_error(now) from None
                from pulumi_tcimages.cloud.error_mapping import build_late

                now = _at(call, deadline, attempts=0)
                raise build_late(self._limiter.per_second, deadline.timeout_s, now) from None
            if not isinstance(outcome, FailedAttempt):
                return outcome
            failed = outcome
            cause = failed.retry_policy.cause
            tries[cause] += 1
            wait_s = retry.choose_wait_s(
                failed.retry_policy, tries[cause], self._clock.random(), failed.retry_after_s
            )
            if wait_s is None or not deadline.pause(wait_s, _reason(cause, call)):
                raise failed.build_error(_at(call, deadline, tries.total(), failed.request_id))

    def _attempt(self, request: ApiRequest[Result], deadline: Deadline) -> Result | FailedAttempt:
        keys = request.credential.keys if request.credential else None
        signed = api.build_request(
            request.action,
            request.parameters,
            host=request.endpoint.host,
            region=request.region,
            language=self._language,
            keys=keys,
            sent_at_unix_s=int(self._clock.unix_s()),
        )
        timeout_s = min(LONGEST_ATTEMPT_S, deadline.remaining_s)
        url = f"{request.endpoint.url}/"
        try:
            answer = self._transport.send(
                "POST", url, signed.headers, signed.body, timeout_s=timeout_s
            )
        except TransportError as error:
            proxy = self._transport.find_proxy(request.endpoint.url)
            return build_unreached(
                error,
                request.endpoint.advise_unreached(proxy),
                request.endpoint.advise_wrong_reply(proxy),
                timeout_s=timeout_s,
                longest_s=LONGEST_ATTEMPT_S,
                deadline_s=deadline.timeout_s,
            )
        return self._read(request, answer)

    def _attempt_fetch(
        self, request: MetadataRequest[Result], deadline: Deadline
    ) -> Result | FailedAttempt | None:
        timeout_s = min(_METADATA_S, deadline.remaining_s)
        url = request.endpoint.url + request.path
        try:
            # Bypass any proxy: it could read the keys that the metadata service returns, or return
            # those of the machine that the proxy runs on.
            answer = self._transport.send("GET", url, {}, timeout_s=timeout_s, is_direct=True)
        except TransportError as error:
            return build_unreached(
                error,
                request.unreached_fix,
                request.other_fix,
                timeout_s=timeout_s,
                longest_s=_METADATA_S,
                deadline_s=deadline.timeout_s,
            )
        if answer.status == 404:
            return None
        if answer.status == 429:
            return build_throttled(answer, request.other_fix)
        result: Result | api.Unreadable = api.Unreadable(
            "the metadata service does not say which keys this CVM has."
        )
        if answer.status == 200:
            result = request.read(answer.body)
        if not isinstance(result, api.Unreadable):
            return result
        retry_policy = retry.choose_status_policy(answer.status)
        # Do not quote the response's body, because it may contain keys.
        came = f"HTTP {answer.status}"
        return build_unreadable(result, answer, came, retry_policy, request.other_fix)

    def _read(self, request: ApiRequest[Result], answer: Answer) -> Result | FailedAttempt:
        reply = read_reply(answer, request.secrets)
        if isinstance(reply, api.Refusal):
            return self._refused(request, reply, answer)
        if isinstance(reply, api.Reply) and answer.status == 200:
            result = request.read(reply)
            if not isinstance(result, api.Unreadable):
                return result
            return _unreadable(request, result, answer, retry.UNTRUSTED, _REPORT)
        if answer.status == 429:
            return self._refused(request, TOO_MANY, answer)
        if isinstance(reply, api.Reply):
            problem = "the reply is whole, its status is not."
            reply = api.Unreadable(problem, reply.request_id)
        retry_policy = retry.choose_status_policy(answer.status)
        proxy = self._transport.find_proxy(request.endpoint.url)
        fix = request.endpoint.advise_wrong_reply(proxy)
        return _unreadable(request, reply, answer, retry_policy, fix)

    def _refused(
        self, request: ApiRequest[Result], refusal: api.Refusal, answer: Answer
    ) -> FailedAttempt:
        from pulumi_tcimages.cloud.error_mapping import RefusedRequest
        from pulumi_tcimages.cloud.key_advice import KeyFacts, describe_keys
        from pulumi_tcimages.cloud.request_settings import read_request_settings

        retry_policy = retry.choose_retry_policy(refusal.code)
        # Treat HTTP status 429 as a rate limit even if the error code is not a known rate limit
        # code.
        if answer.status == 429 and retry_policy.cause is retry.Cause.FINAL:
            retry_policy = retry.choose_status_policy(429)
        used = request.credential
        refused = RefusedRequest(
            refusal,
            retry_policy,
            request.action,
            describe_keys(used.keys, used.token_source or used.source) if used else KeyFacts(),
            read_request_settings(
                self._settings,
                request.action,
                request.endpoint,
                request.region_source,
                self._limiter.per_second,
            ),
            self._clock.unix_s(),
            answer.headers.get("date", ""),
            request.source,
        )
        return FailedAttempt(
            retry_policy, refused.build_error, refusal.request_id, read_retry_after_s(answer)
        )


def _unreadable(
    request: ApiRequest[Result],
    unreadable: api.Unreadable,
    answer: Answer,
    retry_policy: retry.RetryPolicy,
    fix: str | Advice,
) -> FailedAttempt:
    came = describe(answer, request.secrets, is_confidential=request.is_confidential)
    return build_unreadable(unreadable, answer, came, retry_policy, fix)


def _at(call: Call, deadline: Deadline, attempts: int, request_id: str = "") -> Call:
    return call._replace(attempts=attempts, elapsed_s=deadline.elapsed_s, request_id=request_id)


def _reason(cause: retry.Cause, call: Call) -> str:
    if cause is retry.Cause.THROTTLE:
        return f"waiting: Tencent Cloud limits the rate of {call.service} {call.action}"
    return f"trying again: {call.service} {call.action} is not answering as it should"
