"""`doctor`: its checks of settings, keys, addresses and the clock, and its exit code."""

from __future__ import annotations

import json
import socket
import threading
import time
from pathlib import Path

import pytest
import trustme

from pulumi_tcimages.cli import checks as the_checks
from pulumi_tcimages.emulator import Emulator, Fault
from tests.cli.conftest import Shell, run_doctor, use_emulator
from tests.cloud.faulty_server import FaultyServer, reply

DEAD = "http://127.0.0.1:1"


@pytest.mark.usefixtures("script", "cloud")
def test_config_flag_is_checked(shell: Shell) -> None:
    code, checks = run_doctor(shell, "--config", "timeoutSeconds=10")

    assert (code, checks["setting timeoutSeconds"]["found"]) == (
        0, "10.0, from --config timeoutSeconds"
    )  # fmt: skip


@pytest.mark.usefixtures("script", "cloud")
def test_wrong_key_exits_with_3(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "not-the-key-that-belongs-to-it")

    code, checks = run_doctor(shell)

    assert code == 3
    assert checks["credentials"]["found"].startswith("AuthFailure.SignatureFailure: ")
    assert checks["credentials"]["found"].endswith(", from environment TENCENTCLOUD_SECRET_ID")
    assert "copy the secret key again to TENCENTCLOUD_SECRET_KEY" in checks["credentials"]["fix"]


