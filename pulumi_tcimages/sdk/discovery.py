"""Where the engine finds the plugin: a launcher in Pulumi's plugin folder, written by the program.

`pip install` alone must be enough, and the engine loads providers only when a program first asks.
So the first call of a program writes `$PULUMI_HOME/plugins/resource-tcimages-vX/`: a few lines that
start the console script of this environment, whose PATH the engine does not share (which is why a
plugin seen on this program's PATH means nothing). The same functions serve `tcimages plugin`.

Rules: standard library only; a launcher is replaced as a file, never as a folder, so
that any number of programs may do it at once; a plugin that somebody else put there is left alone.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from pulumi_tcimages import __version__
from pulumi_tcimages.errors import SettingsError
from pulumi_tcimages.sdk.launcher import MARK, build_launcher, read_target

OPT_OUT = "TCIMAGES_NO_PLUGIN_INSTALL"
PLUGIN = "pulumi-resource-tcimages"

State = Literal["ready", "absent", "elsewhere", "broken", "foreign"]


@dataclass(frozen=True)
class PluginStatus:
    """What is where the engine looks for the plugin of this version."""

    version: str
    launcher: Path
    """The file that the engine looks for."""
    state: State
    """`ready`: it starts this environment's plugin; `elsewhere`: it starts another one's;
    `broken`: what it starts is gone; `absent`: there is none; `foreign`: there is something that is
    not from here."""
    script: Path | None
    """This environment's plugin; None where pip made no console script."""
    target: Path | None
    """What the launcher starts, whether or not that still exists."""


def plugin_status() -> PluginStatus:
    """What is where the engine looks, compared with this environment."""
    launcher, script = launcher_path(), find_script()
    text = _read(launcher)
    target = read_target(text) if text else None
    state: State = "absent"
    if text is not None:
        state = "foreign" if MARK not in text else "elsewhere"
        if script and text == build_launcher(script):
            state = "ready"
        elif target and not _is_there(target):
            state = "broken"
    return PluginStatus(__version__, launcher, state, script, target)


def install_plugin() -> Path:
    """The launcher, now starting this environment's plugin. Errors: SettingsError."""
    status = plugin_status()
    if not status.script:
        raise SettingsError(
            f"pip has put no {PLUGIN} into this environment.",
            looked=[str(place) for place in _script_places()],
            fix="install the package with pip, then try again",
        )
    if status.state in ("absent", "elsewhere", "broken"):
        try:
            _write(status.launcher, build_launcher(status.script))
        except OSError as refused:
            raise SettingsError(
                f"{status.launcher} cannot be written: {refused.strerror}.",
                fix=_other_ways().removeprefix("or "),
            ) from None
    return status.launcher


def remove_plugin() -> Path | None:
    """The launcher that was removed; None where there was none of ours. Errors: SettingsError."""
    status = plugin_status()
    if status.state in ("absent", "foreign"):
        return None
    try:
        status.launcher.unlink(missing_ok=True)
        if not any(status.launcher.parent.iterdir()):
            status.launcher.parent.rmdir()
    except OSError as refused:
        raise SettingsError(f"{status.launcher} cannot be removed: {refused.strerror}.") from None
    return status.launcher


def register() -> str:
    """Why the plugin could not be put where the engine looks; empty if all is well.

    Who opts out has seen to it in another way.
    """
    if os.environ.get(OPT_OUT, "").lower() not in ("", "0", "false"):
        return ""
    try:
        install_plugin()
    except SettingsError as refused:
        return refused.problem
    return ""


def explain(problem: str) -> SettingsError:
    """What a program that could not register the plugin tells its user, before the engine stops."""
    return SettingsError(
        f"the plugin is not where the Pulumi engine looks: {problem}",
        fix=f"if the engine does not find it, make that place writable, or set PULUMI_HOME; "
        f"{_other_ways()}",
    )


def home_given() -> str:
    """Pulumi's home as the environment has it now, empty where it is the usual one."""
    return os.environ.get("PULUMI_HOME", "")


def launcher_path() -> Path:
    """The file that the engine looks for. Errors: SettingsError, where there is no home folder."""
    try:
        home = home_given() or _home() / ".pulumi"
    except RuntimeError:
        raise SettingsError(
            "there is no home folder for Pulumi.", fix=f"set PULUMI_HOME; {_other_ways()}"
        ) from None
    name = f"{PLUGIN}.cmd" if os.name == "nt" else PLUGIN
    return Path(home, "plugins", f"resource-tcimages-v{__version__}", name)


def _home() -> Path:
    """The user's folder as the engine has it: the account's, whatever HOME says.

    In a container that a CI service starts, HOME is often another folder.
    """
    try:
        import pwd

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError):  # on Windows; for a user whom the container does not know
        return Path.home()


def find_script() -> Path | None:
    """The plugin's console script in this environment."""
    return next((place for place in _script_places() if _is_there(place)), None)


def find_rival() -> Path | None:
    """The plugin that the engine takes before the launcher: another one, first on this PATH."""
    found = shutil.which(PLUGIN)
    ours = {path.resolve() for path in (launcher_path(), find_script()) if path}
    return Path(found) if found and Path(found).resolve() not in ours else None


def _script_places() -> Iterator[Path]:
    """pip's own record first: it is right for every kind of installation."""
    name = f"{PLUGIN}.exe" if os.name == "nt" else PLUGIN
    try:
        files = metadata.distribution("pulumi-tcimages").files or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == name:
            yield Path(os.path.normpath(file.locate()))
    yield Path(sysconfig.get_path("scripts"), name)
    yield Path(sys.executable).with_name(name)


def _other_ways() -> str:
    script = find_script()
    folder = str(script.parent) if script else "the folder of the environment's scripts"
    return (
        "or name it in Pulumi.yaml, under plugins: providers: with name: tcimages and "
        f"path: {folder}; or have that folder on the PATH of the pulumi command"
    )


def _is_there(path: Path) -> bool:
    """Whether there is such a file for us: not where the folder is closed, which is no error."""
    return os.access(path, os.F_OK)


def _read(path: Path) -> str | None:
    try:
        return os.fsdecode(path.read_bytes())
    except OSError:
        return None


def _write(path: Path, text: str) -> None:
    """Put a whole executable file in place, whatever else does the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".launcher-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(os.fsencode(text))
        Path(draft).chmod(0o755)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
