"""The images that the emulator offers, read from a file and changeable while it runs.

Rules: rows are kept and served as they were written, in the vendor's spelling, nulls included. A
row is never changed in place: whoever holds a listing keeps what it was. Every method may be called
from any thread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pulumi_tcimages.emulator.schema import find_problems
from pulumi_tcimages.emulator.store import (
    CatalogueError,
    PlatformEntry,
    Row,
    SessionEntry,
    Store,
)

DEFAULT_FILE = Path(__file__).with_name("catalogue.json")
SCHEMA_FILE = Path(__file__).with_name("catalogue.schema.json")


class Catalogue:
    """What is offered now. `Catalogue()` is empty; `Catalogue.load()` is the default one."""

    def __init__(self) -> None:
        self._platform: Store[PlatformEntry] = Store("platform image")
        self._session: Store[SessionEntry] = Store("session image")
        self._engines: dict[tuple[str, str], None] = {}

    @classmethod
    def load(cls, path: str | Path = DEFAULT_FILE) -> Catalogue:
        """The catalogue of a file; CatalogueError names the file, the entry and the field."""
        try:
            return cls.read(json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError) as problem:
            raise CatalogueError(f"{path}: {problem}") from problem

    @classmethod
    def read(cls, document: Any) -> Catalogue:
        """The catalogue of a document that has the shape of catalogue.schema.json."""
        schema = _load_schema()
        for path, problem in find_problems(document, schema, schema):
            raise CatalogueError(f"{_name_entry(document, path)} {problem}")
        catalogue = cls()
        for entry in document["platform_images"]:
            catalogue._platform.add(PlatformEntry(**_typed(entry)))
        for entry in document["session_images"]:
            catalogue._add_session_entry(SessionEntry(**_typed(entry)))
        return catalogue

    def to_document(self) -> dict[str, Any]:
        """The whole as a document that `read` takes."""
        return {
            "platform_images": [_to_json(entry) for entry in self._platform.all()],
            "session_images": [_to_json(entry) for entry in self._session.all()],
        }

    def platform_images(self, region: str = "") -> list[Row]:
        """The platform images that a region offers; every one without a region."""
        return [entry.image for entry in self._platform.all() if _offers(entry, region)]

    def session_images(self, engine: str, framework_type: str, region: str = "") -> list[Row]:
        """The session images of one engine and framework type."""
        return [
            entry.image
            for entry in self._session.all()
            if (entry.engine, entry.framework_type) == (engine, framework_type)
            and _offers(entry, region)
        ]

    def engines(self) -> dict[str, list[str]]:
        """The engines and the framework types of each, also of those that offer nothing now."""
        engines: dict[str, list[str]] = {}
        for engine, framework_type in list(self._engines):
            engines.setdefault(engine, []).append(framework_type)
        return engines

    def add_platform_image(
        self, image: Mapping[str, Any], *, regions: tuple[str, ...] = ()
    ) -> None:
        """Offers one more platform image, behind the others."""
        self._platform.add(PlatformEntry(image=_checked(image, "platform_image"), regions=regions))

    def change_platform_image(self, image_id: str, /, **fields: Any) -> None:
        """Other values for some fields: change_platform_image(id, FrameworkVersion="2.9")."""
        self._platform.change(
            image_id, lambda image: _checked({**image, **fields}, "platform_image")
        )

    def withdraw_platform_image(self, image_id: str) -> Row:
        """Takes a platform image out of the offer, and returns it."""
        return self._platform.withdraw(image_id).image

    def add_session_image(
        self,
        engine: str,
        framework_type: str,
        image: Mapping[str, Any],
        *,
        regions: tuple[str, ...] = (),
    ) -> None:
        """Offers one more session image; an engine comes to be by its first image, and stays."""
        checked = _checked(image, "session_image")
        self._add_session_entry(
            SessionEntry(
                engine=engine, framework_type=framework_type, image=checked, regions=regions
            )
        )

    def change_session_image(
        self, engine: str, framework_type: str, spark_image_id: str, /, **fields: Any
    ) -> None:
        """Other values for some fields of a session image."""
        self._session.change(
            (engine, framework_type, spark_image_id),
            lambda image: _checked({**image, **fields}, "session_image"),
        )

    def withdraw_session_image(self, engine: str, framework_type: str, spark_image_id: str) -> Row:
        """Takes a session image out of the offer, and returns it."""
        return self._session.withdraw((engine, framework_type, spark_image_id)).image

    def _add_session_entry(self, entry: SessionEntry) -> None:
        self._session.add(entry)
        self._engines[entry.engine, entry.framework_type] = None


@cache
def _load_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema


def _checked(image: Mapping[str, Any], kind: str) -> Row:
    """A copy of the row, when the schema allows it."""
    schema = _load_schema()
    for path, problem in find_problems(image, schema["$defs"][kind], schema):
        raise CatalogueError(f"{kind.replace('_', ' ')}: {path or 'it'} {problem}")
    return Row(image)


def _name_entry(document: Any, path: str) -> str:
    """A path with the image's name beside it, for those who do not count entries."""
    shelf, _, rest = path.partition("[")
    index, closed, _ = rest.partition("]")
    try:
        image = document[shelf][int(index)]["image"] if closed else {}
        name = image.get("ImageName") or image.get("SparkImageVersion")
    except (KeyError, TypeError, AttributeError):
        name = None
    return f"{path or 'the document'} ({name})" if isinstance(name, str) else path or "the document"


def _typed(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "image": Row(entry["image"]), "regions": tuple(entry.get("regions", ()))}


def _to_json(entry: PlatformEntry | SessionEntry) -> dict[str, Any]:
    fields = {**vars(entry), "regions": list(entry.regions)}
    if not entry.regions:
        del fields["regions"]
    return fields


def _offers(entry: PlatformEntry | SessionEntry, region: str) -> bool:
    return not region or not entry.regions or region in entry.regions
