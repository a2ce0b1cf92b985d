"""A lookup with any single criterion finds one image, or fails with useful advice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_tcimages import lookup
from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.errors import AmbiguousMatchError, InvalidArgumentError, NoMatchError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.source import Source
from tests.source_scopes import scope_of


@pytest.fixture(scope="module")
def cloud() -> Iterator[Emulator]:
    with Emulator(requests_per_second=0) as running:
        yield running


def values_of(source: Source, argument: str, images: list[Any]) -> list[Any]:
    """Return values of an argument, some of which match no image."""
    model = source.single_query
    found = [getattr(image, model.field_of(argument)) for image in images]
    texts = {value for value in found if isinstance(value, str) and value}
    texts |= {item for value in found if isinstance(value, list) for item in value}
    if any(isinstance(value, dict) for value in found):
        keys = sorted({key for value in found for key in value})
        return [{key: "*"} for key in keys[:5]] + [{"absent-part": "*"}]
    if model.is_range(argument):
        return [">=0", "<0", "==1.2.3"]
    if any(isinstance(value, bool) for value in found):
        return [True, False]
    return [*sorted(texts)[:8], "absent"]


@pytest.mark.parametrize("latest", [False, True])
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_single_criterion_finds_an_image_or_gives_advice(
    cloud: Emulator, source: Source, latest: bool
) -> None:
    model = source.single_query
    client = open_client(read_configuration({}), environ=cloud.environment)
    scope = read_query(model, scope_of(source), camel)
    listing = lookup.list_images(client, scope)
    choosing = {"latest": True} if latest and source.image.version_field else {}
    texts = []
    try:
        for argument in model.criteria_names():
            for value in values_of(source, argument, list(listing.images)):
                criteria = {**scope.model_dump(exclude_none=True), argument: value, **choosing}
                try:
                    query = read_query(model, criteria)
                    assert lookup.find_image_in(listing, query).image in listing.images
                except (NoMatchError, AmbiguousMatchError) as error:
                    texts.append(error.text(source.single_function, camel))
                except InvalidArgumentError:  # only some values are allowed
                    assert value == "absent"
    finally:
        client.close()
    assert any("[no-match]" in text for text in texts)
    assert [text for text in texts if "\nNext " not in text or "id (none)" in text] == []
