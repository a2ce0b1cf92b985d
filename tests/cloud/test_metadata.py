"""The role of the machine that this runs on: its keys, and what is said where it has none."""

from __future__ import annotations

import json

import pytest

from pulumi_tcimages.cloud import credentials
from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import (
    ConfigurationError,
    InvalidResponseError,
    NetworkError,
)
from tests.cloud.fakes import keys_used, list_all, write
from tests.cloud.faulty_server import Misbehaving, reply
from tests.timeouts import finishes


def prepare(how, cloud, tmp_path, monkeypatch):
    """Let the keys come from the machine's role; return the configuration that it takes."""
    if how == "profile":
        write(tmp_path, ".tccli/default.credential", {"type": "cvm-role"})
    if how == "machine":
        vendor = write(tmp_path, "sys_vendor", "Tencent Cloud\n")
        monkeypatch.setattr(credentials, "_MACHINE", vendor)
    return {"cam_role_name": cloud.keys.cvm_role} if how == "configured" else {}


@pytest.mark.parametrize("kind", ["CVM-ROLE", "Cvm_Role", " cvmRole "])
def test_a_profile_may_spell_its_kind_in_any_way(cloud, keyless, open_fake, tmp_path, kind):
    write(tmp_path, ".tccli/default.credential", {"type": kind})

    list_all(open_fake(keyless))

    assert keys_used(cloud).startswith("AKIDTEMPORARY")


@pytest.mark.parametrize("how", ["configured", "environment", "profile", "machine"])
def test_a_machine_lends_the_keys_of_its_role(
    cloud, keyless, open_fake, tmp_path, monkeypatch, how
):
    configuration = {"cam_role_name": cloud.keys.cvm_role} if how == "configured" else {}
    environ = dict(keyless)
    if how == "environment":
        environ["TENCENTCLOUD_CAM_ROLE_NAME"] = cloud.keys.cvm_role
    if how == "profile":
        write(tmp_path, ".tccli/default.credential", {"type": "cvm-role"})
    if how == "machine":
        vendor = write(tmp_path, "sys_vendor", "Tencent Cloud\n")
        monkeypatch.setattr(credentials, "_MACHINE", vendor)

    list_all(open_fake(environ, **configuration))

    assert keys_used(cloud).startswith("AKIDTEMPORARY")


def test_outside_a_cvm_no_metadata_is_requested(cloud, keyless, open_fake):
    with pytest.raises(ConfigurationError):
        list_all(open_fake(keyless))

    assert len(cloud.requests) == 0


def test_an_unknown_role_is_an_error_with_the_roles_of_the_cvm(cloud, keyless, open_fake):
    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake({**keyless, "TENCENTCLOUD_CAM_ROLE_NAME": "another"}))

    assert str(caught.value) == (
        "configuration error. [configuration]\n"
        "Problem  this CVM has no CAM role another.\n"
        "Key      tcimages:camRoleName\n"
        "From     environment TENCENTCLOUD_CAM_ROLE_NAME\n"
        f"Allowed  {cloud.keys.cvm_role}\n"
        f"Next     write {cloud.keys.cvm_role}."
    )


@pytest.mark.parametrize("how", ["configured", "profile", "machine"])
def test_a_role_without_keys_for_a_moment_is_requested_again(
    cloud, keyless, open_fake, tmp_path, monkeypatch, how
):
    configuration = prepare(how, cloud, tmp_path, monkeypatch)
    listed = [] if how == "configured" else [Fault(body=cloud.keys.cvm_role)]
    cloud.faults.add("metadata", *listed, Fault(status=404))

    list_all(open_fake(keyless, **configuration))

    assert keys_used(cloud).startswith("AKIDTEMPORARY")


@pytest.mark.parametrize("how", ["configured", "profile", "machine"])
def test_a_role_without_keys_is_an_error(cloud, keyless, open_fake, tmp_path, monkeypatch, how):
    configuration = prepare(how, cloud, tmp_path, monkeypatch)
    listed = Fault(body=cloud.keys.cvm_role)
    missing = Fault(status=404)
    faults = [missing, listed] if how == "configured" else [listed, missing]
    cloud.faults.add("metadata", *faults, missing)

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(keyless, **configuration))

    assert (caught.value.problem, caught.value.allowed, caught.value.fix) == (
        f"this CVM has the CAM role {cloud.keys.cvm_role}, but no keys of it.",
        "",
        "try again, or use other keys.",
    )


