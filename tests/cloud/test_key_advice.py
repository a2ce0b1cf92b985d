"""Refused keys: the advice names what is wrong with them and where it came from."""

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
from tests.cloud.fakes import list_all, write
from tests.cloud.faulty_server import Misbehaving, reply
from tests.core.queries import build_query

PERMANENT = f"AKID{'p' * 32}"
TEMPORARY = f"AKID{'t' * 64}"


def refused_fix(open_fake, environ) -> str:
    with pytest.raises(AuthError) as caught:
        list_all(open_fake(environ))
    return caught.value.fix


@pytest.mark.parametrize("variable", ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"])
def test_a_stale_token_beside_permanent_keys_is_named(cloud, keyless, open_fake, variable):
    cloud.keys.add(Key(PERMANENT, "key"))
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.TokenFailure"))
    keys = {"TENCENTCLOUD_SECRET_ID": PERMANENT, "TENCENTCLOUD_SECRET_KEY": "key"}

    fix = refused_fix(open_fake, {**keyless, **keys, variable: "stale"})

    assert fix.startswith(f"remove the token; run: unset {variable}. This secret id looks")
    assert fix.count("remove") == 1


def test_a_token_that_has_expired_is_named(cloud, keyless, open_fake):
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.TokenFailure"))
    keys = {"TENCENTCLOUD_SECRET_ID": TEMPORARY, "TENCENTCLOUD_SECRET_KEY": "key"}

    fix = refused_fix(open_fake, {**keyless, **keys, "TENCENTCLOUD_TOKEN": "old"})

    assert fix.startswith(
        "get new temporary keys, with a new token: the one from environment TENCENTCLOUD_TOKEN is "
        "wrong or has expired. If these keys are permanent, they need none: remove the token; run: "
    )


def test_temporary_keys_without_their_token_are_named(keyless, open_fake):
    keys = {"TENCENTCLOUD_SECRET_ID": TEMPORARY, "TENCENTCLOUD_SECRET_KEY": "key"}

    assert refused_fix(open_fake, {**keyless, **keys}).startswith(
        "set TENCENTCLOUD_TOKEN to its token: this secret id is a temporary one"
    )


def test_swapped_keys_are_named(keyless, open_fake):
    keys = {"TENCENTCLOUD_SECRET_ID": "key", "TENCENTCLOUD_SECRET_KEY": PERMANENT}

    assert refused_fix(open_fake, {**keyless, **keys}).startswith("swap the secret id and the")


@pytest.mark.parametrize(
    ("secret_id", "secret_key", "part"),
    [
        (f"{PERMANENT},", "key", "secret id"),
        (f"SecretId={PERMANENT}", "key", "secret id"),
        (PERMANENT, "key;", "secret key"),
        (PERMANENT, "TENCENTCLOUD_SECRET_KEY=key", "secret key"),
    ],
)
def test_keys_that_were_copied_with_text_around_them_are_named(
    cloud, keyless, open_fake, secret_id, secret_key, part
):
    cloud.keys.add(Key(PERMANENT, "key"))
    keys = {"TENCENTCLOUD_SECRET_ID": secret_id, "TENCENTCLOUD_SECRET_KEY": secret_key}

    assert refused_fix(open_fake, {**keyless, **keys}).startswith(f"copy the {part} again")


@pytest.mark.parametrize(
    ("region", "fix"),
    [
        ("ap-guangzhou-3", 'write "ap-guangzhou"'),
        ("ap-shanghai-fsi-1", 'write "ap-shanghai-fsi"'),
        ("AP_Guangzhou", 'did you mean "ap-guangzhou"?'),
        ("guangzhou", 'did you mean "ap-guangzhou"?'),
    ],
)
def test_a_text_that_is_no_region_is_refused_with_the_region_that_was_meant(region, fix):
    with pytest.raises(ConfigurationError) as configured:
        read_configuration({"region": region})
    with pytest.raises(InvalidArgumentError) as refused:
        build_query({"region": region})

    assert configured.value.fix == refused.value.fix == fix
    assert configured.value.settings[0][0] == "region"
    assert ("availability zone" in configured.value.problem) == fix.startswith("write")


def test_a_text_that_resembles_no_region_is_answered_with_an_example():
    with pytest.raises(ConfigurationError) as configured:
        read_configuration({"region": "nowhere"})
    with pytest.raises(InvalidArgumentError) as refused:
        build_query({"region": "nowhere"})

    assert configured.value.settings == (("region", "ap-guangzhou"),)
    assert refused.value.fix == 'write a region, for instance "ap-guangzhou"'


def test_the_site_follows_an_address_in_the_profile(keyless, open_fake, tmp_path):
    keyless = {name: text for name, text in keyless.items() if "ENDPOINT" not in name}
    path = write(
        tmp_path,
        ".tccli/default.configure",
        {
            "_sys_param": {"region": "ap-singapore"},
            "dlc": {"endpoint": "dlc.intl.tencentcloudapi.com"},
        },
    )
    keys = {"TENCENTCLOUD_SECRET_ID": PERMANENT, "TENCENTCLOUD_SECRET_KEY": "key"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake({**keyless, **keys}))

    assert caught.value.key == "site"
    assert caught.value.source == f"profile {path}"


@pytest.mark.parametrize(
    ("right", "wrong", "meant"),
    [
        ("TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRET_ID"),
        ("TENCENTCLOUD_SECRET_KEY", "TENCENT_SECRET_ID", "TENCENTCLOUD_SECRET_ID"),
        ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SECRET_KEY"),
        ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KYE", "TENCENTCLOUD_SECRET_KEY"),
    ],
)
def test_a_misspelt_variable_beside_a_right_one_is_named(keyless, open_fake, right, wrong, meant):
    with pytest.raises(ConfigurationError) as refused:
        list_all(open_fake({**keyless, right: "value", wrong: "value"}))

    assert refused.value.fix == f"rename {wrong} to {meant}."


@pytest.mark.parametrize("kind", ["profile", "file"])
def test_a_missing_token_belongs_into_the_file_with_the_key(keyless, open_fake, tmp_path, kind):
    path = tmp_path / "default.credential"
    if kind == "profile":
        write(tmp_path, "default.credential", {"secretId": TEMPORARY, "secretKey": "key"})
        keyless = {**keyless, "TENCENTCLOUD_SHARED_CREDENTIALS_DIR": str(tmp_path)}
    else:
        path = tmp_path / "keys"
        path.write_text(f"[default]\nsecret_id = {TEMPORARY}\nsecret_key = key\n")
        keyless = {**keyless, "TENCENTCLOUD_CREDENTIALS_FILE": str(path)}

    assert refused_fix(open_fake, keyless).startswith(f"add its token to {path} as token: ")


def test_a_missing_token_belongs_into_the_configuration_with_the_key(keyless, open_fake):
    keys = {"secret_id": TEMPORARY, "secret_key": "key"}

    with pytest.raises(AuthError) as caught:
        list_all(open_fake(keyless, **keys))

    assert caught.value.fix.startswith("set tcimages:securityToken to its token: ")


@pytest.mark.parametrize(
    "step", [reply(b"<html>Log in</html>"), reply(b"", "Location: /login", status="302 Found")]
)
def test_after_a_login_page_of_a_proxy_the_fix_names_the_proxy(open_fake, step):
    keys = {"secret_id": PERMANENT, "secret_key": "key", "region": "ap-guangzhou"}
    gateway = {"endpoints": {"tione": "http://gateway.example"}, "protocol": "http"}
    with Misbehaving(step) as proxy, pytest.raises(InvalidResponseError) as caught:
        list_all(open_fake({"HTTP_PROXY": proxy.url}, **keys, **gateway))

    named = f"check the proxy 127.0.0.1:{proxy.port} (HTTP_PROXY) and the address gateway.example,"
    assert named in caught.value.fix


@pytest.mark.parametrize(
    ("place", "id_place", "key_place"),
    [
        ("environment", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
        ("configuration", "tcimages:secretId", "tcimages:secretKey"),
        ("profile", "{path}", "{path}"),
    ],
)
def test_refused_keys_are_corrected_in_the_place_of_each_half(
    cloud, keyless, open_fake, tmp_path, place, id_place, key_place
):
    cloud.keys.add(Key(PERMANENT, "key"))

    def advise(secret_id, secret_key):
        keys = {"secret_id": secret_id, "secret_key": secret_key}
        environ, configuration = keyless, {}
        if place == "environment":
            environ = environ | {f"TENCENTCLOUD_{name.upper()}": keys[name] for name in keys}
        elif place == "configuration":
            configuration = keys
        else:
            write(tmp_path, ".tccli/default.credential", {camel(name): keys[name] for name in keys})
        with pytest.raises(AuthError) as caught:
            list_all(open_fake(environ, **configuration))
        return caught.value.fix

    path = tmp_path / ".tccli" / "default.credential"
    id_place, key_place = id_place.format(path=path), key_place.format(path=path)
    assert advise(f"{PERMANENT},", "key").startswith(
        f"copy the secret id again to {id_place}, and nothing else: "
    )
    assert advise(PERMANENT, "key,").startswith(
        f"copy the secret key again to {key_place}, and nothing else: "
    )
    assert advise(PERMANENT, "other").startswith(
        f"copy the secret key again to {key_place}: it does not belong to the secret id in "
        f"{id_place}. "
    )
    assert advise(f"AKID{'q' * 32}", "key").startswith(f"check the secret id in {id_place}: ")


def test_a_second_factor_is_given_with_a_command_and_the_places_of_its_keys(
    cloud, keyless, open_fake
):
    cloud.keys.add(Key(PERMANENT, "key"))
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.MFAFailure"))
    keys = {"TENCENTCLOUD_SECRET_ID": PERMANENT, "TENCENTCLOUD_SECRET_KEY": "key"}

    fix = refused_fix(open_fake, {**keyless, **keys})

    assert "run: tccli sts GetSessionToken --SerialNumber " in fix
    places = "TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and TENCENTCLOUD_TOKEN"
    assert fix.endswith(f" to {places}. ACCOUNT_ID is the id of the main account.")


@pytest.mark.parametrize(
    "code", ["SecretIdNotFound", "SignatureFailure", "TokenFailure", "InvalidSecretId"]
)
def test_refused_keys_of_a_role_are_not_the_users_to_correct(cloud, open_fake, code):
    cloud.faults.add("DescribePlatformImages", Fault(code=f"AuthFailure.{code}", times=9))
    role = {"role_arn": "qcs::cam::uin/100000000001:roleName/reader"}

    with pytest.raises(AuthError) as caught:
        list_all(open_fake(cloud.environment, assume_role=role))

    assert caught.value.fix.startswith("try again: the cloud refused temporary keys that it has")
