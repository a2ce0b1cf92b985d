"""Find missing and incompatible dependencies of pulumi-tcimages.

This module is used after a failed import, and by `tcimages doctor`. It reads only the metadata of
packages, so it works even if a package cannot be imported, or if `packaging` is missing.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata, util
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import printable, shell_word

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_PACKAGE = "pulumi-tcimages"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_MOST_SHOWN = 5


class Conflict(NamedTuple):
    """A dependency that is missing or has an incompatible version."""

    name: str
    installed: str
    """The installed version, or "" if the package is not installed."""
    needed: str
    """The required version range, such as `>=2.8,<3`, or "" if any version is accepted."""
    needed_by: str
    rivals: tuple[tuple[str, str], ...] = ()
    """Other installed packages that conflict with `needed`.

    Each has a name and a clause such as `foo 1.2 needs pydantic<2`.
    """

    def __str__(self) -> str:
        installed = f"{self.name} {self.installed} is" if self.installed else f"{self.name} is not"
        return f"{installed} installed, and {self.needed_by} needs {self.name}{self.needed}"


def explain_failure(failure: Exception) -> ConfigurationError | None:
    """Explain a failed import by missing or incompatible dependencies.

    Return None if all dependencies are compatible and `failure` is not an ImportError.
    """
    if conflicts := find_conflicts():
        return explain_conflicts(conflicts)
    if not isinstance(failure, ImportError):
        return None
    reason = printable(f"{type(failure).__name__}: {failure}")
    return ConfigurationError(
        f"a package that {_PACKAGE} needs cannot be imported: {reason}.",
        source=_name_environment(),
        fix=Advice(Command(write_reinstall(), "to install it again, run:")),
    )


def explain_conflicts(conflicts: Sequence[Conflict]) -> ConfigurationError:
    """Build an error that shows the installed and required versions."""
    problems = [str(conflict) for conflict in conflicts[:_MOST_SHOWN]]
    if len(conflicts) > _MOST_SHOWN:
        problems.append(f"and {len(conflicts) - _MOST_SHOWN} more")
    lead, command = "run:", write_fix(conflicts)
    replaced = {conflict.name for conflict in conflicts}
    rivals = dict.fromkeys(
        needs for conflict in conflicts for name, needs in conflict.rivals if name not in replaced
    )
    if rivals:
        lead = (
            f"use another environment for this program, because here {' and '.join(rivals)}. "
            "If that package is not needed, run:"
        )
    fix = Advice(Command(command, lead))
    return ConfigurationError(f"{'; '.join(problems)}.", source=_name_environment(), fix=fix)


def write_fix(conflicts: Sequence[Conflict]) -> str:
    """Return a pip or uv command that installs compatible versions."""
    return _write_install([f"{conflict.name}{conflict.needed}" for conflict in conflicts])


def write_reinstall() -> str:
    """Return a pip or uv command that installs this package and its dependencies again."""
    return _write_install(["--force-reinstall", *_find_origin()])


def _find_origin() -> list[str]:
    """Return the folder, repository or archive that this package was installed from, or its name.

    Without the origin, pip would look for the name in an index, where somebody else may own it.
    Installers write the origin to a file, as PEP 610 describes.
    """
    try:
        origin = json.loads(metadata.distribution(_PACKAGE).read_text("direct_url.json") or "")
        url = origin["url"]
        if "vcs_info" in origin:
            repository = origin["vcs_info"]
            return [f"{repository['vcs']}+{url}@{repository['commit_id']}"]
        if "dir_info" not in origin:
            return [url]
        editable = ["--editable"] if origin["dir_info"].get("editable") else []
        return [*editable, url2pathname(urlsplit(url).path)]
    # The file is missing if the package comes from an index, and nothing says that it is valid.
    except (metadata.PackageNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return [_PACKAGE]


def _write_install(words: Sequence[str]) -> str:
    python = shell_word(sys.executable or "python")
    has_pip = util.find_spec("pip") is not None
    pip = f"{python} -m pip install" if has_pip else f"uv pip install --python {python}"
    return " ".join([pip, *map(shell_word, words)])


def _name_environment() -> str:
    return f"Python environment {sys.prefix}"


def find_conflicts() -> list[Conflict]:
    """Return the direct and indirect dependencies that are missing or incompatible.

    The list is empty if pulumi-tcimages is not installed, because its metadata lists them.
    """
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return _find_missing()
    conflicts: dict[str, Conflict] = {}
    pending, seen = [_PACKAGE], {_PACKAGE}
    while pending:
        owner = pending.pop(0)
        for requirement in map(Requirement, _read_requires(owner)):
            if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
                continue
            name, installed = _normalize(requirement.name), _find_version(requirement.name)
            if installed and requirement.specifier.contains(installed, prereleases=True):
                if name not in seen:
                    seen.add(name)
                    pending.append(name)
                continue
            rivals = tuple(_find_rivals(requirement, installed))
            needed_by = _PACKAGE if owner == _PACKAGE else f"{owner} {_find_version(owner)}"
            conflict = Conflict(name, installed, _write_range(requirement), needed_by, rivals)
            conflicts.setdefault(name, conflict)
    return list(conflicts.values())


def _find_missing() -> list[Conflict]:
    """Return the direct dependencies that are not installed. This works without `packaging`."""
    names = [found[0] for text in _read_requires(_PACKAGE) if (found := _NAME.match(text))]
    missing = [name for name in dict.fromkeys(names) if not _find_version(name)]
    return [Conflict(name, "", "", _PACKAGE) for name in missing]


def _find_rivals(needed: Requirement, installed: str) -> Iterator[tuple[str, str]]:
    """Yield the installed packages that conflict with the needed version of a dependency.

    Each has a name and a clause such as `foo 1.2 needs pydantic<2`.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    floor = next((part.version for part in needed.specifier if part.operator == ">="), "")
    for distribution in metadata.distributions() if floor and installed else ():
        for text in distribution.requires or ():
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            if _normalize(requirement.name) != _normalize(needed.name) or "extra ==" in text:
                continue
            specifier = requirement.specifier
            if installed in specifier and floor not in specifier:
                name = distribution.metadata["Name"]
                needs = f"needs {requirement.name}{_write_range(requirement)}"
                yield _normalize(name), f"{name} {distribution.version} {needs}"


def _write_range(requirement: Requirement) -> str:
    """Format a version range with its lower bound first, because a `SpecifierSet` is unordered."""
    parts = sorted(map(str, requirement.specifier), key=lambda part: (part[0] != ">", part))
    return ",".join(parts)


def _read_requires(name: str) -> Sequence[str]:
    try:
        return metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        return ()


def _find_version(name: str) -> str:
    try:
        return metadata.version(name) or ""
    # KeyError is raised if the metadata has no version.
    except (metadata.PackageNotFoundError, KeyError):
        return ""


def _normalize(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
