"""Advice about rejected keys names the problem and the place of the keys."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.emulator import Fault, Key
from pulumi_tcimages.errors import (
    AuthError,
    ConfigurationError,
    InvalidArgumentError,
    InvalidResponseError,
)
from pulumi_tcimages.naming import camel
from tests.cloud.fakes import list_all, write_file
from tests.cloud.faulty_server import FaultyServer, reply
from tests.core.queries import build_query
from tests.next_commands import list_settings

PERMANENT = f"AKID{'p' * 32}"
TEMPORARY = f"AKID{'t' * 64}"


def catch_fix(make_client, environ) -> str:
    with pytest.raises(AuthError) as caught:
        list_all(make_client(environ))
    return str(caught.value.fix)


@pytest.mark.parametrize("variable", ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"])
def test_stale_token_with_permanent_keys_is_named(cloud, keyless, make_client, variable):
    cloud.keys.add(Key(PERMANENT, "key"))
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.TokenFailure"))
    keys = {"TENCENTCLOUD_SECRET_ID": PERMANENT, "TENCENTCLOUD_SECRET_KEY": "key"}

    fix = catch_fix(make_client, {**keyless, **keys, variable: "stale"})

    assert fix.startswith(f"remove the token; run: unset {variable}\nThis secret id looks")
    assert fix.count("remove") == 1


def test_expired_token_is_named(cloud, keyless, make_client):
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.TokenFailure"))
    keys = {"TENCENTCLOUD_SECRET_ID": TEMPORARY, "TENCENTCLOUD_SECRET_KEY": "key"}

    fix = catch_fix(make_client, {**keyless, **keys, "TENCENTCLOUD_TOKEN": "old"})

    assert fix.startswith(
        "get new temporary keys, with a new token: the one from environment TENCENTCLOUD_TOKEN is "
        "wrong or has expired. If these keys are permanent, they need none: remove the token; run: "
    )


def test_temporary_keys_without_token_are_named(keyless, make_client):
    keys = {"TENCENTCLOUD_SECRET_ID": TEMPORARY, "TENCENTCLOUD_SECRET_KEY": "key"}

    assert catch_fix(make_client, {**keyless, **keys}).startswith(
        "set TENCENTCLOUD_TOKEN to its token: this secret id is a temporary one"
    )


def test_swapped_keys_are_named(keyless, make_client):
    keys = {"TENCENTCLOUD_SECRET_ID": "key", "TENCENTCLOUD_SECRET_KEY": PERMANENT}

    assert catch_fix(make_client, {**keyless, **keys}).startswith("swap the secret id and the")


@pytest.mark.parametrize(
    ("secret_id", "secret_key", "key_part"),
    [
        (f"{PERMANENT},", "key", "secret id"),
        (f"SecretId={PERMANENT}", "key", "secret id"),
        (PERMANENT, "key;", "secret key"),
        (PERMANENT, "TENCENTCLOUD_SECRET_KEY=key", "secret key"),
    ],
)
def test_keys_copied_with_other_text_are_named(
    cloud, keyless, make_client, secret_id, secret_key, key_part
):
    cloud.keys.add(Key(PERMANENT, "key"))
    keys = {"TENCENTCLOUD_SECRET_ID": secret_id, "TENCENTCLOUD_SECRET_KEY": secret_key}

    assert catch_fix(make_client, {**keyless, **keys}).startswith(f"copy the {key_part} again")


@pytest.mark.parametrize(
    ("region", "fix"),
    [
        ("ap-guangzhou-3", 'write "ap-guangzhou"'),
        ("ap-shanghai-fsi-1", 'write "ap-shanghai-fsi"'),
        ("AP_Guangzhou", 'did you mean "ap-guangzhou"?'),
        ("guangzhou", 'did you mean "ap-guangzhou"?'),
    ],
)
def test_invalid_region_is_corrected(region, fix):
    with pytest.raises(ConfigurationError) as setting_error:
        read_configuration({"region": region})
    with pytest.raises(InvalidArgumentError) as argument_error:
        build_query({"region": region})

    assert str(setting_error.value.fix).startswith(fix)
    assert argument_error.value.fix == fix
    assert list_settings(setting_error.value)[0][0] == "region"
    assert ("availability zone" in setting_error.value.problem) == fix.startswith("write")


def test_unrecognizable_region_has_an_example():
    with pytest.raises(ConfigurationError) as setting_error:
        read_configuration({"region": "nowhere"})
    with pytest.raises(InvalidArgumentError) as argument_error:
        build_query({"region": "nowhere"})

    assert list_settings(setting_error.value) == [("region", "ap-guangzhou")]
    assert argument_error.value.fix == 'write a region, for instance "ap-guangzhou"'


def test_site_follows_the_endpoint_of_the_profile(keyless, make_client, tmp_path):
    keyless = {name: text for name, text in keyless.items() if "ENDPOINT" not in name}
    path = write_file(
        tmp_path,
        ".tccli/default.configure",
        {
            "_sys_param": {"region": "ap-singapore"},
            "dlc": {"endpoint": "dlc.intl.tencentcloudapi.com"},
        },
    )
    keys = {"TENCENTCLOUD_SECRET_ID": PERMANENT, "TENCENTCLOUD_SECRET_KEY": "key"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, **keys}))

    assert caught.value.key == "site"
    assert caught.value.source == f"profile {path}"


@pytest.mark.parametrize(
    ("correct", "misspelled", "expected"),
    [
        ("TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRET_ID"),
        ("TENCENTCLOUD_SECRET_KEY", "TENCENT_SECRET_ID", "TENCENTCLOUD_SECRET_ID"),
        ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SECRET_KEY"),
        ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KYE", "TENCENTCLOUD_SECRET_KEY"),
    ],
)
def test_misspelled_variable_is_named(keyless, make_client, correct, misspelled, expected):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, correct: "value", misspelled: "value"}))

    assert str(caught.value.fix) == f"rename {misspelled} to {expected}."


@pytest.mark.parametrize("source", ["profile", "file"])
def test_missing_token_belongs_in_the_file_of_the_key(keyless, make_client, tmp_path, source):
    path = tmp_path / "default.credential"
    if source == "profile":
        write_file(tmp_path, "default.credential", {"secretId": TEMPORARY, "secretKey": "key"})
        keyless = {**keyless, "TENCENTCLOUD_SHARED_CREDENTIALS_DIR": str(tmp_path)}
    else:
        path = tmp_path / "keys"
        path.write_text(f"[default]\nsecret_id = {TEMPORARY}\nsecret_key = key\n")
        keyless = {**keyless, "TENCENTCLOUD_CREDENTIALS_FILE": str(path)}

    assert catch_fix(make_client, keyless).startswith(f"add its token to {path} as token: ")


def test_missing_token_belongs_in_the_configuration_of_the_key(keyless, make_client):
    keys = {"secret_id": TEMPORARY, "secret_key": "key"}

    with pytest.raises(AuthError) as caught:
        list_all(make_client(keyless, **keys))

    assert str(caught.value.fix).startswith("set tcimages:securityToken to its token: ")


@pytest.mark.parametrize(
    "step", [reply(b"<html>Log in</html>"), reply(b"", "Location: /login", status="302 Found")]
)
def test_login_page_of_a_proxy_names_the_proxy(make_client, step):
    keys = {"secret_id": PERMANENT, "secret_key": "key", "region": "ap-guangzhou"}
    gateway = {"endpoints": {"tione": "http://gateway.example"}, "protocol": "http"}
    with FaultyServer(step) as proxy, pytest.raises(InvalidResponseError) as caught:
        list_all(make_client({"HTTP_PROXY": proxy.url}, **keys, **gateway))

    proxy_advice = (
        f"check the proxy 127.0.0.1:{proxy.port} (HTTP_PROXY) and the address gateway.example,"
    )
    assert proxy_advice in str(caught.value.fix)


@pytest.mark.parametrize(
    ("place", "id_place", "key_place"),
    [
        ("environment", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
        ("configuration", "tcimages:secretId", "tcimages:secretKey"),
        ("profile", "{path}", "{path}"),
    ],
)
def test_rejected_keys_are_corrected_in_their_places(
    cloud, keyless, make_client, tmp_path, place, id_place, key_place
):
    cloud.keys.add(Key(PERMANENT, "key"))

    def fix_for(secret_id, secret_key):
        keys = {"secret_id": secret_id, "secret_key": secret_key}
        environ, configuration = keyless, {}
        if place == "environment":
            environ = environ | {f"TENCENTCLOUD_{name.upper()}": keys[name] for name in keys}
        elif place == "configuration":
            configuration = keys
        else:
            write_file(
                tmp_path, ".tccli/default.credential", {camel(name): keys[name] for name in keys}
            )
        with pytest.raises(AuthError) as caught:
            list_all(make_client(environ, **configuration))
        return str(caught.value.fix)

    path = tmp_path / ".tccli" / "default.credential"
    id_place, key_place = id_place.format(path=path), key_place.format(path=path)
    assert fix_for(f"{PERMANENT},", "key").startswith(
        f"copy the secret id again to {id_place}, and nothing else: "
    )
    assert fix_for(PERMANENT, "key,").startswith(
        f"copy the secret key again to {key_place}, and nothing else: "
    )
    assert fix_for(PERMANENT, "other").startswith(
        f"copy the secret key again to {key_place}: it does not belong to the secret id in "
        f"{id_place}. "
    )
    assert fix_for(f"AKID{'q' * 32}", "key").startswith(f"check the secret id in {id_place}: ")


def test_second_factor_advice_has_a_command_and_key_places(cloud, keyless, make_client):
    cloud.keys.add(Key(PERMANENT, "key"))
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.MFAFailure"))
    keys = {"TENCENTCLOUD_SECRET_ID": PERMANENT, "TENCENTCLOUD_SECRET_KEY": "key"}

    fix = catch_fix(make_client, {**keyless, **keys})

    assert "run: tccli sts GetSessionToken --SerialNumber " in fix
    places = "TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and TENCENTCLOUD_TOKEN"
    assert fix.endswith(f" to {places}. ACCOUNT_ID is the id of the main account.")


@pytest.mark.parametrize(
    "code", ["SecretIdNotFound", "SignatureFailure", "TokenFailure", "InvalidSecretId"]
)
def test_rejected_role_keys_need_no_correction(cloud, make_client, code):
    cloud.faults.add("DescribePlatformImages", Fault(code=f"AuthFailure.{code}", times=9))
    role = {"role_arn": "qcs::cam::uin/100000000001:roleName/reader"}

    with pytest.raises(AuthError) as caught:
        list_all(make_client(cloud.environment, assume_role=role))

    assert str(caught.value.fix).startswith(
        "try again: the cloud refused temporary keys that it has"
    )
