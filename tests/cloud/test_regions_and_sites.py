"""Each source's sites, and the warning about a region that the vendor's page does not name."""

from __future__ import annotations

import json

import pytest

from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.sources import SOURCES

OFF_LIST = "ap-elsewhere"
SITES = {"dlc": ("china", "intl"), "tione": ("china",)}
"""The sites of the vendor's two products."""
LISTED = {
    "session_image": {"intl"},
    "engine_image_version": {"intl"},
    "python_spark_image": {"intl"},
    "ray_image": {"china", "intl"},
}
"""The sites for which the vendor's pages name the regions; the pages of TIONE name none."""
by_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


@pytest.fixture
def list_warnings(cloud, open_fake):
    """Return the warnings of a listing without images, from a cloud that knows every region."""

    def run(source, site, region):
        action = source.action
        fields = {_pascal(action.rows): [], "RequestId": "r"}
        if action.total:
            fields[_pascal(action.total)] = 0
        fault = Fault(body=json.dumps({"Response": fields}), times=5)
        cloud.faults.add(action.action.name, fault)
        client = open_fake(cloud.environment, site=site)
        return list(client.list_images(source, region=region, parameters={}).warnings)

    return run


def _pascal(name):
    return name.title().replace("_", "")


@by_source
def test_a_source_declares_the_sites_and_region_lists_of_its_product(source):
    assert source.sites == SITES[source.action.action.service]
    assert set(source.regions) == LISTED.get(source.name, set())


@by_source
@pytest.mark.parametrize("site", ["china", "intl"])
def test_a_region_off_the_list_of_a_source_is_a_warning(list_warnings, source, site):
    listed = source.regions.get(site, ())

    warnings = list_warnings(source, site, OFF_LIST)

    names = ", ".join(listed)
    expected = f'`region` "{OFF_LIST}" is not on the known list ({names}); asked anyway'
    assert warnings == ([expected] if listed else [])


@by_source
@pytest.mark.parametrize("site", ["china", "intl"])
def test_a_region_on_the_list_of_a_source_is_no_warning(list_warnings, source, site):
    for region in source.regions.get(site, ["ap-guangzhou"]):
        assert list_warnings(source, site, region) == []
