"""Read schema.json, which `make generate` writes from the sources."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_PLACES = (
    _PACKAGE / "schema.json",  # in an installed wheel and in the plugin's archive
    _PACKAGE.parent / "schema.json",  # in a source checkout
)


def schema_text() -> str:
    """Return the content of schema.json, for the engine."""
    return next(path for path in _PLACES if path.is_file()).read_text(encoding="utf-8")
