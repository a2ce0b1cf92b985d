"""Cache credentials for all threads, and renew them when they expire or are rejected."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from pulumi_tcimages.cloud.api_requests import Credential
from pulumi_tcimages.cloud.cache import Failure
from pulumi_tcimages.cloud.deadline import Clock, Deadline
from pulumi_tcimages.core.retry import Cause, choose_retry_policy
from pulumi_tcimages.errors import (
    ApiError,
    AuthError,
    ConfigurationError,
    InvalidResponseError,
    NetworkError,
)

_RENEW_AHEAD_S = 300.0
"""Temporary keys are renewed 300 s before they expire. If their whole lifetime is less than 3,000
s, they are renewed after 90 % of it.
"""
_EARLY_RENEWAL_S = 10.0
"""Time limit for renewing keys that are still valid. If the renewal fails, the old keys are used
for another 10 s before the next attempt.
"""
POLL_INTERVAL_S = 0.25

Fetch = Callable[[Deadline], Credential]
_ResultT = TypeVar("_ResultT")


class _CachedCredential(NamedTuple):
    """Credentials and the time to renew them.

    They form one object, so a thread that reads it without the lock never gets old credentials with
    a new time.
    """

    credential: Credential
    renew_at_unix_s: float


class CachedCredentials:
    """Caches the credentials that a function fetches, and renews them before they expire."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._cached: _CachedCredential | None = None
        self._failure: Failure | None = None

    def current(self, deadline: Deadline) -> Credential:
        """Return the current credentials, after fetching or renewing them if necessary."""
        # Check without the lock first: otherwise many concurrent lookups would wait for it.
        return self._find_fresh() or self._find_valid() or self._fetch_alone(deadline)

    def _find_fresh(self) -> Credential | None:
        cached = self._cached
        return (
            cached.credential if cached and self._clock.unix_s() < cached.renew_at_unix_s else None
        )

    def _find_valid(self) -> Credential | None:
        """Return the old credentials if they are still valid and another thread is renewing them.

        Otherwise return None.
        """
        cached = self._cached
        is_valid = cached and self._clock.unix_s() < (cached.credential.expires_at_unix_s or 0.0)
        return cached.credential if cached and is_valid and self._lock.locked() else None

    def _fetch_alone(self, deadline: Deadline) -> Credential:
        with self._acquire_lock():
            if fresh := self._find_fresh():
                return fresh
            last = self._cached.credential if self._cached else None
            end_unix_s = (last and last.expires_at_unix_s) or 0.0
            if last is None or self._clock.unix_s() >= end_unix_s:
                return self._take(self._fetch_or_fail(deadline))
            try:
                return self._take(self._fetch(deadline.part(_EARLY_RENEWAL_S)))
            except (ConfigurationError, ApiError, NetworkError, InvalidResponseError):
                again_unix_s = self._clock.unix_s() + _EARLY_RENEWAL_S
                self._cached = _CachedCredential(last, min(again_unix_s, end_unix_s))
                return last

    def _fetch_or_fail(self, deadline: Deadline) -> Credential:
        """Fetch credentials. If that fails, callers that are already waiting get the same error."""
        if self._failure and deadline.started_s < self._failure.at_s:
            raise self._failure.error
        try:
            return self._fetch(deadline)
        except Exception as error:
            self._failure = Failure(error, self._clock.monotonic_s())
            raise

    def renew(self, used: Credential, deadline: Deadline) -> bool:
        """Replace rejected credentials. Return whether the replacement has different keys."""
        with self._acquire_lock():
            credential = self._cached.credential if self._cached else None
            if credential and credential.keys == used.keys:
                credential = self._take(self._fetch(deadline))
            return credential is not None and credential.keys != used.keys

    def _take(self, credential: Credential) -> Credential:
        renew_at_unix_s = float("inf")
        if credential.expires_at_unix_s is not None:
            lifetime_s = credential.expires_at_unix_s - self._clock.unix_s()
            ahead_s = min(_RENEW_AHEAD_S, max(lifetime_s, 0) / 10)
            renew_at_unix_s = credential.expires_at_unix_s - ahead_s
        self._cached = _CachedCredential(credential, renew_at_unix_s)
        return credential

    @contextmanager
    def _acquire_lock(self) -> Iterator[None]:
        """Hold the lock during a `with` block. Unlike `with lock`, the wait can be cancelled."""
        while not self._lock.acquire(timeout=POLL_INTERVAL_S):
            self._clock.check_cancelled()
        try:
            yield
        finally:
            self._lock.release()


class CredentialProvider:
    """Provides the credentials of the assumed role or, without a role, the base credentials."""

    def __init__(self, base: CachedCredentials, role: CachedCredentials) -> None:
        self._base = base
        self._role = role

    def current(self, deadline: Deadline) -> Credential:
        """Return the current credentials, after fetching or renewing them if necessary."""
        credential = self._base.current(deadline)
        return self._role.current(deadline) if credential.role else credential

    def renew(self, used: Credential, deadline: Deadline) -> bool:
        """Replace rejected credentials. Return whether the replacement has different keys."""
        credential = self._base.current(deadline)
        return (self._role if credential.role else self._base).renew(used, deadline)


def use_keys(
    credential_provider: CachedCredentials | CredentialProvider,
    deadline: Deadline,
    work: Callable[[Credential], _ResultT],
) -> _ResultT:
    """Run `work` with credentials. If the API rejects these, run it again with new credentials.

    All requests of a run use the same credentials, so a listing never mixes two accounts.
    """
    credential = credential_provider.current(deadline)
    try:
        return work(credential)
    except AuthError as error:
        is_about_keys = choose_retry_policy(error.cloud_code).cause is Cause.KEYS
        if not is_about_keys or not credential_provider.renew(credential, deadline):
            raise
    return work(credential_provider.current(deadline))
