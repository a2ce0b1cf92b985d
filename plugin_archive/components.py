"""Find the components of a frozen plugin: Python, distributions and system libraries."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_LICENSE_NAMES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")


@dataclass(frozen=True)
class Component:
    """Third-party software in the archive."""

    name: str
    version: str
    purl: str
    """The package URL (purl), which consists of the package's type, name and version."""
    license: str
    """An SPDX expression or the name of a licence; empty if the package does not declare it."""
    texts: tuple[Path, ...]
    """The files with the text of the licence."""


def find_components(python_files: Iterable[str], binaries: Iterable[str]) -> list[Component]:
    """Return the components that files of the frozen plugin come from, sorted by name.

    Raises: LookupError if a distribution or Python has no licence text.
    """
    paths = {Path(path).resolve() for path in (*python_files, *binaries)}
    distributions = list(_find_distributions(paths))
    owned = {path for _, files in distributions for path in files}
    prefixes = [Path(place).resolve() for place in (sys.prefix, sys.base_prefix)]
    libraries = [
        path
        for path in map(Path, binaries)
        if path.resolve() not in owned
        and not any(path.resolve().is_relative_to(prefix) for prefix in prefixes)
    ]
    components = {
        _describe_python(),
        *(_describe(distribution) for distribution, _ in distributions),
        *map(_describe_library, libraries),
    }
    return sorted(components, key=lambda component: component.name.lower())


def _find_distributions(paths: set[Path]) -> Iterator[tuple[metadata.Distribution, set[Path]]]:
    for distribution in metadata.distributions():
        files = {Path(str(file.locate())).resolve() for file in distribution.files or ()}
        if files & paths:
            yield distribution, files


def _describe(distribution: metadata.Distribution) -> Component:
    name, version = distribution.metadata["Name"], distribution.version
    texts = tuple(
        Path(str(file.locate()))
        for file in sorted(distribution.files or ())
        if ".dist-info" in str(file) and file.name.upper().startswith(_LICENSE_NAMES)
    )
    if not texts:
        raise LookupError(f"{name} {version} has no licence text in its metadata")
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    return Component(name, version, purl, _read_license(distribution), texts)


def _read_license(distribution: metadata.Distribution) -> str:
    fields = distribution.metadata
    for field in ("License-Expression", "License"):
        text = next(iter(fields.get_all(field) or ()), "")
        if text and "\n" not in text:
            return text
    classifiers = fields.get_all("Classifier") or []
    names = [name for name in classifiers if name.startswith("License ::")]
    return names[0].rpartition(" :: ")[2] if names else ""


def _describe_python() -> Component:
    version = platform.python_version()
    places = [Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix)]
    texts = [place / "LICENSE.txt" for place in places if (place / "LICENSE.txt").is_file()]
    if not texts:
        raise LookupError(f"there is no LICENSE.txt of Python in {' or '.join(map(str, places))}")
    purl = f"pkg:generic/cpython@{version}"
    return Component("CPython", version, purl, "PSF-2.0", (texts[0],))


def _describe_library(path: Path) -> Component:
    """Return the Debian package that a shared library comes from.

    Without dpkg, the component is the file itself, without a licence text.
    """
    for place in (path, path.resolve(), Path("/usr", *path.parts[1:])):
        found = _run(["dpkg-query", "--search", str(place)])
        package = found.partition(": ")[0].split(",")[0]
        if package:
            name = package.partition(":")[0]
            version = _run(["dpkg-query", "--show", "--showformat=${Version}", package])
            text = Path("/usr/share/doc", name, "copyright")
            texts = (text,) if text.is_file() else ()
            return Component(name, version, f"pkg:deb/debian/{name}@{version}", "", texts)
    return Component(path.name, "", f"pkg:generic/{path.name}", "", ())


def _run(command: Sequence[str]) -> str:
    """Run a command and return its output, or "" if it fails or is not installed."""
    if not shutil.which(command[0]):
        return ""
    result = subprocess.run(command, capture_output=True, text=True)
    return result.stdout.strip() if result.returncode == 0 else ""
