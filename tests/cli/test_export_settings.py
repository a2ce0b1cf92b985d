"""`outdated` uses the provider settings in an export, except addresses and files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.cli.export_settings import _HARMLESS, configure_pin
from pulumi_tcimages.core.configuration import field_names, read_configuration
from pulumi_tcimages.core.configuration_keys import KEY_PARTS
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.naming import camel_path
from pulumi_tcimages.plugin.stack_export import StackPin, read_pins
from tests.cli.conftest import Outcome, Shell
from tests.cli.stack_exports import SECRET, export_with, resource_of
from tests.engine.outdated_program import change_catalogue

ADDRESS = "http://127.0.0.1:9"
ROLE_ARN = "qcs::cam::uin/100000000001:roleName/build"
TOKEN_FILE = {"roleArn": ROLE_ARN, "webIdentityTokenFile": "/etc/passwd"}
RESTRICTED: dict[str, Any] = {
    "endpoints.tione": {"endpoints": {"tione": ADDRESS}},
    "endpoints.sts": {"endpoints": {"sts": "gateway.example"}},
    "endpoints.metadata": {"endpoints": {"metadata": ADDRESS}},
    "protocol": {"protocol": "http"},
    "shared_credentials_dir": {"sharedCredentialsDir": "."},
    "assume_role_with_web_identity.web_identity_token_file": {
        "assumeRoleWithWebIdentity": TOKEN_FILE
    },
    "assume_role_with_web_identity.web_identity_token": {
        "assumeRoleWithWebIdentity": {"roleArn": ROLE_ARN, "webIdentityToken": "a-token"}
    },
    "cam_role_name": {"camRoleName": "build"},
}
FLAGS = {
    "assume_role_with_web_identity.web_identity_token": (
        "assumeRoleWithWebIdentity.webIdentityTokenFile=FILE"
    ),
}
VALUES = {
    "endpoints.tione": "127.0.0.1:1",
    "endpoints.sts": "127.0.0.1:1",
    "endpoints.metadata": "127.0.0.1:1",
    "protocol": "http",
    "shared_credentials_dir": "/nowhere",
    "assume_role_with_web_identity.web_identity_token_file": "/nowhere",
    "assume_role_with_web_identity.web_identity_token": "token-of-the-user",
    "cam_role_name": "mine",
}
VARIABLES = {
    "endpoints.tione": "TCIMAGES_ENDPOINT_TIONE",
    "endpoints.sts": "TCIMAGES_ENDPOINT_STS",
    "endpoints.metadata": "TCIMAGES_ENDPOINT_METADATA",
    "protocol": "TENCENTCLOUD_PROTOCOL",
    "shared_credentials_dir": "TENCENTCLOUD_SHARED_CREDENTIALS_DIR",
    "assume_role_with_web_identity.web_identity_token_file": (
        "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE"
    ),
    "assume_role_with_web_identity.web_identity_token": (
        "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN"
    ),
    "cam_role_name": "TENCENTCLOUD_CAM_ROLE_NAME",
}
NO_FLAGS = read_configuration({})


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator with outdated pins; the environment has its keys but not its address."""
    with Emulator(requests_per_second=0) as emulator:
        for name, value in emulator.environment.items():
            if not name.startswith("TCIMAGES_ENDPOINT"):
                monkeypatch.setenv(name, value)
        change_catalogue(emulator.catalogue)
        yield emulator


def build_export(inputs: dict[str, Any], pin: str = "newer") -> dict[str, Any]:
    document = export_with(pin)
    resource_of(document, "default_0_1_0")["inputs"] |= inputs
    return document


def read_pin(inputs: dict[str, Any], pin: str = "newer") -> StackPin:
    (found,) = read_pins(build_export(inputs, pin))
    return found


def check_export(shell: Shell, folder: Path, inputs: dict[str, Any], *argv: str) -> Outcome:
    file = folder / "export.json"
    file.write_text(json.dumps(build_export(inputs)), encoding="utf-8")
    return shell("outdated", str(file), *argv)


