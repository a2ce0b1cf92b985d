"""Choose how messages spell argument names, depending on the project's language."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pulumi_tcimages.naming import NameStyle, camel

RUNTIME_VARIABLE = "TCIMAGES_RUNTIME"
"""Names the program's runtime, for plugins that no engine started in a project folder."""
_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
_RUNTIME = re.compile(
    rb"""(?:^|[{,])\s*["']?runtime["']?\s*:\s*\{?\s*(?:["']?name["']?\s*:\s*)?["']?(\w+)""", re.M
)
_LARGEST = 1024 * 1024


def find_style(folder: Path, environ: Mapping[str, str]) -> NameStyle:
    """Return snake_case for a Python project, else camelCase.

    Args:
        folder: the program's folder, in which the engine starts the plugin.
    """
    runtime = environ.get(RUNTIME_VARIABLE) or _read_runtime(folder)
    return str if runtime == "python" else camel


def _read_runtime(folder: Path) -> str:
    for place in (folder, *folder.parents):
        for name in _PROJECT_FILES:
            path = place / name
            try:
                if not path.is_file():  # another user's named pipe would never end
                    continue
                with path.open("rb") as file:
                    found = _RUNTIME.search(file.read(_LARGEST))
            except OSError:
                continue
            return found[1].decode() if found else ""
    return ""


def find_own_style() -> NameStyle:
    """Return the spelling for the project in the current folder."""
    try:
        return find_style(Path.cwd(), os.environ)
    except OSError:  # raised if the current folder was deleted
        return camel
