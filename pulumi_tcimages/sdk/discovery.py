"""Write a launcher into Pulumi's home, so that Pulumi's engine finds the plugin.

After `pip install`, no further step should be necessary. The engine loads a provider only when a
program first calls it. So the first call in a program run writes a launcher to
`$PULUMI_HOME/plugins/resource-tcimages-vX/`, which starts the plugin with the program's
interpreter. A plugin on the program's PATH is not enough, because the engine may have another PATH.
`tcimages plugin` uses the same functions.

A program run never replaces a working launcher, or a plugin that somebody else installed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Collection
from dataclasses import replace
from itertools import count
from pathlib import Path

from pulumi_tcimages import __version__
from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import path_word
from pulumi_tcimages.resource_limits import DISK, find_limit
from pulumi_tcimages.sdk.environment import PLUGIN, find_script
from pulumi_tcimages.sdk.launcher import Target, build_launcher
from pulumi_tcimages.sdk.path_owners import describe_existing, describe_weak_point
from pulumi_tcimages.sdk.plugin_folder import OWN_HOME, UnsafeFolderError, open_folder
from pulumi_tcimages.sdk.plugin_states import (
    KEEP,
    OPT_OUT,
    PluginProblem,
    PluginStatus,
    State,
    inspect_folder,
)
from pulumi_tcimages.sdk.pulumi_home import (
    FOLDER_HOME,
    is_relative,
    launcher_in,
    launcher_path,
    other_ways,
    read_pulumi_home,
    relative_home,
)
from pulumi_tcimages.user_files import (
    find_broken_link,
    find_file_on_path,
    is_folder,
    is_same_path,
)

IGNORE_PATH = "PULUMI_IGNORE_AMBIENT_PLUGINS"
"""The variable that makes Pulumi's engine ignore plugins on PATH."""
_OTHER_DISK = Command("export PULUMI_HOME=FOLDER", "To use a folder on another disk, run:")
_TRIES = 100
"""The maximum number of attempts to write the launcher while other processes remove files.

Fifty concurrent programs need two or three attempts.
"""
_REPAIRED: Collection[State] = ("absent", "outdated", "unsafe", "broken")
"""If the plugin folder is in one of these states, a program writes the launcher again."""


def plugin_status(version: str = __version__) -> PluginStatus:
    """Return the state of the folder where the engine looks for a version of the plugin.

    Raises: ConfigurationError.
    """
    launcher = launcher_path(version)
    try:
        with open_folder(launcher.parents[1], launcher.parent.name) as folder:
            status = inspect_folder(folder, launcher, version)
    except (UnsafeFolderError, OSError) as refused:
        raise _refusal(launcher, "read", refused) from None
    if status.problem:
        return status
    problem = _find_home_problem(launcher)
    return replace(status, problem=problem.text, fix=problem.fix)


def install_plugin(version: str = __version__) -> Path:
    """Write a launcher for this environment's plugin, even if another environment has written one.

    Args:
        version: the version that the engine looks for. The default is the package's version. For a
            stack that was last updated with another version, the engine looks for that one.

    Raises: ConfigurationError.
    """
    launcher = launcher_path(version)
    status = _install(launcher, version, (*_REPAIRED, "elsewhere"))
    if status.problem:
        raise _to_error(status.problem, status.fix)
    return launcher


def remove_plugin(version: str = __version__) -> Path | None:
    """Remove the launcher. Return its path, or None if there is no launcher.

    Raises: ConfigurationError.
    """
    launcher = launcher_path(version)
    try:
        with open_folder(launcher.parents[1], launcher.parent.name) as folder:
            status = inspect_folder(folder, launcher, version)
            if folder is None or status.state in ("absent", "installed", "foreign"):
                return None
            folder.sweep()
            folder.remove(launcher.name)
    except (UnsafeFolderError, OSError) as refused:
        raise _refusal(launcher, "removed", refused) from None
    return launcher


def register(project: str = "") -> ConfigurationError | None:
    """Write the launcher if needed. Return an error if the engine might not find the plugin.

    If the user has opted out, nothing is written. `project` is the folder of the project.
    """
    if is_opted_out():
        return None
    home = read_pulumi_home()
    try:
        if not is_relative(home):
            launcher = launcher_path()
            status = _install(launcher, __version__, _REPAIRED)
            if status.problem:
                return _to_error(status.problem, status.fix)
            problem = _find_home_problem(launcher)
            return _to_error(*problem) if problem.text else None
        if project and is_same_path(project, os.curdir) and is_folder(home):
            # The engine finds this launcher if it was started in the same folder, which is usual.
            # The error below explains what to do otherwise.
            _install(launcher_in(Path.cwd() / home, __version__), __version__, _REPAIRED)
    except ConfigurationError as refused:
        return refused
    return relative_home(home)


def _to_error(problem: str, fix: Advice) -> ConfigurationError:
    return ConfigurationError(problem, fix=Advice(fix, other_ways()))


def _find_home_problem(launcher: Path) -> PluginProblem:
    """Return a problem if another user could replace the plugins folder, or an empty problem.

    It is only a warning: in a container, a parent folder may belong to a user of the host.
    """
    plugins = launcher.parents[1]
    try:
        # Trust the owner of the folder /, which is root. In a user namespace, the uid of the host's
        # root is not 0.
        root = Path(plugins.anchor).stat().st_uid
        weak_point = describe_weak_point(plugins, also_trusted=root)
    except OSError:  # A missing folder is safe: it will be created for this user only.
        return PluginProblem()
    if not weak_point:
        return PluginProblem()
    return PluginProblem(
        f"{plugins} is not safe, because {weak_point}, who could replace the plugin.",
        Advice(OWN_HOME._replace(lead=f"{OWN_HOME.lead[0].lower()}{OWN_HOME.lead[1:]}"), KEEP),
    )


