"""`doctor` names the place that decides, for every setting in every place."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_tcimages.cli.settings_checks import check_settings
from tests.cloud.precedence import SECTIONS, SINGLE, Place, build_settings

DECIDING = [place for places in SINGLE.values() for place in places if place.name != "the default"]


@pytest.mark.parametrize("place", DECIDING, ids=str)
def test_the_place_that_decides_is_named(place: Place, tmp_path: Path) -> None:
    findings = check_settings(build_settings(tmp_path, place))

    assert place.name in {
        one.found.rpartition(", from ")[2].replace(str(tmp_path), "~") for one in findings
    }


@pytest.mark.parametrize("place", [one for places in SECTIONS.values() for one in places], ids=str)
def test_every_variable_of_a_role_is_named(place: Place, tmp_path: Path) -> None:
    named = {
        one.found.rpartition(", from environment ")[2]
        for one in check_settings(build_settings(tmp_path, place))
    }

    assert place.environ.keys() <= named
