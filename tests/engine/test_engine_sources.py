"""Every function and pin in four languages through the life of a stack.

TypeScript and Go are compiled first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.core.api import to_wire
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.emulator import Catalogue, Emulator
from tests.engine.cli import Project
from tests.engine.conftest import NewProject
from tests.engine.go_program import write_go
from tests.engine.programs import PLUGINS, PYTHON
from tests.engine.python_program import write_python
from tests.engine.source_uses import Use, find_uses
from tests.engine.toolchains import (
    GO,
    NODE,
    add_go_sdk,
    add_typescript_sdk,
    copy_typescript_settings,
    require_tools,
    run_go,
)
from tests.engine.typescript_program import write_typescript
from tests.engine.yaml_program import write_yaml

pytestmark = pytest.mark.engine

WITHDRAWN = re.compile(r"(\S+?)\)? is no longer offered")
"""The id in the warning of a withdrawn image, with or without a name before it."""
PLUGIN = "./venv/bin/pulumi-resource-tcimages"


@pytest.fixture
def uses(cloud: Emulator, tmp_path: Path) -> Iterator[list[Use]]:
    client = open_client(Configuration(), environ=cloud.environment, home=tmp_path)
    yield find_uses(client)
    client.close()


def make_python(new_project: NewProject, uses: list[Use]) -> Project:
    return new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": write_python(uses)})


def make_yaml(new_project: NewProject, uses: list[Use]) -> Project:
    return new_project(files={"Pulumi.yaml": write_yaml(uses)})


def make_typescript(new_project: NewProject, uses: list[Use]) -> Project:
    """Return a project whose program `tsc --strict` has compiled."""
    require_tools(*NODE)
    runtime = {"name": "nodejs", "options": {"typescript": False}}
    program = {"name": "program", "runtime": runtime, "main": "bin/index.js", "plugins": PLUGINS}
    project = new_project(files={"Pulumi.yaml": program, "index.ts": write_typescript(uses)})
    copy_typescript_settings(project)
    add_typescript_sdk(project, PLUGIN)
    project.run("node_modules/.bin/tsc", "--strict")
    return project


def make_go(new_project: NewProject, uses: list[Use]) -> Project:
    """Return a project whose program `go build` has compiled."""
    require_tools(*GO)
    runtime = {"name": "go", "options": {"binary": "./program"}}
    program = {"name": "program", "runtime": runtime, "plugins": PLUGINS}
    project = new_project(files={"Pulumi.yaml": program, "main.go": write_go(uses)})
    add_go_sdk(project, PLUGIN)
    run_go(project, "build", "-o", "program", ".")
    return project


def withdraw(catalogue: Catalogue, use: Use) -> None:
    """Withdraw the image of a pin from the emulator's catalogue."""
    kind = f"{use.source.name}s"
    field = next(iter(to_wire({use.source.image.id_field: 0})))
    (place,) = (
        entry.place
        for entry in catalogue.entries(kind)
        if str(entry.image[field]) == use.id_of(use.other)
    )
    catalogue.withdraw(kind, *place.values(), use.id_of(use.other))


@pytest.mark.parametrize(
    "make",
    [make_python, make_yaml, make_typescript, make_go],
    ids=["python", "yaml", "typescript", "go"],
)
def test_every_function_and_pin_works_in_each_language(
    make: Any, new_project: NewProject, cloud: Emulator, uses: list[Use]
) -> None:
    project = make(new_project, uses)
    pins = [use for use in uses if use.source.pin_name]
    project.configure(own_pinned={use.name: use.id_of(use.other) for use in pins})

    preview = project.pulumi("preview")
    up = project.up()

    functions = {use.name: use.outputs(plain=make is not make_yaml) for use in uses}
    pinned = {f"{use.name}Pin": use.pin_outputs(use.other) for use in pins}
    assert project.outputs() == functions | pinned
    assert preview.problems == up.problems == []
    project.up("--expect-no-changes")
    ids = {use.name: project.resources()[use.name]["id"] for use in pins}

    for use in pins:
        withdraw(cloud.catalogue, use)
    refresh = project.pulumi("refresh")
    up = project.up()

    withdrawn = {use.id_of(use.other) for use in pins}
    assert set(WITHDRAWN.findall(refresh.text)) == withdrawn
    assert set(WITHDRAWN.findall(up.text)) == withdrawn
    assert "updated" not in up.text
    unchanged = {f"{use.name}Pin": use.pin_outputs(use.other, available=False) for use in pins}
    outputs = project.outputs()
    assert {name: outputs[name] for name in unchanged} == unchanged

    project.configure(own_pinned={use.name: use.id_of(use.chosen) for use in pins})
    up = project.up()

    assert f"{len(pins)} updated" in up.text
    outputs = project.outputs()
    moved = {f"{use.name}Pin": use.pin_outputs(use.chosen) for use in pins}
    assert {name: outputs[name] for name in moved} == moved
    assert {use.name: project.resources()[use.name]["id"] for use in pins} == ids

    project.pulumi("destroy")
    assert project.resources() == {}