def is_opted_out() -> bool:
    """Return whether the user has set the environment variable that forbids writing a launcher."""
    return os.environ.get(OPT_OUT, "").lower() not in ("", "0", "false")


def explain(error: ConfigurationError) -> ConfigurationError:
    """Build the warning that the engine might not start this program's plugin."""
    problem = f"Pulumi's engine may not start the plugin of this program: {error.problem}"
    return ConfigurationError(problem, fix=error.fix)


def _install(launcher: Path, version: str, replaced: Collection[State]) -> PluginStatus:
    """Write the launcher if the folder's state is in `replaced`. Return the new status."""
    for tries_left in reversed(range(_TRIES)):
        try:
            status = _install_once(launcher, version, replaced)
            break
        except (UnsafeFolderError, OSError) as refused:
            if not tries_left or not isinstance(refused, FileNotFoundError):
                raise _refusal(launcher, "written", refused) from None
    # If a new launcher is already broken, files on this disk cannot be executed.
    if status.state == "broken" and not status.problem:
        raise _to_error(
            f"{launcher} cannot be executed: its disk may be mounted with noexec.",
            Advice(_OTHER_DISK),
        )
    return status


def _install_once(launcher: Path, version: str, replaced: Collection[State]) -> PluginStatus:
    with open_folder(launcher.parents[1], launcher.parent.name, create=True) as folder:
        status = inspect_folder(folder, launcher, version)
        if folder is None:
            return status
        if status.problem:
            if folder.installing_stranger:
                with contextlib.suppress(OSError):
                    folder.remove_if_empty()
            return status
        if status.state in replaced:
            try:
                folder.write(launcher.name, os.fsencode(build_launcher(_required(status.own))))
            except (ConfigurationError, OSError) as refused:
                with contextlib.suppress(OSError):
                    folder.remove_if_empty()
                if status.weak_point and not isinstance(refused, FileNotFoundError):
                    raise _unsafe(status) from None
                raise
            status = inspect_folder(folder, launcher, version)
        folder.sweep()
        return status


def _unsafe(status: PluginStatus) -> ConfigurationError:
    return _to_error(
        f"{status.launcher} starts {status.target}, but {status.weak_point}: another user "
        "could change what Pulumi runs, and the launcher cannot be replaced here.",
        Advice(Command(f"rm {path_word(status.launcher)}", "run:")),
    )


def _refusal(launcher: Path, done: str, refused: UnsafeFolderError | OSError) -> ConfigurationError:
    """Build the error for a launcher that cannot be `done`, such as "written"."""
    if isinstance(refused, UnsafeFolderError):
        return _to_error(refused.problem, refused.fix)
    problem = f"{launcher} cannot be {done}: {refused.strerror}."
    limit = find_limit(refused)
    if limit and limit is not DISK:
        return ConfigurationError(problem, fix=limit.fix)
    return _to_error(problem, _advise_unusable(launcher, refused))


def _advise_unusable(launcher: Path, refused: OSError) -> Advice:
    """Return the advice to make the launcher's folder usable."""
    is_file_in_place = isinstance(refused, (NotADirectoryError, FileExistsError))
    if is_file_in_place and (file := find_file_on_path(launcher.parent)):
        names = (f"{file}.old{number or ''}" for number in count())
        free = next(name for name in names if not os.path.lexists(name))
        move = Command(f"mv {path_word(file)} {path_word(free)}", "To move it away, run:")
        return Advice("there is a file instead of a folder.", move)
    if refused.errno in (errno.EROFS, errno.ELOOP, errno.ENAMETOOLONG):
        return Advice(FOLDER_HOME)
    if find_limit(refused) is DISK:
        return Advice(f"free space on the disk of {launcher.parents[1]}.", _OTHER_DISK)
    if link := find_broken_link(launcher.parent):
        target = os.path.realpath(link)
        step = f"the link {link} leads to {target}, which does not exist: create that folder, or "
        return Advice(f"{step}correct the link.", OWN_HOME)
    existing = describe_existing(launcher.parent)
    return Advice(f"make {existing} writable for this user.", OWN_HOME)


def _required(own: Target | None) -> Target:
    if own is None:
        raise ConfigurationError(
            f"the plugin cannot be started: {sys.executable or 'this process'} is no Python "
            "interpreter with this package as a file.",
            fix=f"run the program with a Python that has the package installed. {other_ways()}",
        )
    return own


def find_on_path() -> Path | None:
    """Return the first plugin on PATH, or None. The engine prefers it to the launcher."""
    if os.environ.get(IGNORE_PATH, "").lower() in ("1", "true"):
        return None
    path = shutil.which(PLUGIN)
    return Path(path) if path else None


def find_shadowing() -> Path | None:
    """Return the first plugin on PATH if it belongs to another environment, otherwise None."""
    on_path = find_on_path()
    ours = {os.path.realpath(path) for path in (launcher_path(), find_script()) if path}
    return on_path if on_path and os.path.realpath(on_path) not in ours else None
