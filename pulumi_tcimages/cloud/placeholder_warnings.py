"""Warn about settings that contain placeholders, such as `<your-secret-id>`, or are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pulumi_tcimages.advice import Advice, Command, SettingChange
from pulumi_tcimages.cloud import profiles
from pulumi_tcimages.cloud.setting_sources import CREDENTIALS_FILE, VARIABLES
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.cloud.variables import find_misspelt
from pulumi_tcimages.core.placeholders import Placeholder
from pulumi_tcimages.errors import ConfigurationError

WITHOUT_ACCOUNT = Command("tcimages demo", "To try it without an account, run:")

Unfilled = tuple[str, Placeholder]
"""The variable or setting that contains a placeholder, and the placeholder."""


def list_warnings(settings: Settings) -> list[str]:
    """Return a lookup's warnings about placeholders, except those in credential files."""
    in_profile = (
        unfilled
        for name, unfilled in _find_in_profile_settings(settings)
        if settings.needs_profile(name)
    )
    return describe_unfilled((*_find_outside_files(settings), *in_profile))


def describe_unfilled(places: Iterable[Unfilled]) -> list[str]:
    """Return a sentence for each placeholder, except those that mean "no value"."""
    sentences = (
        f"{place} {placeholder.holds}, so it was not used: {placeholder.fix} {place}"
        for place, placeholder in places
        if not placeholder.is_blank
    )
    return [*dict.fromkeys(sentences)]


def find_unfilled(settings: Settings) -> Iterator[Unfilled]:
    """Yield all placeholders, including those in files that a lookup would not read."""
    yield from _find_outside_files(settings)
    for _, unfilled in _find_in_profile_settings(settings):
        yield unfilled
    yield from _find_in_key_files(settings)


def name_in_file(keys: profiles.ProfileKeys) -> Iterator[Unfilled]:
    """Yield the fields of a credential file that contain placeholders."""
    for name, placeholder in keys.placeholders.items():
        yield f"{name} of {keys.source}", placeholder


def _find_outside_files(settings: Settings) -> Iterator[Unfilled]:
    for name, placeholder in settings.configuration.placeholders.items():
        yield settings.configuration.source_of(name), placeholder
    names = [variable for variables in VARIABLES.values() for variable in variables]
    yield from settings.variables.placeholders([*names, CREDENTIALS_FILE])


def _find_in_profile_settings(settings: Settings) -> Iterator[tuple[str, Unfilled]]:
    """Yield the settings of the tccli profile that are placeholders, each with its name."""
    try:
        folder, profile = settings.profile_folder, settings.profile
        placeholders = profiles.read_profile_settings(folder, profile).placeholders
    # Ignore an unreadable profile: a lookup that needs it raises the error.
    except ConfigurationError:
        return
    for name, placeholder in placeholders.items():
        yield name, (f"{name} of {folder / profile}.configure", placeholder)


def _find_in_key_files(settings: Settings) -> Iterator[Unfilled]:
    try:
        keys = profiles.read_profile_keys(settings.profile_folder, settings.profile)
        yield from name_in_file(keys) if keys else ()
    except ConfigurationError:  # Ignore this error: the search for credentials raises it too.
        pass
    try:
        ini_paths = settings.ini_paths
    except ConfigurationError:
        return
    for path in ini_paths:
        try:
            keys = profiles.read_ini_keys(path)
            yield from name_in_file(keys) if keys else ()
        except ConfigurationError:
            pass


def missing_region(settings: Settings) -> ConfigurationError:
    places = settings.find_places("region")
    fixes = [
        f"{placeholder.fix} {place}, or "
        for place, placeholder in places
        if placeholder and not placeholder.is_blank
    ]
    misspelt = find_misspelt(settings.environ, ["TENCENTCLOUD_REGION"])
    fixes += [f"rename {wrong} to {right}, or " for wrong, right in misspelt.items()]
    return ConfigurationError(
        "no region was found, and there is no default.",
        key="region",
        searched=settings.places("region"),
        fix=Advice(
            f"{''.join(fixes[:1])}give `region`, or set TENCENTCLOUD_REGION,",
            SettingChange(("region",), "ap-guangzhou", lead="or run:"),
            "" if fixes else WITHOUT_ACCOUNT,
        ),
    )
