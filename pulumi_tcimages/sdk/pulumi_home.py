"""Pulumi's home, where the engine looks for plugins."""

from __future__ import annotations

import os
from pathlib import Path

from pulumi_tcimages import __version__
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sdk.environment import PLUGIN, find_script


def read_pulumi_home() -> str:
    """Return the variable PULUMI_HOME, or ""."""
    return os.environ.get("PULUMI_HOME", "")


def is_relative(home: str) -> bool:
    """Return whether PULUMI_HOME is a relative path."""
    return bool(home) and not Path(home).is_absolute()


def launcher_path(version: str = __version__) -> Path:
    """Return the file that the engine looks for.

    Errors: ConfigurationError without a home folder or with a relative path.
    """
    home = read_pulumi_home()
    if is_relative(home):
        raise relative_home(home)
    return launcher_in(Path(home) if home else _default_home(), version)


def launcher_in(home: Path, version: str) -> Path:
    """Return the file that the engine looks for in a home."""
    name = f"{PLUGIN}.cmd" if os.name == "nt" else PLUGIN
    return Path(home, "plugins", f"resource-tcimages-v{version}", name)


def relative_home(home: str) -> ConfigurationError:
    """Return the error for a home with a relative path.

    The engine resolves it in the folder where it was started, which a program cannot know, and
    starts the plugin in the program's folder.
    """
    # Neither a quoted string of a shell nor an .env file expands ~.
    is_in_home = home.partition("/")[0] == "~"
    absolute = f"$HOME{home[1:]}" if is_in_home else f"$PWD/{home}"
    return ConfigurationError(
        f"PULUMI_HOME is a relative path ({home}), which Pulumi and its plugins look for in "
        f"different folders: make it absolute, for instance PULUMI_HOME={absolute}.",
        fix=f"set PULUMI_HOME to an absolute path; or {other_ways()}",
    )


def other_ways() -> str:
    """Return other ways to tell the engine where the plugin is, to end a sentence with."""
    script = find_script()
    folder = str(script.parent) if script else "the folder of the environment's scripts"
    return (
        "name it in Pulumi.yaml, under plugins: providers: with name: tcimages and "
        f"path: {folder}; or have that folder on the PATH of the pulumi command"
    )


def _default_home() -> Path:
    """Return the default home of the engine, in the account's folder.

    The engine ignores HOME, which is often another folder in a container of a CI service.
    """
    try:
        folder = _account_folder() or Path.home()
    except RuntimeError:
        folder = Path()
    if not folder.is_absolute():
        raise ConfigurationError(
            "there is no home folder for Pulumi.", fix=f"set PULUMI_HOME; or {other_ways()}"
        )
    return folder / ".pulumi"


def _account_folder() -> Path | None:
    try:
        import pwd

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError):  # on Windows, or for a user without an account
        return None
