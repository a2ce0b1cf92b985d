"""`tcimages outdated` on stacks of a real engine, one of which is recorded for other tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from pulumi_tcimages.emulator import Emulator, Key
from tests import caller_environment
from tests.cli.stack_exports import RECORDED, anonymize
from tests.engine.cli import Project
from tests.engine.conftest import NewProject
from tests.engine.outdated_program import PROGRAM, STATE_KEY, change_catalogue
from tests.engine.programs import PYTHON

pytestmark = pytest.mark.engine


def run_outdated(
    project: Project, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pulumi_tcimages.cli", "outdated", *arguments],
        cwd=project.folder,
        env={**project.environment, "PATH": os.environ["PATH"]},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_outdated_reads_real_stacks_without_changing_their_state(
    new_project: NewProject, cloud: Emulator
) -> None:
    cloud.keys.add(Key(*STATE_KEY))
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": PROGRAM})
    project.up()
    export = project.pulumi("stack", "export").stdout
    if caller_environment.get_variable("TCIMAGES_RECORD") == "1":
        RECORDED.write_text(anonymize(export), encoding="utf-8")
    project.select_stack("empty")
    current = run_outdated(project, "--all")

    change_catalogue(cloud.catalogue)
    before = len(cloud.requests)
    piped = run_outdated(project, stdin=export)
    listings = [request.region for request in list(cloud.requests)[before:]]
    named = run_outdated(project, "--stack", "dev", "--stack", "empty")
    everything = run_outdated(project, "--all", "--output", "json")

    assert (current.returncode, current.stdout) == (5, "")  # a pin with secret criteria
    assert (piped.returncode, named.returncode, everything.returncode) == (1, 1, 1), piped.stderr
    pins = [line.split()[1] for line in piped.stdout.splitlines()[1:]]
    assert sorted(pins) == ["elsewhere", "newer", "withdrawn"]
    assert named.stdout == piped.stdout
    assert sorted(each["pin"] for each in json.loads(everything.stdout)["outdated"]) == sorted(pins)
    assert "program/dev secret is not checked: its criteria are secret" in piped.stderr
    # TIONE: three pages in each of two regions. DLC: one request.
    assert (listings.count("ap-shanghai"), listings.count("ap-guangzhou")) == (3, 4)
    assert project.pulumi("stack", "export").stdout == export


def test_missing_stack_does_not_hide_other_stacks(new_project: NewProject, cloud: Emulator) -> None:
    cloud.keys.add(Key(*STATE_KEY))
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": PROGRAM})
    project.up()
    change_catalogue(cloud.catalogue)

    result = run_outdated(project, "--stack", "nowhere", "--stack", "dev")

    assert result.returncode == 2
    assert "program/dev" in result.stdout
    assert "stack export --stack nowhere` failed." in result.stderr
    assert "no stack named 'nowhere' found" in result.stderr
