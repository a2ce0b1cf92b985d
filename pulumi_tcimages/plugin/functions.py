"""Answer the functions of all sources: a token and arguments in, an InvokeResponse out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from google.protobuf import struct_pb2

from pulumi_tcimages import lookup, sources
from pulumi_tcimages.core.query import BaseQuery, read_query
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.naming import camel, mark, snake
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.property_values import (
    Secret,
    deserialize,
    has_unknown,
    serialize,
    unwrap,
)
from pulumi_tcimages.plugin.pulumi_proto import provider_pb2
from pulumi_tcimages.plugin.redaction import Secrets
from pulumi_tcimages.plugin.rpc_errors import shorten
from pulumi_tcimages.sources import find_source_of_token
from pulumi_tcimages.sources.source import Source

_KEPT = 256


@dataclass(frozen=True)
class Function:
    """A function of the provider."""

    source: Source
    is_single: bool

    @property
    def name(self) -> str:
        return self.source.single_function if self.is_single else self.source.list_function

    @property
    def query(self) -> type[BaseQuery]:
        return self.source.single_query if self.is_single else self.source.list_query

    @property
    def token(self) -> str:
        return f"{PACKAGE}:index:{self.name}"


def list_functions() -> list[Function]:
    """Return the functions of all sources."""
    return [Function(source, single) for source in sources.SOURCES for single in (False, True)]


def find_function(token: str) -> Function:
    """Return the function of a token. Errors: InvalidArgumentError for one that is not ours."""
    source = find_source_of_token(token)
    for single in (False, True):
        if source and (function := Function(source, single)).token == token:
            return function
    tokens = (function.token for function in list_functions())
    raise InvalidArgumentError(f"there is no function {shorten(token)}", allowed=", ".join(tokens))


def answer(
    token: str,
    arguments: struct_pb2.Struct,
    cloud: lookup.Cloud,
    warn: Callable[[str], None],
    *,
    is_region_secret: bool = False,
) -> Any:
    """Return a function's result.

    Args:
        is_region_secret: whether the configured region is a secret.
    """
    packed = arguments.SerializeToString(deterministic=True)
    invoke = _read(token, packed, is_region_secret)

    def tell(warnings: Iterable[str]) -> None:
        for warning in invoke.secrets.redact_warnings(list(warnings)):
            warn(f"{mark(snake(invoke.function.name))}: {warning}")

    tell(invoke.warnings)
    listing = lookup.list_images(cloud, invoke.query)
    if not invoke.function.is_single:
        result, warnings = _list(invoke, listing)
        tell(warnings)
        return _respond(invoke, result)
    key = (token, packed, is_region_secret)
    answered = listing.answers.get(key)
    if answered is None:
        one = lookup.find_image_in(listing, invoke.query)
        answered = _respond(invoke, one.to_properties()), one.warnings
        if len(listing.answers) >= _KEPT:
            listing.answers.clear()
        listing.answers[key] = answered
    response, warnings = answered
    tell(warnings)
    return response


@dataclass(frozen=True)
class ParsedInvoke:
    """The arguments of a call, read and checked."""

    function: Function
    query: BaseQuery
    secrets: Secrets
    warnings: list[str]
    is_region_secret: bool
    """Whether the region that the result repeats is marked as a secret in the configuration."""


# Programs repeat lookups, in loops and in components. Of 1,000 lookups of which 100 differ, each
# takes 0.06 ms instead of 0.32 because questions are kept here and single answers on the listing.


@lru_cache(maxsize=_KEPT)
def _read(token: str, packed: bytes, is_region_secret: bool) -> ParsedInvoke:
    function = find_function(token)
    arguments = deserialize(struct_pb2.Struct.FromString(packed))
    query = read_question(function.query, arguments)
    return ParsedInvoke(
        function,
        query,
        Secrets.among(arguments, function.source),
        query.warnings(),
        is_region_secret and query.region is None,
    )


def _list(invoke: ParsedInvoke, listing: lookup.Listing) -> tuple[dict[str, Any], Sequence[str]]:
    """Return the images that match, and one kind of warning at the most."""
    found = lookup.find_images_in(listing, invoke.query)
    warnings: Sequence[str] = found.warnings
    if not (found.images or warnings or invoke.warnings):
        empty = lookup.find_empty_result_reason_in(listing, invoke.query)
        warnings = [empty.text(mark)] if empty else []
    return found.to_properties(), warnings


def _respond(invoke: ParsedInvoke, result: dict[str, Any]) -> Any:
    """Build the response. If an argument is a secret, any part of the result may show it, so all is
    secret.
    """
    if invoke.secrets.names:
        result = {name: Secret(value) for name, value in result.items()}
    elif invoke.is_region_secret:
        result = {**result, "region": Secret(result["region"])}
    returned: dict[str, Any] = {"return": serialize(result)}  # a keyword of Python
    return provider_pb2.InvokeResponse(**returned)


def read_question(model: type[BaseQuery], arguments: Mapping[str, Any]) -> BaseQuery:
    """Return the query of arguments in camelCase. Errors: InvalidArgumentError."""
    for name, value in arguments.items():
        if has_unknown(value):
            raise InvalidArgumentError(
                "the value is not known yet",
                argument=name,
                fix="use the output form of the function",
            )
    return read_query(model, unwrap(dict(arguments)), style=camel)
