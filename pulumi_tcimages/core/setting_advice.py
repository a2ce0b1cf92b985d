"""Build the advice to correct a setting: a valid value, and the command or place to set it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from pulumi_tcimages.advice import Advice, SettingChange
from pulumi_tcimages.core.regions import suggest_region
from pulumi_tcimages.core.suggestions.spelling import closest
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.naming import camel, mark_path

PROVIDER = "the provider "
"""The first words of a setting's source if an explicit provider sets it."""
_ENVIRONMENT = "environment "
_FILE = "profile "
_CONFIGURATION = "configuration tcimages:"
ROLE_ARN = "qcs::cam::uin/ACCOUNT_ID:roleName/ROLE_NAME"
SECTION_PARTS: Mapping[str, Mapping[str, str]] = {
    "assume_role": {"role_arn": ROLE_ARN},
    "assume_role_with_web_identity": {"role_arn": ROLE_ARN, "web_identity_token_file": "FILE"},
    "endpoints": {"tione": "tione.tencentcloudapi.com"},
}
"""For each setting that is an object: the keys to suggest, with example values."""
LISTS = ("allowed_account_ids", "forbidden_account_ids")
_MOST_SUGGESTED = 20
_EXAMPLES = {
    "profile": "default",
    "shared_credentials_dir": "FOLDER",
    "cam_role_name": "ROLE_NAME",
    "site": "china",
    "protocol": "https",
    "language": "en-US",
    "timeout_seconds": "60",
    "cache_ttl_seconds": "300",
    "max_requests_per_second": "15",
    "role_arn": ROLE_ARN,
    "session_name": "pulumi-tcimages",
    "session_duration": "7200",
    "policy": "POLICY",
    "provider_id": "OIDC",
    "web_identity_token_file": "FILE",
    **dict.fromkeys(("dlc", "tione", "sts", "metadata"), "HOST"),
}
"""A valid value for each setting. The user replaces a word in capitals, such as `FOLDER`."""
_CHOICES = {
    "site": ("china", "intl"),
    "protocol": ("https", "http"),
    "language": ("en-US", "zh-CN"),
}
_MEANINGS = {
    "intl": r"\bint|global|world|overs|abroad|foreign|outside|non.?china|tencentcloud\.com"
    "|国际|國際|海外|境外",
    "zh-CN": r"\b(zh|cn|ch)|中|汉|漢|简|簡",
}
"""For values that users describe in other words: a pattern of these words."""
SITES = ", ".join(_CHOICES["site"])
IN_PROJECT = "If Pulumi.yaml sets it, remove it there."
"""A step after a command that removes a setting from the stack's file."""
_COPY_AGAIN = "copy it again, and nothing beside it."


Path = tuple[str | int, ...]
"""The keys of a setting in the user's spelling, and the indexes of list items."""


def advise_value(path: str, written: object, source: str, keys: Path = ()) -> Advice:
    """Return the advice for an invalid value.

    Args:
        path: the setting, in snake_case.
        written: the invalid value.
        source: where the value comes from.
        keys: the setting's path in the user's spelling; by default in camelCase.
    """
    if path in SECTION_PARTS or path in LISTS:
        return _advise_structure(path, written, source)
    values = _choose_values(path, written)
    if not values:
        return Advice(_COPY_AGAIN)
    lead = suggest_region(str(written)) if path == "region" else ""
    first = next(iter(values.values()))
    if source.startswith(_ENVIRONMENT):
        return Advice(lead, *(change_variable(source, value) for value in values.values()))
    if source.startswith(_FILE):
        return Advice(lead or f"write {quote(first)} in that file.")
    if source.startswith(PROVIDER):
        # A program in another language than Python may spell a key as in Python.
        is_usual = not keys or keys == write_keys(path)
        name = mark_path(path) if is_usual else ".".join(map(str, keys))
        return Advice(lead or f"write {name} {first if first.isdigit() else quote(first)}")
    return Advice(lead, SettingChange(keys or write_keys(path), first))


def _advise_structure(path: str, written: object, source: str) -> Advice:
    """Return the advice for a value that is not the expected object or list.

    It contains no command for the stack's configuration. A command would replace valid parts, and
    could write parts of a secret as plain text, because the plugin may not know what is secret.
    """
    is_flag = source.endswith(" flag")
    values = _choose_values(path, written if is_flag else "")
    if is_flag:
        keys = write_keys(path)
        changes = (SettingChange((*keys, *inner), value) for inner, value in values.items())
        return Advice("replace it:", *changes)
    kind = "a list" if path in LISTS else "an object"
    return Advice(f"write `{path}` as {kind}, for instance {_write_example(path, values)}")


