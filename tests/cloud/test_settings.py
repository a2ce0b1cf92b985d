"""Sources of settings, and the errors for missing values."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pulumi_tcimages.cloud.placeholder_warnings import missing_region
from pulumi_tcimages.cloud.settings import (
    Settings,
    Value,
    read_settings,
)
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.errors import ConfigurationError


@pytest.fixture
def read_settings_of(tmp_path):
    def read(environ: dict[str, str] | None = None, **configuration: object) -> Settings:
        return read_settings(read_configuration(configuration), environ or {}, tmp_path)

    return read


def write_profile(tmp_path, name="default", **content):
    folder = tmp_path / ".tccli"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.configure"
    path.write_text(json.dumps(content))
    return path


def test_configuration_precedes_environment_and_profile(read_settings_of, tmp_path):
    path = write_profile(tmp_path, _sys_param={"region": "ap-profile"})
    environ = {"TENCENTCLOUD_REGION": "ap-environment"}

    values = [
        read_settings_of(environ, region="ap-configured").find("region"),
        read_settings_of(environ).find("region"),
        read_settings_of().find("region"),
    ]

    assert values == [
        Value("ap-configured", "configuration tcimages:region"),
        Value("ap-environment", "environment TENCENTCLOUD_REGION"),
        Value("ap-profile", f"profile {path}"),
    ]


def test_pod_region_is_read(read_settings_of):
    assert read_settings_of({"TKE_REGION": "ap-tokyo"}).find("region") == Value(
        "ap-tokyo", "environment TKE_REGION"
    )


def test_missing_region_is_an_error(read_settings_of, tmp_path):
    settings = read_settings_of()

    assert settings.find("region") is None
    assert settings.source_of("region") == ""
    assert str(missing_region(settings)) == (
        "configuration error. [configuration]\n"
        "Problem  no region was found, and there is no default.\n"
        "Key      tcimages:region\n"
        "Looked   configuration tcimages:region\n"
        "         environment TENCENTCLOUD_REGION\n"
        f"         profile {tmp_path}/.tccli/default.configure\n"
        "         environment TKE_REGION\n"
        "Next     give region, or set TENCENTCLOUD_REGION, or run:\n"
        "           pulumi config set tcimages:region ap-guangzhou\n"
        "         To try it without an account, run: tcimages demo"
    )


def test_quoted_region_is_an_error_with_the_fix(read_settings_of):
    error = missing_region(read_settings_of({"TENCENTCLOUD_REGION": '"ap-guangzhou"'}))

    assert "environment TENCENTCLOUD_REGION (holds a value in quotes)" in error.searched
    assert str(error.fix).startswith(
        "remove the quotes in environment TENCENTCLOUD_REGION, or give "
    )


@pytest.mark.parametrize("source", ["configuration", "profile"])
def test_placeholder_region_is_an_error_with_the_fix(read_settings_of, tmp_path, source):
    arguments = {"region": "<region>"} if source == "configuration" else {}
    path = write_profile(tmp_path, **({} if arguments else {"region": "<region>"}))

    error = missing_region(read_settings_of(**arguments))

    place = "configuration tcimages:region" if arguments else f"profile {path}"
    assert str(error.fix).startswith(f"replace the placeholder in {place}, or give ")


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("TENCENTCLOUD_SECURITY_TOKEN", "t", "security_token", "t"),
        ("TENCENTCLOUD_TOKEN", "t", "security_token", "t"),
        ("TENCENTCLOUD_PROFILE", "p", "profile", "p"),
        ("TCCLI_PROFILE", "p", "profile", "p"),
        ("TENCENTCLOUD_PROTOCOL", "HTTP", "protocol", "http"),
        ("TENCENTCLOUD_CAM_ROLE_NAME", "r", "cam_role_name", "r"),
        ("TENCENTCLOUD_ASSUME_ROLE_ARN", "r", "assume_role.role_arn", "r"),
        ("TENCENTCLOUD_ROLE_ARN", "r", "assume_role.role_arn", "r"),
        ("TCIMAGES_ENDPOINT_TIONE", "http://127.0.0.1:1", "endpoints.tione", "http://127.0.0.1:1"),
        ("TENCENTCLOUD_REGION", " ap-tokyo\n", "region", "ap-tokyo"),
    ],
)
def test_every_variable_is_read(read_settings_of, variable, text, name, value):
    assert read_settings_of({variable: text}).find(name) == Value(value, f"environment {variable}")


def test_empty_variable_is_not_set(read_settings_of):
    environ = {"TENCENTCLOUD_SECURITY_TOKEN": " ", "TENCENTCLOUD_TOKEN": "t"}

    assert read_settings_of(environ).source_of("security_token") == "environment TENCENTCLOUD_TOKEN"


def test_invalid_variable_is_rejected_when_used(read_settings_of):
    settings = read_settings_of({"TENCENTCLOUD_PROTOCOL": "gopher"})

    assert settings.find("region") is None
    with pytest.raises(ConfigurationError) as caught:
        settings.find("protocol")
    assert str(caught.value) == (
        "configuration error. [configuration]\n"
        'Problem  the value "gopher" is not one that is allowed.\n'
        "Key      tcimages:protocol\n"
        "From     environment TENCENTCLOUD_PROTOCOL\n"
        "Allowed  https, http\n"
        "Next     export TENCENTCLOUD_PROTOCOL=https"
    )


def test_profile_has_region_and_endpoints_except_default_ones(read_settings_of, tmp_path):
    path = write_profile(
        tmp_path,
        "build",
        _sys_param={"region": "ap-tokyo", "output": "json"},
        dlc={"version": "2021-01-25", "endpoint": "dlc.internal.tencentcloudapi.com"},
        tione={"endpoint": "tione.tencentcloudapi.com"},
    )
    settings = read_settings_of(profile="build")

    assert settings.find("region") == Value("ap-tokyo", f"profile {path}")
    assert settings.find("endpoints.dlc") == Value(
        "dlc.internal.tencentcloudapi.com", f"profile {path}"
    )
    assert settings.find("endpoints.tione") is None


def test_older_profile_format_is_read(read_settings_of, tmp_path):
    write_profile(tmp_path, region="ap-tokyo")

    assert read_settings_of().get("region") == "ap-tokyo"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"\xff\xfe\x00", "cannot be read: not UTF-8 text"),
        (b'{"region": 7}', "has a number where region should be a string"),
        (b'{"_sys_param": ["x"]}', "has a list where _sys_param should be an object"),
        (b'{"dlc": {"endpoint": []}}', "has a list where endpoint should be a string"),
    ],
)
def test_broken_profile_is_an_error_only_if_needed(read_settings_of, tmp_path, content, problem):
    path = write_profile(tmp_path)
    path.write_bytes(content)

    assert read_settings_of({"TENCENTCLOUD_REGION": "ap-tokyo"}).get("region") == "ap-tokyo"
    with pytest.raises(ConfigurationError) as caught:
        read_settings_of().get("region")
    assert (caught.value.problem, caught.value.source) == (f"the file {problem}.", str(path))


def test_profile_folder_can_be_configured(read_settings_of, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "default.configure").write_text('{"region": "ap-tokyo"}')

    assert read_settings_of(shared_credentials_dir=str(folder)).get("region") == "ap-tokyo"


def test_home_comes_from_the_environment(tmp_path):
    write_profile(tmp_path, region="ap-tokyo")

    for variable in ("HOME", "USERPROFILE"):
        settings = read_settings(read_configuration({}), {variable: str(tmp_path)})
        assert settings.get("region") == "ap-tokyo"


def test_user_without_a_home_has_no_profile(monkeypatch):
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", fail)

    assert read_settings(read_configuration({}), {}).find("region") is None


@pytest.mark.parametrize(("text", "folder"), [("~/keys", "keys"), ("~", ""), ("~/", "")])
def test_tilde_is_the_home_folder(read_settings_of, tmp_path, text, folder):
    environ = {"TENCENTCLOUD_SHARED_CREDENTIALS_DIR": text}

    assert read_settings_of(shared_credentials_dir=text).profile_folder == tmp_path / folder
    assert read_settings_of(environ).profile_folder == tmp_path / folder


def test_tilde_with_a_name_is_the_home_of_that_user(read_settings_of):
    pwd = pytest.importorskip("pwd")
    user = pwd.getpwuid(os.getuid())

    settings = read_settings_of(shared_credentials_dir=f"~{user.pw_name}/keys")

    assert settings.profile_folder == Path(user.pw_dir, "keys")
    assert read_settings_of().path("~nobody-of-that-name/x") == Path("~nobody-of-that-name/x")