def read_flag(path: str, value: str) -> Any:
    section, dot, part = path.partition(".")
    parts = {part: value, **({"role_arn": ROLE_ARN} if "token" in part else {})}
    return read_configuration({section: parts} if dot else {section: value})


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("path", RESTRICTED)
@pytest.mark.parametrize("form", ["object", "JSON text", "known secret"])
def test_pins_with_an_address_or_file_in_the_export_are_not_checked(
    shell: Shell, tmp_path: Path, path: str, form: str
) -> None:
    inputs = RESTRICTED[path]
    if form == "JSON text":
        inputs = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in inputs.items()
        }
    if form == "known secret":
        inputs = {
            name: {**SECRET, "plaintext": json.dumps(value)} for name, value in inputs.items()
        }

    outcome = check_export(shell, tmp_path, inputs)

    assert outcome.code == 5
    assert outcome.err.startswith("0 pins, none outdated; 1 not checked\n")
    assert "newer is not checked: an export may not choose addresses, files " in outcome.err
    assert f"--config {FLAGS.get(path, f'{camel_path(path)}=')}" in outcome.err
    assert outcome.err.count("\n") == 3


def test_address_from_an_export_gets_no_request(
    shell: Shell, tmp_path: Path, cloud: Emulator
) -> None:
    token = tmp_path / "token"
    token.write_text("a-private-file-of-one-word", encoding="utf-8")
    role = {"roleArn": ROLE_ARN, "webIdentityTokenFile": str(token)}
    addresses = {"sts": cloud.endpoint, "tione": cloud.endpoint}

    outcome = check_export(
        shell, tmp_path, {"endpoints": addresses, "assumeRoleWithWebIdentity": json.dumps(role)}
    )

    assert "1 not checked" in outcome.err
    assert len(cloud.requests) == 0


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("path", RESTRICTED)
def test_restricted_setting_is_used_from_a_flag(path: str) -> None:
    flags = read_flag(path, VALUES[path])

    combined = configure_pin(read_pin(RESTRICTED[path]), flags)

    assert combined == flags


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("path", RESTRICTED)
def test_restricted_setting_is_used_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv(VARIABLES[path], VALUES[path])

    combined = configure_pin(read_pin(RESTRICTED[path]), NO_FLAGS)

    assert combined.model_dump(exclude_none=True) in ({}, {"endpoints": {}})


@pytest.mark.parametrize("place", ["flag", "environment", "profile"])
def test_address_of_the_user_overrides_the_export(
    shell: Shell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cloud: Emulator,
    place: str,
) -> None:
    argv = ["--config", f"endpoints.tione={cloud.endpoint}"] if place == "flag" else []
    if place == "environment":
        monkeypatch.setenv("TCIMAGES_ENDPOINT_TIONE", cloud.endpoint)
    if place == "profile":
        profile = tmp_path / ".tccli" / "default.configure"
        profile.parent.mkdir()
        profile.write_text(json.dumps({"tione": {"endpoint": cloud.endpoint}}), encoding="utf-8")

    outcome = check_export(shell, tmp_path, {"endpoints": {"tione": ADDRESS}}, *argv)

    assert (outcome.code, outcome.err) == (1, "1 of 1 pin is outdated\n")


