"""Entries of a catalogue: a row as the vendor sends it, and what the emulator knows about it.

Rules: a row is never changed in place, so whoever holds a listing keeps what it was. A shelf may be
used from any thread.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, TypeVar


class CatalogueError(ValueError):
    """A catalogue that cannot be served: the text names the entry and the field."""


class Row(dict[str, Any]):
    """An image, in the vendor's spelling; it is never changed, only replaced."""

    @cached_property
    def json(self) -> str:
        """The row as it goes over the wire."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class PlatformEntry:
    """A platform image and what the emulator knows about it."""

    image: Row
    provenance: str = "invented"
    regions: tuple[str, ...] = ()
    """Where it is offered; empty: everywhere."""

    @property
    def key(self) -> str:
        return str(self.image["ImageId"])


@dataclass(frozen=True, kw_only=True)
class SessionEntry:
    """A session image, on one engine under one framework type."""

    engine: str
    framework_type: str
    image: Row
    provenance: str = "invented"
    regions: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        return self.engine, self.framework_type, str(self.image["SparkImageId"])


Entry = TypeVar("Entry", PlatformEntry, SessionEntry)


@dataclass
class Store(Generic[Entry]):
    """Entries in their order, each under its key."""

    what: str
    entries: dict[Any, Entry] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> list[Entry]:
        with self._lock:
            return list(self.entries.values())

    def add(self, entry: Entry) -> None:
        with self._lock:
            if entry.key in self.entries:
                raise CatalogueError(f"{self.what} {entry.key}: is there already")
            self.entries[entry.key] = entry

    def change(self, key: Any, change: Callable[[Row], Row]) -> None:
        """Puts a changed copy of the row in its place; its id cannot change."""
        with self._lock:
            entry = self._get(key)
            changed = replace(entry, image=change(entry.image))
            if changed.key != key:
                raise CatalogueError(f"{self.what} {key}: an id cannot change")
            self.entries[key] = changed

    def withdraw(self, key: Any) -> Entry:
        with self._lock:
            entry = self._get(key)
            del self.entries[key]
            return entry

    def _get(self, key: Any) -> Entry:
        if key not in self.entries:
            raise CatalogueError(f"{self.what} {key}: is not offered")
        return self.entries[key]
