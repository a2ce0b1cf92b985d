"""Convert error responses, and requests that were not sent in time, to errors with advice."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import NamedTuple

from pulumi_tcimages.advice import Advice, SettingChange
from pulumi_tcimages.cloud.key_advice import OTHER_KEYS, PROFILE, KeyFacts, advise_keys
from pulumi_tcimages.cloud.request_settings import RequestSettings
from pulumi_tcimages.cloud.settings import USUAL_REQUESTS_PER_SECOND, USUAL_TIMEOUT_S
from pulumi_tcimages.core.api import Action, Refusal
from pulumi_tcimages.core.configuration_keys import LONGEST_TIMEOUT_S
from pulumi_tcimages.core.regions import KNOWN_REGIONS, suggest_region
from pulumi_tcimages.core.retry import Cause, RetryPolicy
from pulumi_tcimages.core.setting_advice import advise_change, advise_removal_from
from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.errors import UPDATE, ApiError, AuthError, NetworkError, ThrottledError
from pulumi_tcimages.sources.source import Source

_CLOUD_LIMIT = 20
"""Tencent Cloud's rate limit: requests per second for each account and action."""
_MOST_REGIONS = 8
_USUAL_REGION = "ap-shanghai"
ACCEPTED_DRIFT_S = 300
"""The API rejects a signature if the clocks differ by more seconds than this."""


_KINDS = {
    Cause.THROTTLE: ThrottledError,
    Cause.KEYS: AuthError,
    Cause.PERMISSION: AuthError,
    Cause.CLOCK: AuthError,
}


class RefusedRequest(NamedTuple):
    """An error response from the API, and the facts that determine the advice."""

    refusal: Refusal
    retry_policy: RetryPolicy
    action: Action
    keys: KeyFacts
    settings: RequestSettings
    here_unix_s: float
    """When the response arrived, by this machine's clock."""
    date: str
    """The response's Date header."""
    source: Source | None = None
    """The data source whose images are listed. None for requests about keys."""

    def build_error(self, call: Call) -> ApiError:
        """Build the error that the user sees, with advice."""
        kind = _KINDS.get(self.retry_policy.cause, ApiError)
        return kind(
            self.refusal.code,
            self.refusal.message,
            call=call,
            retried=self.retry_policy.is_retried,
            fix=self._advise(call),
        )

    def _advise(self, call: Call) -> Advice:
        cause, settings, source = self.retry_policy.cause, self.settings, self.source
        if cause is Cause.CLOCK:
            return Advice(_clock_fix(self.here_unix_s, self.date))
        if cause is Cause.THROTTLE:
            return advise_throttled(settings.per_second, settings.timeout_s)
        if cause is Cause.PERMISSION:
            action = self.action.permission
            return Advice(f"ask for the CAM action {action}, or {OTHER_KEYS}", PROFILE)
        code, _, suffix = self.refusal.code.partition(".")
        if cause is Cause.KEYS:
            return advise_keys(suffix, settings, self.keys, call.key_source)
        if code == "UnsupportedRegion" or "Region" in self.refusal.message:
            return _advise_region(call.region, settings, source)
        if code in _NOT_OFFERED:
            return _advise_endpoint(call.endpoint, settings, source)
        if self.action.service == "sts" and code in _ROLE_CODES and settings.role_sources:
            return Advice(f"check the values of the role: {', '.join(settings.role_sources)}.")
        if code == "UnsupportedProtocol":
            address = settings.endpoint_source
            lead = f"write the address from {address} without http://, and use https:"
            https = SettingChange(("protocol",), "https")
            return Advice(lead if address else "use https:", https)
        fixes = {**_FIXES, **(source.scope_fixes if source else {})}
        return Advice(fixes.get(self.refusal.code) or fixes.get(code, ""))


def advise_throttled(per_second: int, timeout_s: float) -> Advice:
    """Return the advice for a request that was still throttled by the API at the deadline."""
    limits = (
        f"the cloud accepts {_CLOUD_LIMIT} requests in a second for each action of an account, "
        f"from all programs together, and this one sends at most {per_second} "
        "(maxRequestsPerSecond)"
    )
    if per_second >= _CLOUD_LIMIT:
        slower = SettingChange(("maxRequestsPerSecond",), f"{USUAL_REQUESTS_PER_SECOND}")
        return Advice(f"send fewer requests: {limits}:", slower)
    fix = f"run fewer programs of this account at once: {limits}."
    return Advice(fix, advise_more_time(timeout_s, "Or "))


def build_late(per_second: int, timeout_s: float, call: Call) -> ThrottledError:
    """Build the error for a request that the client's rate limit delayed past the deadline."""
    message = (
        f"Not sent: at most {per_second} of its kind is sent in a second, and its turn comes after "
        f"the deadline of {timeout_s:g} s."
    )
    changes = _more_time_than(timeout_s)
    ways = ["more time"] if changes else []
    if per_second < _CLOUD_LIMIT:
        more = f"{min(2 * per_second, _CLOUD_LIMIT)}"
        changes += (SettingChange(("maxRequestsPerSecond",), more),)
        ways += [f"more requests in a second (the cloud accepts {_CLOUD_LIMIT} of an account)"]
    lead = f"allow {', or '.join(ways)}:" if ways else "send fewer requests at once."
    return ThrottledError("", message, call=call, retried=True, fix=Advice(lead, *changes))


