"""The role of this CVM: its keys, and the errors without them."""

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
from tests.cloud.fakes import last_key_id, list_all, write_file
from tests.cloud.faulty_server import FaultyServer, reply
from tests.timeouts import finishes_in_time


def configure_role(source, cloud, tmp_path, monkeypatch):
    """Configure the machine's role as the source of keys, and return the configuration."""
    if source == "profile":
        write_file(tmp_path, ".tccli/default.credential", {"type": "cvm-role"})
    if source == "machine":
        vendor = write_file(tmp_path, "sys_vendor", "Tencent Cloud\n")
        monkeypatch.setattr(credentials, "_MACHINE", vendor)
    return {"cam_role_name": cloud.keys.cvm_role} if source == "configured" else {}


@pytest.mark.parametrize("profile_type", ["CVM-ROLE", "Cvm_Role", " cvmRole "])
def test_profile_type_may_be_spelled_in_any_way(
    cloud, keyless, make_client, tmp_path, profile_type
):
    write_file(tmp_path, ".tccli/default.credential", {"type": profile_type})

    list_all(make_client(keyless))

    assert last_key_id(cloud).startswith("AKIDTEMPORARY")


@pytest.mark.parametrize("source", ["configured", "environment", "profile", "machine"])
def test_keys_of_the_machine_role_are_used(
    cloud, keyless, make_client, tmp_path, monkeypatch, source
):
    configuration = {"cam_role_name": cloud.keys.cvm_role} if source == "configured" else {}
    environ = dict(keyless)
    if source == "environment":
        environ["TENCENTCLOUD_CAM_ROLE_NAME"] = cloud.keys.cvm_role
    if source == "profile":
        write_file(tmp_path, ".tccli/default.credential", {"type": "cvm-role"})
    if source == "machine":
        vendor = write_file(tmp_path, "sys_vendor", "Tencent Cloud\n")
        monkeypatch.setattr(credentials, "_MACHINE", vendor)

    list_all(make_client(environ, **configuration))

    assert last_key_id(cloud).startswith("AKIDTEMPORARY")


def test_metadata_is_not_requested_outside_a_cvm(cloud, keyless, make_client):
    with pytest.raises(ConfigurationError):
        list_all(make_client(keyless))

    assert len(cloud.requests) == 0


def test_unknown_role_error_lists_the_roles_of_the_cvm(cloud, keyless, make_client):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, "TENCENTCLOUD_CAM_ROLE_NAME": "another"}))

    assert str(caught.value) == (
        "configuration error. [configuration]\n"
        "Problem  this CVM has no CAM role another.\n"
        "Key      tcimages:camRoleName\n"
        "From     environment TENCENTCLOUD_CAM_ROLE_NAME\n"
        f"Allowed  {cloud.keys.cvm_role}\n"
        f"Next     write {cloud.keys.cvm_role}."
    )


@pytest.mark.parametrize("source", ["configured", "profile", "machine"])
def test_role_briefly_without_keys_is_requested_again(
    cloud, keyless, make_client, tmp_path, monkeypatch, source
):
    configuration = configure_role(source, cloud, tmp_path, monkeypatch)
    role_list = [] if source == "configured" else [Fault(body=cloud.keys.cvm_role)]
    cloud.faults.add("metadata", *role_list, Fault(status=404))

    list_all(make_client(keyless, **configuration))

    assert last_key_id(cloud).startswith("AKIDTEMPORARY")


@pytest.mark.parametrize("source", ["configured", "profile", "machine"])
def test_role_without_keys_is_an_error(cloud, keyless, make_client, tmp_path, monkeypatch, source):
    configuration = configure_role(source, cloud, tmp_path, monkeypatch)
    role_list = Fault(body=cloud.keys.cvm_role)
    not_found = Fault(status=404)
    faults = [not_found, role_list] if source == "configured" else [role_list, not_found]
    cloud.faults.add("metadata", *faults, not_found)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless, **configuration))

    assert (caught.value.problem, caught.value.allowed, str(caught.value.fix)) == (
        f"this CVM has the CAM role {cloud.keys.cvm_role}, but no keys of it.",
        "",
        "try again, or use other keys.",
    )


