"""The options `--config` and `--profile`, which configure one command."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from pulumi_tcimages.cli.config_option import ConfigFlag, read_flags
from pulumi_tcimages.cloud import read_settings
from pulumi_tcimages.emulator import Emulator
from tests.cli.conftest import SESSION, Shell


def test_profile_flag_selects_keys_and_region(
    shell: Shell, cloud: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_REGION"):
        monkeypatch.delenv(name)
    folder = tmp_path / ".tccli"
    folder.mkdir()
    keys = {"secretId": cloud.secret_id, "secretKey": cloud.secret_key}
    (folder / "work.credential").write_text(json.dumps(keys), encoding="utf-8")
    settings = {"_sys_param": {"region": "ap-shanghai"}}
    (folder / "work.configure").write_text(json.dumps(settings), encoding="utf-8")

    outcome = shell(*SESSION, "--profile", "work", "-o", "json")

    assert (outcome.code, json.loads(outcome.out)["region"]) == (0, "ap-shanghai")


@pytest.mark.parametrize(
    ("pair", "in_force"),
    [
        ("tcimages:language=zh-CN", ("language", "zh-CN")),
        ("max-requests-per-second=2", ("max_requests_per_second", 2)),
        ("timeoutSeconds=10", ("timeout_seconds", 10.0)),
        ("endpoints.STS=localhost:1", ("endpoints.sts", "localhost:1")),
        ('endpoints={"sts": "localhost:1"}', ("endpoints.sts", "localhost:1")),
        ("allowedAccountIds=[1, 2]", ("allowed_account_ids", ["1", "2"])),
    ],
)
def test_config_flag_accepts_the_syntax_of_pulumi_config(
    pair: str, in_force: tuple[str, object]
) -> None:
    flag = ConfigFlag()
    context = click.Context(click.Command("any", params=[flag]))

    configuration = read_flags(flag.process_value(context, (pair,)))

    name, value = in_force
    assert read_settings(configuration).get(name) == value


def test_config_flag_changes_the_request(
    shell: Shell, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TCIMAGES_ENDPOINT_DLC")
    monkeypatch.delenv("TENCENTCLOUD_REGION")
    host = cloud.environment["TCIMAGES_ENDPOINT_DLC"]

    outcome = shell(
        *SESSION, "-o", "ids", "--config", f"endpoints.dlc={host}", "--config", "region=ap-beijing"
    )
    invalid = shell(*SESSION, "--config", f"endpoints.dlc={host}", "--config", "site=mars")

    assert (outcome.code, outcome.err, len(outcome.out.splitlines())) == (0, "", 11)
    assert (invalid.code, invalid.out) == (2, "")
    assert 'Problem  the value "mars" is not one that is allowed.\n' in invalid.err
    assert "Key      tcimages:site\nFrom     the --config flag\n" in invalid.err


@pytest.mark.usefixtures("cloud")
def test_config_key_without_a_flag_is_not_shown_as_a_flag(shell: Shell) -> None:
    outcome = shell("platform-images", "--config", 'allowedAccountIds=["1"]')

    assert (outcome.code, outcome.out) == (2, "")
    assert "which is not in\n         tcimages:allowedAccountIds.\n" in outcome.err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--config", "site"], "'site' has no value: write KEY=VALUE"),
        (["--config", "secretKey:canary"], "'secretKey' has no value: write KEY=VALUE"),
        (["--config", "secretKey:canary=="], "'secretKey' has no value: write KEY=VALUE"),
        (
            ["--config", "assumeRole.externalId:canary="],
            "'assumeRole' has no value: write KEY=VALUE",
        ),
        (["--config", "secretKey canary=1"], "'secretKey' has no value: write KEY=VALUE"),
        (["--config", "canary"], "a setting has no value: write KEY=VALUE"),
        (["--config", "site=intl", "--config", "tcimages:site=china"], "site is given twice"),
        (["--config", "endpoints.dlc=a", "--config", "endpoints={}"], "endpoints is given twice"),
        (["--config", "endpoints={}", "--config", "endpoints.dlc=a"], "endpoints.dlc is given"),
        (["--profile", "a", "--config", "profile=b"], "by --profile and --config"),
        (
            ["--config", "allowedAccountIds=100,200"],
            """Next     replace it: --config 'allowedAccountIds=["100", "200"]'\n""",
        ),
        (
            ["--config", "endpoints=http://a"],
            "Next     replace it: --config endpoints.tione=tione.tencentcloudapi.com\n",
        ),
        (["--config", "site=international"], "--config site=intl\n"),
        (
            ["--config", 'endpoints={"tione":"x y"}'],
            "Next     correct this part of --config endpoints, and keep the rest.\n",
        ),
        (
            ["--config", 'assumeRole={"roleArn":"r","sessionDuration":0}'],
            "Next     correct this part of --config assumeRole, and keep the rest.\n",
        ),
        (
            ["--config", 'assumeRole={"roleArn":"r","x":"y"}'],
            "Next     remove this part of --config assumeRole, and keep the rest.\n",
        ),
        (
            ["--config", 'allowedAccountIds=["1",'],
            "Next     correct the JSON text of --config allowedAccountIds, and keep the\n",
        ),
        (["--config", "timeoutSecond=9"], "did you mean timeoutSeconds?"),
        (
            ["--profile", "a/b", "--config", "site=intl"],
            "Key      tcimages:profile\nFrom     the --profile or --config flag\n",
        ),
        (["--config", "secretKey=canary"], "set TENCENTCLOUD_SECRET_KEY"),
        (["--config", "assumeRole.externalId=canary"], "set TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID"),
        (
            ["--config", 'assumeRoleWithWebIdentity={"webIdentityToken": "canary"}'],
            "Key      tcimages:assumeRoleWithWebIdentity.webIdentityToken",
        ),
    ],
)
@pytest.mark.usefixtures("cloud")
def test_invalid_config_flag_exits_with_2_and_redacts_secrets(
    shell: Shell, argv: list[str], message: str
) -> None:
    for command in ("platform-images", "doctor"):
        outcome = shell(command, *argv)

        assert (outcome.code, outcome.out) == (2, "")
        assert message in outcome.err
        assert "canary" not in outcome.err
