"""Every setting in every place, pairwise: which one counts, and that parts are never mixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import combinations

import pytest

from pulumi_tcimages.cloud.setting_sources import VARIABLES
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.core.configuration import field_names
from tests.cloud.setting_cases import SECTIONS, SHELL, SINGLE, TERRAFORM, Place, build_settings

SettingsOf = Callable[..., Settings]


@pytest.fixture
def settings_of(tmp_path) -> SettingsOf:
    """The settings where several places say something at once."""
    return partial(build_settings, tmp_path)


def pairs(table: Mapping[str, tuple[Place, ...]]) -> list[tuple[str, Place, Place]]:
    """Each setting with each two of its places, the one that counts first."""
    return [
        (name, first, second)
        for name, places in table.items()
        for first, second in combinations(places, 2)
    ]


@pytest.mark.parametrize(("name", "first", "second"), pairs(SINGLE), ids=str)
def test_the_first_of_two_places_is_used_and_named(settings_of, tmp_path, name, first, second):
    found = settings_of(second, first).find(name)

    assert (found.value, found.source.replace(str(tmp_path), "~")) == (first.value, first.name)


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name, places in SINGLE.items() for place in places]
)
def test_a_place_alone_decides(settings_of, tmp_path, name, place):
    found = settings_of(place).find(name)

    assert (found.value, found.source.replace(str(tmp_path), "~")) == (place.value, place.name)


@pytest.mark.parametrize(("name", "first", "second"), pairs(SECTIONS), ids=str)
def test_all_parts_of_a_role_come_from_the_first_place(settings_of, name, first, second):
    section = settings_of(second, first).section(name)

    assert {part: value.value for part, value in section.values.items()} == first.value


PLACEHOLDERS = ["None", "", " \t", '""', '"quoted"', "<your-value>", "YOUR_VALUE", "xxxx", "${X}"]


def hollow(place: Place, text: str) -> Place:
    """The same place, with this text instead of its value."""
    configuration = {
        name: dict.fromkeys(value, text) if isinstance(value, dict) else text
        for name, value in place.configuration.items()
    }
    return Place("", None, configuration, dict.fromkeys(place.environ, text))


def is_text(place: Place) -> bool:
    return bool(place.environ) or (isinstance(place.value, str) and not place.files)


@pytest.mark.parametrize("text", PLACEHOLDERS)
@pytest.mark.parametrize(
    ("name", "first", "second"), [item for item in pairs(SINGLE) if is_text(item[1])], ids=str
)
def test_a_place_that_holds_a_placeholder_gives_way(
    settings_of, tmp_path, name, first, second, text
):
    settings = settings_of(second, hollow(first, text))

    found = settings.find(name)

    assert (found.value, found.source.replace(str(tmp_path), "~")) == (second.value, second.name)
    assert any(place.startswith(f"{first.name} (") for place in settings.places(name))


@pytest.mark.parametrize("text", PLACEHOLDERS)
@pytest.mark.parametrize("name", ["region", "endpoints.dlc", "endpoints.tione", "endpoints.sts"])
def test_a_profile_that_holds_a_placeholder_gives_way(settings_of, tmp_path, name, text):
    service = name.partition(".")[2]
    content = {service: {"endpoint": text}} if service else {"_sys_param": {"region": text}}
    hollow = Place("", files={".tccli/default.configure": content})

    settings = settings_of(hollow)

    assert settings.find(name) is None
    held = [place for place in settings.places(name) if place.startswith("profile ")]
    assert len(held) == 1
    assert held[0].startswith(f"profile {tmp_path}/.tccli/default.configure (")


@pytest.mark.parametrize("text", ["None", "", '"null"'])
@pytest.mark.parametrize("name", SECTIONS)
def test_a_role_whose_variables_are_blank_is_none(settings_of, name, text):
    for place in SECTIONS[name][1:]:
        assert (
            settings_of(Place("", environ=dict.fromkeys(place.environ, text))).section(name) is None
        )


def test_session_variables_without_a_role_describe_none(settings_of):
    for variables in (TERRAFORM, SHELL):
        environ = {variables["session_name"]: "me"}
        assert settings_of(Place("", environ=environ)).section("assume_role") is None


def test_the_table_has_every_setting_and_every_variable():
    names = {*SINGLE, *SECTIONS}
    places = [place for table in (SINGLE, SECTIONS) for value in table.values() for place in value]
    variables = {name for place in places for name in place.environ}

    assert {name if name in SINGLE else name.partition(".")[0] for name in field_names()} == names
    untried = {name for names in VARIABLES.values() for name in names} - variables
    assert untried == {"TENCENTCLOUD_TOKEN", "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE"}
