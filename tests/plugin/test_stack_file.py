"""CheckConfig treats the keys that the stack's file encrypts as secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.plugin.property_values import serialize
from pulumi_tcimages.plugin.stack_file import find_encrypted_keys
from tests.plugin.conftest import Plugin

DEFAULT = "urn:pulumi:dev::project::pulumi:providers:tcimages::default"
EXPLICIT = "urn:pulumi:dev::project::pulumi:providers:tcimages::eu"
ENCRYPTED = "config:\n  tcimages:region:\n    secure: v1:abc\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a Pulumi project."""
    (tmp_path / "Pulumi.yaml").write_text("name: project\nruntime: yaml\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check_region(plugin: Plugin, urn: str) -> str:
    news = serialize({"region": "ap-guangzou!"})
    request = provider_pb2.CheckRequest(urn=urn, news=news)
    (failure,) = plugin.stub.CheckConfig(request).failures
    return failure.reason


@pytest.mark.parametrize(
    ("content", "is_shown"),
    [
        (ENCRYPTED, False),
        ("config:\n  tcimages:region: ap-guangzou!\n", True),
        ("", True),
        (None, True),
    ],
    ids=["encrypted", "plain", "empty file", "no file"],
)
def test_wrong_value_is_not_shown_if_the_stack_file_encrypts_it(
    start_plugin: Callable[..., Plugin], project: Path, content: str | None, is_shown: bool
) -> None:
    if content is not None:
        (project / "Pulumi.dev.yaml").write_text(content, encoding="utf-8")

    reason = check_region(start_plugin(), DEFAULT)

    assert ("guangzou" in reason) == is_shown
    assert ("pulumi config set --stack dev tcimages:region" in reason) == is_shown


def test_stack_file_does_not_concern_an_explicit_provider(
    start_plugin: Callable[..., Plugin], project: Path
) -> None:
    (project / "Pulumi.dev.yaml").write_text(ENCRYPTED, encoding="utf-8")

    assert "ap-guangzou!" in check_region(start_plugin(), EXPLICIT)


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        (["  tcimages:region:", "    secure: abc"], {"region"}),
        (["  tcimages:config:region:", "    secure: abc"], {"region"}),
        (["  'tcimages:region':", "", "    # comment", '    "secure": abc'], {"region"}),
        (["  tcimages:region: {secure: abc}"], {"region"}),
        (["  tcimages:endpoints:", "    dlc:", "      secure: abc"], {"endpoints"}),
        (["  tcimages:allowedAccountIds:", "    - 1", "    - secure: abc"], {"allowedAccountIds"}),
        (["  tcimages:region: insecure:", "  other:key:", "    secure: abc"], set()),
        (["  tcimages:site: intl", "  tcimages:region:", "    secure: abc"], {"region"}),
        (["  tcimages:region:", "    secure: abc", "  tcimages:site: intl"], {"region"}),
        (["  tcimages-x:region:", "    secure: abc"], set()),
    ],
)
def test_encrypted_keys_are_found(project: Path, lines: list[str], keys: set[str]) -> None:
    for line_break in ("\n", "\r\n"):
        text = line_break.join(["config:", *lines])
        (project / "Pulumi.dev.yaml").write_bytes(text.encode())
        assert find_encrypted_keys("dev") == keys


@pytest.mark.parametrize("indent", [2, 4, "\t"])
def test_stack_file_of_a_json_project_is_read(tmp_path: Path, project: Path, indent: Any) -> None:
    (project / "Pulumi.yaml").rename(tmp_path / "Pulumi.json")
    config = {
        "tcimages:site": "intl",
        "tcimages:region": {"secure": "abc"},
        "tcimages:endpoints": {"dlc": {"secure": "abc"}},
        "other:key": {"secure": "abc"},
    }
    text = json.dumps({"encryptionsalt": "v1", "config": config}, indent=indent)
    (tmp_path / "Pulumi.dev.json").write_text(text, encoding="utf-8")

    assert find_encrypted_keys("dev") == {"region", "endpoints"}


def test_stack_file_of_a_project_file_with_a_short_extension_is_read(project: Path) -> None:
    (project / "Pulumi.yaml").rename(project / "Pulumi.yml")
    (project / "Pulumi.dev.yml").write_text(ENCRYPTED, encoding="utf-8")

    assert find_encrypted_keys("dev") == {"region"}


def test_stack_file_is_beside_a_project_file_in_a_parent_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "Pulumi.dev.yaml").write_text(ENCRYPTED, encoding="utf-8")
    (project / "source").mkdir()
    monkeypatch.chdir(project / "source")

    assert find_encrypted_keys("dev") == {"region"}
    assert find_encrypted_keys("prod") == set()


def test_deleted_current_folder_has_no_stack_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()

    assert find_encrypted_keys("dev") == set()
