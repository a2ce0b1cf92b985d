"""Files with templates in place of values: a lookup warns of each that it passed over."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Key
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.credential_sources import in_ini, in_json
from tests.cloud.fakes import ROLE, keys_used, list_all, write

PROFILE, CONFIGURE = ".tccli/default.credential", ".tccli/default.configure"
INI = ".tencentcloud/credentials"


@pytest.fixture
def warnings_of(cloud, keyless, open_fake, tmp_path):
    """The id that signs a lookup, and its warnings, with the home as `~`."""
    for name in ("profile", "ini", "environment"):
        cloud.keys.add(Key(f"AKID{name}", f"key{name}"))

    def look_up(files, environ=None, region="ap-guangzhou", **configuration):
        for name, content in files.items():
            write(tmp_path, name, content)
        listing = list_all(
            open_fake({**keyless, **(environ or {})}, **configuration), region=region
        )
        warnings = [warning.replace(f"{tmp_path}/", "~/") for warning in listing.warnings]
        return keys_used(cloud), warnings

    return look_up


def unfilled(place, holds="holds a placeholder", fix="replace the placeholder in"):
    return f"{place} {holds}, so it was not used: {fix} {place}"


@pytest.mark.parametrize("text", ["<your-id>", "AKID****abcd", "YOUR_SECRET_ID", "xxxx"])
def test_a_profile_that_nobody_filled_in_is_warned_of(warnings_of, text):
    template = {"secretId": text, "secretKey": "<your-key>"}

    signed, warnings = warnings_of({PROFILE: template, INI: in_ini("ini")})

    assert signed == "AKIDini"
    assert warnings == [unfilled(f"secretId of ~/{PROFILE}"), unfilled(f"secretKey of ~/{PROFILE}")]


@pytest.mark.parametrize(
    ("text", "holds", "fix"),
    [
        ("${SECRET_ID}", "holds a variable that was not expanded", "write the value itself in"),
        ('"AKIDprofile"', "holds a value in quotes", "remove the quotes in"),
    ],
)
def test_the_warning_says_what_is_wrong_with_the_text(warnings_of, text, holds, fix):
    template = {"secretId": text, "secretKey": "None"}

    _, warnings = warnings_of({PROFILE: template, INI: in_ini("ini")})

    assert warnings == [unfilled(f"secretId of ~/{PROFILE}", holds, fix)]


def test_an_ini_file_that_nobody_filled_in_is_warned_of(cloud, warnings_of):
    cloud.keys.cvm_role = "the-cvm-role"
    template = "[default]\nsecret_id = <id>\nsecret_key = <key>\n"

    signed, warnings = warnings_of({INI: template}, {"TENCENTCLOUD_CAM_ROLE_NAME": "the-cvm-role"})

    assert signed.startswith("AKIDTEMPORARY")
    assert warnings == [unfilled(f"secret_id of ~/{INI}"), unfilled(f"secret_key of ~/{INI}")]


@pytest.mark.parametrize("text", ["None", "null", "", None])
def test_a_word_that_says_there_is_no_value_is_not_warned_of(warnings_of, text):
    blank = dict.fromkeys(("secretId", "secretKey", "token", "role-arn"), text)
    blank_settings = {"_sys_param": {"region": text}, "dlc": {"endpoint": text}}

    signed, warnings = warnings_of({PROFILE: blank, CONFIGURE: blank_settings, INI: in_ini("ini")})

    assert (signed, warnings) == ("AKIDini", [])


def test_a_template_in_a_file_that_is_not_looked_at_is_not_warned_of(warnings_of):
    environ = {
        "TENCENTCLOUD_SECRET_ID": "AKIDenvironment",
        "TENCENTCLOUD_SECRET_KEY": "keyenvironment",
        "TENCENTCLOUD_REGION": "ap-guangzhou",
    }
    files = {PROFILE: {"secretId": "<id>"}, CONFIGURE: {"region": "<region>"}}

    assert warnings_of(files, environ, region=None) == ("AKIDenvironment", [])


@pytest.mark.parametrize("part", ["token", "role-session-name", "type"])
def test_a_template_beside_keys_is_warned_of(warnings_of, part):
    signed, warnings = warnings_of({PROFILE: {**in_json("profile"), part: "<value>"}})

    assert (signed, warnings) == ("AKIDprofile", [unfilled(f"{part} of ~/{PROFILE}")])


def test_the_warning_is_shown_if_a_role_is_assumed(warnings_of):
    files = {PROFILE: {"secretId": "<id>", "secretKey": "<key>"}, INI: in_ini("ini")}

    signed, warnings = warnings_of(files, {"TENCENTCLOUD_ROLE_ARN": ROLE})

    assert signed.startswith("AKIDTEMPORARY")
    assert len(warnings) == 2


def test_a_region_or_endpoint_that_nobody_filled_in_is_warned_of(warnings_of):
    files = {
        PROFILE: in_json("profile"),
        CONFIGURE: {"_sys_param": {"region": "<region>"}, "dlc": {"endpoint": "<x>"}},
    }
    environ = {"TENCENTCLOUD_REGION": "", "TKE_REGION": "ap-guangzhou", "TCIMAGES_ENDPOINT_DLC": ""}

    _, warnings = warnings_of(files, environ, region=None)

    assert warnings == [
        unfilled(f"region of ~/{CONFIGURE}"),
        unfilled(f"endpoints.dlc of ~/{CONFIGURE}"),
    ]


def test_a_broken_profile_that_is_not_needed_does_not_disturb_a_lookup(warnings_of):
    environ = {
        "TENCENTCLOUD_SECRET_ID": "AKIDenvironment",
        "TENCENTCLOUD_SECRET_KEY": "keyenvironment",
        "TCIMAGES_ENDPOINT_DLC": "",
    }

    assert warnings_of({CONFIGURE: "{", PROFILE: "{"}, environ) == ("AKIDenvironment", [])


@pytest.mark.parametrize("named_by", ["configuration", "environment"])
def test_a_named_profile_that_nobody_filled_in_is_an_error_that_names_the_text(
    keyless, open_fake, tmp_path, named_by
):
    path = write(tmp_path, ".tccli/build.credential", {"secretId": "<id>", "secretKey": "<key>"})
    write(tmp_path, INI, in_ini("ini"))
    configuration = {"profile": "build"} if named_by == "configuration" else {}
    environ = {} if configuration else {"TENCENTCLOUD_PROFILE": "build"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake({**keyless, **environ}, **configuration))

    assert caught.value.fix == (
        f"replace the placeholder in secretId of {path}, or run: tccli configure --profile build"
    )
