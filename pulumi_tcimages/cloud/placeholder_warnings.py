"""Find the places that hold a placeholder instead of a value, and warn of them.

A lookup warns of the files that it looks at only: another file of another tool is not its business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pulumi_tcimages.cloud import profiles
from pulumi_tcimages.cloud.setting_sources import CREDENTIALS_FILE, VARIABLES
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.core.placeholders import Placeholder
from pulumi_tcimages.errors import ConfigurationError

Unfilled = tuple[str, Placeholder]
"""A place, and what it holds instead of a value."""


def list_warnings(settings: Settings) -> list[str]:
    """Return the warnings of a lookup, except those about the files that hold keys."""
    in_profile = (
        found
        for name, found in _find_in_profile_settings(settings)
        if settings.is_profile_asked(name)
    )
    return describe_unfilled((*_find_outside_files(settings), *in_profile))


def describe_unfilled(places: Iterable[Unfilled]) -> list[str]:
    """Return a sentence for each place that somebody forgot to fill in."""
    return [
        f"{place} {held.holds}, so it was not used: {held.fix} {place}"
        for place, held in places
        if not held.is_blank
    ]


def find_unfilled(settings: Settings) -> Iterator[Unfilled]:
    """Return every place that holds a placeholder, also in files that a lookup would not read."""
    yield from _find_outside_files(settings)
    for _, found in _find_in_profile_settings(settings):
        yield found
    yield from _find_in_key_files(settings)


def name_in_file(found: profiles.ProfileKeys) -> Iterator[Unfilled]:
    """Return what a file that holds keys has not filled in."""
    for name, held in found.placeholders.items():
        yield f"{name} of {found.source}", held


def _find_outside_files(settings: Settings) -> Iterator[Unfilled]:
    """Return every place in configuration and environment that holds a placeholder, each once."""
    for name, held in settings.configuration.placeholders.items():
        yield settings.configuration.source_of(name), held
    names = [variable for variables in VARIABLES.values() for variable in variables]
    yield from settings.variables.placeholders([*names, CREDENTIALS_FILE])


def _find_in_profile_settings(settings: Settings) -> Iterator[tuple[str, Unfilled]]:
    """Return what the profile has not filled in, by setting."""
    try:
        folder, profile = settings.profile_folder, settings.profile
        found = profiles.read_profile_settings(folder, profile).placeholders
    except ConfigurationError:  # reported where the profile is needed
        return
    for name, held in found.items():
        yield name, (f"{name} of {folder / profile}.configure", held)


def _find_in_key_files(settings: Settings) -> Iterator[Unfilled]:
    try:
        found = profiles.read_profile_keys(settings.profile_folder, settings.profile)
        yield from name_in_file(found) if found else ()
    except ConfigurationError:  # reported where the keys are looked for
        pass
    for path in settings.ini_paths:
        try:
            found = profiles.read_ini_keys(path)
            yield from name_in_file(found) if found else ()
        except ConfigurationError:
            pass
