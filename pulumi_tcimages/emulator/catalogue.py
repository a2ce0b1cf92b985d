"""The images that the emulator offers. Tests can load, add, change and withdraw images."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi_tcimages.emulator.listings import LISTINGS
from pulumi_tcimages.emulator.models import ENTRIES, CatalogueDocument
from pulumi_tcimages.emulator.store import MOST_BYTES, CatalogueError, Entry, Row, Store
from pulumi_tcimages.emulator.validation import validate
from pulumi_tcimages.user_files import read_file

DEFAULT_FILE = Path(__file__).with_name("catalogue.json")
SCHEMA_FILE = Path(__file__).with_name("catalogue.schema.json")


class Catalogue:
    """The emulator's images. `Catalogue()` is empty, and `Catalogue.load()` loads the default ones.

    The argument `kind` of methods is the name of a list in the catalogue file, such as
    "preset_images". An image is a mapping with the vendor's field names. All methods are
    thread-safe.

        catalogue.add("preset_images", {"ImageId": "torch2.8", "PythonVersion": "3.12"})
        catalogue.change("preset_images", "torch2.8", PythonVersion="3.13")
        catalogue.withdraw("preset_images", "torch2.8")
    """

    def __init__(self) -> None:
        self._stores = {name: Store(listing) for name, listing in LISTINGS.items()}

    @classmethod
    def load(cls, path: str | Path = DEFAULT_FILE) -> Catalogue:
        """Read a file in the format of catalogue.schema.json.

        Raises: CatalogueError, which names the file, the entry and the field.
        """
        try:
            text = read_file(path, MOST_BYTES, may_be_pipe=True).decode("utf-8")
            document = json.loads(text)
            # A test validates the file of this package. For every emulator, it would take 4 ms.
            return cls._build(document) if path == DEFAULT_FILE else cls.read(document)
        except (OSError, ValueError, RecursionError) as problem:
            reason = (isinstance(problem, OSError) and problem.strerror) or problem
            raise CatalogueError(f"{path}: {reason}") from problem

    @classmethod
    def read(cls, document: Any) -> Catalogue:
        """Read a document in the format of catalogue.schema.json."""
        validate(CatalogueDocument, document, document=document)
        return cls._build(document)

    @classmethod
    def _build(cls, document: Mapping[str, Any]) -> Catalogue:
        """Return a catalogue with the images of a valid document."""
        catalogue = cls()
        for kind in LISTINGS:
            for entry in document.get(kind, ()):
                catalogue._add(kind, entry)
        return catalogue

    def to_document(self) -> dict[str, Any]:
        """Return the whole catalogue as a document that `read` accepts."""
        return {
            name: [_to_json(entry) for entry in store.list_entries()]
            for name, store in self._stores.items()
        }

    def entries(self, kind: str, region: str = "") -> list[Entry]:
        """Return a list's entries for a region, or for all regions if `region` is ""."""
        entries = self._store(kind).list_entries()
        return [entry for entry in entries if entry.is_offered_in(region)]

    def images(self, kind: str, region: str = "") -> list[Row]:
        """Return a list's images for a region, or for all regions if `region` is ""."""
        return [entry.image for entry in self.entries(kind, region)]

    def groups(self, kind: str) -> list[tuple[str, ...]]:
        """Return the groups of a list's images.

        For session images, a group is an engine with a framework type. A group remains even after
        its last image has been withdrawn.
        """
        return self._store(kind).list_groups()

    def add(
        self, kind: str, image: Mapping[str, Any], *, regions: Sequence[str] = (), **place: Any
    ) -> None:
        """Append an image to a list.

        Args:
            kind: the name of the list.
            image: the image's fields, with the vendor's names.
            regions: the regions in which the image is available, or () for all regions.
            place: the `engine` and `framework_type` of a session image.
        """
        listing = self._store(kind).listing
        validate(listing.record, image, listing.label)
        # Keep a string, so that `validate` rejects it. `list` would split it into characters.
        names = regions if isinstance(regions, str) else list(regions)
        entry = {"image": dict(image), "regions": names, **place}
        validate(ENTRIES[kind], entry, listing.label)
        self._add(kind, entry)

    def change(self, kind: str, /, *key: str | int, **fields: Any) -> None:
        """Change some fields of an image.

        Args:
            kind: the name of the list.
            key: the image's id. For session images, it is the engine, framework type and id.
            fields: the new values, with the vendor's names.
        """

        def change_fields(image: Row) -> Row:
            changed = Row({**image, **fields})
            validate(LISTINGS[kind].record, changed, LISTINGS[kind].label)
            return changed

        self._store(kind).change(tuple(map(str, key)), change_fields)

    def withdraw(self, kind: str, /, *key: str | int) -> Row:
        """Withdraw an image and return it."""
        return self._store(kind).withdraw(tuple(map(str, key)))

    # Shortcuts for platform images and session images, which most programs use.

    def platform_images(self, region: str = "") -> list[Row]:
        return self.images("platform_images", region)

    def add_platform_image(self, image: Mapping[str, Any], *, regions: Sequence[str] = ()) -> None:
        self.add("platform_images", image, regions=regions)

    def change_platform_image(self, image_id: str, /, **fields: Any) -> None:
        self.change("platform_images", image_id, **fields)

    def withdraw_platform_image(self, image_id: str) -> Row:
        return self.withdraw("platform_images", image_id)

    def session_images(self, engine: str, framework_type: str, region: str = "") -> list[Row]:
        """Return the session images of an engine for a framework type."""
        place = {"engine": engine, "framework_type": framework_type}
        entries = self.entries("session_images", region)
        return [entry.image for entry in entries if entry.place == place]

    def engines(self) -> dict[str, list[str]]:
        """Return the framework types of each engine, even if all their images are withdrawn."""
        engines: dict[str, list[str]] = {}
        for engine, framework_type in self.groups("session_images"):
            engines.setdefault(engine, []).append(framework_type)
        return engines

    def add_session_image(
        self,
        engine: str,
        framework_type: str,
        image: Mapping[str, Any],
        *,
        regions: Sequence[str] = (),
    ) -> None:
        place = {"engine": engine, "framework_type": framework_type}
        self.add("session_images", image, regions=regions, **place)

    def change_session_image(
        self, engine: str, framework_type: str, spark_image_id: str, /, **fields: Any
    ) -> None:
        self.change("session_images", engine, framework_type, spark_image_id, **fields)

    def withdraw_session_image(self, engine: str, framework_type: str, spark_image_id: str) -> Row:
        return self.withdraw("session_images", engine, framework_type, spark_image_id)

    def _store(self, kind: str) -> Store:
        if kind not in self._stores:
            raise CatalogueError(f"{kind!r} is none of {', '.join(self._stores)}")
        return self._stores[kind]

    def _add(self, kind: str, entry: Mapping[str, Any]) -> None:
        self._stores[kind].add(
            Entry(
                image=Row(entry["image"]),
                provenance=entry.get("provenance", "invented"),
                regions=tuple(entry.get("regions", ())),
                place={name: entry[name] for name in LISTINGS[kind].place},
            )
        )


def _to_json(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = {"provenance": entry.provenance, **entry.place, "image": entry.image}
    return {**fields, "regions": list(entry.regions)} if entry.regions else fields
