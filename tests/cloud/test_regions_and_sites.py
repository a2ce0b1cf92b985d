"""The sites of each source, and warnings about unlisted regions."""

from __future__ import annotations

import json

import pytest

from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.sources import SOURCES

UNLISTED = "ap-elsewhere"
SITES = {"dlc": ("china", "intl"), "tione": ("china",)}
"""The sites of the vendor's two products."""
LISTED_SITES = {
    "session_image": {"intl"},
    "engine_image_version": {"intl"},
    "python_spark_image": {"intl"},
    "ray_image": {"china", "intl"},
}
"""The sites whose regions the vendor's pages list. The pages of TIONE list none."""
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


@pytest.fixture
def list_warnings(cloud, make_client):
    """Return the warnings of an empty listing from a cloud that accepts every region."""

    def list_images(source, site, region):
        action = source.action
        fields = {_pascal(action.rows): [], "RequestId": "r"}
        if action.total:
            fields[_pascal(action.total)] = 0
        fault = Fault(body=json.dumps({"Response": fields}), times=5)
        cloud.faults.add(action.action.name, fault)
        client = make_client(cloud.environment, site=site)
        return list(client.list_images(source, region=region, parameters={}).warnings)

    return list_images


def _pascal(name):
    return name.title().replace("_", "")


@each_source
def test_source_declares_sites_and_regions_of_its_product(source):
    assert source.sites == SITES[source.action.action.service]
    assert set(source.regions) == LISTED_SITES.get(source.name, set())


@each_source
@pytest.mark.parametrize("site", ["china", "intl"])
def test_unlisted_region_has_a_warning(list_warnings, source, site):
    listed = source.regions.get(site, ())

    warnings = list_warnings(source, site, UNLISTED)

    names = ", ".join(listed)
    expected = f'`region` "{UNLISTED}" is not on the known list ({names}); asked anyway'
    assert warnings == ([expected] if listed else [])


@each_source
@pytest.mark.parametrize("site", ["china", "intl"])
def test_listed_region_has_no_warning(list_warnings, source, site):
    for region in source.regions.get(site, ["ap-guangzhou"]):
        assert list_warnings(source, site, region) == []