@pytest.mark.parametrize(
    ("inputs", "is_used"),
    [
        ({"endpoints": {"tione": "tione.ap-guangzhou.tencentcloudapi.com"}}, True),
        ({"endpoints": {"tione": "https://TIONE.tencentcloudapi.com:443/"}}, True),
        ({"endpoints": {"metadata": "http://metadata.tencentyun.com"}}, True),
        ({"protocol": "https"}, True),
        ({"endpoints": {"tione": "tencentcloudapi.com.example"}}, False),
        ({"endpoints": {"tione": "nottencentcloudapi.com"}}, False),
        ({"endpoints": {"tione": "metadata.tencentyun.com"}}, False),
        ({"endpoints": {"metadata": "x.tencentcloudapi.com"}}, False),
        ({"endpoints": {"metadata": "http://metadata.tencentyun.com:8080"}}, False),
        ({"endpoints": {"sts": "169.254.0.23"}}, False),
        ({"endpoints": {"sts": "[::1]:80"}}, False),
    ],
)
def test_export_may_name_only_addresses_of_the_vendor(
    inputs: dict[str, Any], is_used: bool
) -> None:
    if is_used:
        combined = configure_pin(read_pin(inputs), NO_FLAGS)
        assert combined == read_pin(inputs).read_configuration()
    else:
        with pytest.raises(ConfigurationError, match="may not choose addresses"):
            configure_pin(read_pin(inputs), NO_FLAGS)


@pytest.mark.parametrize(("pin", "other"), [("newer", "dlc"), ("session", "tione")])
def test_address_of_an_unrelated_service_is_ignored(pin: str, other: str) -> None:
    combined = configure_pin(read_pin({"endpoints": {other: ADDRESS}}, pin), NO_FLAGS)

    assert combined.endpoints is not None
    assert combined.endpoints.model_dump(exclude_none=True) == {}


def test_flags_override_each_endpoint_separately() -> None:
    inputs = {
        "endpoints": {"tione": ADDRESS, "sts": "sts.intl.tencentcloudapi.com"},
        "site": "intl",
    }

    combined = configure_pin(read_pin(inputs), read_flag("endpoints.tione", "gateway.example"))

    assert combined.model_dump(exclude_none=True) == {
        "site": "intl",
        "endpoints": {"tione": "gateway.example", "sts": "sts.intl.tencentcloudapi.com"},
    }


def test_all_missing_settings_are_reported_together() -> None:
    inputs = {"endpoints": {"tione": ADDRESS, "sts": ADDRESS, "dlc": ADDRESS}, "protocol": "http"}

    with pytest.raises(ConfigurationError) as raised:
        configure_pin(read_pin(inputs), NO_FLAGS)

    assert raised.value.problem.endswith(
        ": --config endpoints.tione=ADDRESS --config endpoints.sts=ADDRESS --config protocol=http"
    )


@pytest.mark.parametrize(
    ("inputs", "flag"),
    [({"profile": "x"}, "profile"), ({"endpoints": {"tione": "x"}}, "endpoints.tione")],
)
def test_encrypted_setting_can_be_given_by_a_flag(inputs: dict[str, Any], flag: str) -> None:
    encrypted = {name: {**SECRET, "ciphertext": "v1:x"} for name in inputs}
    flags = read_flag(flag, "mine.example")

    assert configure_pin(read_pin(encrypted), flags) == flags


@pytest.mark.parametrize(
    "path", ["cam_role_name", "assume_role_with_web_identity.web_identity_token"]
)
def test_profile_of_the_user_overrides_credentials_of_an_export(path: str) -> None:
    flags = read_configuration({"profile": "mine"})

    assert configure_pin(read_pin(RESTRICTED[path]), flags) == flags


def test_role_of_an_export_sends_no_metadata_request(
    shell: Shell, tmp_path: Path, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TCIMAGES_ENDPOINT_METADATA", cloud.endpoint)
    monkeypatch.setenv("TCIMAGES_ENDPOINT_TIONE", cloud.endpoint)

    outcome = check_export(shell, tmp_path, {"camRoleName": "build"})

    assert outcome.code == 5
    assert "--config camRoleName=NAME" in outcome.err
    assert len(cloud.requests) == 0


def test_every_setting_is_allowed_or_tested_as_restricted() -> None:
    restricted = {*RESTRICTED, "endpoints.dlc"}

    assert {*field_names()} - {*KEY_PARTS} == _HARMLESS | restricted
    assert not _HARMLESS & restricted
