"""Declarations of the data sources."""

from __future__ import annotations

import pytest

from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.source import Source


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_criterion_compares_an_existing_field(source: Source) -> None:
    image = source.image.model_validate({source.image.name_field: "x"})
    names = source.list_query.criteria_names()
    fields = {name: source.list_query.field_of(name) for name in names}

    assert {name: field for name, field in fields.items() if not hasattr(image, field)} == {}
