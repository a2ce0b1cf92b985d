"""`outdated` on a recorded export: the report in each form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_tcimages.emulator import Emulator
from tests.cli import stack_exports
from tests.cli.conftest import Shell
from tests.cli.outdated.exports import (
    NEWER_NAME,
    OLD_NAME,
    Check,
    rows_of,
)
from tests.cli.stack_exports import PIN, export_with, resource_of
from tests.engine.outdated_program import WITHDRAWN
from tests.engine.programs import NEW
from tests.expected_images import OLD


@pytest.mark.usefixtures("cloud")
def test_newer_and_withdrawn_images_are_listed_and_others_are_not(
    check: Check,
) -> None:
    outcome = check(stack_exports.load())

    header, *rows = rows_of(outcome)
    assert outcome.code == 1
    assert header == ["stack", "pin", "image", "newer", "withdrawn"]
    assert sorted(rows) == [
        ["program/dev", "elsewhere", OLD_NAME, NEWER_NAME],
        ["program/dev", "newer", OLD_NAME, NEWER_NAME],
        ["program/dev", "withdrawn", WITHDRAWN, "yes"],
    ]
    assert outcome.err.splitlines() == [
        "3 of 6 pins are outdated; 1 not checked",
        "warning: program/dev secret is not checked: its criteria are secret; export the stack "
        "with --show-secrets to check it",
    ]


@pytest.mark.usefixtures("cloud")
def test_json_output_has_ids_names_versions_and_unchecked_pins(check: Check) -> None:
    outcome = check(export_with("newer", "withdrawn", "current", "secret"), argv=("-o", "json"))

    document = json.loads(outcome.out)
    by_pin = {each["pin"]: each for each in document["outdated"]}
    assert outcome.code == 1
    assert by_pin["newer"] == {
        "stack": "program/dev",
        "export": "stdin",
        "pin": "newer",
        "type": PIN,
        "urn": f"urn:pulumi:dev::program::{PIN}::newer",
        "image": {"id": OLD, "name": OLD_NAME, "version": "2.15"},
        "newer": {"id": NEW, "name": NEWER_NAME, "version": "2.16"},
        "withdrawn": False,
        "changed": [],
    }
    assert (by_pin["withdrawn"]["newer"], by_pin["withdrawn"]["withdrawn"]) == (None, True)
    assert [each["pin"] for each in document["unchecked"]] == ["secret"]
    assert document["checked"] == 3


@pytest.mark.usefixtures("cloud")
def test_markdown_output_is_a_table_with_advice(check: Check) -> None:
    outcome = check(export_with("newer", "secret"), argv=("--output", "markdown"))

    assert outcome.out == (
        "| stack | pin | image | newer | withdrawn |\n"
        "|---|---|---|---|---|\n"
        f"| `program/dev` | `newer` | `{OLD_NAME}` | `{NEWER_NAME}` |  |\n"
        "\n"
        "1 of 1 pin is outdated; 1 not checked.\n"
        "\n"
        "To move a pin to the image that its query chooses now, change one of its `triggers`.\n"
        "\n"
        "Not checked:\n"
        "\n"
        "- `program/dev secret`: `its criteria are secret; export the stack with --show-secrets to "
        "check it`\n"
    )


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_image_changed_under_its_id_is_outdated_and_its_fields_are_named(
    check: Check, cloud: Emulator, form: str
) -> None:
    document = export_with("current", "newer")
    image_id = resource_of(document, "current")["outputs"]["image"]["imageId"]
    cloud.catalogue.change_platform_image(image_id, ImageUrl="reg.example/spark:9")

    outcome = check(document, argv=("-o", form))

    fields = ["imageUrl", "imageTag"]
    assert outcome.code == 1
    if form == "json":
        by_pin = {each["pin"]: each for each in json.loads(outcome.out)["outdated"]}
        assert by_pin["current"]["changed"] == fields
        assert (by_pin["current"]["newer"], by_pin["current"]["withdrawn"]) == (None, False)
        assert by_pin["newer"]["changed"] == []
    elif form == "markdown":
        assert "| stack | pin | image | newer | withdrawn | changed |\n" in outcome.out
        assert "|  |  | imageUrl, imageTag |\n" in outcome.out
        assert "2 of 2 pins are outdated." in outcome.out
    else:
        header, *rows = rows_of(outcome)
        (row,) = (row for row in rows if row[1] == "current")
        assert (header[-1], row[-1]) == ("changed", ", ".join(fields))
        assert outcome.err == "2 of 2 pins are outdated\n"


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_current_pins_exit_with_0(check: Check, form: str) -> None:
    outcome = check(export_with("current", "group-image", "session"), argv=("-o", form))

    assert outcome.code == 0
    if form == "table":
        assert (outcome.out, outcome.err) == ("", "3 pins, none outdated\n")
    elif form == "json":
        assert json.loads(outcome.out) == {
            "outdated": [],
            "unchecked": [],
            "checked": 3,
            "problems": [],
        }
    else:
        assert outcome.out == "3 pins, none outdated.\n"


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("columns", [80, 120])
def test_terminal_output_cuts_no_name(
    terminal: Callable[[int], Shell], tmp_path: Path, columns: int
) -> None:
    document = export_with("newer")
    resource_of(document, "newer")["urn"] += f"-{'x' * 40}"
    export = tmp_path / "export.json"
    export.write_text(json.dumps(document), encoding="utf-8")

    outcome = terminal(columns)("outdated", str(export))

    assert f"newer-{'x' * 40}" in outcome.out
    assert OLD_NAME in outcome.out
    assert NEWER_NAME in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= columns


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "[red]", "a`b|c", "<script>", "@all"])
@pytest.mark.parametrize("form", ["table", "markdown"])
def test_hostile_image_names_have_no_effect(
    check: Check, cloud: Emulator, hostile: str, form: str
) -> None:
    cloud.catalogue.change_platform_image(NEW, ImageName=f"{hostile}-{NEWER_NAME}")

    outcome = check(export_with("newer"), argv=("-o", form))

    assert outcome.out.replace("\n", "").isprintable()
    if form == "markdown":
        *_, row = (line for line in outcome.out.splitlines() if line.startswith("|"))
        assert len(re.findall(r"(?<!\\)\|", row)) == 6
        code = re.sub(r"(`+).*?(?<!`)\1(?!`)", "", row)
        assert not set(code) - set("| ")


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_report_of_an_unreadable_export_names_the_problem(check: Check, form: str) -> None:
    outcome = check("no export", argv=("-o", form))

    assert outcome.code == 2
    if form == "table":
        assert (outcome.out, outcome.err.splitlines()[0]) == (
            "",
            "0 pins, none outdated; 1 problem",
        )
    elif form == "json":
        (problem,) = json.loads(outcome.out)["problems"]
        assert problem.startswith("stdin is not JSON: ")
    else:
        assert outcome.out.startswith(
            "0 pins, none outdated; 1 problem.\n\nProblems:\n\n- `stdin is"
        )
