"""`outdated` on a recorded export: what it finds, in each form, and how it ends."""

from __future__ import annotations

import copy
import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.emulator.keys import ACCOUNT_ID
from pulumi_tcimages.plugin.stack_export import merge_pins, read_pins
from tests.cli import stack_exports
from tests.cli.conftest import Outcome, Shell, Terminal, lead_to
from tests.cli.stack_exports import PIN, SECRET, only, resource_of
from tests.engine.outdated_program import WITHDRAWN, change
from tests.engine.programs import NEW
from tests.expected_images import OLD

PLATFORM = "DescribePlatformImages"
NEWER_NAME = "tf2.16-py3.11-cuda12.3-gpu"
OLD_NAME = "tf2.15-py3.10-cuda12.2-gpu"
Check = Callable[..., Outcome]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator whose images have changed since the export."""
    with Emulator(requests_per_second=0) as emulator:
        lead_to(emulator, monkeypatch)
        change(emulator.catalogue)
        yield emulator


@pytest.fixture
def check(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs the command with these documents on stdin."""

    def run(*documents: Any, argv: tuple[str, ...] = ()) -> Outcome:
        texts = [each if isinstance(each, str) else json.dumps(each) for each in documents]
        data = "\n".join(texts).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return shell("outdated", *argv)

    return run


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


def secret_text(value: Any) -> dict[str, str]:
    """A secret as `--show-secrets` prints it. A string is the JSON itself."""
    return {**SECRET, "plaintext": value if isinstance(value, str) else json.dumps(value)}


def with_newer(part: str, values: dict[str, Any]) -> str:
    """An export with these values in a part of a pin, or in the resource itself."""
    document = only("newer")
    resource = resource_of(document, "newer")
    (resource[part] if part else resource).update(values)
    return json.dumps(document)


def with_provider(**inputs: Any) -> str:
    """An export of a pin whose provider has these inputs."""
    document = only("newer")
    resource_of(document, "default_0_1_0")["inputs"] |= inputs
    return json.dumps(document)


def rows_of(outcome: Outcome) -> list[list[str]]:
    return [re.split(r" {2,}", line) for line in outcome.out.splitlines()]


@pytest.mark.usefixtures("cloud")
def test_newer_and_withdrawn_images_are_listed_and_current_and_foreign_ones_are_not(
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
def test_json_has_ids_names_versions_and_unchecked_pins(check: Check) -> None:
    outcome = check(only("newer", "withdrawn", "current", "secret"), argv=("-o", "json"))

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
    }
    assert (by_pin["withdrawn"]["newer"], by_pin["withdrawn"]["withdrawn"]) == (None, True)
    assert [each["pin"] for each in document["unchecked"]] == ["secret"]
    assert document["checked"] == 3


@pytest.mark.usefixtures("cloud")
def test_markdown_is_a_table_with_advice(check: Check) -> None:
    outcome = check(only("newer", "secret"), argv=("--output", "markdown"))

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


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_current_pins_end_with_0(check: Check, form: str) -> None:
    outcome = check(only("current", "group-image", "session"), argv=("-o", form))

    assert outcome.code == 0
    if form == "table":
        assert (outcome.out, outcome.err) == ("", "3 pins, none outdated\n")
    elif form == "json":
        assert json.loads(outcome.out) == {"outdated": [], "unchecked": [], "checked": 3}
    else:
        assert outcome.out == "3 pins, none outdated.\n"


