"""The steps of the workflow in docs/outdated.md, run in bash with a `gh` that records its calls."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_tcimages.emulator import Emulator
from tests.cli import stack_exports
from tests.doc_blocks import ROOT, read_blocks
from tests.engine.outdated_program import change_catalogue

pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="runners have bash")

STEPS = {
    "pulumi": """
        if [ "$2" = ls ]; then echo '[{"name": "organization/program/dev"}]'; else cat "$EXPORT"; fi
    """,
    "gh": """
        echo "$2 $3" >> notes
        if [ "$2" = list ]; then echo "$ISSUE"; fi
    """,
    "tcimages": f'exec "{sys.executable}" -m pulumi_tcimages.cli "$@"',
}


def read_workflow() -> dict[str, Any]:
    (block,) = (
        block for block in read_blocks(ROOT / "docs" / "outdated.md") if block.kind == "yaml"
    )
    workflow: dict[str, Any] = yaml.safe_load(block.code)
    return workflow


def read_steps() -> dict[str, dict[str, Any]]:
    return {step["name"]: step for step in read_workflow()["jobs"]["outdated"]["steps"]}


def run_step(name: str, folder: Path, environment: Mapping[str, str]) -> int:
    job = read_workflow()["jobs"]["outdated"]
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", read_steps()[name]["run"]],
        cwd=folder,
        env={**os.environ, **environment, "TITLE": job["env"]["TITLE"]},
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize(
    ("is_outdated", "issue", "notes"),
    [
        (True, "", ["list --search", "create --title"]),
        (True, "7", ["list --search", "edit 7"]),
        (False, "7", ["list --search", "close 7"]),
        (False, "", ["list --search"]),
    ],
)
def test_an_issue_is_opened_updated_and_closed(
    tmp_path: Path, is_outdated: bool, issue: str, notes: list[str]
) -> None:
    for name, script in STEPS.items():
        command = tmp_path / "bin" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        command.chmod(0o755)
    export = tmp_path / "export.json"
    export.write_text(json.dumps(stack_exports.export_with("newer")), encoding="utf-8")
    environment = {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "EXPORT": str(export),
        "ISSUE": issue,
        "CODE": str(int(is_outdated)),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }

    with Emulator(requests_per_second=0) as cloud:
        if is_outdated:
            change_catalogue(cloud.catalogue)
        checked = run_step("Check", tmp_path, {**environment, **cloud.environment})
    reported = run_step("Report", tmp_path, environment)

    assert (checked, reported) == (0, 0)
    assert (tmp_path / "output").read_text(encoding="utf-8") == f"code={int(is_outdated)}\n"
    assert ("| `newer` |" in (tmp_path / "summary").read_text(encoding="utf-8")) == is_outdated
    assert (tmp_path / "notes").read_text(encoding="utf-8").splitlines() == notes


def test_a_check_that_cannot_list_images_fails_the_job(tmp_path: Path) -> None:
    missing = {
        "PATH": os.environ["PATH"],
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }

    assert run_step("Check", tmp_path, missing) != 0


def test_each_step_has_only_the_secrets_that_it_needs() -> None:
    workflow = read_workflow()
    steps = read_steps()
    shared = {**workflow, "jobs": {"outdated": {**workflow["jobs"]["outdated"], "steps": []}}}

    assert find_secrets(shared) == set()
    assert {name: find_secrets(step) for name, step in steps.items() if find_secrets(step)} == {
        "Check": {
            "secrets.PULUMI_ACCESS_TOKEN",
            "secrets.TENCENTCLOUD_SECRET_ID",
            "secrets.TENCENTCLOUD_SECRET_KEY",
        },
        "Report": {"github.token"},
    }


def test_the_workflow_installs_one_fixed_commit() -> None:
    scripts = [step.get("run", "") for step in read_steps().values()]
    installs = [line for script in scripts for line in script.splitlines() if "pip install" in line]

    assert [line.rpartition("@")[2] for line in installs] == ["COMMIT"]
    assert not [script for script in scripts if "curl" in script]


def find_secrets(part: object) -> set[str]:
    return set(re.findall(r"secrets\.\w+|github\.token", json.dumps(part, default=str)))
