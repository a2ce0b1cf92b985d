"""Run the user's `pulumi` command and read what it prints."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_LIMIT_S = 120.0


class EngineError(Exception):
    """The pulumi command failed; the message has what it printed."""


def run_pulumi(
    command: Sequence[str], environ: Mapping[str, str], folder: Path | None = None
) -> str:
    """Return what a command prints on stdout. Errors: EngineError.

    Args:
        command: the path of `pulumi` and its arguments.
        folder: where to run it, if not in the current folder.
    """
    line = f"`{' '.join(command)}`"
    try:
        done = subprocess.run(  # noqa: S603 (the user's own pulumi command)
            [*command, "--non-interactive", "--color", "never"],
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"{line} did not end within {_LIMIT_S:.0f} s.") from None
    except OSError as error:
        raise EngineError(f"{line} cannot be started: {error.strerror}.") from None
    if done.returncode:
        raise EngineError(f"{line} failed.\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout
