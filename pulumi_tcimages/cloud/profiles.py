"""Read the files of Tencent Cloud's tools in the home folder: tccli profiles and the ini file.

`~/.tccli/<profile>.credential` and `.configure` are JSON, `~/.tencentcloud/credentials` is ini.
The functions return None for a missing file. For an unreadable file or a value of the wrong type,
they raise a ConfigurationError, which does not show the content. Placeholders count as missing
values: for instance, `tccli configure` stores the word None if the user enters nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pulumi_tcimages.core.configuration_keys import KEY_PARTS
from pulumi_tcimages.core.placeholders import Placeholder, find_key_placeholder, find_placeholder
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.resource_limits import find_limit
from pulumi_tcimages.user_files import read_file

ROOT = "tencentcloudapi.com"
_KEY_NAMES = {"secretId", "secretKey", "token", *KEY_PARTS}
_LARGEST = 1024 * 1024
"""Maximum size of a file with keys or a token. Typical files have a few hundred bytes."""
KEYS_FORM = '{"secretId": "ID", "secretKey": "KEY"}'
SESSION_FORM = '{"secretId": "ID", "secretKey": "KEY", "token": "TOKEN"}'
_FORMS = {".credential": KEYS_FORM, ".configure": '{"_sys_param": {"region": "REGION"}}'}
"""Example content of a profile's files. Words in capitals stand for the values."""
_INI_FORM = (
    "repair the file: below the line [default], it has the lines secret_id = ID and "
    "secret_key = KEY."
)
_LAST_UNIX_S = 253_402_300_799
"""The end of the year 9999, the last year that datetime can represent."""


class ProfileKeys(NamedTuple):
    """The keys in a credential file, with the type of login, the role and the expiry time."""

    source: str
    secret_id: str = ""
    secret_key: str = ""
    token: str = ""
    kind: str = ""
    """The type of login: `sso`, `oauth`, `cvm-role`, or "" for permanent keys."""
    role_arn: str = ""
    role_session_name: str = ""
    expires_at_unix_s: float | None = None
    placeholders: Mapping[str, Placeholder] = MappingProxyType({})
    """The placeholders in the file, by field name."""

    def __repr__(self) -> str:
        return f"ProfileKeys(source={self.source!r})"  # Leave out the keys.


class ProfileSettings(NamedTuple):
    """The region and endpoints in a tccli profile, by dotted setting name."""

    texts: Mapping[str, str]
    placeholders: Mapping[str, Placeholder]


class _Fields:
    """Reads the string fields of a file, and collects the placeholders among them."""

    def __init__(self, path: Path, content: Mapping[str, Any]) -> None:
        self.placeholders: dict[str, Placeholder] = {}
        self._path = path
        self._content = content

    def text(self, name: str, *, key: str = "") -> str:
        """Return a field's value, or "" if it is missing or a placeholder.

        Args:
            key: the key under which a placeholder is recorded; by default `name`.
        """
        text = _read_text_value(self._path, self._content, name)
        json_text = "null" if self._content.get(name) is None else text
        find = find_key_placeholder if name in _KEY_NAMES else find_placeholder
        placeholder = find(json_text) if name in self._content else None
        if placeholder:
            self.placeholders[key or name] = placeholder
        return "" if placeholder else text


def read_profile_keys(folder: Path, profile: str) -> ProfileKeys | None:
    """Return the keys in a tccli profile, or None if its file is missing."""
    path = folder / f"{profile}.credential"
    content = _read_json(path)
    if content is None:
        return None
    implied_kind = next((name for name in ("sso", "oauth") if content.get(name)), "")
    fields = _Fields(path, content)
    return ProfileKeys(
        source=str(path),
        secret_id=fields.text("secretId"),
        secret_key=fields.text("secretKey"),
        token=fields.text("token"),
        kind=fields.text("type") or implied_kind,
        role_arn=fields.text("role-arn"),
        role_session_name=fields.text("role-session-name"),
        expires_at_unix_s=_time(path, content, "expiresAt"),
        placeholders=fields.placeholders,
    )


