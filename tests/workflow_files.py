"""The workflows in .github, as the tests read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]


def read_workflow(name: str) -> dict[str, Any]:
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    workflow: dict[str, Any] = yaml.safe_load(text)
    return workflow


WORKFLOWS = sorted(path.stem for path in (ROOT / ".github" / "workflows").iterdir())
RELEASE = read_workflow("release")["jobs"]
"""The jobs of a release, by name."""


def steps_of(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from job.get("steps", ())
