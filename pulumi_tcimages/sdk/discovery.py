"""How Pulumi's engine finds the plugin: a launcher in Pulumi's home, written by the program.

`pip install` alone must be enough, and the engine loads providers only when a program first asks.
So the first call of a program run writes `$PULUMI_HOME/plugins/resource-tcimages-vX/`: a few lines
that start the plugin with the interpreter that runs the program. The engine does not share the
program's PATH, so a plugin seen on this PATH means nothing. The same functions serve
`tcimages plugin`.

Rules: standard library only; a launcher that works is left alone, and so is a plugin that somebody
else put there.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pulumi_tcimages import __version__
from pulumi_tcimages.errors import SettingsError
from pulumi_tcimages.sdk.environment import PLUGIN, find_own_target, find_script
from pulumi_tcimages.sdk.launcher import Target, build_launcher, is_launcher, read_target
from pulumi_tcimages.sdk.plugin_folder import (
    Entry,
    PluginFolder,
    UnsafeFolderError,
    open_folder,
    read_entry,
)
from pulumi_tcimages.sdk.pulumi_home import (
    home_given,
    is_relative,
    launcher_in,
    launcher_path,
    other_ways,
    relative_home,
)

OPT_OUT = "TCIMAGES_NO_PLUGIN_INSTALL"

State = Literal["ready", "absent", "elsewhere", "outdated", "broken", "installed", "foreign"]
_REPAIRED: Collection[State] = ("absent", "outdated", "broken")
"""The states in which a program writes a launcher of its own."""


@dataclass(frozen=True)
class PluginStatus:
    """What the engine would find for one version of the plugin."""

    version: str
    launcher: Path
    """The file that the engine looks for."""
    state: State
    """`ready`: it starts this environment's plugin; `elsewhere`: another environment's, of the same
    version; `outdated`: one of another version; `broken`: it cannot start anything; `absent`: there
    is none; `installed`: Pulumi installed a plugin there; `foreign`: its origin is unknown."""
    own: Target | None
    """What a launcher of this environment starts; None where there is no Python to start."""
    target: Target | None = None
    """What the launcher starts, whether or not that still exists."""
    problem: str = ""
    """One sentence about what should not be there, with its owner and the fix."""


def plugin_status(version: str = __version__) -> PluginStatus:
    """Look where the engine looks, and compare with this environment. Errors: SettingsError."""
    launcher = launcher_path(version)
    try:
        with open_folder(launcher.parents[1], launcher.parent.name) as folder:
            return _look(folder, launcher, version)
    except (UnsafeFolderError, OSError) as refused:
        raise _refusal(launcher, "read", refused) from None


def install_plugin(version: str = __version__) -> Path:
    """Write a launcher of this environment's plugin, over one of another environment too.

    A version that is not the package's own is for stacks whose state was written by that version.
    Errors: SettingsError.
    """
    launcher = launcher_path(version)
    status = _install(launcher, version, (*_REPAIRED, "elsewhere"))
    if status.problem:
        raise SettingsError(status.problem, fix=other_ways())
    return launcher


def remove_plugin(version: str = __version__) -> Path | None:
    """Remove the launcher and return its path; None if there is none of ours.

    Errors: SettingsError.
    """
    launcher = launcher_path(version)
    try:
        with open_folder(launcher.parents[1], launcher.parent.name) as folder:
            status = _look(folder, launcher, version)
            if folder is None or status.state in ("absent", "installed", "foreign"):
                return None
            folder.sweep()
            folder.remove(launcher.name)
    except (UnsafeFolderError, OSError) as refused:
        raise _refusal(launcher, "removed", refused) from None
    return launcher


def register(project: str = "") -> str:
    """Put the plugin where the engine looks; return why it may not find or trust it, or "".

    Users who opt out have put the plugin in place in another way.

    Args:
        project: The folder of the project, as the engine has it.
    """
    if is_opted_out():
        return ""
    home = home_given()
    try:
        if not is_relative(home):
            return _install(launcher_path(), __version__, _REPAIRED).problem
        if _is_here(project) and os.path.isdir(home):  # noqa: PTH112 (never an error)
            # Most likely the engine made it, and was started here too. If not, the warning helps.
            _install(launcher_in(Path.cwd() / home, __version__), __version__, _REPAIRED)
    except SettingsError as refused:
        return refused.problem
    return relative_home(home).problem


def _is_here(folder: str) -> bool:
    return bool(folder) and os.path.realpath(folder) == os.path.realpath(os.curdir)


def is_opted_out() -> bool:
    """Return whether the user wants no launcher written."""
    return os.environ.get(OPT_OUT, "").lower() not in ("", "0", "false")


def explain(problem: str) -> SettingsError:
    """Return what a program tells its user when the engine may not find the plugin."""
    return SettingsError(
        f"Pulumi's engine may not start the plugin of this program: {problem}",
        fix="if the engine does not find it, make that place writable, or set PULUMI_HOME; or "
        + other_ways(),
    )


def _install(launcher: Path, version: str, replaced: Collection[State]) -> PluginStatus:
    """Write the launcher if its state is one of these, and return what is there then."""
    try:
        with open_folder(launcher.parents[1], launcher.parent.name, create=True) as folder:
            status = _look(folder, launcher, version)
            if folder and not status.problem:
                if status.state in replaced:
                    folder.write(launcher.name, os.fsencode(build_launcher(_required(status.own))))
                    status = _look(folder, launcher, version)
                folder.sweep()
                if status.state == "broken":  # still
                    raise SettingsError(
                        f"{launcher} cannot be executed: its disk may be mounted with noexec.",
                        fix=f"set PULUMI_HOME to a folder on another disk; or {other_ways()}",
                    )
            return status
    except (UnsafeFolderError, OSError) as refused:
        raise _refusal(launcher, "written", refused) from None


def _refusal(launcher: Path, done: str, refused: Exception) -> SettingsError:
    if isinstance(refused, OSError):
        return SettingsError(
            f"{launcher} cannot be {done}: {refused.strerror}.",
            fix=f"make that place writable, or set PULUMI_HOME; or {other_ways()}",
        )
    return SettingsError(f"{refused}.", fix=other_ways())


def _look(folder: PluginFolder | None, launcher: Path, version: str) -> PluginStatus:
    own = find_own_target()
    if folder is None:
        return PluginStatus(version, launcher, "absent", own)
    entry = folder.read(launcher.name)
    text = os.fsdecode(entry.content)
    target = read_target(text)
    if own and entry.is_executable and text == build_launcher(own):
        state: State = "ready"
    elif is_launcher(text):
        state = _judge_other(target, version) if entry.is_executable else "broken"
    else:
        state = _judge_unknown(folder, entry, launcher)
    problem = _find_problem(folder, entry, launcher, state)
    return PluginStatus(version, launcher, state, own, target, problem)


def _judge_other(target: Target | None, version: str) -> State:
    """Return the state of a launcher that another environment wrote."""
    if target is None or not (
        os.access(target.python, os.X_OK) and os.access(target.main, os.F_OK)
    ):
        return "broken"
    package = read_entry(os.path.realpath(target.main.with_name("__init__.py")))
    found = re.search(rb'^__version__ = "(.*)"', package.content, re.MULTILINE)
    # Another user may have made that environment anew after it was deleted.
    is_equal = found and package.is_trusted and found[1] == version.encode()
    return "elsewhere" if is_equal else "outdated"


def _judge_unknown(folder: PluginFolder, entry: Entry, launcher: Path) -> State:
    """Return the state of anything but a launcher of ours; what has content is left alone."""
    if entry.kind == "absent" and not any(map(_is_plugin_file, folder.names())):
        return "absent"
    if entry.kind == "special" or (entry.kind == "file" and not entry.content):
        return "broken"
    if entry.kind == "link" and not launcher.exists():
        return "broken"
    return "installed" if folder.was_installed else "foreign"


def _is_plugin_file(name: str) -> bool:
    """Return whether the engine takes a folder with this file for a plugin in source form."""
    return name.startswith("PulumiPlugin.")


def _find_problem(folder: PluginFolder, entry: Entry, launcher: Path, state: State) -> str:
    """Return what the user must know about what is left alone, in one sentence."""
    if folder.is_installing:
        return (
            f"Pulumi has begun to install a plugin in {folder.path} and has not finished: if no "
            f"installation is running, delete {folder.path}.partial."
        )
    if not entry.is_trusted:
        return (
            f"{launcher} belongs to {entry.owner}, who could change what Pulumi runs: delete it, "
            f"or set {OPT_OUT}=1 if it is wanted."
        )
    if state == "foreign":
        return (
            f"{launcher} of {entry.owner} was neither written by pulumi-tcimages nor installed by "
            f"Pulumi: delete it, or set {OPT_OUT}=1 if it is wanted."
        )
    return ""


def _required(own: Target | None) -> Target:
    if own is None:
        raise SettingsError(
            f"the plugin cannot be started: {sys.executable or 'this process'} is no Python "
            "interpreter with this package as a file.",
            fix=f"run the program with a Python that has the package installed; or {other_ways()}",
        )
    return own


def find_rival() -> Path | None:
    """Return the plugin that the engine takes before the launcher: another one, first on PATH."""
    if os.environ.get("PULUMI_IGNORE_AMBIENT_PLUGINS", "").lower() in ("1", "true"):
        return None
    found = shutil.which(PLUGIN)
    ours = {path.resolve() for path in (launcher_path(), find_script()) if path}
    return Path(found) if found and Path(found).resolve() not in ours else None
