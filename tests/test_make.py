"""The Makefile repairs a changed environment, and does not repeat work."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EDITABLE = ".venv/lib/python3.99/site-packages/_pulumi_tcimages.pth"

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="NOT PROVEN: no make on PATH")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment is newer than its last change."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
        os.utime(tmp_path / name, (0, 0))
    for name in (EDITABLE, ".venv/installed", ".venv/developing"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def list_planned_commands(checkout: Path, target: str) -> str:
    """Return the commands that make would run."""
    result = subprocess.run(
        ["make", "--dry-run", target], cwd=checkout, capture_output=True, text=True, check=True
    )
    return result.stdout


def test_complete_environment_is_not_reinstalled(checkout: Path) -> None:
    assert "pip install" not in list_planned_commands(checkout, "test")


@pytest.mark.parametrize("missing", [EDITABLE, ".venv/installed"])
def test_environment_of_another_checkout_is_reinstalled(checkout: Path, missing: str) -> None:
    """`pip install .` replaces the editable package, and an interrupted make leaves no marker."""
    (checkout / missing).unlink()

    commands = list_planned_commands(checkout, "test")

    assert "--editable ." in commands
    assert "--group dev" in commands
