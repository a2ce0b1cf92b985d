"""Files with placeholders instead of values: skipped values have a warning."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cloud.placeholder_warnings import list_warnings
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.emulator import Key
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.credential_sources import ini_keys, profile_keys
from tests.cloud.fakes import ROLE, last_key_id, list_all, write_file

PROFILE, CONFIGURE = ".tccli/default.credential", ".tccli/default.configure"
INI = ".tencentcloud/credentials"


@pytest.fixture
def list_with_files(cloud, keyless, make_client, tmp_path):
    """List with these files, and return the key id and the warnings, with the home as `~`."""
    for name in ("profile", "ini", "environment"):
        cloud.keys.add(Key(f"AKID{name}", f"key{name}"))

    def list_images(files, environ=None, region="ap-guangzhou", **configuration):
        for name, content in files.items():
            write_file(tmp_path, name, content)
        listing = list_all(
            make_client({**keyless, **(environ or {})}, **configuration), region=region
        )
        warnings = [warning.replace(f"{tmp_path}/", "~/") for warning in listing.warnings]
        return last_key_id(cloud), warnings

    return list_images


def placeholder_warning(place, holds="holds a placeholder", fix="replace the placeholder in"):
    return f"{place} {holds}, so it was not used: {fix} {place}"


@pytest.mark.parametrize("text", ["<your-id>", "AKID****abcd", "YOUR_SECRET_ID", "xxxx"])
def test_placeholder_profile_has_a_warning(list_with_files, text):
    template = {"secretId": text, "secretKey": "<your-key>"}

    key_id, warnings = list_with_files({PROFILE: template, INI: ini_keys("ini")})

    assert key_id == "AKIDini"
    assert warnings == [
        placeholder_warning(f"secretId of ~/{PROFILE}"),
        placeholder_warning(f"secretKey of ~/{PROFILE}"),
    ]


@pytest.mark.parametrize(
    ("text", "holds", "fix"),
    [
        ("${SECRET_ID}", "holds a variable that was not expanded", "write the value itself in"),
        ('"AKIDprofile"', "holds a value in quotes", "remove the quotes in"),
    ],
)
def test_warning_describes_the_placeholder(list_with_files, text, holds, fix):
    template = {"secretId": text, "secretKey": "None"}

    _, warnings = list_with_files({PROFILE: template, INI: ini_keys("ini")})

    assert warnings == [placeholder_warning(f"secretId of ~/{PROFILE}", holds, fix)]


def test_placeholder_ini_file_has_a_warning(cloud, list_with_files):
    cloud.keys.cvm_role = "the-cvm-role"
    template = "[default]\nsecret_id = <id>\nsecret_key = <key>\n"

    key_id, warnings = list_with_files(
        {INI: template}, {"TENCENTCLOUD_CAM_ROLE_NAME": "the-cvm-role"}
    )

    assert key_id.startswith("AKIDTEMPORARY")
    assert warnings == [
        placeholder_warning(f"secret_id of ~/{INI}"),
        placeholder_warning(f"secret_key of ~/{INI}"),
    ]


@pytest.mark.parametrize("text", ["None", "null", "", None])
def test_word_for_no_value_has_no_warning(list_with_files, text):
    blank_profile = dict.fromkeys(("secretId", "secretKey", "token", "role-arn"), text)
    blank_settings = {"_sys_param": {"region": text}, "dlc": {"endpoint": text}}

    key_id, warnings = list_with_files(
        {PROFILE: blank_profile, CONFIGURE: blank_settings, INI: ini_keys("ini")}
    )

    assert (key_id, warnings) == ("AKIDini", [])


def test_placeholder_in_an_unused_file_has_no_warning(list_with_files):
    environ = {
        "TENCENTCLOUD_SECRET_ID": "AKIDenvironment",
        "TENCENTCLOUD_SECRET_KEY": "keyenvironment",
        "TENCENTCLOUD_REGION": "ap-guangzhou",
    }
    files = {PROFILE: {"secretId": "<id>"}, CONFIGURE: {"region": "<region>"}}

    assert list_with_files(files, environ, region=None) == ("AKIDenvironment", [])


@pytest.mark.parametrize("field", ["token", "role-session-name", "type"])
def test_placeholder_next_to_keys_has_a_warning(list_with_files, field):
    key_id, warnings = list_with_files({PROFILE: {**profile_keys("profile"), field: "<value>"}})

    assert (key_id, warnings) == ("AKIDprofile", [placeholder_warning(f"{field} of ~/{PROFILE}")])


def test_warning_is_shown_if_a_role_is_assumed(list_with_files):
    files = {PROFILE: {"secretId": "<id>", "secretKey": "<key>"}, INI: ini_keys("ini")}

    key_id, warnings = list_with_files(files, {"TENCENTCLOUD_ROLE_ARN": ROLE})

    assert key_id.startswith("AKIDTEMPORARY")
    assert len(warnings) == 2


def test_placeholder_region_or_endpoint_has_a_warning(list_with_files):
    files = {
        PROFILE: profile_keys("profile"),
        CONFIGURE: {"_sys_param": {"region": "<region>"}, "dlc": {"endpoint": "<x>"}},
    }
    environ = {"TENCENTCLOUD_REGION": "", "TKE_REGION": "ap-guangzhou", "TCIMAGES_ENDPOINT_DLC": ""}

    _, warnings = list_with_files(files, environ, region=None)

    assert warnings == [
        placeholder_warning(f"region of ~/{CONFIGURE}"),
        placeholder_warning(f"endpoints.dlc of ~/{CONFIGURE}"),
    ]


def test_broken_unused_profile_has_no_effect(list_with_files):
    environ = {
        "TENCENTCLOUD_SECRET_ID": "AKIDenvironment",
        "TENCENTCLOUD_SECRET_KEY": "keyenvironment",
        "TCIMAGES_ENDPOINT_DLC": "",
    }

    assert list_with_files({CONFIGURE: "{", PROFILE: "{"}, environ) == ("AKIDenvironment", [])


@pytest.mark.parametrize("source", ["configuration", "environment"])
def test_placeholder_in_a_named_profile_is_an_error(keyless, make_client, tmp_path, source):
    path = write_file(
        tmp_path, ".tccli/build.credential", {"secretId": "<id>", "secretKey": "<key>"}
    )
    write_file(tmp_path, INI, ini_keys("ini"))
    configuration = {"profile": "build"} if source == "configuration" else {}
    environ = {} if configuration else {"TENCENTCLOUD_PROFILE": "build"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, **environ}, **configuration))

    assert str(caught.value.fix) == (
        f"replace the placeholder in secretId of {path}, or run: tccli configure --profile build"
    )


def test_placeholders_in_one_object_of_a_provider_have_one_warning(tmp_path):
    place = "`endpoints` of the provider second"
    hosts = {"endpoints": {"dlc": "<host>", "tione": "<host>"}}
    configuration = read_configuration(hosts, sources={"endpoints": place})

    warnings = list_warnings(Settings(configuration, {}, tmp_path))

    assert warnings == [placeholder_warning(place)]