@pytest.mark.parametrize("listed", [Fault(status=404), Fault(body="<html> <p>", times=3)])
def test_without_known_roles_the_fix_is_to_give_the_cvm_the_role(cloud, keyless, open_fake, listed):
    cloud.faults.add("metadata", Fault(status=404), listed)

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(keyless, cam_role_name="another"))

    assert (caught.value.allowed, caught.value.fix) == (
        "",
        "give this CVM that role, or use other keys.",
    )


def test_a_machine_without_a_role_says_so(cloud, keyless, open_fake, tmp_path):
    path = write(tmp_path, ".tccli/default.credential", {"type": "cvm-role"})
    cloud.keys.cvm_role = ""

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(keyless))

    assert (caught.value.problem, caught.value.source, caught.value.fix) == (
        "this CVM has no CAM role.",
        f"profile {path}",
        "give it one, or use other keys.",
    )


def test_a_metadata_service_out_of_order_does_not_put_the_blame_on_the_role(
    cloud, keyless, open_fake, fake_time
):
    cloud.faults.add("metadata", Fault(status=503, before=lambda: fake_time.pass_s(1.5), times=5))

    with pytest.raises(InvalidResponseError) as caught:
        list_all(open_fake(keyless, cam_role_name=cloud.keys.cvm_role))

    assert (caught.value.problem, caught.value.came, caught.value.fix) == (
        "the metadata service does not say which keys this CVM has.",
        "HTTP 503",
        "try again, or use other keys.",
    )
    assert (caught.value.call.attempts, caught.value.call.elapsed_s > 7.5) == (5, True)


def test_a_machine_without_a_metadata_service_says_so(keyless, open_fake):
    environ = {**keyless, "TCIMAGES_ENDPOINT_METADATA": "http://127.0.0.1:1"}

    with pytest.raises(NetworkError) as caught:
        list_all(open_fake(environ, cam_role_name="r"))

    assert caught.value.call.service == "metadata"


@pytest.mark.parametrize("variable", ["http_proxy", "HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_keys_of_a_configured_metadata_service_never_go_through_a_proxy(
    keyless, open_fake, variable, scheme
):
    keys = {"TmpSecretId": "AKIDstolen", "TmpSecretKey": "k", "Token": "t", "Code": "Success"}
    with Misbehaving(reply(json.dumps(keys).encode())) as proxy:
        environ = {
            **keyless,
            "TCIMAGES_ENDPOINT_METADATA": f"{scheme}://metadata.invalid",
            variable: proxy.url,
        }
        with pytest.raises(NetworkError) as caught:
            list_all(open_fake(environ, cam_role_name="r", timeout_seconds=0.5))

    assert proxy.requests == []
    assert "proxy" not in caught.value.problem


def test_a_metadata_service_that_hangs_is_waited_for_no_longer_than_the_deadline(
    cloud, keyless, open_fake
):
    cloud.faults.add("metadata", Fault(delay_s=3600))
    client = open_fake(keyless, cam_role_name="r", timeout_seconds=0.1)

    def look_up() -> None:
        with pytest.raises(NetworkError):
            list_all(client)

    assert finishes(look_up)


def test_a_metadata_service_that_is_none_says_so(cloud, keyless, open_fake):
    cloud.faults.add("metadata", Fault(body="<html>", times=3))

    with pytest.raises(InvalidResponseError) as caught:
        list_all(open_fake(keyless, cam_role_name=cloud.keys.cvm_role))

    assert (caught.value.problem, caught.value.fix) == (
        "the metadata service's reply is not JSON.",
        "try again, or use other keys.",
    )


def test_a_machine_without_a_role_is_the_last_of_the_places_looked_at(
    cloud, keyless, open_fake, tmp_path, monkeypatch
):
    monkeypatch.setattr(credentials, "_MACHINE", write(tmp_path, "vendor", "Tencent Cloud"))
    cloud.keys.cvm_role = ""
    environ = {**keyless, "TENCENTCLOUD_SECRET_ID": '"x"', "TENCENTCLOUD_SECRETKEY": "misspelt"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(environ))

    assert caught.value.problem == "no credentials were found."
    assert "  TENCENTCLOUD_SECRET_ID holds a value in quotes" in caught.value.searched
    assert caught.value.searched[-1] == "the role of a CVM (this one has no role)"