def test_a_stack_without_pins_asks_the_cloud_nothing(check: Check, cloud: Emulator) -> None:
    empty = {"version": 3, "deployment": {"manifest": {}, "metadata": {}}}

    outcome = check(only(), empty)

    assert (outcome.code, outcome.err) == (0, "0 pins, none outdated\n")
    assert len(cloud.requests) == 0


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("columns", [80, 120])
def test_on_a_terminal_no_name_is_cut(
    terminal: Callable[[int], Shell], tmp_path: Path, columns: int
) -> None:
    document = only("newer")
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
def test_hostile_names_have_no_effect(
    check: Check, cloud: Emulator, hostile: str, form: str
) -> None:
    cloud.catalogue.change_platform_image(NEW, ImageName=f"{hostile}-{NEWER_NAME}")

    outcome = check(only("newer"), argv=("-o", form))

    assert outcome.out.replace("\n", "").isprintable()
    if form == "markdown":
        *_, row = (line for line in outcome.out.splitlines() if line.startswith("|"))
        assert len(re.findall(r"(?<!\\)\|", row)) == 6
        code = re.sub(r"(`+).*?(?<!`)\1(?!`)", "", row)
        assert not set(code) - set("| ")


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: (text + "\n\n" + text).encode(),
    ],
    ids=["PowerShell", "byte order mark", "the same twice"],
)
@pytest.mark.usefixtures("cloud")
def test_files_of_any_encoding_are_read_and_a_pin_counts_once(
    shell: Shell, tmp_path: Path, encode: Callable[[str], bytes]
) -> None:
    export = tmp_path / "export.json"
    export.write_bytes(encode(json.dumps(only("newer"))))

    outcome = shell("outdated", str(export))

    assert (outcome.code, outcome.err) == (1, "1 of 1 pin is outdated\n")


@pytest.mark.usefixtures("cloud")
def test_several_stacks_come_from_stdin_from_files_and_from_a_backends_file(
    check: Check, tmp_path: Path
) -> None:
    def rename(document: dict[str, Any], stack: str) -> dict[str, Any]:
        text = json.dumps(document).replace("urn:pulumi:dev::", f"urn:pulumi:{stack}::")
        renamed: dict[str, Any] = json.loads(text)
        return renamed

    file = tmp_path / "qa.json"
    checkpoint = {"stack": "x", "latest": rename(only("withdrawn"), "qa")["deployment"]}
    file.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}), encoding="utf-8")

    outcome = check(only("newer"), rename(only("newer"), "prod"), argv=("-", str(file)))

    assert [row[:2] for row in rows_of(outcome)[1:]] == [
        ["program/dev", "newer"],
        ["program/prod", "newer"],
        ["program/qa", "withdrawn"],
    ]


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("outputs", {"resolvedAt": "2024-01-01T00:00:00Z"}),
        ("inputs", {"framework": "tensorflow", "latest": None, "imageId": OLD}),
        ("outputs", {"image": {"imageId": "gone", "imageName": "gone"}}),
    ],
)
def test_different_pins_with_the_same_urn_are_all_checked_and_told_apart(
    shell: Shell, tmp_path: Path, form: str, is_reversed: bool, part: str, values: dict[str, Any]
) -> None:
    acme, other = tmp_path / "acme.json", tmp_path / "other.json"
    acme.write_text(with_newer("inputs", {}), encoding="utf-8")
    other.write_text(with_newer(part, values), encoding="utf-8")
    files = sorted(map(str, [acme, other]), reverse=is_reversed)

    outcome = shell("outdated", *files, files[0], "-o", form)

    is_current = "imageId" in values
    assert outcome.code == 1
    if form == "json":
        document = json.loads(outcome.out)
        assert document["checked"] == 2
        assert {pin["stack"] for pin in document["outdated"]} == {"program/dev"}
        exports = [pin["export"] for pin in document["outdated"]]
    else:
        assert f"{1 if is_current else 2} of 2 pins " in outcome.out + outcome.err
        exports = re.findall(r"program/dev \(([^)]*)\)", outcome.out)
    assert exports == ([str(acme)] if is_current else files)


@pytest.mark.usefixtures("cloud")
def test_pins_that_differ_only_in_their_provider_are_both_checked(check: Check) -> None:
    outcome = check(with_provider(), with_provider(language="zh-CN"), with_provider())

    assert outcome.code == 1
    assert [row[0] for row in rows_of(outcome)[1:]] == [
        "program/dev (stdin)",
        "program/dev (stdin, export 2)",
    ]


