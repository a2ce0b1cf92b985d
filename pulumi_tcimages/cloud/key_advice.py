"""Advice about keys that the API rejects: how to correct them, and in which setting or file."""

from __future__ import annotations

import re
from typing import NamedTuple

from pulumi_tcimages.advice import Advice, Command, SettingChange
from pulumi_tcimages.cloud.request_settings import RequestSettings
from pulumi_tcimages.core.api import Keys
from pulumi_tcimages.core.setting_advice import advise_removal_from

OTHER_KEYS = "use other keys, for example those of a profile of tccli:"
PROFILE = SettingChange(("profile",), "PROFILE")
_PERMANENT_LENGTH = 36
_SECRET_ID = re.compile(r"[AI]KID[A-Za-z0-9]{32}")
_NO_ID = re.compile(r"[^A-Za-z0-9_-]|.[AI]KID")
_NO_KEY = re.compile(r"[^A-Za-z0-9_+/=-]|(?i:secret_?key)=")
_CONSOLES = {
    "china": "https://console.cloud.tencent.com/cam/capi",
    "intl": "https://console.tencentcloud.com/cam/capi",
}
"""The page of Tencent Cloud's console that lists a user's keys, by site."""
_PLACES = {
    "environment": {
        "secret id": "TENCENTCLOUD_SECRET_ID",
        "secret key": "TENCENTCLOUD_SECRET_KEY",
        "token": "TENCENTCLOUD_TOKEN",
    },
    "configuration": {
        "secret id": "tcimages:secretId",
        "secret key": "tcimages:secretKey",
        "token": "tcimages:securityToken",
    },
    "`secret_id`": {
        "secret id": "`secret_id`",
        "secret key": "`secret_key`",
        "token": "`security_token`",
    },
}
"""The variable or setting of each credential field, by the first word of the keys' source."""
_MFA_COMMAND = (
    "tccli sts GetSessionToken --SerialNumber qcs::cam:uin/ACCOUNT_ID::mfa/softToken "
    "--TokenCode CODE"
)


class KeyFacts(NamedTuple):
    """Non-secret facts about the keys that signed a request."""

    token_source: str = ""
    """The source of the token, or "" if there is no token."""
    is_permanent: bool = False
    """Whether the secret id has the format of permanent keys, which need no token."""
    is_temporary: bool = False
    """Whether the secret id has the format of temporary keys, which need a token."""
    is_swapped: bool = False
    """Whether secret id and secret key seem to be swapped."""
    malformed_field: str = ""
    """The value that seems to be pasted with extra characters, such as quotes: "secret id",
    "secret key", or "" for neither.
    """


def describe_keys(keys: Keys, token_source: str) -> KeyFacts:
    """Guess the type of the keys, and mistakes in them, from their format."""
    is_id = keys.secret_id[:4] in ("AKID", "IKID")
    is_permanent = _SECRET_ID.fullmatch(keys.secret_id) is not None
    return KeyFacts(
        token_source if keys.token else "",
        is_permanent,
        is_id and not is_permanent and len(keys.secret_id) > _PERMANENT_LENGTH,
        not is_id and keys.secret_key[:4] in ("AKID", "IKID"),
        _find_malformed_field(keys),
    )


def _find_malformed_field(keys: Keys) -> str:
    if "KID" in keys.secret_id and _NO_ID.search(keys.secret_id):
        return "secret id"
    return "secret key" if _NO_KEY.search(keys.secret_key) else ""