def advise_json(path: str) -> Advice:
    """Return the advice for JSON text that is invalid, or has an invalid part.

    The advice has no command, because a command would replace the valid parts too.
    """
    return Advice(f"correct the JSON text of `{path}`, and keep the rest.")


def write_keys(path: str) -> Path:
    """Return the usual keys of a setting: assume_role.role_arn -> assumeRole, roleArn."""
    return tuple(map(camel, path.split(".")))


def change_variable(source: str, value: str = "") -> SettingChange:
    """Return the change of the environment variable that a setting comes from."""
    return SettingChange((source.removeprefix(_ENVIRONMENT),), value, "environment")


def example_of(name: str) -> str:
    """Return a valid value for a setting."""
    return _EXAMPLES[name]


def advise_removal_from(source: str, name: str, purpose: str = "") -> Advice:
    """Return the advice to remove a setting, with a command if there is one for its source.

    Args:
        source: where the setting comes from, such as `environment TENCENTCLOUD_TOKEN`.
        name: the name of the setting in the advice, such as `the token`.
        purpose: the first words of the advice, such as `To use the vendor's address instead,`.
    """
    purpose = f"{purpose} " if purpose else ""
    if source.startswith(_ENVIRONMENT):
        lead = f"{purpose}remove {name}; run:"
        return Advice(change_variable(source)._replace(lead=lead))
    if source.startswith(_CONFIGURATION):
        keys = source.removeprefix(_CONFIGURATION).split(".")
        run = f". {if_object(keys[0])}" if len(keys) > 1 else "; run:"
        change = SettingChange(tuple(keys), lead=f"{purpose}remove {name}{run}")
        return Advice(change, IN_PROJECT)
    if source.startswith("--"):
        return Advice(f"{purpose}leave out {source}")
    return Advice(f"{purpose}remove {name} from {source}")


def if_object(key: str) -> str:
    """Return the words before a command that changes a part of a setting.

    The engine sends JSON text for an object, too. On JSON text, such a command changes nothing, or
    replaces the whole text.
    """
    return f"If {key} is an object in the stack's file, run:"


def advise_change(name: str, value: str, source: str) -> Advice:
    """Return the advice to change a setting, with a command if there is one for its source.

    Args:
        name: the setting, in snake_case.
        value: an example of a valid value.
    """
    lead = f"To use {value}"
    if source.startswith(_ENVIRONMENT):
        return Advice(f"{lead}:", change_variable(source, value))
    if source.startswith((_CONFIGURATION, "--")):
        return Advice(f"{lead}:", SettingChange(write_keys(name), value))
    return Advice(f"{lead}, change it in {source}.")


def advise_removal(keys: Path, source: str) -> Advice:
    """Return the advice to remove a setting that does not exist.

    Args:
        keys: the setting's path in the user's spelling.
    """
    if source.startswith(PROVIDER):
        return Advice("leave it out.")
    change = SettingChange(keys, "", "flag" if source.endswith(" flag") else "configuration")
    if change.source == "flag":
        return Advice(change) or Advice("remove it.")
    return Advice(change, IN_PROJECT) if change.text else Advice("remove it.")


def _choose_values(path: str, written: object) -> dict[Path, str]:
    """Return valid values to suggest for a setting, by their path inside it.

    The path is empty unless the setting is an object or a list. There are no values for a secret.
    """
    if path in SECTION_PARTS:
        return {(camel(name),): value for name, value in SECTION_PARTS[path].items()}
    if path in LISTS:
        ids = re.split(r"[\s,;|，、；]+", str(written).strip())
        if len(ids) > _MOST_SUGGESTED or not all(re.fullmatch("[0-9]{1,20}", i) for i in ids):
            return {(0,): "ACCOUNT_ID"}
        return {(number,): account for number, account in enumerate(ids)}
    name = path.rpartition(".")[2]
    value = _suggest_region_name(written) if path == "region" else _EXAMPLES.get(name, "")
    if path in _CHOICES:
        value = _find_meaning(str(written), _CHOICES[path]) or value
    return {(): value} if value else {}


def _find_meaning(written: str, choices: Sequence[str]) -> str | None:
    """Return the choice that a user describes in other words, or the one spelled most alike."""
    described = (
        choice
        for choice in choices
        if choice in _MEANINGS and re.search(_MEANINGS[choice], written, re.IGNORECASE)
    )
    return next(described, None) or closest(written, choices)


def _suggest_region_name(written: object) -> str:
    found = re.search('"(.+)"', suggest_region(str(written)))
    return found[1] if found else "ap-guangzhou"


def _write_example(path: str, values: Mapping[Path, str]) -> str:
    """Write an example of an object or list as JSON."""
    if path in LISTS:
        return json.dumps([*values.values()])
    return json.dumps({str(key): value for (key,), value in values.items()})
