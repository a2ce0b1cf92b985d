"""Determine the state of the folder where the engine looks for a version of the plugin."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.formatting import path_word
from pulumi_tcimages.sdk.environment import find_own_target
from pulumi_tcimages.sdk.launcher import Target, build_launcher, is_launcher, read_target
from pulumi_tcimages.sdk.path_owners import describe_weak_point
from pulumi_tcimages.sdk.plugin_folder import OWN_HOME, Entry, Kind, PluginFolder, read_entry
from pulumi_tcimages.user_files import path_exists

OPT_OUT = "TCIMAGES_NO_PLUGIN_INSTALL"
KEEP = Command(f"export {OPT_OUT}=1", "To keep it as it is, run:")
"""The command for users who want to keep the plugin folder despite a problem."""

_REPLACE = "anybody may have changed it already, so remove it and install the plugin again; run:"

State = Literal[
    "ready", "absent", "elsewhere", "outdated", "unsafe", "broken", "installed", "foreign"
]


_BILL_OF_MATERIALS = "sbom.cdx.json"
"""A file in every archive of this plugin, which contains the plugin's version."""
_ARCHIVE = re.compile(rb'"purl": "pkg:generic/pulumi-resource-tcimages@([^"\s]+)"')


NOTHING_TO_DO = Advice()


class PluginProblem(NamedTuple):
    """A problem that makes the plugin unusable or unsafe, with its fix.

    Both are empty if there is no problem.
    """

    text: str = ""
    fix: Advice = NOTHING_TO_DO


@dataclass(frozen=True)
class PluginStatus:
    """The state of a version of the plugin in Pulumi's home."""

    version: str
    launcher: Path
    """The file that the engine looks for."""
    state: State
    """The state of the file that the engine looks for.

    - `ready`: a launcher of this environment's plugin
    - `elsewhere`: a launcher of another environment's plugin, of the same version
    - `outdated`: a launcher of another environment's plugin, of another version
    - `unsafe`: a launcher of a plugin that another user could change
    - `broken`: a file that cannot start a plugin
    - `absent`: no file
    - `installed`: a plugin that Pulumi installed
    - `foreign`: a file of unknown origin
    """
    own: Target | None
    """The target for a launcher of this environment's plugin.

    It is None if the interpreter or this package is not a file.
    """
    target: Target | None = None
    """The target of the existing launcher, even if the target no longer exists."""
    weak_point: str = ""
    """Why another user could change the target, if the state is `unsafe`."""
    problem: str = ""
    """Why the plugin is unusable or unsafe, or "" if it is not."""
    fix: Advice = NOTHING_TO_DO
    archive_version: str = ""
    """The version of the archive that Pulumi unpacked into the folder, or "" if unknown."""


def inspect_folder(folder: PluginFolder | None, launcher: Path, version: str) -> PluginStatus:
    """Determine the state of the folder of a version of the plugin. Raises: OSError."""
    own = find_own_target()
    if folder is None:
        return PluginStatus(version, launcher, "absent", own)
    name = launcher.name
    if (entry := folder.read(name)).kind == "absent":
        # A folder with a PulumiPlugin.yaml is a plugin that Pulumi builds from source.
        sources = (other for other in folder.names() if other.startswith("PulumiPlugin."))
        name = next(sources, name)
        entry = folder.read(name)
    text = os.fsdecode(entry.content)
    target = read_target(text)
    weak_point = ""
    if is_launcher(text) and (entry.is_open_to_all or not entry.is_executable):
        state: State = "broken"
    elif own and text == build_launcher(own):
        state = "ready"
    elif is_launcher(text):
        state, weak_point = _inspect_launcher(target, version)
    else:
        state = _inspect_unknown(folder, entry, folder.path / name)
    archive_version = _read_archive_version(folder) if state == "installed" else ""
    problem = _find_problem(folder, entry, folder.path / name, state)
    if not problem.text and archive_version not in ("", version):
        problem = PluginProblem(
            f"{folder.path} holds version {archive_version} of the plugin, and Pulumi takes it for "
            f"{version}.",
            Advice(
                Command(f"pulumi plugin rm resource tcimages {version} --yes", "run:"),
                "Then correct the address that it was downloaded from",
            ),
        )
    return PluginStatus(
        version, launcher, state, own, target, weak_point, *problem, archive_version=archive_version
    )


