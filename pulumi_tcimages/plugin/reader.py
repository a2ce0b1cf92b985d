"""Choose the style of argument names in messages: snake_case for Python, otherwise camelCase."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pulumi_tcimages.naming import NameStyle, camel
from pulumi_tcimages.user_files import find_project_file, read_start

RUNTIME_VARIABLE = "TCIMAGES_RUNTIME"
"""The environment variable that contains the program's runtime, such as `python`.

`pulumi_tcimages.testing` sets it, because tests may run outside a project folder.
"""
_RUNTIME = re.compile(
    rb"""(?:^|[{,])[ \t]*["']?runtime["']?\s*:\s*(?:\{\s*)?(?:["']?name["']?\s*:\s*)?["']?(\w+)""",
    re.MULTILINE,
)
"""Matches the runtime in Pulumi.yaml.

Adjacent parts of the pattern never match the same whitespace, so a search takes linear time.
"""
_LARGEST = 1024 * 1024


def find_style(folder: Path, environ: Mapping[str, str]) -> NameStyle:
    """Return the style for the project of a folder: snake_case for Python, otherwise camelCase."""
    runtime = environ.get(RUNTIME_VARIABLE) or _read_runtime(folder)
    return str if runtime == "python" else camel


def _read_runtime(folder: Path) -> str:
    """Return the runtime in the project file, or "" if it is unreadable or missing."""
    file = find_project_file(folder)
    try:
        found = _RUNTIME.search(read_start(file, _LARGEST)) if file else None
    except OSError:
        return ""
    return found[1].decode() if found else ""


def find_own_style() -> NameStyle:
    """Return the name style for the current folder. The engine starts the plugin in the project."""
    try:
        return find_style(Path.cwd(), os.environ)
    except OSError:  # `Path.cwd` fails if the current folder was deleted.
        return camel