@pytest.mark.parametrize("role_list", [Fault(status=404), Fault(body="<html> <p>", times=3)])
def test_unknown_role_without_known_roles_suggests_adding_it(
    cloud, keyless, make_client, role_list
):
    cloud.faults.add("metadata", Fault(status=404), role_list)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless, cam_role_name="another"))

    assert (caught.value.allowed, str(caught.value.fix)) == (
        "",
        "give this CVM that role, or use other keys.",
    )


def test_machine_without_a_role_is_an_error(cloud, keyless, make_client, tmp_path):
    path = write_file(tmp_path, ".tccli/default.credential", {"type": "cvm-role"})
    cloud.keys.cvm_role = ""

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert (caught.value.problem, caught.value.source, str(caught.value.fix)) == (
        "this CVM has no CAM role.",
        f"profile {path}",
        "give it one, or use other keys.",
    )


def test_failing_metadata_service_is_not_reported_as_a_missing_role(
    cloud, keyless, make_client, fake_time
):
    cloud.faults.add("metadata", Fault(status=503, before=lambda: fake_time.advance(1.5), times=5))

    with pytest.raises(InvalidResponseError) as caught:
        list_all(make_client(keyless, cam_role_name=cloud.keys.cvm_role))

    assert (caught.value.problem, caught.value.came, str(caught.value.fix)) == (
        "the metadata service does not say which keys this CVM has.",
        "HTTP 503",
        "try again, or use other keys.",
    )
    assert (caught.value.call.attempts, caught.value.call.elapsed_s > 7.5) == (5, True)


def test_missing_metadata_service_is_a_network_error(keyless, make_client):
    environ = {**keyless, "TCIMAGES_ENDPOINT_METADATA": "http://127.0.0.1:1"}

    with pytest.raises(NetworkError) as caught:
        list_all(make_client(environ, cam_role_name="r"))

    assert caught.value.call.service == "metadata"


@pytest.mark.parametrize("variable", ["http_proxy", "HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_metadata_requests_never_use_a_proxy(keyless, make_client, variable, scheme):
    keys = {"TmpSecretId": "AKIDstolen", "TmpSecretKey": "k", "Token": "t", "Code": "Success"}
    with FaultyServer(reply(json.dumps(keys).encode())) as proxy:
        environ = {
            **keyless,
            "TCIMAGES_ENDPOINT_METADATA": f"{scheme}://metadata.invalid",
            variable: proxy.url,
        }
        with pytest.raises(NetworkError) as caught:
            list_all(make_client(environ, cam_role_name="r", timeout_seconds=0.5))

    assert proxy.requests == []
    assert "proxy" not in caught.value.problem


def test_hanging_metadata_service_ends_at_the_deadline(cloud, keyless, make_client):
    cloud.faults.add("metadata", Fault(delay_s=3600))
    client = make_client(keyless, cam_role_name="r", timeout_seconds=0.1)

    def list_images() -> None:
        with pytest.raises(NetworkError):
            list_all(client)

    assert finishes_in_time(list_images)


def test_invalid_metadata_response_is_an_error(cloud, keyless, make_client):
    cloud.faults.add("metadata", Fault(body="<html>", times=3))

    with pytest.raises(InvalidResponseError) as caught:
        list_all(make_client(keyless, cam_role_name=cloud.keys.cvm_role))

    assert (caught.value.problem, str(caught.value.fix)) == (
        "the metadata service's reply is not JSON.",
        "try again, or use other keys.",
    )


def test_missing_machine_role_is_the_last_place_in_the_error(
    cloud, keyless, make_client, tmp_path, monkeypatch
):
    monkeypatch.setattr(credentials, "_MACHINE", write_file(tmp_path, "vendor", "Tencent Cloud"))
    cloud.keys.cvm_role = ""
    environ = {**keyless, "TENCENTCLOUD_SECRET_ID": '"x"', "TENCENTCLOUD_SECRETKEY": "misspelt"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(environ))

    assert caught.value.problem == "no credentials were found."
    assert "  TENCENTCLOUD_SECRET_ID holds a value in quotes" in caught.value.searched
    assert caught.value.searched[-1] == "the role of a CVM (this one has no role)"
