"""The four functions, as the engine calls them: a token and arguments in, properties out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import ref

from google.protobuf import struct_pb2

from pulumi_tcimages import lookup
from pulumi_tcimages.core.images import Kind
from pulumi_tcimages.core.query import (
    AnyQuery,
    PlatformImageQuery,
    PlatformImagesQuery,
    SessionImageQuery,
    SessionImagesQuery,
    read_query,
)
from pulumi_tcimages.errors import QueryError
from pulumi_tcimages.layout import camel, spell_marked
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.protobuf import provider_pb2
from pulumi_tcimages.plugin.redaction import Secrets
from pulumi_tcimages.plugin.values import (
    Secret,
    build_struct,
    has_unknown,
    read_struct,
    unwrap,
)

_KEPT = 256


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
    token: str,
    arguments: struct_pb2.Struct,
    cloud: lookup.Cloud,
    warn: Callable[[str], None],
    *,
    is_region_secret: bool = False,
) -> Any:
    """The function's result, as an InvokeResponse.

    Args:
        is_region_secret: whether the configured region is marked as a secret.
    """
    packed = arguments.SerializeToString(deterministic=True)
    question = _read(token, packed, is_region_secret)

    def tell(text: str) -> None:
        for warning in question.secrets.redact_warnings([text]):
            warn(f"{question.function.name}: {warning}")

    for warning in question.warnings:
        tell(spell_marked(warning, camel))
    listing = lookup.list_images(cloud, question.query)
    if question.function.single:
        response, odd = _answer_once(question, ref(listing))
        for warning in odd:
            tell(spell_marked(warning, camel))
        return response
    found = lookup.find_images_in(listing, question.query)
    for warning in found.warnings:
        tell(spell_marked(warning, camel))
    is_told = found.images or question.warnings or found.warnings  # one warning is enough
    if not is_told and (why := _emptiness_once(question, ref(listing))):
        tell(why)
    return _respond(question, found.to_properties())


@dataclass(frozen=True, eq=False)
class Question:
    """What a function was asked; equal to itself only, so that it is a key."""

    function: Function
    query: AnyQuery
    secrets: Secrets
    warnings: list[str]
    is_region_secret: bool
    """Whether the region that the result repeats is marked as a secret in the configuration."""


# Programs ask the same again, in loops and in components: with these two, 1,000 lookups of which
# 100 differ take 0.06 ms each instead of 0.32. Only of one image: a thousand take 5 MB.


@lru_cache(maxsize=_KEPT)
def _read(token: str, packed: bytes, is_region_secret: bool) -> Question:
    function = BY_TOKEN.get(token)
    if function is None:
        raise QueryError(f"there is no function {token}", allowed=", ".join(BY_TOKEN))
    arguments = read_struct(struct_pb2.Struct.FromString(packed))
    query = read_question(function.query, arguments)
    return Question(
        function,
        query,
        Secrets.among(arguments),
        query.warnings(),
        is_region_secret and query.region is None,
    )


@lru_cache(maxsize=_KEPT)
def _answer_once(question: Question, listing: ref[lookup.Listing]) -> tuple[Any, tuple[str, ...]]:
    """The answer, and what to warn of."""
    one = lookup.find_image_in(_held(listing), question.query)
    return _respond(question, one.to_properties()), one.warnings


@lru_cache(maxsize=_KEPT)
def _emptiness_once(question: Question, listing: ref[lookup.Listing]) -> str:
    """What to warn of where a list is empty, if anything: it takes 5 ms to find out."""
    empty = lookup.find_emptiness_in(_held(listing), question.query)
    return empty.text(camel) if empty else ""


def _held(listing: ref[lookup.Listing]) -> lookup.Listing:
    whole = listing()
    assert whole is not None  # noqa: S101 - who asks holds it; what is kept here does not
    return whole


def _respond(question: Question, result: dict[str, Any]) -> Any:
    """Secrets: an argument that is secret may show in any part of the result, so all of it is."""
    if question.secrets.names:
        result = {name: Secret(value) for name, value in result.items()}
    elif question.is_region_secret:
        result = {**result, "region": Secret(result["region"])}
    returned: dict[str, Any] = {"return": build_struct(result)}  # a keyword of Python
    return provider_pb2.InvokeResponse(**returned)


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
