"""Precedence of all places of each setting, in pairs; parts are never mixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import combinations

import pytest

from pulumi_tcimages.cloud.setting_sources import VARIABLES
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.core.configuration import field_names
from tests.cloud.setting_cases import SECTIONS, SHELL, SINGLE, TERRAFORM, Place, build_settings

ReadSettings = Callable[..., Settings]


@pytest.fixture
def read_settings_of(tmp_path) -> ReadSettings:
    """Return a function that reads settings with values in several places."""
    return partial(build_settings, tmp_path)


def pair_places(settings_table: Mapping[str, tuple[Place, ...]]) -> list[tuple[str, Place, Place]]:
    """Return each setting with all pairs of its places, in order of precedence."""
    return [
        (name, first, second)
        for name, places in settings_table.items()
        for first, second in combinations(places, 2)
    ]


@pytest.mark.parametrize(("name", "first", "second"), pair_places(SINGLE), ids=str)
def test_first_of_two_places_is_used_and_named(read_settings_of, tmp_path, name, first, second):
    value = read_settings_of(second, first).find(name)

    assert (value.value, value.source.replace(str(tmp_path), "~")) == (first.value, first.name)


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name, places in SINGLE.items() for place in places]
)
def test_single_place_is_used(read_settings_of, tmp_path, name, place):
    value = read_settings_of(place).find(name)

    assert (value.value, value.source.replace(str(tmp_path), "~")) == (place.value, place.name)


@pytest.mark.parametrize(("name", "first", "second"), pair_places(SECTIONS), ids=str)
def test_all_parts_of_a_role_come_from_the_first_place(read_settings_of, name, first, second):
    section = read_settings_of(second, first).section(name)

    assert {part: value.value for part, value in section.values.items()} == first.value


PLACEHOLDERS = ["None", "", " \t", '""', '"quoted"', "<your-value>", "YOUR_VALUE", "xxxx", "${X}"]


def with_placeholder(place: Place, text: str) -> Place:
    """Return the same place with a text instead of its value."""
    configuration = {
        name: dict.fromkeys(value, text) if isinstance(value, dict) else text
        for name, value in place.configuration.items()
    }
    return Place("", None, configuration, dict.fromkeys(place.environ, text))


def is_text(place: Place) -> bool:
    return bool(place.environ) or (isinstance(place.value, str) and not place.files)


@pytest.mark.parametrize("text", PLACEHOLDERS)
@pytest.mark.parametrize(
    ("name", "first", "second"), [pair for pair in pair_places(SINGLE) if is_text(pair[1])], ids=str
)
def test_place_with_a_placeholder_is_skipped(read_settings_of, tmp_path, name, first, second, text):
    settings = read_settings_of(second, with_placeholder(first, text))

    value = settings.find(name)

    assert (value.value, value.source.replace(str(tmp_path), "~")) == (second.value, second.name)
    assert any(place.startswith(f"{first.name} (") for place in settings.places(name))


@pytest.mark.parametrize("text", PLACEHOLDERS)
@pytest.mark.parametrize("name", ["region", "endpoints.dlc", "endpoints.tione", "endpoints.sts"])
def test_profile_with_a_placeholder_is_skipped(read_settings_of, tmp_path, name, text):
    service = name.partition(".")[2]
    content = {service: {"endpoint": text}} if service else {"_sys_param": {"region": text}}
    placeholder_place = Place("", files={".tccli/default.configure": content})

    settings = read_settings_of(placeholder_place)

    assert settings.find(name) is None
    profile_places = [place for place in settings.places(name) if place.startswith("profile ")]
    assert len(profile_places) == 1
    assert profile_places[0].startswith(f"profile {tmp_path}/.tccli/default.configure (")


@pytest.mark.parametrize("text", ["None", "", '"null"'])
@pytest.mark.parametrize("name", SECTIONS)
def test_role_with_blank_variables_is_none(read_settings_of, name, text):
    for place in SECTIONS[name][1:]:
        assert (
            read_settings_of(Place("", environ=dict.fromkeys(place.environ, text))).section(name)
            is None
        )


def test_session_variables_without_a_role_are_none(read_settings_of):
    for variables in (TERRAFORM, SHELL):
        environ = {variables["session_name"]: "me"}
        assert read_settings_of(Place("", environ=environ)).section("assume_role") is None


def test_table_has_every_setting_and_variable():
    names = {*SINGLE, *SECTIONS}
    places = [place for table in (SINGLE, SECTIONS) for value in table.values() for place in value]
    variables = {name for place in places for name in place.environ}

    assert {name if name in SINGLE else name.partition(".")[0] for name in field_names()} == names
    untested = {name for names in VARIABLES.values() for name in names} - variables
    assert untested == {"TENCENTCLOUD_TOKEN", "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE"}
