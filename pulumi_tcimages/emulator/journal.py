"""What arrived and what was answered, for assertions.

Never a signature, a token or a secret key.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, overload

KEPT = 10_000
SECRET_PARAMETERS = {"WebIdentityToken", "SAMLAssertion", "TokenCode"}


@dataclass(frozen=True, kw_only=True)
class Received:
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
    """The parameters, of a POST or a GET alike; empty when they could not be read."""
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
        self._entries: deque[Received] = deque(maxlen=KEPT)

    def add(self, entry: Received) -> None:
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def of(self, action: str) -> list[Received]:
        """The requests of one action."""
        return [entry for entry in self if entry.action == action]

    def __iter__(self) -> Iterator[Received]:
        with self._lock:
            return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Received: ...
    @overload
    def __getitem__(self, index: slice) -> list[Received]: ...
    def __getitem__(self, index: int | slice) -> Received | list[Received]:
        return list(self)[index]

    def __repr__(self) -> str:
        return f"Journal({list(self)!r})"


def without_secrets(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters with the values that are credentials blotted out."""
    return {
        name: "***" if name in SECRET_PARAMETERS else value for name, value in parameters.items()
    }
