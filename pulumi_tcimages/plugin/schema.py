"""Read schema.json, which `make generate` writes from the sources."""

from __future__ import annotations

from pathlib import Path

from pulumi_tcimages.user_files import is_file

_PACKAGE = Path(__file__).parents[1]
# schema.json is inside an installed package and the plugin's archive, but beside the package in a
# source checkout.
_PLACES = (_PACKAGE / "schema.json", _PACKAGE.parent / "schema.json")


def schema_text() -> str:
    """Return the content of schema.json, for the engine."""
    return next(filter(is_file, _PLACES)).read_text(encoding="utf-8")
