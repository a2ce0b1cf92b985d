"""Accounts that may list images, and accounts that may not."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Fault, Key
from pulumi_tcimages.errors import ApiError, ConfigurationError
from tests.cloud.fakes import list_all, list_session, write_file


@pytest.mark.parametrize(
    "lists",
    [
        {"allowed_account_ids": ["100000000001"]},
        {"allowed_account_ids": ["1", "100000000001"], "forbidden_account_ids": ["2"]},
        {"forbidden_account_ids": ["2"]},
    ],
)
def test_allowed_account_is_checked_once(cloud, make_client, lists):
    client = make_client(cloud.environment, **lists)

    list_all(client)
    list_session(client)

    assert len(cloud.requests.of("GetCallerIdentity")) == 1


@pytest.mark.parametrize(
    ("lists", "text"),
    [
        ({"allowed_account_ids": ["1"]}, "is not in tcimages:allowedAccountIds"),
        ({"forbidden_account_ids": ["100000000001"]}, "is in tcimages:forbiddenAccountIds"),
        (
            {"allowed_account_ids": ["100000000001"], "forbidden_account_ids": ["100000000001"]},
            "is in tcimages:forbiddenAccountIds",
        ),
    ],
)
def test_keys_of_a_forbidden_account_list_nothing(cloud, make_client, lists, text):
    client = make_client(cloud.environment, **lists)
    for _ in range(2):
        with pytest.raises(ConfigurationError) as caught:
            list_all(client)

    assert text in " ".join(str(caught.value).split())
    assert caught.value.source == "environment TENCENTCLOUD_SECRET_ID"
    assert [request.action for request in cloud.requests] == ["GetCallerIdentity"]


@pytest.mark.parametrize(
    ("lists", "command"),
    [
        (
            {"allowed_account_ids": ["1"]},
            """pulumi config set tcimages:allowedAccountIds '["1", "100000000001"]'""",
        ),
        (
            {"forbidden_account_ids": ["100000000001", "2"]},
            """pulumi config set tcimages:forbiddenAccountIds '["2"]'""",
        ),
        (
            {"forbidden_account_ids": ["100000000001"]},
            "pulumi config rm tcimages:forbiddenAccountIds",
        ),
    ],
)
def test_forbidden_account_error_suggests_a_list_that_allows_it(cloud, make_client, lists, command):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(cloud.environment, **lists))

    assert "use keys of another account" in str(caught.value.fix)
    assert "Only if account 100000000001 is right for this stack" in str(caught.value.fix)
    assert str(caught.value).endswith(command)


def test_account_is_not_requested_without_lists(cloud, make_client):
    list_all(make_client(cloud.environment))

    assert len(cloud.requests.of("GetCallerIdentity")) == 0


def test_failed_account_check_is_not_cached(cloud, make_client):
    client = make_client(cloud.environment, allowed_account_ids=["100000000001"])
    cloud.faults.add("GetCallerIdentity", Fault(code="InvalidAction"))

    with pytest.raises(ApiError):
        list_all(client)

    assert list_all(client).images


def test_replacement_keys_are_checked_again(cloud, keyless, make_client, tmp_path):
    cloud.keys.add(Key("AKIDforeign", "keyforeign", account_id="2"))
    allowed = {"secretId": cloud.secret_id, "secretKey": cloud.secret_key}
    write_file(tmp_path, ".tccli/default.credential", allowed)
    client = make_client(keyless, allowed_account_ids=["100000000001"])
    list_all(client)
    cloud.keys.revoke(cloud.secret_id)
    write_file(
        tmp_path,
        ".tccli/default.credential",
        {"secretId": "AKIDforeign", "secretKey": "keyforeign"},
    )

    with pytest.raises(ConfigurationError) as caught:
        list_all(client, ti_project_id="other")

    assert "account 2" in caught.value.problem
    assert {request.secret_id for request in cloud.requests.of("DescribePlatformImages")} == {
        cloud.secret_id
    }
