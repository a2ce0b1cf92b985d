"""The four functions, as the engine calls them: a token and arguments in, properties out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_tcimages import lookup
from pulumi_tcimages.core.images import Image, Kind, to_fields
from pulumi_tcimages.core.query import (
    AnyQuery,
    PlatformImageQuery,
    PlatformImagesQuery,
    SessionImageQuery,
    SessionImagesQuery,
    read_query,
)
from pulumi_tcimages.errors import QueryError
from pulumi_tcimages.layout import camel
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.values import Secret, has_secret, has_unknown, unwrap


@dataclass(frozen=True)
class Function:
    """A function of the provider."""

    name: str
    kind: Kind
    query: type[AnyQuery]
    single: bool

    @property
    def token(self) -> str:
        return f"{PACKAGE}:index:{self.name}"


FUNCTIONS = (
    Function("getSessionImages", "session", SessionImagesQuery, single=False),
    Function("getSessionImage", "session", SessionImageQuery, single=True),
    Function("getPlatformImages", "platform", PlatformImagesQuery, single=False),
    Function("getPlatformImage", "platform", PlatformImageQuery, single=True),
)
BY_TOKEN = {function.token: function for function in FUNCTIONS}


def answer(
    function: Function,
    arguments: Mapping[str, Any],
    cloud: lookup.Cloud,
    warn: Callable[[str], None],
) -> dict[str, Any]:
    """The function's result, in the engine's spelling.

    Secrets: an argument that is secret may show in any part of the result, so all of it is.
    """
    query = read_question(function.query, arguments)
    for warning in query.warnings():
        warn(warning)
    result = _find(function, query, cloud)
    if has_secret(dict(arguments)):
        return {name: Secret(value) for name, value in result.items()}
    return result


def read_question(model: type[AnyQuery], arguments: Mapping[str, Any]) -> AnyQuery:
    """The question in the engine's spelling, read. Errors: QueryError."""
    for name, value in arguments.items():
        if has_unknown(value):
            raise QueryError(
                "the value is not known yet",
                argument=name,
                fix="use the output form of the function",
            )
    return read_query(model, unwrap(dict(arguments)), spell=camel)


def to_camel(image: Image) -> dict[str, Any]:
    """An image's fields in the engine's spelling; what the vendor did not say is absent."""
    return {camel(name): value for name, value in to_fields(image).items()}


def _find(function: Function, query: AnyQuery, cloud: lookup.Cloud) -> dict[str, Any]:
    if function.single:
        one = lookup.find_image(cloud, query)
        return {**to_camel(one.image), "region": one.region}
    found = lookup.find_images(cloud, query)
    return {
        "images": [to_camel(image) for image in found.images],
        "ids": [image.id for image in found.images if image.id is not None],
        "totalCount": found.total_count,
        "region": found.region,
    }
