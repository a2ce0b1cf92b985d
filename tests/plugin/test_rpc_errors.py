"""Long errors, over real gRPC: what is in them is cut before gRPC drops all of it."""

from __future__ import annotations

from urllib.parse import quote

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.plugin.rpc_errors import fit_status
from tests.plugin.conftest import Plugin

CARRIED_BYTES = 7_000
"""Of the 8 KiB above which gRPC drops a status at random; the engine adds some words of its own."""
_AS_THEY_ARE = "".join(set(map(chr, range(0x20, 0x7F))) - {"%"})


def header_bytes(text: str) -> int:
    return len(quote(text.encode(errors="replace"), safe=_AS_THEY_ARE))


@pytest.mark.parametrize(
    "question",
    [
        {"nameRegex": "训练镜像" * 62},
        {"components": {f"component-{number}": ">=1" for number in range(400)}},
        {"framework": "pytorch", "components": {"部件" * 60: ">=1", "%" * 200: ">=1"}},
    ],
)
def test_a_long_question_is_told_from_its_beginning_to_what_to_do(
    plugin: Plugin, question: dict[str, object]
) -> None:
    code, text = plugin.refusal("getPlatformImage", **question)

    assert code is grpc.StatusCode.NOT_FOUND
    assert text.startswith("getPlatformImage: no image matches. [no-match]\nAsked    ")
    assert "\nNext     " in text
    assert header_bytes(text) <= CARRIED_BYTES


def test_a_long_message_of_the_cloud_keeps_its_class(plugin: Plugin, cloud: Emulator) -> None:
    cloud.faults.add("DescribePlatformImages", Fault(code="InvalidParameter", message="长" * 6_000))

    _, text = plugin.refusal("getPlatformImages")

    assert text.startswith("getPlatformImages: Tencent Cloud refused the request. [api]\n")
    assert "\nNext     " in text
    assert header_bytes(text) <= CARRIED_BYTES


@given(st.text(max_size=80), st.integers(1, 300))
def test_any_text_fits_and_a_short_one_is_itself(line: str, count: int) -> None:
    text = "\n".join([line] * count)

    fitted = fit_status(text)

    assert header_bytes(fitted) <= CARRIED_BYTES
    if len(text) < 600:
        assert fitted == text


def test_the_middle_goes_and_says_how_much_of_it() -> None:
    lines = [f"line {number} {'x' * 70}" for number in range(300)]

    fitted = fit_status("\n".join(lines)).splitlines()

    gap = next(index for index, line in enumerate(fitted) if line.endswith(" more lines"))
    left_out = int(fitted[gap].split()[1])
    assert fitted[:gap] + fitted[gap + 1 :] == lines[:gap] + lines[gap + left_out :]
    assert fitted[-1] == lines[-1]
