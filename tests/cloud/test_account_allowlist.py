"""The accounts that may be asked, and those that may not."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Fault, Key
from pulumi_tcimages.errors import ApiError, ConfigurationError
from tests.cloud.fakes import list_all, list_session, write


@pytest.mark.parametrize(
    "lists",
    [
        {"allowed_account_ids": ["100000000001"]},
        {"allowed_account_ids": ["1", "100000000001"], "forbidden_account_ids": ["2"]},
        {"forbidden_account_ids": ["2"]},
    ],
)
def test_an_allowed_account_is_checked_once(cloud, open_fake, lists):
    client = open_fake(cloud.environment, **lists)

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
def test_keys_of_a_forbidden_account_list_nothing(cloud, open_fake, lists, text):
    client = open_fake(cloud.environment, **lists)
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
def test_an_account_that_is_refused_is_shown_with_the_list_that_would_accept_it(
    cloud, open_fake, lists, command
):
    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(cloud.environment, **lists))

    assert "use keys of another account" in caught.value.fix
    assert "Only if account 100000000001 is right for this stack" in caught.value.fix
    assert str(caught.value).endswith(command)


def test_without_lists_of_accounts_none_is_looked_up(cloud, open_fake):
    list_all(open_fake(cloud.environment))

    assert len(cloud.requests.of("GetCallerIdentity")) == 0


def test_a_failed_check_of_the_account_is_not_kept(cloud, open_fake):
    client = open_fake(cloud.environment, allowed_account_ids=["100000000001"])
    cloud.faults.add("GetCallerIdentity", Fault(code="InvalidAction"))

    with pytest.raises(ApiError):
        list_all(client)

    assert list_all(client).images


def test_keys_that_come_in_place_of_refused_ones_are_checked_too(
    cloud, keyless, open_fake, tmp_path
):
    cloud.keys.add(Key("AKIDforeign", "keyforeign", account_id="2"))
    first = {"secretId": cloud.secret_id, "secretKey": cloud.secret_key}
    write(tmp_path, ".tccli/default.credential", first)
    client = open_fake(keyless, allowed_account_ids=["100000000001"])
    list_all(client)
    cloud.keys.revoke(cloud.secret_id)
    write(
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
