"""Long errors over gRPC are shortened before gRPC drops them."""

from __future__ import annotations

import json
from urllib.parse import quote

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.plugin.rpc_errors import fit_status
from tests.plugin.conftest import Plugin

CARRIED_BYTES = 7_000
"""gRPC drops statuses above 8 KiB at random, and the engine adds words of its own."""
_UNESCAPED = "".join(set(map(chr, range(0x20, 0x7F))) - {"%"})


def header_bytes(text: str) -> int:
    return len(quote(text.encode(errors="replace"), safe=_UNESCAPED))


@pytest.mark.parametrize(
    "arguments",
    [
        {"nameRegex": "训练镜像" * 62},
        {"components": {f"component-{number}": ">=1" for number in range(400)}},
        {"framework": "pytorch", "components": {"部件" * 60: ">=1", "%" * 200: ">=1"}},
    ],
)
def test_long_query_error_keeps_its_start_and_its_advice(
    plugin: Plugin, arguments: dict[str, object]
) -> None:
    code, text = plugin.invoke_error("getPlatformImage", **arguments)

    assert code is grpc.StatusCode.NOT_FOUND
    assert text.startswith("getPlatformImage: no image matches. [no-match]\nAsked    ")
    assert "\nNext     " in text
    assert header_bytes(text) <= CARRIED_BYTES


def test_long_api_message_keeps_the_error_class(plugin: Plugin, cloud: Emulator) -> None:
    cloud.faults.add("DescribePlatformImages", Fault(code="InvalidParameter", message="长" * 6_000))

    _, text = plugin.invoke_error("getPlatformImages")

    assert text.startswith("getPlatformImages: Tencent Cloud refused the request. [api]\n")
    assert "\nNext     " in text
    assert header_bytes(text) <= CARRIED_BYTES


@given(st.text(max_size=80), st.integers(1, 300))
def test_any_text_fits_and_short_text_is_unchanged(line: str, count: int) -> None:
    text = "\n".join([line] * count)

    fitted = fit_status(text)

    assert header_bytes(fitted) <= CARRIED_BYTES
    if len(text) < 600:
        assert fitted == text


@pytest.mark.parametrize("letter", ["1", "镜"])
@pytest.mark.parametrize("introduction", ["set the right accounts.", ""])
def test_long_command_is_left_out_but_other_steps_stay(letter: str, introduction: str) -> None:
    accounts = json.dumps([letter * 12] * 400, ensure_ascii=False)
    set_accounts = Command(f"pulumi config set tcimages:allowedAccountIds '{accounts}'")
    doctor = Command("tcimages doctor", "To check all settings, run:")
    error = ConfigurationError("wrong", fix=Advice(introduction, set_accounts, doctor))

    fitted = fit_status(error.text())

    assert header_bytes(fitted) <= CARRIED_BYTES
    assert "pulumi config" not in fitted
    assert f"[a command of {len(set_accounts.text)} characters is too long to show]" in fitted
    assert fitted.endswith("To check all settings, run: tcimages doctor")
    assert "\nNext     " in fitted


def test_command_in_a_long_message_stays_whole() -> None:
    command = Command(f"tcimages explain platform-images --name-regex '{'x' * 1_100}'")
    lines = "\n".join(["y" * 70] * 100)
    error = ConfigurationError("wrong", allowed=lines, fix=Advice("ask the same.", command))

    fitted = fit_status(error.text())

    assert header_bytes(fitted) <= CARRIED_BYTES
    assert fitted.endswith(command.text)


def test_middle_lines_are_replaced_by_their_number() -> None:
    lines = [f"line {number} {'x' * 70}" for number in range(300)]

    fitted = fit_status("\n".join(lines)).splitlines()

    marker = next(index for index, line in enumerate(fitted) if line.endswith(" more lines"))
    omitted_count = int(fitted[marker].split()[1])
    assert (
        fitted[:marker] + fitted[marker + 1 :] == lines[:marker] + lines[marker + omitted_count :]
    )
    assert fitted[-1] == lines[-1]
