"""What the vendor's own tools left in the user's home: tccli profiles and the ini file.

Shape: `~/.tccli/<profile>.credential` and `.configure` are JSON; `~/.tencentcloud/credentials` is
ini. A file that is not there is None; one that cannot be read is a SettingsError with its path,
never with its content.
"""

from __future__ import annotations

import configparser
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_tcimages.errors import SettingsError

_ROOT = "tencentcloudapi.com"


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
    expires_at = content.get("expiresAt")
    return ProfileKeys(
        source=str(path),
        secret_id=_text(content, "secretId"),
        secret_key=_text(content, "secretKey"),
        token=_text(content, "token"),
        kind=_text(content, "type"),
        role_arn=_text(content, "role-arn"),
        role_session_name=_text(content, "role-session-name"),
        expires_at_unix_s=float(expires_at) if isinstance(expires_at, (int, float)) else None,
    )


def read_profile_settings(folder: Path, profile: str) -> Mapping[str, str]:
    """What a tccli profile says about region, language and endpoints, as dotted settings."""
    content = _read_json(folder / f"{profile}.configure") or {}
    system = content.get("_sys_param")
    found = {"region": _text(system, "region") or _text(content, "region")}
    for service in ("dlc", "tione", "sts"):
        endpoint = _text(content.get(service), "endpoint")
        # The tool writes the usual address for every service by itself: that is nobody's choice.
        found[f"endpoints.{service}"] = "" if endpoint == f"{service}.{_ROOT}" else endpoint
    return {name: value for name, value in found.items() if value}


def read_ini_keys(path: Path) -> ProfileKeys | None:
    """The keys of the ini file's `[default]`; quotes around a value are not part of it."""
    text = _read_text(path)
    if text is None:
        return None
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
    text = _read_text(path)
    if text is None:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable(path, "is not JSON") from None
    if not isinstance(content, dict):
        raise _unreadable(path, "is not a JSON object")
    return content


def _read_text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        raise _unreadable(path, "cannot be read") from None


def _unreadable(path: Path, problem: str) -> SettingsError:
    return SettingsError(
        f"the file {problem}.", source=str(path), fix="run tccli configure, or repair the file."
    )


def _text(content: object, name: str) -> str:
    value = content.get(name) if isinstance(content, Mapping) else None
    return value.strip() if isinstance(value, str) else ""
