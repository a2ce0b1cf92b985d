"""A program run by the real `pulumi` command: a stack in a temporary folder, up, read, destroy."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pulumi_tcimages.cli.pulumi_command import run_pulumi

_INSTALLER = ("get.pulumi.com", 443)
_KNOCK_S = 1.0
_INSTALL_S = 8.0
_STACK = "demo"
# The current folder is the user's: a `grpc.py` in it must not be imported for grpc.
_INSTALL = (
    "import sys; sys.path[:] = filter(None, sys.path); "
    "from pulumi.automation import PulumiCommand; print(PulumiCommand.install().command)"
)


class ImageList(NamedTuple):
    """A pulumi command, and how it came to be there."""

    command: str
    told: str


def find_command() -> ImageList | None:
    """The pulumi command: the one on PATH, or one that Pulumi's installer brings within seconds."""
    if command := shutil.which("pulumi"):
        return ImageList(command, f"the pulumi command on PATH ({command})")
    if command := _install():
        return ImageList(command, f"a pulumi command that its installer brought ({command})")
    return None


def run_stack(command: str, project: Path, environment: Mapping[str, str]) -> dict[str, object]:
    """Run `up`, destroy the stack, and return what the program exported. Errors: EngineError.

    Pulumi's home and the stack's state are put beside the project, for the caller to remove.
    """
    home, state = project.with_name("home"), project.with_name("state")
    home.mkdir()
    state.mkdir()
    environ = _apart(environment, home, state)
    run_pulumi([command, "stack", "init", _STACK], environ, project)
    # Where `up` fails, there is nothing to destroy but these folders.
    run_pulumi([command, "up", "--yes", "--skip-preview"], environ, project)
    said = run_pulumi([command, "stack", "output", "--json"], environ, project)
    run_pulumi([command, "destroy", "--yes", "--skip-preview", "--remove"], environ, project)
    exports: dict[str, object] = json.loads(said)
    return exports


def _apart(environment: Mapping[str, str], home: Path, state: Path) -> dict[str, str]:
    """The environment of a run that neither sees nor changes what the user has."""
    theirs = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PULUMI_", "TENCENTCLOUD_", "TCCLI_", "TCIMAGES_"))
    }
    return {
        **theirs,
        **environment,
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": _STACK,
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        "PULUMI_SKIP_CONFIRMATIONS": "true",
    }


def _install() -> str:
    """Where the Automation API's installer put the command; empty if it did not, in time."""
    if not _is_reachable(_INSTALLER):
        return ""
    process = subprocess.Popen(  # noqa: S603 (this Python)
        [sys.executable, "-c", _INSTALL],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=_INSTALL_S)
    except subprocess.TimeoutExpired:
        return ""
    finally:
        if process.returncode is None:
            _kill_all(process)
    return said.strip() if process.returncode == 0 else ""


def _kill_all(process: subprocess.Popen[str]) -> None:
    """The installer's own downloads end with it."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def _is_reachable(address: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(address, timeout=_KNOCK_S):
            return True
    except OSError:
        return False