@pytest.mark.usefixtures("cloud")
def test_unchecked_pins_with_the_same_urn_are_told_apart(check: Check) -> None:
    hidden = [
        with_newer("inputs", {"framework": {**SECRET, "ciphertext": text}, "region": text})
        for text in ("a", "b")
    ]

    outcome = check(*hidden)

    assert "warning: program/dev (stdin) newer is not checked: " in outcome.err
    assert "warning: program/dev (stdin, export 2) newer is not checked: " in outcome.err


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
def test_a_document_that_is_no_export_ends_with_2_and_one_line(
    check: Check, text: str, problem: str
) -> None:
    outcome = check(text)

    assert outcome.code == 2
    assert problem in outcome.err
    assert outcome.err.count("\n") == 2  # the other one is the summary


@pytest.mark.usefixtures("cloud")
def test_a_file_that_cannot_be_read_loses_no_other_stack(check: Check) -> None:
    outcome = check(only("newer"), argv=("-", "/nowhere/export.json"))

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
def test_a_wrong_command_line_ends_with_2_and_the_fix(
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


def test_one_listing_answers_all_pins_also_of_providers_that_differ_in_pace(
    check: Check, cloud: Emulator
) -> None:
    document = only("newer", "current", "withdrawn")
    provider = resource_of(document, "default_0_1_0")
    provider["inputs"] |= {"cacheTtlSeconds": "0", "timeoutSeconds": "50"}
    other = copy.deepcopy(document)
    other = json.loads(json.dumps(other).replace("::program::", "::other::"))
    resource_of(other, "default_0_1_0")["inputs"] |= {
        "timeoutSeconds": "40",
        "region": "ap-guangzhou",
    }

    outcome = check(document, other)

    assert outcome.code == 1
    assert [request.action for request in cloud.requests] == [PLATFORM] * 3  # its pages


def test_keys_in_the_state_are_not_used(check: Check, cloud: Emulator) -> None:
    document = only("newer")
    resource_of(document, "default_0_1_0")["inputs"] |= {
        "secretId": {**SECRET, "plaintext": '"AKIDold"'},
        "secretKey": {**SECRET, "ciphertext": "v1:x"},
        "securityToken": "rotated",
    }

    outcome = check(document)

    assert outcome.code == 1
    assert {request.secret_id for request in cloud.requests} == {cloud.secret_id}


@pytest.mark.usefixtures("cloud")
def test_a_role_that_is_secret_in_the_state_is_left_to_the_environment_with_a_warning(
    check: Check,
) -> None:
    document = only("newer")
    resource_of(document, "default_0_1_0")["inputs"] |= {
        "assumeRole": {**SECRET, "ciphertext": "v1:x"}
    }

    outcome = check(document)

    assert outcome.code == 1
    assert "warning: the role of the provider is secret in the export" in outcome.err


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    ("resource", "part", "change", "problem"),
    [
        ("newer", "outputs", {"image": {**SECRET, "ciphertext": "x"}}, "its image is secret; "),
        ("newer", "inputs", {"region": {**SECRET, "ciphertext": "x"}}, "its criteria are secret; "),
        ("newer", "inputs", {"components": {"cuda": {**SECRET, "ciphertext": "x"}}}, "criteria"),
        ("newer", "outputs", {"image": {}}, "it has no image with an id"),
        ("newer", "inputs", {"frameworkVersion": 3}, "was written by another version"),
        ("newer", "inputs", {"bogus": "x"}, "bogus"),
        (
            "default_0_1_0",
            "inputs",
            {"profile": {**SECRET, "ciphertext": "x"}},
            "provider setting profile: the value is secret",
        ),
        ("default_0_1_0", "inputs", {"bogus": "x"}, "provider setting bogus: there is no such key"),
    ],
)
def test_a_pin_that_cannot_be_checked_is_named_with_the_reason(
    check: Check, resource: str, part: str, change: dict[str, Any], problem: str
) -> None:
    document = only("newer", "withdrawn") if part != "inputs" else only("newer")
    resource_of(document, resource)[part] |= change

    outcome = check(document)

    assert outcome.code == (1 if part == "outputs" else 5)
    assert "warning: program/dev newer is not checked: " in outcome.err
    assert problem in outcome.err


