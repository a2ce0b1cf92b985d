"""Build and parse the launcher, a short script that starts the plugin.

The launcher is a shell script or, on Windows, a batch file. `discovery` decides when to write one,
and `plugin_folder` writes it.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import NamedTuple

MARK = "written by pulumi-tcimages; safe to delete"
"""The comment in a launcher's second line, by which this package recognizes its own files."""
_HEADS = (f"#!/bin/sh\n# {MARK}", f"@echo off\r\nrem {MARK}")
_GONE = "which is gone: the environment was moved or deleted."
_NEXT = (
    "Next: run a Python program that uses pulumi_tcimages, or `tcimages plugin install`, "
    "in an environment that has it."
)


class Target(NamedTuple):
    """The command that a launcher runs, which is a Python interpreter with a file of this package.

    pip's console script is not used, because it breaks when the environment is moved. It is also
    missing if the package was installed with `--target` or is on PYTHONPATH.
    """

    python: Path
    main: Path
    """The package's `__main__.py`."""

    def __str__(self) -> str:
        return f"{self.python} {self.main}"


def build_launcher(target: Target, windows: bool = os.name == "nt") -> str:
    """Build a script that starts the target. If the target is missing, it prints an error."""
    if windows:
        python, main = (str(path).replace("%", "%%") for path in target)
        return "\r\n".join(
            [
                "@echo off",
                f"rem {MARK}",
                "chcp 65001 >nul",
                f'set "python={python}"',
                f'set "main={main}"',
                'if not exist "%python%" goto gone',
                'if exist "%main%" goto start',
                ":gone",
                f'echo pulumi-tcimages: the plugin was "%python%" "%main%", {_GONE} 1>&2',
                f"echo {_NEXT} 1>&2",
                "exit /b 1",
                ":start",
                '"%python%" "%main%" %*',
                "",
            ]
        )
    return "\n".join(
        [
            "#!/bin/sh",
            f"# {MARK}",
            f"python={shlex.quote(str(target.python))}",
            f"main={shlex.quote(str(target.main))}",
            'if [ ! -x "$python" ] || [ ! -f "$main" ]; then',
            f"""  printf '%s\\n' "pulumi-tcimages: the plugin was $python $main, {_GONE}" >&2""",
            f"  printf '%s\\n' {shlex.quote(_NEXT)} >&2",
            "  exit 1",
            "fi",
            'exec "$python" "$main" "$@"',
            "",
        ]
    )


def is_launcher(text: str) -> bool:
    """Return whether a text is a launcher of any version of this package."""
    return text.startswith(_HEADS)


def read_target(launcher: str) -> Target | None:
    """Return a launcher's target, or None for any other text."""
    if not is_launcher(launcher):
        return None
    values = _read_batch(launcher) if launcher.startswith("@echo") else _read_script(launcher)
    if not values.keys() >= {"python", "main"} or "\0" in launcher:
        return None
    return Target(Path(values["python"]), Path(values["main"]))


def _read_batch(text: str) -> dict[str, str]:
    variables = re.findall(r'^set "(\w+)=(.*)"\r?$', text, re.MULTILINE)
    return {name: value.replace("%%", "%") for name, value in variables}


def _read_script(text: str) -> dict[str, str]:
    try:
        words = shlex.split(text, comments=True)
    # A quote is not closed, so the file has been edited and is not a valid launcher.
    except ValueError:
        return {}
    pairs = (word.partition("=") for word in words)
    return {name: value for name, equals, value in pairs if equals}
