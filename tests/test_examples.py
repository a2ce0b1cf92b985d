"""Run every example with the emulator and mocks, and check its files.

tests/engine runs the same projects with a real engine.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.testing import run
from tests.doc_blocks import format_exports
from tests.expected_images import (
    EXPLICIT_PROVIDER,
    OLD,
    SESSION,
    SESSION_TAG,
    SESSION_URL,
    TRAINING,
    TRAINING_NAME,
    TRAINING_URL,
    used_separate_keys,
    write_research_keys,
)

EXAMPLES = Path(__file__).parents[1] / "examples"
SCHEMA = json.loads((EXAMPLES.parent / "schema.json").read_text(encoding="utf-8"))
PROJECTS = sorted(path.parent for path in EXAMPLES.glob("**/Pulumi.yaml"))
NAMES = [path.relative_to(EXAMPLES).as_posix() for path in PROJECTS]
PLUGIN = {"name": "tcimages", "path": "venv/bin"}


def settings_of(project: Path) -> dict[str, Any]:
    settings: dict[str, Any] = yaml.safe_load((project / "Pulumi.yaml").read_text(encoding="utf-8"))
    return settings


def text_of(project: Path) -> str:
    files = (path for path in project.rglob("*") if path.is_file() and "venv" not in path.parts)
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.suffix != ".pyc")


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with Emulator(requests_per_second=0) as running:
        yield running


# Every project


def test_examples_match_the_expected_list() -> None:
    assert NAMES == [
        "deployment_stack/images",
        "deployment_stack/training",
        "dlc_resource_group",
        "every_listing",
        "explicit_provider",
        "pick_image",
        "pin_image",
        "typescript",
        "yaml",
    ]


@pytest.mark.parametrize("project", PROJECTS, ids=NAMES)
def test_example_project_is_complete_and_documented(project: Path) -> None:
    settings = settings_of(project)
    runtime = settings["runtime"]
    language = runtime if isinstance(runtime, str) else runtime["name"]
    needed = {
        "python": ["__main__.py", "requirements.txt"],
        "nodejs": ["index.ts", "package.json", "tsconfig.json"],
        "yaml": [],
    }[language]

    assert "Look at" in settings["description"]
    assert [name for name in needed if not (project / name).is_file()] == []


@pytest.mark.parametrize("project", PROJECTS, ids=NAMES)
def test_examples_contain_no_keys(project: Path) -> None:
    assert not re.search(r"AKID\w+|secret_?key\b|secret_?id\b", text_of(project), re.IGNORECASE)


@pytest.mark.parametrize("project", PROJECTS, ids=NAMES)
def test_examples_with_pins_declare_the_plugin(project: Path) -> None:
    settings = settings_of(project)
    if "ImagePin" not in text_of(project):
        return
    if settings["runtime"] == "nodejs":  # `pulumi package add` writes the entry
        text = (project / "Pulumi.yaml").read_text(encoding="utf-8")
        assert "pulumi package add ../.." in text
    else:
        assert settings["plugins"] == {"providers": [PLUGIN]}


# Programs in Python


def test_pick_image_exports_two_images(cloud: Emulator) -> None:
    exports = run(EXAMPLES / "pick_image", environment=cloud.environment)

    assert exports == {
        "session_image_id": SESSION,
        "session_image_tag": SESSION_TAG,
        "session_image_url": SESSION_URL,
        "training_image_id": TRAINING,
        "training_image_tag": TRAINING_NAME,
        "training_image_url": TRAINING_URL,
    }


def test_every_listing_prints_the_output_in_the_readme(cloud: Emulator) -> None:
    exports = run(EXAMPLES / "every_listing", environment=cloud.environment)

    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"\n```text\n{format_exports(exports)}```\n" in readme


@pytest.mark.parametrize("preview", [True, False])
def test_pin_image_pins_the_newest_image(cloud: Emulator, preview: bool) -> None:
    exports = run(EXAMPLES / "pin_image", environment=cloud.environment, preview=preview)

    assert exports == {
        "pinned_id": OLD,
        "pinned_name": "tf2.15-py3.10-cuda12.2-gpu",
        "newest_id": OLD,
        "newer_than_pinned": "",
        "still_offered": True,
    }


def test_newer_image_of_pin_image_matches_its_lookup(cloud: Emulator) -> None:
    newer = json.loads((EXAMPLES / "pin_image" / "newer_image.json").read_text(encoding="utf-8"))
    cloud.catalogue.add_platform_image({"ImageId": "tensorflow-next", **newer})

    exports = run(EXAMPLES / "pin_image", environment=cloud.environment)

    assert exports["newest_id"] == "tensorflow-next"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_deployment_stack_chooses_an_image_per_stack(cloud: Emulator, stack: str) -> None:
    project = EXAMPLES / "deployment_stack" / "images"
    config = yaml.safe_load((project / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))

    exports = run(
        project,
        config={name: str(value) for name, value in config["config"].items()},
        environment=cloud.environment,
        project="images",
        stack=stack,
    )

    assert exports == {"training_image_id": TRAINING, "training_image_url": TRAINING_URL}


class OtherStack(pulumi.runtime.Mocks):
    """Mocks that return the outputs of the referenced stack."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        outputs = {"training_image_id": args.name, "training_image_url": "registry/image:tag"}
        return args.name, {**args.inputs, "outputs": outputs}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        raise NotImplementedError(args.token)