def test_a_secret_criterion_in_clear_is_checked_and_neither_it_nor_the_image_is_shown(
    check: Check, cloud: Emulator
) -> None:
    document = only("newer")
    framework = {**SECRET, "plaintext": '"tensorflow"'}
    resource_of(document, "newer")["inputs"]["framework"] = framework

    listed = check(document, argv=("-o", "json"))
    cloud.faults.add(PLATFORM, Fault(code="InvalidParameter", message="not tensorflow", times=9))
    refused = check(document)

    (pin,) = json.loads(listed.out)["outdated"]
    assert (listed.code, pin["newer"]["id"], pin["image"]["name"]) == (1, "[secret]", "[secret]")
    assert refused.code == 3
    for outcome in (listed, refused):
        assert not re.search(f"tensorflow|{OLD}|{NEW}|{NEWER_NAME}", outcome.out + outcome.err)


def test_a_refused_listing_is_tried_and_shown_once_and_loses_no_other_pin(
    check: Check, cloud: Emulator
) -> None:
    refuse = Fault(code="AuthFailure.UnauthorizedOperation", times=99)
    cloud.faults.add("DescribeSessionImageVersion", refuse)
    document = only("newer", "session")
    again = copy.deepcopy(resource_of(document, "session"))
    again["urn"] += "-2"
    again["inputs"]["latest"] = None
    document["deployment"]["resources"].append(again)

    outcome = check(document)

    actions = [request.action for request in cloud.requests]
    assert outcome.code == 3
    assert NEWER_NAME in outcome.out
    assert actions.count("DescribeSessionImageVersion") == 1
    assert outcome.err.count("Tencent Cloud refused the request.") == 1
    assert "1 of 1 pin is outdated; 2 not checked" in outcome.err


def test_pins_of_a_deleted_engine_are_withdrawn(check: Check, cloud: Emulator) -> None:
    cloud.faults.add(
        "DescribeSessionImageVersion", Fault(code="ResourceNotFound.DataEngineNotFound", times=9)
    )

    outcome = check(only("session"))

    assert (outcome.code, rows_of(outcome)[1][-1]) == (1, "yes")


@pytest.mark.usefixtures("cloud")
def test_a_pin_by_regular_expression_is_checked_by_its_pattern(check: Check) -> None:
    document = only("newer")
    resource_of(document, "newer")["inputs"] |= {"nameRegex": "^tf2.15"}

    outcome = check(document)

    assert (outcome.code, outcome.err) == (0, "1 pin, none outdated\n")


@pytest.mark.usefixtures("cloud")
def test_a_resource_that_waits_to_be_deleted_does_not_count(check: Check) -> None:
    document = only("newer")
    resource_of(document, "newer")["delete"] = True

    assert check(document).code == 0


def test_no_keys_end_with_2_and_every_place_that_was_looked_at(check: Check) -> None:
    outcome = check(only("newer"))

    assert outcome.code == 2
    assert "environment TENCENTCLOUD_SECRET_ID" in outcome.err


@pytest.mark.usefixtures("cloud")
def test_thousands_of_pins_and_foreign_resources_take_little_beside_one_listing(
    check: Check,
) -> None:
    document = stack_exports.repeated("newer", 2500)
    check(only("newer"))  # imports

    began_s = time.process_time()
    outcome = check(document)
    took_s = time.process_time() - began_s

    assert outcome.code == 1
    assert len(outcome.out.splitlines()) > 2500
    assert took_s < 20, took_s  # a second on an idle machine; a listing a pin would take minutes


