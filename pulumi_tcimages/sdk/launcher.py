"""The launcher's text: a few lines that start the plugin's console script, or say that it is gone.

A shell script, or on Windows a batch file. Pure: text in, text out; `discovery` puts it in place.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

MARK = "written by pulumi-tcimages; safe to delete"
"""What is in every launcher of ours, and in no other file."""
_GONE = "which is gone: the virtual environment was moved or deleted."
_AGAIN = (
    "Next: run a Python program that uses pulumi_tcimages, or `tcimages plugin install`, "
    "in an environment that has it."
)


def build_launcher(script: Path, windows: bool = os.name == "nt") -> str:
    """The text of a launcher that starts a script, or says on stderr that it is gone."""
    if windows:
        quoted = str(script).replace("%", "%%")
        return "\r\n".join(
            [
                "@echo off",
                f"rem {MARK}",
                "chcp 65001 >nul",
                f'set "plugin={quoted}"',
                'if exist "%plugin%" goto start',
                f'echo pulumi-tcimages: the plugin was in "%plugin%", {_GONE} 1>&2',
                f"echo {_AGAIN} 1>&2",
                "exit /b 1",
                ":start",
                '"%plugin%" %*',
                "",
            ]
        )
    return "\n".join(
        [
            "#!/bin/sh",
            f"# {MARK}",
            f"plugin={shlex.quote(str(script))}",
            'if [ ! -x "$plugin" ]; then',
            f"""  printf '%s\\n' "pulumi-tcimages: the plugin was in $plugin, {_GONE}" >&2""",
            f"  printf '%s\\n' {shlex.quote(_AGAIN)} >&2",
            "  exit 1",
            "fi",
            'exec "$plugin" "$@"',
            "",
        ]
    )


def read_target(launcher: str) -> Path | None:
    """What a launcher starts; None if it is not one of ours, or not as we wrote it."""
    if MARK not in launcher:
        return None
    if found := re.search(r'^set "plugin=(.*)"\r?$', launcher, re.MULTILINE):
        return Path(found[1].replace("%%", "%"))
    try:
        words = shlex.split(launcher, comments=True)
    except ValueError:  # somebody has edited it
        return None
    return next((Path(word[7:]) for word in words if word.startswith("plugin=")), None)