def build_overdue(timeout_s: float, call: Call) -> NetworkError:
    """Build the error for a request that was not sent, because the deadline had already passed."""
    problem = (
        f"the deadline of {timeout_s:g} s came before this was sent: what had to be done first "
        "took all the time."
    )
    return NetworkError(problem, call=call, more_time=Advice(*_more_time_than(timeout_s)))


def advise_more_time(timeout_s: float, lead: str) -> Advice:
    """Return the advice to raise `timeoutSeconds`, or empty advice if it is the maximum."""
    changes = _more_time_than(timeout_s)
    sentence = f"{lead}allow more time than the {timeout_s:g} s of timeoutSeconds:"
    return Advice(sentence, *changes) if changes else Advice()


def _more_time_than(timeout_s: float) -> tuple[SettingChange, ...]:
    """Return a change that doubles `timeoutSeconds`, or () if it is the maximum."""
    if timeout_s >= LONGEST_TIMEOUT_S:
        return ()
    longer_s = min(max(2 * timeout_s, USUAL_TIMEOUT_S), LONGEST_TIMEOUT_S)
    return (SettingChange(("timeoutSeconds",), f"{longer_s:g}"),)


def _advise_region(region: str, settings: RequestSettings, source: Source | None) -> Advice:
    """Return the advice for a region that the API rejects."""
    of_source = list(dict.fromkeys(chain.from_iterable(source.regions.values()))) if source else []
    # Skip regions with a second hyphen, such as `ap-shanghai-fsi`: they are for special customers,
    # such as banks.
    usual = [name for name in KNOWN_REGIONS if name.count("-") == 1]
    known = [name for name in of_source or usual if name != region]
    meant = re.search('"(.+)"', suggest_region(region))
    example = meant[1] if meant else _USUAL_REGION if _USUAL_REGION in known else known[0]
    known = [example, *(name for name in known if name != example)]
    more = len(known) - _MOST_REGIONS
    names = ", ".join(known[:_MOST_REGIONS]) + (f" and {more} more" if more > 0 else "")
    listing = (
        f"The {source.title} are offered in"
        if source and of_source
        else "Known regions, which may not all have this service, are"
    )
    lead = f"{suggest_region(region)} Or choose" if meant else "choose"
    place = settings.region_source or "`region`"
    fix = f"{lead} another region in {place}. {listing} {names}. {_limit_site(settings, source)}"
    if not settings.region_source:
        return Advice(fix)
    return Advice(fix, advise_change("region", example, settings.region_source))


def _limit_site(settings: RequestSettings, source: Source | None) -> str:
    """Return a sentence about the site (`china` or `intl`) that offers the source's images."""
    if source and len(source.sites) < 2:
        return f"Only accounts of the {source.sites[0]} site have the {source.title}."
    return settings.describe_other_site()


def _advise_endpoint(endpoint: str, settings: RequestSettings, source: Source | None) -> Advice:
    """Return the advice for an endpoint that does not offer the action."""
    if settings.endpoint_source:
        return Advice(
            f"{endpoint}, from {settings.endpoint_source}, does not offer this action.",
            advise_removal_from(
                settings.endpoint_source, "this setting", "To use the vendor's address instead,"
            ),
        )
    if source and len(source.sites) < 2:
        return Advice(f"{UPDATE}, with the request id.")
    return settings.add_other_site(
        f"{endpoint}, the vendor's address for the {settings.site} site, does not offer this "
        "action."
    )


def _clock_fix(here_unix_s: float, date: str) -> str:
    here = datetime.fromtimestamp(here_unix_s, timezone.utc)
    message = f"this machine's clock says {here:%Y-%m-%d %H:%M:%S} UTC"
    there = read_date(date)
    if there is None:
        return f"{message}: set it right; the cloud accepts a difference of five minutes."
    message = f"{message}, the cloud's {there:%Y-%m-%d %H:%M:%S} UTC"
    if abs(there.timestamp() - here_unix_s) <= ACCEPTED_DRIFT_S:
        return f"{message}, and they agree: try again, something may have held the request back."
    return f"{message}: set it right."


def read_date(text: str) -> datetime | None:
    """Parse a Date header. Return None if it is invalid."""
    try:
        return parsedate_to_datetime(text).astimezone(timezone.utc)
    except (TypeError, ValueError, OverflowError):
        return None


_NOT_OFFERED = ("InvalidAction", "NoSuchVersion", "NoSuchProduct", "ActionOffline")
_ROLE_CODES = ("InvalidParameter", "InvalidParameterValue", "MissingParameter", "ResourceNotFound")
_ARGUMENT = (
    "correct the argument that the line Said names; if it names none, give the vendor's support "
    "the request id."
)
_FIXES = {
    "InvalidParameter": _ARGUMENT,
    "InvalidParameterValue": _ARGUMENT,
    "MissingParameter": _ARGUMENT,
    "UnknownParameter": _ARGUMENT,
    "IpInBlacklist": "ask the account's owner to allow requests from this machine's IP address.",
    "IpNotInWhitelist": "ask the account's owner to allow requests from this machine's IP address.",
    "ResourceUnavailable.BalanceInsufficient": "top up the account.",
}
