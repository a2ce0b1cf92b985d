"""What arrived and what was answered, for assertions.

Never a signature, a token or a secret. Its size is bounded, whatever arrives.
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
"""Of all bodies together, as they arrived; as Python objects they take up to forty times that."""

_MAX_DEPTH = 8
_SECRET = re.compile(r"token|secret|password|assertion|externalid|policy|privatekey", re.IGNORECASE)
"""Matches the names of parameters that are credentials, or say what a credential may do."""


@dataclass(frozen=True, kw_only=True)
class RecordedRequest:
    """One request and its answer."""

    method: str
    path: str = "/"
    action: str = ""
    version: str = ""
    region: str = ""
    secret_id: str = ""
    """As the request claims; verified only when the answer is no AuthFailure."""
    language: str = ""
    client: str = ""
    """X-TC-RequestClient."""
    body: dict[str, Any] = field(default_factory=dict)
    """The parameters, of a POST or a GET alike; empty when they could not be read, when nobody
    known has signed them, and above 64 KiB."""
    at_unix_s: float = 0.0
    request_id: str = ""
    status: int = 200
    """0: the connection ended without an answer."""
    answer: str = ""
    """The vendor's code of the refusal; empty: it was answered."""
    faulty: bool = False
    """Whether a scripted fault had its hand in it."""


class Journal:
    """The last requests in order of their answers, like a list; safe to read while it grows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[RecordedRequest] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0

    def add(self, entry: RecordedRequest, body_bytes: int = 0) -> None:
        """Add an entry whose body had this size, and forget the oldest ones above the limits."""
        with self._lock:
            self._entries.append(entry)
            self._sizes.append(body_bytes)
            self._bytes += body_bytes
            while len(self._entries) > MAX_ENTRIES or self._bytes > MAX_BYTES:
                self._entries.popleft()
                self._bytes -= self._sizes.popleft()

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._sizes.clear()
            self._bytes = 0

    def of(self, action: str) -> list[RecordedRequest]:
        """The requests of one action."""
        return [entry for entry in self if entry.action == action]

    def __iter__(self) -> Iterator[RecordedRequest]:
        with self._lock:
            return iter(list(self._entries))

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
    """Return parameters without the values of secret ones; what is nested too deep is left out."""
    if depth > _MAX_DEPTH:
        return "..."
    if isinstance(value, dict):
        return {
            name: "***" if _SECRET.search(name) else redact(part, depth + 1)
            for name, part in value.items()
        }
    return [redact(part, depth + 1) for part in value] if isinstance(value, list) else value
