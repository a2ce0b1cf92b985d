"""The emulator's routes agree with the declarations of the data sources."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator.listing import Listing, NumberedPages, OffsetPages, Unpaged
from pulumi_tcimages.emulator.routes import ROUTES
from pulumi_tcimages.naming import pascal_case
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.source import Source

STYLES = {"offset": OffsetPages, "page": NumberedPages, "none": Unpaged}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_source_has_a_route_with_its_action_paging_and_rows(source: Source):
    action = source.action
    listing = ROUTES[action.action.name]
    assert isinstance(listing, Listing)
    assert (listing.service, listing.version) == (action.action.service, action.action.version)
    assert isinstance(listing.paging, STYLES[action.paging])
    assert listing.paging.total == (pascal_case(action.total) if action.total else "")
    assert listing.rows == pascal_case(action.rows)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_source_sends_only_parameters_its_route_accepts(source: Source):
    route = ROUTES[source.action.action.name]
    paging = source.action.page_parameters(0, 100)
    sent = {pascal_case(name) for name in [*source.list_query.api_arguments, *paging]}
    assert sent <= route.parameters.keys()
    assert {pascal_case(name) for name in source.list_query.required_names()} == set(route.required)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_source_reads_only_fields_the_catalogue_describes(source: Source):
    listing = ROUTES[source.action.action.name]
    assert isinstance(listing, Listing)
    described_fields = listing.record.model_fields.keys()
    fields = source.image.model_fields.values()
    assert {str(field.validation_alias) for field in fields} <= described_fields
