"""What the vendor's own tools left in the user's home: tccli profiles and the ini file.

Shape: `~/.tccli/<profile>.credential` and `.configure` are JSON; `~/.tencentcloud/credentials` is
ini. A file that is not there is None; one that cannot be read, or has something else where a text
belongs, is a SettingsError with its path and what is wrong, never with its content.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_tcimages.errors import SettingsError

ROOT = "tencentcloudapi.com"
_LAST_UNIX_S = 253_402_300_799
"""The end of the year 9999, after which no calendar goes."""


@dataclass(frozen=True)
class ProfileKeys:
    """The keys in a file, and what it says about them."""

    source: str
    secret_id: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    kind: str = ""
    role_arn: str = ""
    role_session_name: str = ""
    expires_at_unix_s: float | None = None


def read_profile_keys(folder: Path, profile: str) -> ProfileKeys | None:
    """The keys of a tccli profile."""
    path = folder / f"{profile}.credential"
    content = _read_json(path)
    if content is None:
        return None
    for name in ("secretId", "secretKey"):
        if content.get(name, "") is None:
            raise _unreadable(path, f"has null where {name} should be a text")
    return ProfileKeys(
        source=str(path),
        secret_id=_text(path, content, "secretId"),
        secret_key=_text(path, content, "secretKey"),
        token=_text(path, content, "token"),
        kind=_text(path, content, "type"),
        role_arn=_text(path, content, "role-arn"),
        role_session_name=_text(path, content, "role-session-name"),
        expires_at_unix_s=_time(path, content, "expiresAt"),
    )


def read_profile_settings(folder: Path, profile: str) -> Mapping[str, str]:
    """What a tccli profile says about region and endpoints, as dotted settings."""
    path = folder / f"{profile}.configure"
    content = _read_json(path) or {}
    system = _section(path, content, "_sys_param")
    found = {"region": _text(path, system, "region") or _text(path, content, "region")}
    for service in ("dlc", "tione", "sts"):
        endpoint = _text(path, _section(path, content, service), "endpoint")
        # The tool writes the usual address for every service by itself: that is nobody's choice.
        found[f"endpoints.{service}"] = "" if endpoint == f"{service}.{ROOT}" else endpoint
    return {name: value for name, value in found.items() if value}


def read_ini_keys(path: Path) -> ProfileKeys | None:
    """The keys of the ini file's `[default]`; quotes around a value are not part of it."""
    text = _read_file(path)
    if text is None:
        return None
    import configparser  # here, because the file is rarely there

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
        section = parser["default"] if parser.has_section("default") else {}
    except configparser.Error:
        raise _unreadable(path, "is not an ini file") from None

    def value(name: str) -> str:
        return section.get(name, "").strip().strip("\"'")

    return ProfileKeys(
        source=str(path),
        secret_id=value("secret_id"),
        secret_key=value("secret_key"),
        token=value("token") or value("security_token"),
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
        raise _unreadable(path, why_unreadable(error)) from None


def read_text(path: Path) -> str:
    """What a file says. Errors: OSError, ValueError; a pipe is not waited for."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(None, "not a regular file")
    return path.read_text(encoding="utf-8-sig")


def why_unreadable(error: OSError | ValueError) -> str:
    """What is wrong with a file, to be said after its name."""
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror[0].lower()}{error.strerror[1:]}"
    return "cannot be read: not UTF-8 text"


def _unreadable(path: Path, problem: str) -> SettingsError:
    is_of_tccli = path.suffix in (".credential", ".configure")
    fix = "run tccli configure, or repair the file." if is_of_tccli else "repair the file."
    return SettingsError(f"the file {problem}.", source=str(path), fix=fix)


def _section(path: Path, content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = content.get(name)
    if value is not None and not isinstance(value, Mapping):
        raise _unreadable(path, f"has {_kind(value)} where {name} should be an object")
    return value or {}


def _text(path: Path, content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if value is not None and not isinstance(value, str):
        raise _unreadable(path, f"has {_kind(value)} where {name} should be a text")
    return (value or "").strip()


def _time(path: Path, content: Mapping[str, Any], name: str) -> float | None:
    value = content.get(name)
    if value is None:
        return None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= _LAST_UNIX_S:
        raise _unreadable(path, f"has {_kind(value)} where {name} should be a time in seconds")
    return float(value)


def _kind(value: object) -> str:
    """What a JSON value is, not what it says."""
    kinds = {str: "a text", bool: "true or false", list: "a list", dict: "an object"}
    return kinds.get(type(value), "a number")
