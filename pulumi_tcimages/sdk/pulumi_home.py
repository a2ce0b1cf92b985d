"""Find Pulumi's home folder, where the engine looks for plugins."""

from __future__ import annotations

import os
from pathlib import Path

from pulumi_tcimages import __version__
from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import shell_word
from pulumi_tcimages.sdk.environment import PLUGIN, find_script
from pulumi_tcimages.user_files import find_file_on_path

FOLDER_HOME = Command("export PULUMI_HOME=FOLDER", "to use a folder that you can write to, run:")
"""The advice for a Pulumi home that is missing or not writable."""


def read_pulumi_home() -> str:
    """Return the value of PULUMI_HOME, or "" if it is not set."""
    return os.environ.get("PULUMI_HOME", "")


def is_relative(home: str) -> bool:
    """Return whether PULUMI_HOME is a relative path."""
    return bool(home) and not Path(home).is_absolute()


def launcher_path(version: str = __version__) -> Path:
    """Return the path where the engine looks for the launcher.

    Raises: ConfigurationError if the user has no home folder, or if PULUMI_HOME is a relative path
    or cannot be a folder.
    """
    home = read_pulumi_home()
    if is_relative(home):
        raise relative_home(home)
    if home and find_file_on_path(Path(home)):
        raise ConfigurationError(
            f"PULUMI_HOME is {home}, which cannot be a folder.",
            fix=Advice(
                Command("unset PULUMI_HOME", "to use Pulumi's usual folder, run:"), other_ways()
            ),
        )
    return launcher_in(Path(home) if home else _default_home(), version)


def launcher_in(home: Path, version: str) -> Path:
    """Return the launcher's path inside a Pulumi home."""
    name = f"{PLUGIN}.cmd" if os.name == "nt" else PLUGIN
    return Path(home, "plugins", f"resource-tcimages-v{version}", name)


def relative_home(home: str) -> ConfigurationError:
    """Build the error for a relative PULUMI_HOME.

    The engine resolves the path against the folder where the engine was started. A program cannot
    know that folder.
    """
    # Replace `~`, which is not expanded in .env files or in quoted strings of a shell.
    is_in_home = home.partition("/")[0] == "~"
    base, rest = ("$HOME", home[2:]) if is_in_home else ("$PWD", home)
    is_plain = rest.isprintable() and not set(rest) & set('"$`\\!')
    absolute = f'"{base}/{rest}"' if is_plain and rest else f'"{base}"'
    if not is_plain:
        absolute += f"/{shell_word(rest)}"
    return ConfigurationError(
        f'PULUMI_HOME is "{home}", a relative path, which Pulumi and its plugins may resolve in '
        "different folders.",
        fix=Advice(
            Command(f"export PULUMI_HOME={absolute}", "to make it absolute, run:"), other_ways()
        ),
    )


def other_ways() -> str:
    """Return a sentence about other ways to let the engine find the plugin."""
    script = find_script()
    folder = str(script.parent) if script else "the folder of the environment's scripts"
    return (
        f"Or let the engine find the plugin in {folder}: add that folder to the PATH of the pulumi "
        "command, or give it as path: beside name: tcimages, under plugins: providers: in "
        "Pulumi.yaml"
    )


def _default_home() -> Path:
    """Return the engine's default home, which is in the account's home folder.

    The engine ignores the variable HOME, which CI services often set to another folder.
    """
    try:
        folder = _account_folder() or Path.home()
    except RuntimeError:
        folder = Path()
    if not folder.is_absolute():
        raise ConfigurationError(
            "there is no home folder for Pulumi.", fix=Advice(FOLDER_HOME, other_ways())
        )
    return folder / ".pulumi"


def _account_folder() -> Path | None:
    try:
        import pwd

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError):  # Windows lacks `pwd`, and a uid may not belong to an account.
        return None