def advise_keys(suffix: str, settings: RequestSettings, keys: KeyFacts, key_source: str) -> Advice:
    """Return the advice for keys that the API rejects.

    Args:
        suffix: the part of the error code after `AuthFailure.`.
    """
    # MFAFailure means that the secret id exists, so skip the advice about mistyped keys.
    if suffix == "MFAFailure":
        return _advise_second_factor(key_source)
    if keys.malformed_field:
        return Advice(
            f"{_advise_copy(key_source, keys.malformed_field)}, and nothing else: its value "
            "there has other characters too, such as a quote, a comma or a name."
        )
    if keys.is_swapped:
        return Advice(
            "swap the secret id and the secret key: your secret key begins like a secret id."
        )
    is_unknown = suffix in ("SecretIdNotFound", "InvalidSecretId")
    if (is_unknown or suffix == "TokenFailure") and keys.is_temporary and not keys.token_source:
        add = _add_token(key_source, "its")
        return Advice(f"{add}: this secret id is a temporary one, which needs it.")
    place = _name_place(key_source, "secret id")
    if (is_unknown or suffix in ("TokenFailure", "SignatureFailure")) and key_source and not place:
        return Advice(
            "try again: the cloud refused temporary keys that it has just issued. If it refuses "
            "them again, give the vendor's support the request id."
        )
    if is_unknown:
        where = f" in {place}" if place else ""
        check = (
            f"check the secret id{where}: the list of your keys is on {_name_console(settings)}."
        )
        return settings.add_other_site(check)
    if suffix == "TokenFailure":
        return _advise_token(keys, key_source)
    if suffix == "SignatureFailure":
        return Advice(
            f"{_advise_copy(key_source, 'secret key')}: it does not belong to the "
            f"secret id{f' in {place}' if place else ''}. The console shows a secret key only "
            "once: if you no longer have it, create new keys."
        )
    check = f"check these keys on {_name_console(settings)}: they may be disabled or deleted."
    return Advice(f"{check} Or {OTHER_KEYS}", PROFILE)


def _advise_second_factor(key_source: str) -> Advice:
    fields = ("secret id", "secret key", "token")
    places = list(dict.fromkeys(_name_place(key_source, field) for field in fields))
    if places == [""]:
        places = list(_PLACES["environment"].values())
    names = " and ".join(filter(None, [", ".join(places[:-1]), places[-1]]))
    lead = "To get temporary keys with a code from your device, run:"
    return Advice(
        "these keys need a second factor (MFA).",
        Command(_MFA_COMMAND, lead),
        f"Then write the TmpSecretId, the TmpSecretKey and the Token from its answer to {names}. "
        "ACCOUNT_ID is the id of the main account.",
    )


def _advise_token(keys: KeyFacts, key_source: str) -> Advice:
    source = keys.token_source
    if not source:
        return Advice(
            f"if these keys are temporary, {_add_token(key_source, 'their')}: they were sent "
            "without one. If they are permanent, give the vendor's support the request id."
        )
    if keys.is_permanent:
        return Advice(
            advise_removal_from(source, "the token"),
            "This secret id looks permanent, and permanent keys have no token. If these keys are "
            "temporary, get new ones instead.",
        )
    get = "log in again with tccli, or get" if source.startswith("profile ") else "get"
    return Advice(
        f"{get} new temporary keys, with a new token: the one from {source} is wrong or has "
        "expired.",
        advise_removal_from(source, "the token", "If these keys are permanent, they need none:"),
    )


def _name_place(key_source: str, field: str) -> str:
    """Return where a credential field is set: a variable, setting or file.

    Return "" for the keys of a role.

    Args:
        field: "secret id", "secret key" or "token".
    """
    kind, _, rest = key_source.partition(" ")
    if kind in ("profile", "file"):
        return rest
    name = _PLACES.get(kind, {}).get(field, "")
    return f"{name} {rest}" if name.startswith("`") else name


def _advise_copy(key_source: str, field: str) -> str:
    """Return the advice to copy a credential field again."""
    place = _name_place(key_source, field)
    return f"copy the {field} again to {place}" if place else f"copy the {field} again"


def _add_token(key_source: str, pronoun: str) -> str:
    """Return the advice to set the token where the secret id and secret key are set."""
    place = _name_place(key_source, "token") or "TENCENTCLOUD_TOKEN"
    if key_source.startswith(("profile ", "file ")):
        return f"add {pronoun} token to {place} as token"
    return f"set {place} to {pronoun} token"


def _name_console(settings: RequestSettings) -> str:
    return _CONSOLES.get(settings.site, _CONSOLES["china"])
