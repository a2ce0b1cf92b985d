"""`doctor`: a line for everything, a fix for what is wrong, an exit code, never a secret."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_tcimages.cli import checks, doctor
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.sdk import discovery
from tests.cli.conftest import Shell
from tests.cloud.misbehaving import Misbehaving, reply

Checks = dict[str, dict[str, str]]

DEAD = "http://127.0.0.1:1"


def examine(shell: Shell, *argv: str) -> tuple[int, Checks]:
    outcome = shell("doctor", "--output", "json", *argv)
    document = json.loads(outcome.out)
    assert document["ok"] == (outcome.code == 0)
    return outcome.code, {one.pop("check"): one for one in document["checks"]}


@pytest.mark.usefixtures("script")
def test_all_is_well(shell: Shell, cloud: Emulator) -> None:
    code, checks = examine(shell)

    assert code == 0
    assert {one["state"] for one in checks.values()} <= {"ok", "note"}
    source = "from environment TENCENTCLOUD_SECRET_ID"
    assert checks["credentials"] == {
        "state": "ok", "found": f"of account 100000000001, {source}", "fix": ""
    }  # fmt: skip
    assert checks["setting secretId"]["found"] == f"(set), {source}"
    assert checks["setting region"]["found"] == (
        "ap-guangzhou, from environment TENCENTCLOUD_REGION"
    )
    assert checks["plugin starts"]["state"] == "ok"
    assert "plugin on PATH" not in checks
    for service in ("dlc", "tione", "sts"):
        assert checks[f"address {service}"]["found"].startswith(f"{cloud.address} answers in ")


@pytest.mark.usefixtures("script", "cloud")
def test_the_config_flag_is_examined_too(shell: Shell) -> None:
    code, checks = examine(shell, "--config", "timeoutSeconds=10")

    assert (code, checks["setting timeoutSeconds"]["found"]) == (
        0, "10.0, from configuration tcimages:timeoutSeconds"
    )  # fmt: skip


@pytest.mark.usefixtures("cloud")
def test_another_plugin_that_comes_first_on_path_is_a_note(
    shell: Shell, rival: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{rival.parent}{os.pathsep}{os.environ['PATH']}")

    _, checks = examine(shell)

    first = f"the engine takes {rival}, which comes first on PATH"
    assert checks["plugin on PATH"] == {
        "state": "note",
        "found": f"{first}, and not this environment's",
        "fix": f"take {rival.parent} off PATH",
    }


@pytest.mark.usefixtures("script")
def test_the_lines_are_for_people_and_hold_no_secret(shell: Shell, cloud: Emulator) -> None:
    outcome = shell("doctor")

    assert (outcome.code, outcome.err) == (0, "")
    assert "ok    credentials" in outcome.out
    assert cloud.secret_id not in outcome.out
    assert cloud.secret_key not in outcome.out


@pytest.mark.usefixtures("cloud", "script")
def test_on_a_terminal_its_lines_are_broken_between_words_and_stay_in_their_column(
    terminal: Callable[[int], Shell], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    lines = terminal(80)("doctor").out.splitlines()

    assert max(map(len, lines)) <= 80
    at = next(number for number, line in enumerate(lines) if "setting secretKey" in line)
    assert [line[34:] for line in lines[at : at + 2]] == [
        "(set), from environment",
        "TENCENTCLOUD_SECRET_KEY",
    ]
    assert lines[at + 1][:34].strip() == ""


@pytest.mark.usefixtures("script", "cloud")
def test_a_wrong_key_ends_with_3(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "not-the-key-that-belongs-to-it")

    code, checks = examine(shell)

    assert code == 3
    assert checks["credentials"]["found"].startswith("AuthFailure.SignatureFailure: ")
    assert checks["credentials"]["found"].endswith(", from environment TENCENTCLOUD_SECRET_ID")
    assert "check the secret key" in checks["credentials"]["fix"]


@pytest.mark.usefixtures("script")
def test_nothing_configured_ends_with_2_and_says_what_to_set(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in ("DLC", "TIONE", "STS"):
        monkeypatch.setenv(f"TCIMAGES_ENDPOINT_{service}", DEAD)

    code, checks = examine(shell)

    assert code == 2
    assert checks["setting region"] == {
        "state": "fail",
        "found": "no region was found, and there is no default.",
        "fix": "give --region, or set TENCENTCLOUD_REGION",
    }
    assert checks["credentials"]["found"] == "no credentials were found."
    assert "tcimages demo" in checks["credentials"]["fix"]
    assert "clock" not in checks


@pytest.mark.usefixtures("cloud", "script")
def test_an_address_that_nobody_answers_ends_with_4(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TCIMAGES_ENDPOINT_TIONE", DEAD)

    code, checks = examine(shell)

    assert code == 4
    assert checks["address tione"]["state"] == "fail"
    assert checks["address tione"]["found"].startswith("127.0.0.1:1: ")
    assert checks["address tione"]["fix"]
    assert checks["address dlc"]["state"] == "ok"


@pytest.mark.usefixtures("script")
def test_a_slow_address_is_not_told_to_take_more_than_the_time_of_a_check(
    shell: Shell, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_KEYS_S", 0.1)
    cloud.faults.add("GetCallerIdentity", Fault(delay_s=5))

    code, found = examine(shell)

    assert (code, found["credentials"]["fix"]) == (
        4,
        "check the network and the proxy between here and the endpoint.",
    )


@pytest.mark.usefixtures("cloud", "script")
def test_a_broken_setting_is_one_line_and_the_others_are_still_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_REGION", "not a region")

    code, checks = examine(shell)

    assert code == 2
    assert checks["setting region"]["state"] == "fail"
    assert checks["setting region"]["found"] == (
        'the value "not a region" is not one that is allowed, from environment TENCENTCLOUD_REGION'
    )
    assert checks["setting region"]["fix"].startswith("lower-case letters")
    assert checks["credentials"]["found"] == (
        "found in environment TENCENTCLOUD_SECRET_ID; not tried, because there is no region"
    )


@pytest.mark.usefixtures("cloud", "script")
def test_flags_count_as_configuration(shell: Shell) -> None:
    _, checks = examine(shell, "--region", "ap-shanghai")

    assert checks["setting region"]["found"] == "ap-shanghai, from configuration tcimages:region"


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(
    ("skew_s", "state"), [(-3600.0, "fail"), (3600.0, "fail"), (120.0, "note"), (0.0, "ok")]
)
def test_the_clock_is_compared_with_the_clouds(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, skew_s: float, state: str
) -> None:
    with Emulator() as cloud:
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        cloud.faults.add("*", Fault(clock_skew_s=skew_s, times=9))
        _, checks = examine(shell)

    assert checks["clock"]["state"] == state


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.parametrize("date", ["soon", "Mon, 01 Jan 2024 00:00:00 +99999999999999"])
def test_a_date_that_is_none_is_no_clock(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, date: str
) -> None:
    with Misbehaving(reply(b"{}", f"Date: {date}")) as server:
        for service in ("DLC", "TIONE", "STS"):
            monkeypatch.setenv(f"TCIMAGES_ENDPOINT_{service}", server.url)
        _, checks = examine(shell)

    assert checks["address dlc"]["state"] == "ok"
    assert "clock" not in checks


@pytest.mark.usefixtures("cloud", "script")
def test_the_proxy_is_named_without_its_password(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:canary@127.0.0.1:1")
    monkeypatch.setenv("TCIMAGES_ENDPOINT_TIONE", "https://tione.example.com")

    outcome = shell("doctor")

    assert outcome.code == 4
    assert (
        "tione.example.com: the proxy 127.0.0.1:1 (HTTPS_PROXY) refused the connection."
        in outcome.out
    )
    assert "canary" not in outcome.out + outcome.err


@pytest.mark.usefixtures("cloud", "script")
def test_a_proxy_that_cannot_be_used_is_a_failed_address(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://[canary")
    monkeypatch.setenv("TCIMAGES_ENDPOINT_TIONE", "https://tione.example.com")

    _, checks = examine(shell)

    assert checks["address tione"]["state"] == "fail"
    assert checks["address tione"]["found"] == (
        "this proxy cannot be used, from environment HTTPS_PROXY"
    )


@pytest.mark.usefixtures("cloud")
def test_a_plugin_that_does_not_start_is_a_failure(shell: Shell, script: Path) -> None:
    script.write_text("#!/bin/sh\necho out of order\n", encoding="utf-8")

    code, checks = examine(shell)

    assert code == 2
    assert checks["plugin starts"]["found"] == f"{script} does not start: it prints no port"


@pytest.mark.usefixtures("cloud")
def test_a_plugin_that_says_nothing_is_given_up(
    shell: Shell, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    monkeypatch.setattr(doctor, "_START_S", 0.1)

    code, checks = examine(shell)

    assert (code, checks["plugin starts"]["state"]) == (2, "fail")


@pytest.mark.usefixtures("cloud")
def test_a_missing_console_script_is_a_failure(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "find_script", lambda: None)

    code, checks = examine(shell)

    assert code == 2
    assert checks["plugin"]["fix"] == "install pulumi-tcimages with pip"
    assert "plugin starts" not in checks


@pytest.mark.usefixtures("cloud", "script")
def test_a_launcher_that_is_not_ours_is_noted(shell: Shell) -> None:
    launcher = discovery.launcher_path()
    launcher.parent.mkdir(parents=True)
    launcher.write_text("#!/bin/sh\necho 1\n", encoding="utf-8")
    launcher.chmod(0o755)

    code, checks = examine(shell)

    assert (code, checks["plugin"]["state"]) == (0, "note")
    assert checks["plugin"]["found"].endswith("is not ours")


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.parametrize(
    ("program", "state", "found"),
    [
        ("echo v3.999.0", "ok", "v3.999.0, "),
        ("exit 1", "fail", "does not work"),
        ("", "note", "not"),
    ],
)
def test_the_pulumi_command_is_looked_at(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    program: str,
    state: str,
    found: str,
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    if program:
        command = tmp_path / "pulumi"
        command.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
        command.chmod(0o755)

    _, checks = examine(shell)

    assert checks["pulumi"]["state"] == state
    assert found in checks["pulumi"]["found"]
