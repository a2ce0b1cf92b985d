"""Convert error responses, and requests that could not be sent, to errors with advice."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import NamedTuple

from pulumi_tcimages.cloud.request_setup import Setup
from pulumi_tcimages.cloud.settings import USUAL_TIMEOUT_S
from pulumi_tcimages.core.api import Action, Keys, Refusal
from pulumi_tcimages.core.configuration_keys import LONGEST_TIMEOUT_S
from pulumi_tcimages.core.regions import KNOWN_REGIONS, suggest_region
from pulumi_tcimages.core.retry import Cause, Remedy
from pulumi_tcimages.core.setting_advice import SITES, Advice, advise_without
from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.errors import ApiError, AuthError, NetworkError, ThrottledError
from pulumi_tcimages.sources.source import Source

OTHER_KEYS = "use other keys, for example those of a profile of tccli:"
PROFILE = (("profile", "PROFILE"),)
_SLOWER = (
    "send fewer requests in a second, or allow more time. All programs that use this account "
    "share its limit:"
)
_CLOUD_LIMIT = 20
"""The number of requests per second that the cloud accepts for each account and action."""
_MOST_REGIONS = 8
_USUAL_REGION = "ap-shanghai"
_PERMANENT_LENGTH = 36
ACCEPTED_DRIFT_S = 300
"""The largest clock difference, in seconds, that the cloud accepts."""


class KeyFacts(NamedTuple):
    """Non-secret facts about the keys that signed a request."""

    token_source: str = ""
    """The place where the token was found, or "" if there is no token."""
    is_permanent: bool = False
    """Whether the secret id looks like that of a permanent key, which has no token."""
    is_temporary: bool = False
    """Whether the secret id looks like that of a temporary key, which requires a token."""
    is_swapped: bool = False
    """Whether secret id and secret key seem to be swapped."""
    surrounded: str = ""
    """The key that seems to contain other text: "secret id", "secret key", or "" for neither."""


_SECRET_ID = re.compile(r"[AI]KID[A-Za-z0-9]{32}")
_NO_ID = re.compile(r"[^A-Za-z0-9_-]|.[AI]KID")
_NO_KEY = re.compile(r"[^A-Za-z0-9_+/=-]|(?i:secret_?key)=")


def describe_keys(keys: Keys, token_source: str) -> KeyFacts:
    """Guess the type of keys from their format."""
    is_id = keys.secret_id[:4] in ("AKID", "IKID")
    is_permanent = _SECRET_ID.fullmatch(keys.secret_id) is not None
    return KeyFacts(
        token_source if keys.token else "",
        is_permanent,
        is_id and not is_permanent and len(keys.secret_id) > _PERMANENT_LENGTH,
        not is_id and keys.secret_key[:4] in ("AKID", "IKID"),
        _find_surrounded(keys),
    )


def _find_surrounded(keys: Keys) -> str:
    if "KID" in keys.secret_id and _NO_ID.search(keys.secret_id):
        return "secret id"
    return "secret key" if _NO_KEY.search(keys.secret_key) else ""


_KINDS = {
    Cause.THROTTLE: ThrottledError,
    Cause.KEYS: AuthError,
    Cause.PERMISSION: AuthError,
    Cause.CLOCK: AuthError,
}


class RefusedRequest(NamedTuple):
    """An error response, and everything that the advice depends on."""

    refusal: Refusal
    remedy: Remedy
    action: Action
    keys: KeyFacts
    setup: Setup
    here_unix_s: float
    """The time of this machine."""
    date: str
    """The response's Date header."""
    source: Source | None = None
    """The data source of the listing, if the request was part of one."""

    def build_error(self, call: Call) -> ApiError:
        """Build the error for an error response, with advice."""
        kind = _KINDS.get(self.remedy.cause, ApiError)
        fix, settings = self._advise(call)
        return kind(
            self.refusal.code,
            self.refusal.message,
            call=call,
            retried=self.remedy.is_retried,
            fix=fix,
            settings=settings,
        )

    def _advise(self, call: Call) -> Advice:
        cause, setup, source = self.remedy.cause, self.setup, self.source
        if cause is Cause.CLOCK:
            return Advice(_clock_fix(self.here_unix_s, self.date))
        if cause is Cause.THROTTLE:
            slower = ("maxRequestsPerSecond", f"{max(setup.per_second // 2, 1)}")
            return Advice(_SLOWER, (slower, *more_time_than(setup.timeout_s)))
        if cause is Cause.PERMISSION:
            return Advice(
                f"ask for the CAM action {self.action.permission}, or {OTHER_KEYS}", PROFILE
            )
        code, _, suffix = self.refusal.code.partition(".")
        if cause is Cause.KEYS:
            return _advise_keys(suffix, setup, self.keys, call.key_source)
        if code == "UnsupportedRegion" or "Region" in self.refusal.message:
            return _advise_region(call.region, setup, source)
        if code in _NOT_OFFERED:
            return _advise_endpoint(call.endpoint, setup, source)
        if self.action.service == "sts" and code in _ROLE_CODES and setup.role_sources:
            return Advice(f"check the values of the role: {', '.join(setup.role_sources)}.")
        if code == "UnsupportedProtocol":
            return Advice("use https:", (("protocol", "https"),))
        fixes = {**_FIXES, **(source.scope_fixes if source else {})}
        return Advice(fixes.get(self.refusal.code) or fixes.get(code, ""))


