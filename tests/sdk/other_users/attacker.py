"""Run code as another user. Only root can do this."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ATTACKER = 65_533  # a uid without an account
OTHER_OWNER = 65_532  # another one, for files that the code run as the attacker's uid cannot open
IS_ROOT = os.name == "posix" and os.geteuid() == 0
needs_root = pytest.mark.skipif(
    not IS_ROOT, reason="NOT PROVEN: only root can make files of another user"
)
AS_ATTACKER = f"""
import os, sys, time
from pathlib import Path
import yaml
from pulumi_tcimages.cli.project_plugin import find_project_plugin
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sdk import discovery, plugin_states
from pulumi_tcimages.sdk.launcher import Target

paths = [*map(Path, sys.argv[1:])]
os.setgroups([])
os.setgid({ATTACKER})
os.setuid({ATTACKER})
"""
"""Python starts as root, because other users may have no access to its folder."""


def start_as_attacker(code: str, *paths: Path, folder: Path | None = None) -> subprocess.Popen[str]:
    """Start Python code as another user; the variable `paths` has the given paths.

    Args:
        folder: the current folder.
    """
    command = [sys.executable, "-c", AS_ATTACKER + code, *map(str, paths)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)


def run_as_attacker(code: str, *paths: Path, folder: Path | None = None) -> str:
    """Run Python code as another user, and return its output."""
    process = start_as_attacker(code, *paths, folder=folder)
    printed, _ = process.communicate()
    assert process.returncode == 0
    return printed
