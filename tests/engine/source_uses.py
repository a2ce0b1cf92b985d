"""For each data source, the images that a program finds with its functions and its pin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from generate.schema import build_schema
from pulumi_tcimages import lookup
from pulumi_tcimages.cloud import Client
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.errors import NoMatchError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.source import Source
from tests.source_scopes import scope_of

TYPES = build_schema()["types"]


@dataclass(frozen=True)
class Use:
    """A source, the image that its function returns, and another image for its pin."""

    source: Source
    listed: dict[str, Any]
    """The result of the list function."""
    chosen: dict[str, Any]
    other: dict[str, Any]

    @property
    def name(self) -> str:
        return camel(self.source.name)

    @property
    def scope(self) -> dict[str, str]:
        return scope_of(self.source)

    @property
    def criterion(self) -> dict[str, str]:
        """The criterion with which the single function finds the chosen image."""
        return identify(self.source, self.chosen)

    @property
    def id_argument(self) -> str:
        return next(iter(self.criterion))

    def id_of(self, image: Mapping[str, Any]) -> str:
        """Return the id of an image of this source."""
        return identify(self.source, image)[self.id_argument]

    def fields(self, *kinds: str) -> list[str]:
        """Return the fields of an image that have one of these types in the schema."""
        fields = TYPES[f"tcimages:index:{self.source.type_name}"]["properties"]
        return [name for name, shape in fields.items() if shape.get("type") in kinds]

    @property
    def texts(self) -> list[str]:
        return self.fields("string")

    @property
    def lists(self) -> list[str]:
        return self.fields("array", "object")

    def write_fields(self, write: Callable[[str, list[str]], str]) -> dict[str, str]:
        """Return the parts of a program that read the fields of its variables.

        Args:
            write: takes a variable and the names of fields to read from it.
        """
        results = {name: [*self.texts, "region"] for name in ("image", "plain")}
        records = dict.fromkeys(("first", "listed", "held"), self.texts)
        texts = {
            f"texts_of_{variable}": write(variable, fields)
            for variable, fields in {**results, **records}.items()
        }
        return {**texts, "lists_of_image": write("image", self.lists)}

    def outputs(self, *, plain: bool) -> dict[str, Any]:
        """Return the expected exports of the functions; `plain` includes their plain form."""
        first = _pick(self.listed["images"][0], self.texts)
        image = _pick(self.chosen, [*self.texts, "region"])
        lists = _pick(self.chosen, self.lists)
        count = self.listed["totalCount"]
        outputs = {"image": image, "lists": lists, "first": first, "count": count}
        return {**outputs, "plain": image, "plainFirst": first} if plain else outputs

    def pin_outputs(self, pinned: Mapping[str, Any], *, available: bool = True) -> dict[str, Any]:
        """Return the expected exports of a pin."""
        image = _pick(pinned, self.texts)
        newer = {"id": "", "version": ""}
        return {"image": image, "newer": newer, "available": available}


def write_uses(
    uses: Iterable[Use],
    source: Template,
    pin: Template,
    template_values: Callable[[Use], dict[str, str]],
) -> str:
    """Return the part of a program for each source, and for its pin if it has one.

    Args:
        name_all: returns the values of the templates' names.
    """
    parts = []
    for use in uses:
        names = {**template_values(use), "name": use.name, "pin": use.source.pin_name}
        parts.append(source.substitute(names))
        if use.source.pin_name:
            parts.append(pin.substitute(names))
    return "".join(parts)


def identify(source: Source, image: Mapping[str, Any]) -> dict[str, str]:
    """Return the criterion that selects one image, by its id or, if it has none, its name."""
    field = source.image.id_field or source.image.name_field
    query = source.list_query
    argument = next(name for name in query.criteria_names() if query.field_of(name) == field)
    return {camel(argument): str(image[camel(field)])}


def find_uses(client: Client) -> list[Use]:
    """Return a use of each source, with images that the cloud lists today."""
    return [_find_use(client, source) for source in SOURCES]


def _find_use(client: Client, source: Source) -> Use:
    scope = scope_of(source)
    query = read_query(source.list_query, scope, camel)
    listing = lookup.list_images(client, query)
    listed = lookup.find_images_in(listing, query).to_properties()
    found: list[dict[str, Any]] = []
    for image in listed["images"]:
        single = read_query(source.single_query, {**scope, **identify(source, image)}, camel)
        try:
            found.append(lookup.find_image_in(listing, single).to_properties())
        except NoMatchError:  # for example, an image that is offline in an engine
            continue
    chosen, other = found[:2]
    return Use(source, listed, chosen, other)


def _pick(properties: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: properties[name] for name in names}
