"""Names in messages have the style of the project's language."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin.reader import RUNTIME_VARIABLE, find_style
from tests.plugin.conftest import Engine, Plugin


@pytest.mark.parametrize(
    ("name", "text", "is_python"),
    [
        ("Pulumi.yaml", "name: x\nruntime: python\n", True),
        ("Pulumi.yaml", "name: x\nruntime:\n  name: python\n  options: {}\n", True),
        ("Pulumi.yaml", "name: x\nruntime: {name: 'python'}\n", True),
        ("Pulumi.yaml", '{"name": "x", "runtime": {"name": "python"}}', True),
        ("Pulumi.json", '{"runtime": "python"}', True),
        ("Pulumi.yaml", "name: x\nruntime: yaml\ndescription: python\n", False),
        ("Pulumi.yaml", "name: python\nruntime: nodejs\n", False),
        ("Pulumi.yaml", "", False),
        ("other.yaml", "runtime: python\n", False),
    ],
)
def test_names_have_python_style_only_in_python_projects(
    tmp_path: Path, name: str, text: str, is_python: bool
) -> None:
    (tmp_path / name).write_text(text)
    program = tmp_path / "src"
    program.mkdir()

    assert find_style(program, {}) is (str if is_python else camel)


def test_variable_sets_the_runtime_without_a_project(tmp_path: Path) -> None:
    assert find_style(tmp_path, {RUNTIME_VARIABLE: "python"}) is str


def test_messages_in_a_python_project_have_python_names(cloud: Emulator, engine: Engine) -> None:
    environment = {**cloud.environment, RUNTIME_VARIABLE: "python"}
    plugin = Plugin(environment, (engine.address,))
    try:
        plugin.configure()
        _, text = plugin.invoke_error("getPlatformImage", frameworkVersion=">=99", latest=True)
        plugin.invoke("getPlatformImages", imageRange="Trian")
    finally:
        plugin.stop()

    assert text.startswith("get_platform_image: no image matches. [no-match]\n")
    assert "0 left by framework_version" in text
    assert "frameworkVersion" not in text
    assert engine.logged[0][1].startswith('get_platform_images: image_range "Trian" is not on the')


@pytest.mark.skipif(os.name == "nt", reason="named pipes are POSIX's")
def test_named_pipe_is_no_project_file(tmp_path: Path) -> None:
    folder = tmp_path / "program"
    folder.mkdir()
    os.mkfifo(tmp_path / "Pulumi.yaml")

    assert find_style(folder, {}) is camel


@pytest.mark.parametrize(
    "text",
    ["\n", " ", "\t\n", ",\n", "{ ", "runtime\n", "runtime:\n", '"runtime" :  name '],
    ids=repr,
)
def test_project_file_of_repeated_text_is_read_in_linear_time(tmp_path: Path, text: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text("runtime:" + text * (100_000 // len(text)) + "!")

    started_s = time.process_time()
    find_style(tmp_path, {})
    took_s = time.process_time() - started_s

    assert took_s < 5, took_s  # milliseconds if idle; quadratic time would take a minute
