"""Lookups in the shell: exit codes, and the output of a lookup that fails."""

from __future__ import annotations

import json
import signal
import threading

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from tests.cli.conftest import ENGINE, PYTORCH, Shell, use_emulator


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--columns", "image-nam"], "Did you mean 'image-name'?"),
        (["--columns", " ,"], "' ,' names no column."),
        (["--columns", "image-id", "-o", "ids"], "--columns is for --output table"),
        (["--framewrk", "x"], "--framework"),
        (["--output", "xml"], "'xml' is not one of"),
        (["surplus"], "unexpected extra argument"),
    ],
)
@pytest.mark.usefixtures("cloud")
def test_invalid_command_line_exits_with_2_and_a_suggestion(
    shell: Shell, argv: list[str], message: str
) -> None:
    outcome = shell("platform-images", *argv)

    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ["platform-images", "--framework-version", "2.5"],
            "tcimages platform-images: invalid argument. [invalid-argument]\n"
            'Argument --framework-version "2.5"\n',
        ),
        (["platform-images", "--latest"], "add a criterion, for instance --framework,"),
        (
            ["session-images", ENGINE, "--framework-type", "pytorch"],
            'write --framework-type "machine-learning" and --framework "pytorch"',
        ),
        (
            ["session-images", ENGINE],
            "Argument --framework-type\nProblem  this argument is required\n"
            "Next     give the framework type: machine-learning, python or spark-ml\n",
        ),
        (["session-images"], "Missing argument 'ENGINE'"),
        (["platform-images", "--region", "Guang zhou"], "this is not the name of a region"),
        (["platform-images", "--region", "guangzhou"], 'Argument --region "guangzhou"\n'),
        (
            ["platform-images", "--components", "torch=2.1"],
            'Argument --components torch "2.1"\nProblem  this is not a version range\n',
        ),
        (["platform-images", "--config", "time\x1b[31m=3"], "Key      tcimages:time\\x1b[31m\n"),
        (
            ["platform-images", "--profile", "a/b"],
            "Key      tcimages:profile\nFrom     the --profile",
        ),
    ],
)
@pytest.mark.usefixtures("cloud")
def test_invalid_argument_exits_with_2_and_names_the_flag(
    shell: Shell, argv: list[str], message: str
) -> None:
    outcome = shell(*argv)

    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


@pytest.mark.usefixtures("cloud")
def test_no_match_exits_with_1_and_prints_the_counts_per_criterion(shell: Shell) -> None:
    outcome = shell(*PYTORCH, "--components", "pytorch>=9", "--output", "json")

    assert outcome.code == 1
    assert json.loads(outcome.out) == {
        "images": [], "ids": [], "totalCount": 205, "region": "ap-guangzhou"
    }  # fmt: skip
    assert outcome.err.startswith("tcimages platform-images: no image matches. [no-match]\n")
    assert "  0 left by --components pytorch\n" in outcome.err


@pytest.mark.usefixtures("cloud")
def test_ambiguous_match_exits_with_1_and_suggests_flags(shell: Shell) -> None:
    outcome = shell(
        "platform-images", "--framework", "tensorflow", "--image-range", "Train", "--latest"
    )

    assert (outcome.code, outcome.out) == (1, "")
    assert "--device cpu  " in outcome.err


def test_api_error_exits_with_3(
    shell: Shell, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "not-the-key-that-belongs-to-it")

    outcome = shell("platform-images")

    assert (outcome.code, outcome.out) == (3, "")
    assert "Code     AuthFailure.SignatureFailure" in outcome.err
    assert "not-the-key" not in outcome.err
    assert cloud.secret_id not in outcome.err


@pytest.mark.usefixtures("cloud")
def test_unknown_engine_exits_with_3_and_names_the_argument(shell: Shell) -> None:
    outcome = shell("session-images", "DataEngine-none", "--framework-type", "python")

    assert (outcome.code, outcome.out) == (3, "")
    assert "check ENGINE" in outcome.err


def test_unexpected_response_exits_with_4(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator() as cloud:
        use_emulator(cloud, monkeypatch)
        cloud.faults.add("DescribePlatformImages", Fault(status=404, times=9))
        outcome = shell("platform-images")

    assert (outcome.code, outcome.out) == (4, "")
    assert "unexpected response. [invalid-response]" in outcome.err


def test_exceeded_deadline_exits_with_4_and_names_the_flag(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator(latency_s=3600) as cloud:
        use_emulator(cloud, monkeypatch)
        # Long enough for the request to be sent; otherwise the message is different.
        outcome = shell("platform-images", "--config", "timeoutSeconds=2")

    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.endswith("of timeoutSeconds:\n           --config timeoutSeconds=60\n")


def test_missing_region_exits_with_2_and_lists_every_source(shell: Shell) -> None:
    outcome = shell("platform-images")

    assert (outcome.code, outcome.out) == (2, "")
    assert "environment TENCENTCLOUD_REGION" in outcome.err


def test_ctrl_c_during_a_listing_exits_with_130_silently(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator() as cloud:
        use_emulator(cloud, monkeypatch)
        press = threading.Timer(0.1, _press_ctrl_c)
        cloud.faults.add("DescribePlatformImages", Fault(delay_s=60, before=press.start))
        outcome = shell("platform-images")
        press.join()

    assert (outcome.code, outcome.out, outcome.err.strip()) == (130, "", "")


def _press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)
