"""Who has the keys: fetched once for all threads, renewed ahead of their end, and when refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol, TypeVar

from pulumi_tcimages.cloud.cache import Failure
from pulumi_tcimages.cloud.deadline import Clock, Deadline
from pulumi_tcimages.cloud.sender import Credential
from pulumi_tcimages.core.retry import Cause, choose_remedy
from pulumi_tcimages.errors import (
    ApiError,
    AuthError,
    ConfigurationError,
    InvalidResponseError,
    NetworkError,
)

_AHEAD_S = 300.0
_EARLY_S = 10.0
"""How long a renewal ahead of the end may take, and how long after a failed one none is tried."""
POLL_INTERVAL_S = 0.25

Fetch = Callable[[Deadline], Credential]
Made = TypeVar("Made")


class CredentialProvider(Protocol):
    """Who has the keys."""

    def current(self, deadline: Deadline) -> Credential:
        """The keys to sign with now."""

    def renew(self, used: Credential, deadline: Deadline) -> bool:
        """Whether there are other keys now, after these were refused."""


class _Held(NamedTuple):
    """Keys and when to renew them; one value, which is read without the lock."""

    credential: Credential
    renew_at_unix_s: float


class RenewedKeyring:
    """Keys from wherever `fetch` finds them: once for all threads, and ahead of their end."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._failure: Failure | None = None

    def current(self, deadline: Deadline) -> Credential:
        """The keys to sign with now."""
        # Without the lock, over which many lookups at once would take turns.
        return self._fresh() or self._still_good() or self._fetched(deadline)

    def _fresh(self) -> Credential | None:
        held = self._held
        return held.credential if held and self._clock.unix_s() < held.renew_at_unix_s else None

    def _still_good(self) -> Credential | None:
        """The keys that another is renewing ahead of their end."""
        held = self._held
        is_good = held and self._clock.unix_s() < (held.credential.expires_at_unix_s or 0.0)
        return held.credential if held and is_good and self._lock.locked() else None

    def _fetched(self, deadline: Deadline) -> Credential:
        with self._alone():
            if fresh := self._fresh():
                return fresh
            last = self._held.credential if self._held else None
            end_unix_s = (last and last.expires_at_unix_s) or 0.0
            if last is None or self._clock.unix_s() >= end_unix_s:
                return self._take(self._fetch_or_fail(deadline))
            try:
                return self._take(self._fetch(deadline.part(_EARLY_S)))
            except (ConfigurationError, ApiError, NetworkError, InvalidResponseError):
                again_unix_s = self._clock.unix_s() + _EARLY_S
                self._held = _Held(last, min(again_unix_s, end_unix_s))
                return last

    def _fetch_or_fail(self, deadline: Deadline) -> Credential:
        """The keys; a failure is everybody's who asked before it was known."""
        if self._failure and deadline.started_s < self._failure.at_s:
            raise self._failure.error
        try:
            return self._fetch(deadline)
        except Exception as error:
            self._failure = Failure(error, self._clock.monotonic_s())
            raise

    def renew(self, used: Credential, deadline: Deadline) -> bool:
        """Whether there are other keys now, after these were refused."""
        with self._alone():
            held = self._held.credential if self._held else None
            if held and held.keys == used.keys:
                held = self._take(self._fetch(deadline))
            return held is not None and held.keys != used.keys

    def _take(self, credential: Credential) -> Credential:
        renew_at_unix_s = float("inf")
        if credential.expires_at_unix_s is not None:
            lifetime_s = credential.expires_at_unix_s - self._clock.unix_s()
            ahead_s = min(_AHEAD_S, max(lifetime_s, 0) / 10)
            renew_at_unix_s = credential.expires_at_unix_s - ahead_s
        self._held = _Held(credential, renew_at_unix_s)
        return credential

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """With the keys to oneself, which may take until another has fetched them."""
        while not self._lock.acquire(timeout=POLL_INTERVAL_S):
            self._clock.check_cancelled()
        try:
            yield
        finally:
            self._lock.release()


def use_keys(
    credential_provider: CredentialProvider, deadline: Deadline, work: Callable[[Credential], Made]
) -> Made:
    """The result of some work with the keys; where they are refused, of one more try with others.

    All of the work is done with the same keys, so that no listing mixes the rows of two accounts.
    """
    credential = credential_provider.current(deadline)
    try:
        return work(credential)
    except AuthError as error:
        is_about_keys = choose_remedy(error.cloud_code).cause is Cause.KEYS
        if not is_about_keys or not credential_provider.renew(credential, deadline):
            raise
    return work(credential_provider.current(deadline))


class RoleKeyring:
    """Keys as they were found or, where they come with a role to take on, the role's."""

    def __init__(self, base: RenewedKeyring, role: RenewedKeyring) -> None:
        self._base = base
        self._role = role

    def current(self, deadline: Deadline) -> Credential:
        """The keys to sign with now."""
        found = self._base.current(deadline)
        return self._role.current(deadline) if found.role else found

    def renew(self, used: Credential, deadline: Deadline) -> bool:
        """Whether there are other keys now, after these were refused."""
        found = self._base.current(deadline)
        return (self._role if found.role else self._base).renew(used, deadline)