def test_deployment_stack_reads_the_image_of_its_environment(cloud: Emulator) -> None:
    exports = run(
        EXAMPLES / "deployment_stack" / "training",
        environment=cloud.environment,
        mocks=OtherStack(),
        stack="prod",
    )

    image_id = f"{pulumi.get_organization()}/images/prod"
    assert exports == {"image_id": image_id, "image_url": "registry/image:tag"}


def test_explicit_provider_uses_separate_keys_per_region(cloud: Emulator, tmp_path: Path) -> None:
    research = write_research_keys(cloud, tmp_path)

    exports = run(
        EXAMPLES / "explicit_provider",
        environment={**cloud.environment, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
    )

    assert exports == EXPLICIT_PROVIDER
    assert used_separate_keys(cloud, research)


def test_dlc_resource_group_passes_its_own_tests() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "."],
        cwd=EXAMPLES / "dlc_resource_group",
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "6 passed" in result.stdout


# Programs in other languages: every name that they use is in the schema


def function(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["functions"][f"tcimages:index:{name}"]
    return found


def resource(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["resources"][f"tcimages:index:{name}"]
    return found


def is_property(kind: Mapping[str, Any], path: list[str]) -> bool:
    """Return whether a dotted path names a property."""
    for name in path:
        if name not in kind.get("properties", {}):
            return False
        kind = kind["properties"][name]
        if reference := kind.get("$ref"):
            kind = SCHEMA["types"][reference.rpartition("/")[2]]
    return True


def test_yaml_example_uses_only_names_of_the_schema() -> None:
    program = settings_of(EXAMPLES / "yaml")
    known = {}
    for name, variable in program["variables"].items():
        call = variable["fn::invoke"]
        declared_function = function(call["function"].removeprefix("tcimages:"))
        assert call["arguments"].keys() <= declared_function["inputs"]["properties"].keys()
        assert set(declared_function["inputs"].get("required", [])) <= call["arguments"].keys()
        known[name] = declared_function["outputs"]
    for name, declared in program["resources"].items():
        pin = resource(declared["type"].removeprefix("tcimages:"))
        assert declared["properties"].keys() <= pin["inputProperties"].keys()
        known[name] = pin

    for output in program["outputs"].values():
        root, *path = re.fullmatch(r"\$\{(.+)\}", output)[1].split(".")
        assert is_property(known[root], path), output


def test_typescript_example_uses_only_names_of_the_schema() -> None:
    project = EXAMPLES / "typescript"
    program = (project / "index.ts").read_text(encoding="utf-8")
    lookup, pin = r"tcimages\.(get\w+)Output\(", r"new tcimages\.(\w+)\(\"\w+\", "
    call = rf"const (\w+) = (?:{lookup}|{pin})\{{(.*?)\n\}}\);"
    uses = re.findall(call, program, re.DOTALL)
    known = {}
    for name, function_name, pin_name, body in uses:
        if function_name:
            inputs, known[name] = (
                function(function_name)["inputs"]["properties"],
                function(function_name)["outputs"],
            )
        else:
            inputs, known[name] = resource(pin_name)["inputProperties"], resource(pin_name)
        assert set(re.findall(r"^    (\w+):", body, re.MULTILINE)) <= inputs.keys()

    exports = re.findall(r"export const \w+ = ([\w.]+);", program)
    assert len(uses) == 2
    assert len(exports) == program.count("export const")
    for export in exports:
        root, *path = export.split(".")
        assert is_property(known[root], path), export
    assert json.loads((project / "package.json").read_text(encoding="utf-8"))["main"] == "index.ts"
    json.loads((project / "tsconfig.json").read_text(encoding="utf-8"))
