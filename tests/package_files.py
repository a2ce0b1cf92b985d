"""The Python files of the package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "pulumi_tcimages"
FILES = sorted(PACKAGE.rglob("*.py"))
