"""Fresh virtual environments, and `pip install` in them."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests import caller_environment


def create_environment(folder: Path) -> Path:
    """Create an empty virtual environment without pip, and return its Python."""
    venv.create(folder, symlinks=os.name != "nt")
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run_pip(python: Path, *words: str, cwd: Path) -> str:
    """Run this environment's pip on another one; skip the test if no index is reachable."""
    result = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), *words],
        env=caller_environment.with_registry_settings(),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    if (
        "after connection broken by" in result.stderr
        or "TLS CA certificate bundle" in result.stderr
    ):
        pytest.skip("NOT PROVEN: no package index can be reached, so nothing was installed")
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def install(python: Path, *words: str, cwd: Path) -> None:
    """Run `pip install` with one retry, so that it fails fast without a network."""
    run_pip(python, "install", "--quiet", "--no-compile", "--retries", "1", *words, cwd=cwd)