def test_thousands_of_pins_with_one_urn_are_merged_in_linear_time() -> None:
    document = only("newer")
    pin = resource_of(document, "newer")
    resources = document["deployment"]["resources"]
    for number in [*range(8000), *range(8000)]:
        resources.append({**pin, "inputs": {"framework": [{"value": number}]}})

    began_s = time.process_time()
    pins = merge_pins(read_pins(document))
    took_s = time.process_time() - began_s

    assert len(pins) == 8001
    assert all(pin.is_urn_shared for pin in pins)
    assert took_s < 10, took_s  # half a second on an idle machine; in quadratic time a minute


def test_pins_with_equal_values_are_merged_in_any_order_of_their_names() -> None:
    inputs = {"framework": "a", "tags": {"x": [1, {"y": 2}], "z": {**SECRET, "plaintext": "5"}}}
    document = only("newer")
    pin = resource_of(document, "newer")
    turned = {
        "tags": {"z": {**SECRET, "plaintext": "5"}, "x": [1, {"y": 2}]},
        "framework": "a",
    }
    resources = document["deployment"]["resources"]
    pin["inputs"] = inputs
    resources += [{**pin, "inputs": turned}, {**pin, "inputs": {**inputs, "framework": "b"}}]

    assert [found.inputs["framework"] for found in merge_pins(read_pins(document))] == ["a", "b"]


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
@pytest.mark.parametrize(
    ("criterion", "value"),
    [("frameworkVersion", ">=9.9,<7.7"), ("nameRegex", "canary("), ("device", "canary-device")],
)
def test_a_known_secret_criterion_that_is_refused_is_not_shown(
    check: Check, criterion: str, value: str, form: str
) -> None:
    document = only("newer")
    resource = resource_of(document, "newer")
    resource["inputs"][criterion] = {**SECRET, "plaintext": json.dumps(value)}

    outcome = check(document, argv=("-o", form))

    shown = outcome.out + outcome.err
    assert "not checked" in outcome.err
    assert [text for text in ("9.9", "7.7", "canary") if text in shown] == []


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_a_known_secret_setting_of_a_provider_is_not_shown(check: Check, form: str) -> None:
    document = only("newer")
    resource_of(document, "default_0_1_0")["inputs"] |= {
        "profile": {**SECRET, "plaintext": '"canary-profile"'}
    }

    outcome = check(document, argv=("-o", form))

    assert "the profile [secret], from configuration" in outcome.err
    assert "canary" not in outcome.out + outcome.err


@pytest.mark.parametrize("is_json", [True, False], ids=["JSON text", "value"])
@pytest.mark.parametrize(
    ("setting", "value", "canary"),
    [
        ("profile", "canary-profile", "canary"),
        ("forbiddenAccountIds", [ACCOUNT_ID], ACCOUNT_ID),
        ("forbiddenAccountIds", ["100001234567", "canaryx"], "canary"),
        ("allowedAccountIds", ["100001234567"], "100001234567"),
        (
            "assumeRole",
            {"roleArn": "qcs::cam::uin/1:roleName/canary-role", "sessionName": "canary-session"},
            "canary",
        ),
        ("assumeRole", {"roleArn": "canary"}, "canary"),
        ("endpoints", {"sts": "ftp://canary"}, "canary"),
    ],
)
def test_a_known_secret_in_a_setting_is_not_shown_however_the_engine_stored_it(
    check: Check, cloud: Emulator, setting: str, value: Any, canary: str, is_json: bool
) -> None:
    refused = "the role qcs::cam::uin/1:roleName/canary-role, as canary-session, is refused"
    cloud.faults.add("AssumeRole", Fault(code="UnauthorizedOperation", message=refused))
    stored = json.dumps(value) if is_json and not isinstance(value, str) else value

    outcome = check(with_provider(**{setting: {**SECRET, "plaintext": json.dumps(stored)}}))

    assert outcome.code
    assert canary not in outcome.out + outcome.err
