"""`outdated`: the exports that it reads, and the problems of those that it cannot read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shell, Terminal
from tests.cli.outdated.exports import (
    NEWER_NAME,
    Check,
    nested,
    rows_of,
    secret_text,
    with_newer,
    with_provider,
)
from tests.cli.stack_exports import PIN, export_with


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: (text + "\n\n" + text).encode(),
    ],
    ids=["UTF-16 of PowerShell", "byte order mark", "same export twice"],
)
@pytest.mark.usefixtures("cloud")
def test_file_of_any_encoding_is_read_and_a_repeated_pin_counts_once(
    shell: Shell, tmp_path: Path, encode: Callable[[str], bytes]
) -> None:
    export = tmp_path / "export.json"
    export.write_bytes(encode(json.dumps(export_with("newer"))))

    outcome = shell("outdated", str(export))

    assert (outcome.code, outcome.err) == (1, "1 of 1 pin is outdated\n")


@pytest.mark.usefixtures("cloud")
def test_stacks_from_stdin_a_file_and_a_backend_file_are_all_checked(
    check: Check, tmp_path: Path
) -> None:
    def rename(document: dict[str, Any], stack: str) -> dict[str, Any]:
        text = json.dumps(document).replace("urn:pulumi:dev::", f"urn:pulumi:{stack}::")
        renamed: dict[str, Any] = json.loads(text)
        return renamed

    file = tmp_path / "qa.json"
    checkpoint = {"stack": "x", "latest": rename(export_with("withdrawn"), "qa")["deployment"]}
    file.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}), encoding="utf-8")

    outcome = check(
        export_with("newer"), rename(export_with("newer"), "prod"), argv=("-", str(file))
    )

    assert [row[:2] for row in rows_of(outcome)[1:]] == [
        ["program/dev", "newer"],
        ["program/prod", "newer"],
        ["program/qa", "withdrawn"],
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "stdin is empty"),
        ("no JSON", "stdin is not JSON: "),
        ('{"deployment": 3}', "stdin: this is not what `pulumi stack export` prints"),
        ("[]", "stdin: this is not what `pulumi stack export` prints"),
        ("[" * 100_000, "stdin is not JSON: "),
        ('{"deployment": {"resources": [3]}}', "stdin: this is not what"),
        (f'{{"deployment": {{"resources": [{{"type": "{PIN}"}}]}}}}', '"" is not the URN'),
        (with_newer("inputs", {"triggers": nested(900)}), "stdin: a value of a pin or provider"),
        (with_newer("outputs", {"image": nested(900)}), "stdin: a value of a pin or provider"),
        (with_newer("inputs", {"framework": secret_text(nested(900))}), "more than 100 levels"),
        (with_newer("inputs", {"framework": secret_text("[" * 100_000)}), "more than 100 levels"),
        (with_provider(endpoints=nested(900)), "stdin: a value of a pin or provider"),
        (with_newer("", {"urn": nested(900)}), '"" is not the URN'),
        (with_newer("", {"urn": "x" * 9000}), '(9000 characters)" is not the URN'),
    ],
)
def test_document_that_is_no_export_exits_with_2_and_one_problem(
    check: Check, text: str, problem: str
) -> None:
    outcome = check(text)

    assert outcome.code == 2
    assert problem in outcome.err
    assert outcome.err.count("\n") == 2  # the other one is the summary


@pytest.mark.usefixtures("cloud")
def test_unreadable_file_does_not_prevent_the_check_of_other_stacks(check: Check) -> None:
    outcome = check(export_with("newer"), argv=("-", "/nowhere/export.json"))

    assert outcome.code == 2
    assert NEWER_NAME in outcome.out
    assert "cannot read /nowhere/export.json: No such file or directory" in outcome.err


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        ((), "Give an export, --stack or --all: pulumi stack export | tcimages outdated"),
        (("--all", "--stack", "dev"), "--all has every --stack already"),
        (("--all",), "The pulumi command is not on PATH."),
        (("--stack", "dev"), "The pulumi command is not on PATH."),
    ],
)
def test_invalid_command_line_exits_with_2_and_the_fix(
    terminal: Callable[[int], Shell],
    monkeypatch: pytest.MonkeyPatch,
    argv: tuple[str, ...],
    problem: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setenv("PATH", "")

    outcome = terminal(200)("outdated", *argv)

    assert (outcome.code, outcome.out) == (2, "")
    assert problem in outcome.err


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("text", ['{"version": 3, "canary": 1}', '{\n"canary": 1}', "canary" * 50])
def test_export_as_an_argument_is_not_shown(shell: Shell, text: str) -> None:
    outcome = shell("outdated", text)

    assert outcome.code == 2
    assert "an argument is " in outcome.err
    assert "Write the export to a file, or to stdin for -" in outcome.err
    assert "canary" not in outcome.out + outcome.err
