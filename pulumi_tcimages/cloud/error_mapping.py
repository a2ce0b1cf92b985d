"""Convert error responses, and requests that could not be sent, to errors with advice."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import NamedTuple

from pulumi_tcimages.cloud.settings import USUAL_TIMEOUT_S
from pulumi_tcimages.core.api import Action, Keys, Refusal
from pulumi_tcimages.core.configuration_keys import LONGEST_TIMEOUT_S
from pulumi_tcimages.core.regions import suggest_region
from pulumi_tcimages.core.retry import Cause, Remedy
from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.errors import ApiError, AuthError, NetworkError, ThrottledError
from pulumi_tcimages.sources.source import Source

_OTHER_KEYS = "use other keys, for example through tcimages:profile."
_RATE_LIMIT_FIX = (
    "raise tcimages:timeoutSeconds, or tcimages:maxRequestsPerSecond where it is less than the "
    "account's share of the cloud's 20 a second."
)
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


_SECRET_ID = re.compile(r"[AI]KID[A-Za-z0-9]{32}")


def describe_keys(keys: Keys, token_source: str) -> KeyFacts:
    """Guess the type of keys from their format."""
    is_id = keys.secret_id[:4] in ("AKID", "IKID")
    is_permanent = _SECRET_ID.fullmatch(keys.secret_id) is not None
    return KeyFacts(
        token_source if keys.token else "",
        is_permanent,
        is_id and not is_permanent and len(keys.secret_id) > _PERMANENT_LENGTH,
        not is_id and keys.secret_key[:4] in ("AKID", "IKID"),
    )


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
    other_site: str
    """How to use the vendor's other site, for the advice."""
    here_unix_s: float
    """The time of this machine."""
    date: str
    """The response's Date header."""
    source: Source | None = None
    """The data source of the listing, if the request was part of one."""

    def build_error(self, call: Call) -> ApiError:
        """Build the error for the response, with advice."""
        kind = _KINDS.get(self.remedy.cause, ApiError)
        fix, is_retried = self._choose_fix(call), self.remedy.is_retried
        return kind(self.refusal.code, self.refusal.message, call=call, retried=is_retried, fix=fix)

    def _choose_fix(self, call: Call) -> str:
        cause, source = self.remedy.cause, self.source
        if cause is Cause.CLOCK:
            return _clock_fix(self.here_unix_s, self.date)
        if cause is Cause.THROTTLE:
            return ""  # ThrottledError has advice of its own.
        if cause is Cause.PERMISSION:
            return f"ask for the CAM action {self.action.permission}, or {_OTHER_KEYS}"
        code, _, suffix = self.refusal.code.partition(".")
        if cause is Cause.KEYS:
            return _key_fix(suffix, self.other_site, self.keys, call.key_source)
        if code == "UnsupportedRegion" or "Region" in self.refusal.message:
            return _region_fix(call.region, source)
        of_sts = _STS_FIXES if self.action.service == "sts" else {}
        fixes = {**_FIXES, **of_sts, **(source.scope_fixes if source else {})}
        fix = fixes.get(self.refusal.code) or fixes.get(code, "")
        if fix == _NOT_OFFERED:
            return fix.format(endpoint=call.endpoint, service=self.action.service)
        return fix


def build_late(per_second: int, timeout_s: float, call: Call) -> ThrottledError:
    """Build the error for a request that the client's rate limit delayed past the deadline."""
    message = (
        f"Not sent: at most {per_second} of its kind is sent in a second, and its turn comes after "
        f"the deadline of {timeout_s:g} s."
    )
    return ThrottledError("", message, call=call, retried=True, fix=_RATE_LIMIT_FIX)


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


def _region_fix(region: str, source: Source | None) -> str:
    known = dict.fromkeys(chain.from_iterable(source.regions.values())) if source else ()
    regions = f" (known for the {source.title}: {', '.join(known)})" if source and known else ""
    give = f"give another region{regions}, or another tcimages:site."
    meant = suggest_region(region)
    return f"{meant} Or {give}" if meant else give


def _key_fix(suffix: str, other_site: str, keys: KeyFacts, key_source: str) -> str:
    if suffix == "MFAFailure":  # The cloud knows the secret id, so the keys are not mistyped.
        return f"these keys need a second factor: get temporary keys with it, or {_OTHER_KEYS}"
    if keys.is_swapped:
        return "swap the secret id and the secret key: only a secret id begins with AKID."
    is_unknown = suffix in ("SecretIdNotFound", "InvalidSecretId")
    if (is_unknown or suffix == "TokenFailure") and keys.is_temporary and not keys.token_source:
        return f"{_add_token(key_source)}: this secret id is a temporary one, which needs it."
    if is_unknown:
        return (
            "check the secret id; keys of the other site do not work on this one: with those, "
            f"{other_site}."
        )
    if suffix == "TokenFailure" and keys.is_permanent and keys.token_source:
        return (
            f"remove the token, from {keys.token_source}: this secret id looks permanent, and "
            "permanent keys have none. Otherwise get new temporary keys."
        )
    if suffix == "TokenFailure":
        source = f", from {keys.token_source}," if keys.token_source else ""
        return (
            f"get new temporary keys: the token{source} is wrong or has expired. Permanent keys "
            "have no token: with those, remove it."
        )
    if suffix == "SignatureFailure":
        return "check the secret key: it does not belong to this secret id."
    return f"check these keys, or {_OTHER_KEYS}"


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


_NOT_OFFERED = (
    "the endpoint {endpoint} does not offer this action: check tcimages:endpoints.{service} and "
    "tcimages:site."
)
_ARGUMENT = "correct the argument that is named under Said."
_ROLE = (
    "check what tcimages:assumeRole, tcimages:assumeRoleWithWebIdentity or the environment say of "
    "the role: its ARN, the session, the external id, the token."
)
_FIXES = {
    "InvalidAction": _NOT_OFFERED,
    "NoSuchVersion": _NOT_OFFERED,
    "NoSuchProduct": _NOT_OFFERED,
    "ActionOffline": _NOT_OFFERED,
    "UnsupportedProtocol": "set tcimages:protocol to https.",
    "InvalidParameter": _ARGUMENT,
    "InvalidParameterValue": _ARGUMENT,
    "MissingParameter": _ARGUMENT,
    "UnknownParameter": _ARGUMENT,
    "IpInBlacklist": "ask the account's owner to allow requests from this machine's IP address.",
    "IpNotInWhitelist": "ask the account's owner to allow requests from this machine's IP address.",
    "ResourceUnavailable.BalanceInsufficient": "top up the account.",
}
_STS_FIXES = dict.fromkeys(
    ("InvalidParameter", "InvalidParameterValue", "MissingParameter", "ResourceNotFound"), _ROLE
)
