"""Find the spelling of names for the reader: that of the project's language."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pulumi_tcimages.naming import NameStyle, camel

RUNTIME_VARIABLE = "TCIMAGES_RUNTIME"
"""The runtime of the program, for a plugin that no engine started in a project's folder."""
_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
_RUNTIME = re.compile(
    rb"""(?:^|[{,])\s*["']?runtime["']?\s*:\s*\{?\s*(?:["']?name["']?\s*:\s*)?["']?(\w+)""", re.M
)
_LARGEST = 1024 * 1024


def find_style(folder: Path, environ: Mapping[str, str]) -> NameStyle:
    """Return the spelling of names: snake_case in a Python project, else camelCase.

    Args:
        folder: where the engine started the plugin, which is the folder of the program.
    """
    runtime = environ.get(RUNTIME_VARIABLE) or _read_runtime(folder)
    return str if runtime == "python" else camel


def _read_runtime(folder: Path) -> str:
    for place in (folder, *folder.parents):
        for name in _PROJECT_FILES:
            try:
                with (place / name).open("rb") as file:
                    found = _RUNTIME.search(file.read(_LARGEST))
            except OSError:
                continue
            return found[1].decode() if found else ""
    return ""


def find_own_style() -> NameStyle:
    """Return the spelling for the project in whose folder this process was started."""
    try:
        return find_style(Path.cwd(), os.environ)
    except OSError:  # the folder was deleted
        return camel
