"""Find the line of the user's program that called this package, to name it in errors."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

from pulumi.runtime.settings import get_root_directory

from pulumi_tcimages.formatting import escape

PACKAGE_FOLDER = str(Path(__file__).parents[1])


def find_call_site() -> str:
    """Return the file and line of the call, such as `__main__.py:6`, or "" if they are unknown."""
    frame = inspect.currentframe()
    while frame and frame.f_code.co_filename.startswith(PACKAGE_FOLDER):
        frame = frame.f_back
    if frame is None:
        return ""
    return f"{escape(_shorten(frame.f_code.co_filename))}:{frame.f_lineno}"


def _shorten(file: str) -> str:
    """Return a file's path relative to the project folder, or its name if it is elsewhere."""
    for folder in filter(None, (get_root_directory(), ".")):
        try:
            return str(Path(os.path.realpath(file)).relative_to(os.path.realpath(folder)))
        except (OSError, ValueError):
            continue
    return Path(file).name
