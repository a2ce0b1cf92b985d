"""A journal of the requests that the emulator received, for assertions in tests.

The journal never contains a signature, a token or a secret. Its size is limited.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, overload

MAX_ENTRIES = 10_000
MAX_TEXT = 256
MAX_BODY_BYTES = 64 * 1024
MAX_BYTES = 4 * 1024 * 1024
"""The size limit for all request bodies together. Parsed, they take up to 40 times the memory."""

_MAX_DEPTH = 8
_SECRET = re.compile(r"token|secret|password|assertion|externalid|policy|privatekey", re.IGNORECASE)
"""Matches the names of parameters whose values the journal must not contain."""


@dataclass(frozen=True, kw_only=True)
class RecordedRequest:
    """A request and its outcome."""

    method: str
    path: str = "/"
    action: str = ""
    version: str = ""
    region: str = ""
    secret_id: str = ""
    """The secret id in the Authorization header. It is unverified if `answer` is an AuthFailure."""
    language: str = ""
    client: str = ""
    """The header X-TC-RequestClient."""
    body: dict[str, Any] = field(default_factory=dict)
    """The parameters of a POST or GET.

    It is empty if the request lacks a valid signature, or if the parameters cannot be parsed or
    exceed 64 KiB.
    """
    at_unix_s: float = 0.0
    request_id: str = ""
    status: int = 200
    """The HTTP status, or 0 if the connection was closed without a response."""
    answer: str = ""
    """The vendor's error code, or "" for success."""
    faulty: bool = False
    """Whether a fault applied to the request."""


class Journal:
    """A thread-safe list of the latest requests, in the order of their responses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[tuple[RecordedRequest, int]] = deque()
        self._bytes = 0

    def add(self, entry: RecordedRequest, body_bytes: int = 0) -> None:
        """Add an entry and remove the oldest entries while the limits are exceeded."""
        with self._lock:
            self._entries.append((entry, body_bytes))
            self._bytes += body_bytes
            while len(self._entries) > MAX_ENTRIES or self._bytes > MAX_BYTES:
                self._bytes -= self._entries.popleft()[1]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def of(self, action: str) -> list[RecordedRequest]:
        """Return the requests for an action."""
        return [entry for entry in self if entry.action == action]

    def __iter__(self) -> Iterator[RecordedRequest]:
        with self._lock:
            return iter([entry for entry, _ in self._entries])

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> RecordedRequest: ...
    @overload
    def __getitem__(self, index: slice) -> list[RecordedRequest]: ...
    def __getitem__(self, index: int | slice) -> RecordedRequest | list[RecordedRequest]:
        return list(self)[index]

    def __repr__(self) -> str:
        return f"Journal({list(self)!r})"


def redact(value: Any, depth: int = 0) -> Any:
    """Return a copy of parameters with secret and deeply nested values replaced."""
    if depth > _MAX_DEPTH:
        return "..."
    if isinstance(value, dict):
        return {
            name: "***" if _SECRET.search(name) else redact(part, depth + 1)
            for name, part in value.items()
        }
    return [redact(part, depth + 1) for part in value] if isinstance(value, list) else value