@pytest.mark.usefixtures("script")
def test_missing_configuration_exits_with_2_and_names_the_variables(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in ("DLC", "TIONE", "STS"):
        monkeypatch.setenv(f"TCIMAGES_ENDPOINT_{service}", DEAD)

    code, checks = run_doctor(shell)

    assert code == 2
    assert checks["setting region"] == {
        "state": "fail",
        "found": "no region was found, and there is no default.",
        "fix": "give --region, or set TENCENTCLOUD_REGION. To try it without an account, run: "
        "tcimages demo",
    }
    assert checks["credentials"]["found"] == "no credentials were found."
    assert "tcimages demo" in checks["credentials"]["fix"]
    assert "clock" not in checks


@pytest.mark.usefixtures("cloud", "script")
def test_unreachable_address_exits_with_4(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TCIMAGES_ENDPOINT_TIONE", DEAD)

    code, checks = run_doctor(shell)

    assert code == 4
    assert checks["address tione"]["state"] == "fail"
    assert checks["address tione"]["found"].startswith("127.0.0.1:1: ")
    assert checks["address tione"]["fix"]
    assert checks["address dlc"]["state"] == "ok"


@pytest.mark.usefixtures("script")
def test_slow_address_fix_does_not_mention_the_timeout_setting(
    shell: Shell, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(the_checks, "_KEYS_S", 0.1)
    cloud.faults.add("GetCallerIdentity", Fault(delay_s=5))

    code, found = run_doctor(shell)

    assert (code, found["credentials"]["fix"]) == (
        4,
        f"check that {cloud.address}, from environment TCIMAGES_ENDPOINT_STS, is "
        "right and that its server runs. To test the address, run: "
        f"curl --head --noproxy '*' --max-time 10 http://{cloud.address}\n"
        "To use the vendor's address instead, remove this setting; run: "
        "unset TCIMAGES_ENDPOINT_STS",
    )


def write_profile(home: Path, **settings: str) -> Path:
    path = home / ".tccli" / "default.configure"
    path.parent.mkdir()
    path.write_text(json.dumps({"_sys_param": settings}), encoding="utf-8")
    return path


@pytest.mark.usefixtures("cloud", "script")
def test_source_of_every_setting_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ca = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(ca))
    for name, text in {
        "TENCENTCLOUD_DOMAIN": "intl.tencentcloudapi.com",
        "TENCENTCLOUD_PROTOCOL": "http",
        "TCCLI_PROFILE": "work",
        "TENCENTCLOUD_ROLE_ARN": "qcs::cam::uin/100000000001:roleName/build",
        "TENCENTCLOUD_CREDENTIALS_FILE": "/keys",
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "NO_PROXY": "tencentcloudapi.com",
        "REQUESTS_CA_BUNDLE": str(ca),
    }.items():
        monkeypatch.setenv(name, text)
    monkeypatch.delenv("TCIMAGES_ENDPOINT_DLC")

    _, checks = run_doctor(shell)

    findings = " ".join(f"{check}: {finding['found']}" for check, finding in checks.items())
    assert "setting site: intl, from environment TENCENTCLOUD_DOMAIN" in findings
    assert "setting protocol: http, from environment TENCENTCLOUD_PROTOCOL" in findings
    assert "setting profile: work, from environment TCCLI_PROFILE" in findings
    assert "roleName/build, from environment TENCENTCLOUD_ROLE_ARN" in findings
    assert "credentials file: /keys, from environment TENCENTCLOUD_CREDENTIALS_FILE" in findings
    assert f"certificates: {ca}, from environment REQUESTS_CA_BUNDLE" in findings
    assert "address dlc: dlc.intl.tencentcloudapi.com (NO_PROXY)" in findings
    assert ", from environment TCIMAGES_ENDPOINT_STS" in checks["address sts"]["found"]


@pytest.mark.usefixtures("cloud", "script")
def test_unused_value_is_noted_with_the_reason(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    profile = write_profile(tmp_path, region="ap-profile")
    monkeypatch.setenv("TENCENTCLOUD_DOMAIN", "intl.tencentcloudapi.com")
    monkeypatch.setenv("TENCENTCLOUD_TOKEN", '"canary"')
    monkeypatch.setenv("TENCENTCLOUD_PROFILE", "")

    lines = shell("doctor", "--region", "ap-beijing", "--config", "site=china").out.splitlines()

    assert [" ".join(line.split()) for line in lines if "not used" in line] == [
        "note not used environment TENCENTCLOUD_TOKEN holds a value in quotes",
        "note not used environment TENCENTCLOUD_REGION: --region decides",
        f"note not used profile {profile}: --region decides",
        "note not used environment TENCENTCLOUD_DOMAIN: --config site decides",
    ]
    assert any("fix: remove the quotes in environment TENCENTCLOUD_TOKEN" in line for line in lines)


@pytest.mark.usefixtures("script")
def test_all_checks_share_the_deadline_of_a_lookup(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "x")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "y")

    def hang(*_: object, **__: object) -> None:
        released.wait(30)

    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    started_s = time.monotonic()
    code, checks = run_doctor(shell, "--region", "ap-beijing", "--config", "timeoutSeconds=1")
    released.set()

    assert time.monotonic() - started_s < 10  # in sequence, the checks would take 15 s
    assert code == 4
    assert {finding["state"] for name, finding in checks.items() if name.startswith("address")} == {
        "fail"
    }
    assert checks["credentials"]["state"] == "fail"


@pytest.mark.usefixtures("cloud", "script")
def test_invalid_setting_does_not_hide_the_other_settings(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_REGION", "not a region")

    code, checks = run_doctor(shell)

    assert code == 2
    assert checks["setting region"]["state"] == "fail"
    assert checks["setting region"]["found"] == (
        'the value "not a region" is not one that is allowed, from environment TENCENTCLOUD_REGION'
    )
    assert checks["setting region"]["fix"].startswith("lower-case letters")
    assert checks["credentials"]["found"] == (
        "found in environment TENCENTCLOUD_SECRET_ID; not tried without a region"
    )


@pytest.mark.usefixtures("cloud", "script")
def test_flags_are_checked_as_configuration(shell: Shell) -> None:
    _, checks = run_doctor(shell, "--region", "ap-shanghai")

    assert checks["setting region"]["found"] == "ap-shanghai, from --region"


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(
    ("skew_s", "state"), [(-3600.0, "fail"), (3600.0, "fail"), (120.0, "note"), (0.0, "ok")]
)
def test_clock_is_compared_with_the_cloud(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, skew_s: float, state: str
) -> None:
    with Emulator() as cloud:
        use_emulator(cloud, monkeypatch)
        cloud.faults.add("*", Fault(clock_skew_s=skew_s, times=9))
        _, checks = run_doctor(shell)

    assert checks["clock"]["state"] == state


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.parametrize("date", ["soon", "Mon, 01 Jan 2024 00:00:00 +99999999999999"])
def test_invalid_date_header_skips_the_clock_check(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, date: str
) -> None:
    with FaultyServer(reply(b"{}", f"Date: {date}")) as server:
        for service in ("DLC", "TIONE", "STS"):
            monkeypatch.setenv(f"TCIMAGES_ENDPOINT_{service}", server.url)
        _, checks = run_doctor(shell)

    assert checks["address dlc"]["state"] == "ok"
    assert "clock" not in checks


@pytest.mark.usefixtures("cloud", "script")
def test_proxy_password_is_redacted(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_unusable_proxy_fails_the_address_check(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://[canary")
    monkeypatch.setenv("TCIMAGES_ENDPOINT_TIONE", "https://tione.example.com")

    _, checks = run_doctor(shell)

    assert checks["address tione"]["state"] == "fail"
    assert checks["address tione"]["found"] == (
        "this is not the address of a proxy, from environment HTTPS_PROXY"
    )