def _inspect_launcher(target: Target | None, version: str) -> tuple[State, str]:
    """Return the state of another environment's launcher. If it is unsafe, also return why."""
    if target is None or not (
        all(path.is_absolute() for path in target)
        and os.access(target.python, os.X_OK)
        and os.access(target.main, os.F_OK)
    ):
        return "broken", ""
    # If the environment was deleted, another user may have created a new one at its path.
    package = target.main.with_name("__init__.py")
    try:
        weak_point = next(filter(None, map(describe_weak_point, (*target, package))), "")
    except OSError:
        return "broken", ""
    if weak_point:
        return "unsafe", weak_point
    content = read_entry(os.path.realpath(package)).content
    found = re.search(rb'^__version__ = "(.*)"', content, re.MULTILINE)
    return "elsewhere" if found and found[1] == version.encode() else "outdated", ""


def _inspect_unknown(folder: PluginFolder, entry: Entry, path: Path) -> State:
    """Return the state of a file that is not a launcher.

    A readable file with content is never `broken`, because a broken file would be replaced.
    """
    if entry.kind == "absent":
        return "absent"
    if (
        entry.kind == "special"
        or (entry.kind == "file" and not entry.content)
        or (entry.kind == "unreadable" and not entry.is_executable)
        or (entry.kind == "link" and not path_exists(path))
    ):
        return "broken"
    return "installed" if folder.was_installed else "foreign"


def _read_archive_version(folder: PluginFolder) -> str:
    """Return the version in an archive's bill of materials, or "" if there is none."""
    found = _ARCHIVE.search(folder.read(_BILL_OF_MATERIALS).content)
    return found[1].decode(errors="replace") if found else ""


def _find_problem(folder: PluginFolder, entry: Entry, path: Path, state: State) -> PluginProblem:
    """Return the problem that makes the plugin unusable or unsafe, or an empty problem."""
    if folder.installing_stranger:
        return PluginProblem(
            f"Pulumi finds no plugin in {folder.path} while {folder.path}.partial is there, which "
            f"belongs to {folder.installing_stranger}.",
            Advice("ask that user or an administrator to delete it.", OWN_HOME),
        )
    if folder.partial_kind != "absent":
        partial = Path(f"{folder.path}.partial")
        return PluginProblem(
            f"Pulumi has begun to install a plugin in {folder.path} and has not finished.",
            Advice(
                Command(
                    _write_removal(partial, folder.partial_kind),
                    "if no installation is running, run:",
                )
            ),
        )
    remove = Command(_write_removal(path, entry.kind), "if nobody needs it, run:")
    fix = Advice(remove, KEEP)
    if not entry.is_trusted:
        return PluginProblem(
            f"{path} belongs to {entry.owner}, who could change what Pulumi runs.", fix
        )
    if state in ("installed", "foreign") and (weak_point := _describe_weak_file(entry, path)):
        if entry.is_open_to_all:
            fix = Advice(remove._replace(lead=_REPLACE))
        return PluginProblem(f"{weak_point}, who could change what Pulumi runs.", fix)
    if state == "foreign":
        return PluginProblem(
            f"{path} of {entry.owner} was neither written by pulumi-tcimages nor installed by "
            "Pulumi.",
            fix,
        )
    return PluginProblem()


def _write_removal(path: Path, kind: Kind) -> str:
    return f"{'rm -r' if kind == 'folder' else 'rm'} {path_word(path)}"


def _describe_weak_file(entry: Entry, path: Path) -> str:
    """Return why another user could change a file or a symlink's target, or "" if nobody can."""
    if entry.is_open_to_all:
        return f"{path} of {entry.owner} can be written by every user of this machine"
    if entry.kind != "link":
        return ""
    try:
        target = Path(os.path.realpath(path))
        return describe_weak_point(target, also_trusted=Path(target.anchor).stat().st_uid)
    except OSError:
        return ""