def build_late(per_second: int, timeout_s: float, call: Call) -> ThrottledError:
    """Build the error for a request that the client's rate limit delayed past the deadline."""
    message = (
        f"Not sent: at most {per_second} of its kind is sent in a second, and its turn comes after "
        f"the deadline of {timeout_s:g} s."
    )
    faster = [("maxRequestsPerSecond", f"{min(2 * per_second, _CLOUD_LIMIT)}")]
    settings = more_time_than(timeout_s)
    fix = "allow more time:"
    if per_second < _CLOUD_LIMIT:
        settings += faster
        fix = (
            "allow more time, or more requests in a second (the cloud accepts "
            f"{_CLOUD_LIMIT} of an account):"
        )
    return ThrottledError("", message, call=call, retried=True, fix=fix, settings=settings)


def build_overdue(timeout_s: float, call: Call) -> NetworkError:
    """Build the error for a request that was not sent, because earlier steps took all the time."""
    problem = (
        f"the deadline of {timeout_s:g} s came before this was sent: what had to be done first "
        "took all the time."
    )
    return NetworkError(problem, call=call, settings=more_time_than(timeout_s))


def more_time_than(timeout_s: float) -> list[tuple[str, str]]:
    """Return the setting that doubles the timeout of lookups, as advice."""
    return [("timeoutSeconds", f"{min(max(2 * timeout_s, USUAL_TIMEOUT_S), LONGEST_TIMEOUT_S):g}")]


def _advise_region(region: str, setup: Setup, source: Source | None) -> Advice:
    """Return the advice for a region that the cloud rejects."""
    of_source = list(dict.fromkeys(chain.from_iterable(source.regions.values()))) if source else []
    # Do not suggest regions with a second hyphen, such as `ap-shanghai-fsi`: they are for financial
    # or other special customers.
    usual = [name for name in KNOWN_REGIONS if name.count("-") == 1]
    known = [name for name in of_source or usual if name != region]
    more = len(known) - _MOST_REGIONS
    names = ", ".join(known[:_MOST_REGIONS]) + (f" and {more} more" if more > 0 else "")
    listing = f"the {source.title} are offered in" if source and of_source else "known regions are"
    meant = suggest_region(region)
    example = _USUAL_REGION if _USUAL_REGION in known else known[0]
    give = f"{meant} Or give" if meant else "give"
    fix = f'{give} another `region`, for instance "{example}"; {listing} {names}.'
    if source and len(source.sites) < 2:
        return Advice(f"{fix} They exist on the {source.sites[0]} site only.")
    return _or_other_site(fix, setup)


def _advise_endpoint(endpoint: str, setup: Setup, source: Source | None) -> Advice:
    """Return the advice for an endpoint that does not offer the action."""
    if setup.endpoint_source:
        fix, settings = advise_without(setup.endpoint_source)
        return Advice(
            f"{endpoint}, from {setup.endpoint_source}, does not offer this action. To use the "
            f"vendor's address instead, {fix}",
            settings,
        )
    fix = f"{endpoint}, the vendor's address for the {setup.site} site, does not offer this action."
    if source and len(source.sites) < 2:
        return Advice(f"{fix} {_REPORT}")
    return _or_other_site(fix, setup)


def _or_other_site(fix: str, setup: Setup) -> Advice:
    """Return the advice, followed by how to use the vendor's other site."""
    other, settings = setup.other_site
    return Advice(f"{fix} The site is {setup.site} (known: {SITES}); {other}", settings)


def _advise_keys(suffix: str, setup: Setup, keys: KeyFacts, key_source: str) -> Advice:
    # MFAFailure means that the cloud knows the secret id. So the keys are not mistyped, and need
    # other advice.
    if suffix == "MFAFailure":
        fix = "these keys need a second factor: get temporary keys with it, or "
        return Advice(fix + OTHER_KEYS, PROFILE)
    if keys.surrounded:
        return Advice(
            f"copy the {keys.surrounded} again to the place that Keys names, without what is "
            "around it: it has characters that are not part of it."
        )
    if keys.is_swapped:
        return Advice("swap the secret id and the secret key: only a secret id begins with AKID.")
    is_unknown = suffix in ("SecretIdNotFound", "InvalidSecretId")
    if (is_unknown or suffix == "TokenFailure") and keys.is_temporary and not keys.token_source:
        add = _add_token(key_source)
        return Advice(f"{add}: this secret id is a temporary one, which needs it.")
    if is_unknown:
        fix = "check the secret id in the place that Keys names."
        return _or_other_site(fix, setup)
    if suffix == "TokenFailure" and keys.is_permanent and keys.token_source:
        fix, settings = advise_without(keys.token_source)
        return Advice(
            f"remove the token, from {keys.token_source}: this secret id looks permanent, and "
            "permanent keys have none. If they are temporary, get new temporary keys. If the "
            f"token is left over, {fix}",
            settings,
        )
    if suffix == "TokenFailure":
        source = f", from {keys.token_source}," if keys.token_source else ""
        return Advice(
            f"get new temporary keys: the token{source} is wrong or has expired. Permanent keys "
            "have no token: with those, remove it."
        )
    if suffix == "SignatureFailure":
        return Advice(
            "check the secret key: it does not belong to this secret id. Copy it again to the "
            "place that Keys names."
        )
    return Advice(f"check these keys, or {OTHER_KEYS}", PROFILE)


def _add_token(key_source: str) -> str:
    """Return the advice to add a token in the place where the keys are."""
    place, _, rest = key_source.partition(" ")
    if place == "configuration":
        return "set tcimages:securityToken to its token"
    if place in ("profile", "file"):
        return f"add its token to {rest} as token"
    return "set TENCENTCLOUD_TOKEN to its token"


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
_REPORT = "The API may have changed: report this to pulumi-tcimages, with the request id."
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
