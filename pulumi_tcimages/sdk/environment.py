"""Find the files that start the plugin in this Python environment."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pulumi_tcimages
from pulumi_tcimages.sdk.launcher import Target
from pulumi_tcimages.user_files import is_file

PLUGIN = "pulumi-resource-tcimages"
_INTERPRETERS = ("python", "pypy", "graalpy")


def find_own_target() -> Target | None:
    """Return this Python interpreter and this package's main file as a launcher's target.

    Return None if one of them is not a file, for instance because the package is in an archive.
    """
    main = Path(pulumi_tcimages.__file__ or "").absolute().with_name("__main__.py")
    python = next((place for place in _python_places() if os.access(place, os.X_OK)), None)
    return Target(python, main) if python and is_file(main) else None


def find_script() -> Path | None:
    """Return the plugin's console script if pip created one, otherwise None."""
    return next((place for place in _script_places() if os.access(place, os.F_OK)), None)


def _python_places() -> Iterator[Path]:
    """Yield the paths where the interpreter may be, most reliable first.

    `sys.executable` is left out if another program embeds Python.
    """
    name = "python.exe" if os.name == "nt" else "python3"
    is_python = os.path.basename(sys.executable or "").lower().startswith(_INTERPRETERS)  # noqa: PTH119
    if is_python and not getattr(sys, "frozen", False):
        yield Path(sys.executable)
    yield Path(sysconfig.get_path("scripts"), name)
    yield Path(sys.prefix, name)


def _script_places() -> Iterator[Path]:
    """Yield the paths where the plugin's script may be, most reliable first.

    The path in the list of installed files is right for every kind of installation.
    """
    name = f"{PLUGIN}.exe" if os.name == "nt" else PLUGIN
    try:
        files = metadata.distribution("pulumi-tcimages").files or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == name:
            yield Path(os.path.normpath(file.locate()))
    yield Path(sysconfig.get_path("scripts"), name)
    if sys.executable:
        yield Path(sys.executable).with_name(name)