def read_profile_settings(folder: Path, profile: str) -> ProfileSettings:
    """Return the region and endpoints in a tccli profile."""
    path = folder / f"{profile}.configure"
    content = _read_json(path) or {}
    system = _Fields(path, _section(path, content, "_sys_param"))
    older = _Fields(path, content)
    texts = {"region": system.text("region") or older.text("region")}
    placeholders = {**older.placeholders, **system.placeholders}
    for service in ("dlc", "tione", "sts"):
        section = _Fields(path, _section(path, content, service))
        endpoint = section.text("endpoint", key=f"endpoints.{service}")
        placeholders.update(section.placeholders)
        # Ignore default endpoints: tccli writes them without asking the user.
        is_usual = endpoint.lower().removeprefix("https://").rstrip("/.") == f"{service}.{ROOT}"
        texts[f"endpoints.{service}"] = "" if is_usual else endpoint
    return ProfileSettings({name: text for name, text in texts.items() if text}, placeholders)


def is_vendor_host(host: str) -> bool:
    """Return whether a host belongs to Tencent Cloud, on the China or the international site."""
    return f".{host.rstrip('.').lower()}".endswith(f".{ROOT}")


def is_intl_host(host: str) -> bool:
    """Return whether a host or domain belongs to the international site."""
    return ".intl." in f".{host.lower()}"


def read_ini_keys(path: Path) -> ProfileKeys | None:
    """Return the keys in the `[default]` section of an ini file, with quotes removed."""
    text = _read_file(path)
    if text is None:
        return None
    import configparser  # Import this here, because few users have an ini file.

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
        section = parser["default"] if parser.has_section("default") else {}
    except configparser.Error:
        raise _unreadable(path, "is not an ini file") from None

    unquoted = {name: text.strip().strip("\"'") for name, text in section.items()}
    fields = _Fields(path, unquoted)
    return ProfileKeys(
        source=str(path),
        secret_id=fields.text("secret_id"),
        secret_key=fields.text("secret_key"),
        token=fields.text("token") or fields.text("security_token"),
        placeholders=fields.placeholders,
    )


def _read_json(path: Path) -> dict[str, Any] | None:
    text = _read_file(path)
    if text is None:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable(path, "is not JSON") from None
    if not isinstance(content, dict):
        raise _unreadable(path, "is not a JSON object")
    return content


def _read_file(path: Path) -> str | None:
    try:
        return read_text(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        limit = find_limit(error)
        raise _unreadable(path, why_unreadable(error), limit.fix if limit else "") from None


def read_text(path: Path) -> str:
    """Return the content of a regular file.

    Raises: OSError, ValueError. A pipe is an error too, because reading it could block.
    """
    return read_file(path, _LARGEST).decode("utf-8-sig")


def why_unreadable(error: OSError | ValueError) -> str:
    """Return why a file is unreadable, as a verb phrase: `cannot be read: permission denied`."""
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror[0].lower()}{error.strerror[1:]}"
    return "cannot be read: not UTF-8 text"


def _unreadable(path: Path, problem: str, fix: str = "") -> ConfigurationError:
    """Build the error for a file. By default, the fix is to repair the file's content."""
    form = _FORMS.get(path.suffix)
    repair = f"repair the file. It has the form {form}" if form else _INI_FORM
    return ConfigurationError(f"the file {problem}.", source=str(path), fix=fix or repair)


def can_rewrite(folder: Path, profile: str) -> bool:
    """Return whether tccli can update this profile. It cannot if a file is damaged."""
    try:
        read_profile_keys(folder, profile)
        read_profile_settings(folder, profile)
    except ConfigurationError:
        return False
    return True


def _section(path: Path, content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = content.get(name)
    if value is not None and not isinstance(value, Mapping):
        raise _unreadable(path, f"has {_kind(value)} where {name} should be an object")
    return value or {}


def _read_text_value(path: Path, content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if value is not None and not isinstance(value, str):
        raise _unreadable(path, f"has {_kind(value)} where {name} should be a string")
    return (value or "").strip()


def _time(path: Path, content: Mapping[str, Any], name: str) -> float | None:
    """Parse a time from a field that is a number or a string. Return None if it is missing or 0."""
    value = content.get(name)
    blank = find_placeholder(value) if isinstance(value, str) else None
    if value is None or (blank and blank.is_blank):
        return None
    try:
        unix_s = float("nan" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        unix_s = float("nan")
    if not 0 <= unix_s <= _LAST_UNIX_S:
        raise _unreadable(path, f"has {_kind(value)} where {name} should be a time in seconds")
    return unix_s or None


def _kind(value: object) -> str:
    """Return the type of a JSON value in plain words, such as `a list`."""
    kinds = {str: "a string", bool: "true or false", list: "a list", dict: "an object"}
    return kinds.get(type(value), "a number")
