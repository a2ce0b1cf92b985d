"""The exit code of `outdated` when pins are not checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator
from tests.cli.conftest import Shell
from tests.cli.stack_exports import SECRET, export_with, resource_of

ENCRYPTED = {**SECRET, "ciphertext": "x"}
NOT_CHECKED = {
    "secret criteria": {"region": ENCRYPTED},
    "a criterion of another version": {"frameworkVersion": 3},
}


@pytest.fixture(autouse=True)
def cloud(cloud: Emulator) -> Emulator:
    return cloud


def write(folder: Path, document: dict[str, Any]) -> str:
    file = folder / "export.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
@pytest.mark.parametrize("reason", NOT_CHECKED)
def test_pins_that_are_not_checked_end_with_5_though_none_is_outdated(
    shell: Shell, tmp_path: Path, reason: str, form: str
) -> None:
    document = export_with("current", "newer")
    resource_of(document, "newer")["inputs"] |= NOT_CHECKED[reason]

    outcome = shell("outdated", write(tmp_path, document), "-o", form)

    assert outcome.code == 5
    assert outcome.err.splitlines()[-1] == (
        "tcimages outdated: 1 pin not checked, for the reasons above"
    )


def test_a_refused_setting_of_the_only_provider_ends_with_5(shell: Shell, tmp_path: Path) -> None:
    document = export_with("newer", "current")
    resource_of(document, "default_0_1_0")["inputs"] |= {"sharedCredentialsDir": "."}

    outcome = shell("outdated", write(tmp_path, document))

    assert outcome.code == 5
    assert "tcimages outdated: 2 pins not checked, for the reasons above" in outcome.err


def test_a_pin_of_a_type_of_a_newer_version_ends_with_2_and_the_others_are_checked(
    shell: Shell, tmp_path: Path
) -> None:
    document = export_with("newer", "withdrawn")
    resource_of(document, "newer")["type"] = "tcimages:index:MirrorImagePin"

    outcome = shell("outdated", write(tmp_path, document))

    assert outcome.code == 2
    assert outcome.err.startswith("1 pin, none outdated; 1 problem\n")
    assert (
        'this version of pulumi-tcimages has no resource "tcimages:index:MirrorImagePin", so it is '
        "not checked; update the package"
    ) in " ".join(outcome.err.split())


def test_many_unknown_types_are_counted_and_the_first_of_them_named(
    shell: Shell, tmp_path: Path
) -> None:
    document = export_with("newer")
    resources = document["deployment"]["resources"]
    pin = resource_of(document, "newer")
    resources += [{**pin, "type": f"tcimages:index:X{number}"} for number in range(1000)]

    outcome = shell("outdated", write(tmp_path, document))

    text = " ".join(outcome.err.split())
    assert outcome.code == 2
    assert '"tcimages:index:X0", "tcimages:index:X1", "tcimages:index:X10"' in text
    assert "and 995 more, so it is not checked" in text
