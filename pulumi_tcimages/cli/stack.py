"""Run a program with the real `pulumi` command, on a stack in a temporary folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pulumi_tcimages.cli.emulator import ACCOUNT_PREFIXES
from pulumi_tcimages.cli.pulumi_command import EngineError, run_pulumi, run_pulumi_json

_STACK = "demo"
_USERS_OWN = (*ACCOUNT_PREFIXES, "PULUMI_", "TCIMAGES_")
UP = ("up", "--yes", "--skip-preview")


def run_stack(command: str, project: Path, environment: Mapping[str, str]) -> dict[str, object]:
    """Run `up`, destroy the stack, and return the stack outputs.

    Pulumi's home and the stack's state are created beside the project. The caller removes them.

    Raises: EngineError.
    """
    home, state = project.with_name("home"), project.with_name("state")
    home.mkdir()
    state.mkdir()
    environ = _isolate(environment, home, state)
    run_pulumi([command, "stack", "init", _STACK], environ, project)
    # If `up` fails, skip `destroy`: the program creates no cloud resources, and the caller
    # deletes the stack's folder.
    run_pulumi([command, *UP], environ, project)
    outputs = run_pulumi_json([command, "stack", "output", "--json"], environ, project)
    run_pulumi([command, "destroy", "--yes", "--skip-preview", "--remove"], environ, project)
    if not isinstance(outputs, dict):
        raise EngineError("`pulumi stack output --json` printed no JSON object.")
    return outputs


def _isolate(environment: Mapping[str, str], home: Path, state: Path) -> dict[str, str]:
    """Return an environment in which Pulumi does not use the user's files and account."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(_USERS_OWN)}
    return {
        **others,
        **environment,
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": _STACK,
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        "PULUMI_SKIP_CONFIRMATIONS": "true",
    }
