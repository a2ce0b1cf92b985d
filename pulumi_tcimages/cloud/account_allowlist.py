"""Check that API keys belong to an account that the configuration allows."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pulumi_tcimages.advice import Advice, SettingChange
from pulumi_tcimages.cloud.api_requests import ApiRequest, Credential
from pulumi_tcimages.cloud.cache import Cache
from pulumi_tcimages.cloud.deadline import Clock, Deadline
from pulumi_tcimages.cloud.endpoints import choose_endpoint
from pulumi_tcimages.cloud.sender import Sender
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.core import api
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.naming import camel


class AccountAllowlist:
    """Enforces the settings `allowed_account_ids` and `forbidden_account_ids`.

    The account id of each set of keys is requested only once.
    """

    def __init__(self, settings: Settings, sender: Sender, clock: Clock) -> None:
        self._settings = settings
        self._sender = sender
        self._accounts: Cache[str] = Cache(clock, ttl_s=float("inf"))

    def check(self, credential: Credential, region: str, deadline: Deadline) -> None:
        """Raise a ConfigurationError if the keys belong to an account that is not allowed."""
        allowed = self._settings.get("allowed_account_ids")
        forbidden = self._settings.get("forbidden_account_ids") or ()
        if allowed is None and not forbidden:
            return
        account_id = self._accounts.get(
            credential.keys,
            lambda: send_caller_identity(
                self._settings, self._sender, credential, region, deadline
            ),
            deadline.started_s,
        )
        if account_id in forbidden:
            raise self._refuse_forbidden(account_id, forbidden, credential.source)
        if allowed is not None and account_id not in allowed:
            raise self._refuse_unlisted(account_id, allowed, credential.source)

    def _refuse_forbidden(
        self, account_id: str, forbidden: Sequence[str], source: str
    ) -> ConfigurationError:
        others = [account for account in forbidden if account != account_id]
        return self._refuse(
            f"these keys belong to account {account_id}, which is in",
            "forbidden_account_ids",
            f"Only if account {account_id} is right for this stack, take it off the list",
            others,
            source,
        )

    def _refuse_unlisted(
        self, account_id: str, allowed: Sequence[str], source: str
    ) -> ConfigurationError:
        return self._refuse(
            f"these keys belong to account {account_id}, which is not in",
            "allowed_account_ids",
            f"Only if account {account_id} is right for this stack, add it to the list",
            [*allowed, account_id],
            source,
        )

    def _refuse(
        self, problem: str, key: str, change: str, accounts: Sequence[str], source: str
    ) -> ConfigurationError:
        """Build the error for keys from an account that is not allowed.

        Args:
            key: the setting that excludes the account.
            accounts: the value to suggest for that setting, which allows the account.
        """
        place = self._settings.source_of(key)
        is_in_stack = place.startswith("configuration ")
        text = json.dumps(accounts) if accounts else ""
        new_list = SettingChange((camel(key),), text) if is_in_stack else ""
        return ConfigurationError(
            f"{problem} tcimages:{camel(key)}.",
            source=source,
            fix=Advice(
                "use keys of another account.",
                f"{change}:" if is_in_stack else f"{change}, {place}.",
                new_list,
            ),
        )


def send_caller_identity(
    settings: Settings, sender: Sender, credential: Credential, region: str, deadline: Deadline
) -> str:
    """Request the id of the account that the keys belong to."""
    from pulumi_tcimages.core.key_responses import read_caller_account

    endpoint = choose_endpoint(settings, "sts", region)
    return sender.send(
        ApiRequest(api.CALLER_IDENTITY, {}, endpoint, region, credential, read_caller_account),
        deadline,
    )
