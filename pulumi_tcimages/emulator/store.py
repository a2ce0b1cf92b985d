"""A thread-safe store for the images of one listing.

Images are replaced and never modified, so lists that methods have returned do not change.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_tcimages.emulator.listing import Listing


MOST_BYTES = 64 * 1024 * 1024
"""The size limit for a catalogue file and for the JSON of one listing's images."""


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class CatalogueError(ValueError):
    """A catalogue or a change to it is invalid. The message names the entry and the field."""


class Row(dict[str, Any]):
    """An image with the vendor's field names. It must not be modified, because `json` is cached."""

    @cached_property
    def json(self) -> str:
        """The row as JSON."""
        return _ENCODER.encode(self)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An image with the data that the emulator needs in addition to the vendor's fields."""

    image: Row
    provenance: str = "invented"
    regions: tuple[str, ...] = ()
    """The regions where the image is available, or () for all regions."""
    place: dict[str, str] = field(default_factory=dict)
    """The engine and framework type of a session image. It is empty for other images."""

    def read(self, name: str) -> Any:
        return self.place.get(name, self.image.get(name))

    def is_offered_in(self, region: str) -> bool:
        return not region or not self.regions or region in self.regions


@dataclass
class Store:
    """The entries of one list, in the order in which they were added."""

    listing: Listing
    _entries: dict[tuple[str, ...], Entry] = field(default_factory=dict)
    _groups: dict[tuple[str, ...], None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _size: int = 0
    """The total length of all images as JSON and of the group names, in characters."""

    def list_entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries.values())

    def list_groups(self) -> list[tuple[str, ...]]:
        """Return the groups of all images that were ever added, oldest group first."""
        with self._lock:
            return list(self._groups)

    def add(self, entry: Entry) -> None:
        key = self._key(entry)
        with self._lock:
            if key in self._entries:
                raise CatalogueError(f"{self._describe(key)}: is there already")
            self._put(key, entry)

    def change(self, key: tuple[str, ...], change: Callable[[Row], Row]) -> None:
        """Replace an image with a changed copy, which must have the same key."""
        with self._lock:
            entry = self._get(key)
            changed = replace(entry, image=change(entry.image))
            if self._key(changed) != key:
                raise CatalogueError(f"{self._describe(key)}: an id cannot change")
            self._put(key, changed)

    def withdraw(self, key: tuple[str, ...]) -> Row:
        with self._lock:
            entry = self._get(key)
            del self._entries[key]
            self._size -= len(entry.image.json)
            return entry.image

    def _put(self, key: tuple[str, ...], entry: Entry) -> None:
        group = tuple(str(entry.read(name)) for name in self.listing.group)
        size = self._size + len(entry.image.json)
        if key in self._entries:
            size -= len(self._entries[key].image.json)
        if group not in self._groups:
            size += sum(map(len, group))
        if size > MOST_BYTES:
            most = f"{MOST_BYTES // 1024**2} MiB"
            raise CatalogueError(f"{self._describe(key)}: all images together are above {most}")
        self._size = size
        self._entries[key] = entry
        self._groups[group] = None

    def _get(self, key: tuple[str, ...]) -> Entry:
        if key not in self._entries:
            raise CatalogueError(f"{self._describe(key)}: is not offered")
        return self._entries[key]

    def _key(self, entry: Entry) -> tuple[str, ...]:
        names = (*self.listing.place, self.listing.id_field)
        return tuple(str(entry.read(name)) for name in names)

    def _describe(self, key: tuple[str, ...]) -> str:
        return f"{self.listing.label} {'/'.join(key)}"
