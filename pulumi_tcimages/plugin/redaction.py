"""Hide secret arguments: neither they nor what follows from them is shown.

Every error and log line about a request passes through here. A value is hidden in any spelling. So
are the suggestions, counts and images that would reveal it. The error of an undecided lookup is
built anew from the fields that may be shown, so that a new field is hidden until it is added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf import struct_pb2

from pulumi_tcimages.core.configuration_keys import SECRET_KEYS
from pulumi_tcimages.diagnostics import (
    NONE_LISTED,
    Call,
    Criterion,
    Where,
    asked_text,
    check_where,
    funnel_lines,
)
from pulumi_tcimages.errors import (
    AmbiguousMatchError,
    ApiError,
    ConfigurationError,
    InvalidArgumentError,
    InvalidResponseError,
    NetworkError,
    NoMatchError,
    TcImagesError,
    write_message,
)
from pulumi_tcimages.formatting import Row, count_of, wrap
from pulumi_tcimages.naming import NameStyle, camel, mark, render_names, snake
from pulumi_tcimages.plugin import ANSWERS
from pulumi_tcimages.plugin.property_values import deserialize, has_secret, secret_texts, unwrap
from pulumi_tcimages.plugin.rpc_errors import read_urn
from pulumi_tcimages.redaction import REDACTED, redact
from pulumi_tcimages.sources import find_source_of_token
from pulumi_tcimages.sources.source import Source

_INPUTS = ("args", "properties", "news", "inputs")
"""The fields of requests that have what the program gave."""
OTHER_VERSION = "the pin's state was written by another version of pulumi-tcimages"

_HIDDEN_VALUE = f'"{REDACTED}"'
_SEVERAL = "several images match."
_GENERAL = re.compile(
    r"this is not (a version range|the name of a region)|there is no such device"
    r"|expected (a string|a list|a map|an object|true or false), got (an? )?\w+"
)
"""Problems that are the same for every value that has them."""


@dataclass(frozen=True)
class Secrets:
    """The arguments of a request that are secret."""

    names: frozenset[str] = frozenset()
    """In snake_case; an argument counts as a whole, its keys and parts too."""
    texts: tuple[str, ...] = ()
    """Every text and number in them."""
    is_region_secret: bool = False
    """Whether the configured region is secret."""
    sent: frozenset[str] = frozenset({"region"})
    """The arguments that the cloud gets: if one is secret, so is how many images it lists."""

    @classmethod
    def among(
        cls,
        properties: Mapping[str, Any],
        source: Source | None = None,
        configured: Sequence[str] = (),
    ) -> Secrets:
        """Find the secret arguments. Of a pin's outputs, only the id of a secret image counts.

        Args:
            source: the data source of the function or pin, if it is one.
            configured: the secret texts of the provider's configuration.
        """
        given = {name: value for name, value in properties.items() if name not in ANSWERS}
        names = frozenset(snake(name) for name, value in given.items() if has_secret(value))
        texts = [*configured, *secret_texts(given)]
        if source is None:
            return cls(names, tuple(texts))
        image = unwrap(properties.get("image")) if has_secret(properties.get("image")) else None
        image_id = image.get(camel(source.image.id_field)) if isinstance(image, dict) else None
        texts += [str(image_id)] if image_id else []
        return cls(names, tuple(texts), sent=cls.sent | {*source.single_query.api_arguments})

    @classmethod
    def in_request(
        cls, request: Any, configured: Sequence[str] = (), is_region_secret: bool = False
    ) -> Secrets:
        """Find the secret arguments of any RPC.

        Args:
            configured: the secret texts of the provider's configuration.
            is_region_secret: whether the configured region is secret.
        """
        token = getattr(request, "tok", "") or read_urn(getattr(request, "urn", ""))[0]
        source = find_source_of_token(token)
        structs = [getattr(request, field, None) for field in _INPUTS]
        found = [
            cls.among(deserialize(struct), source)
            for struct in structs
            if isinstance(struct, struct_pb2.Struct)
        ]
        olds = getattr(request, "olds", None)
        if isinstance(olds, struct_pb2.Struct):
            found.append(cls.among({"image": deserialize(olds).get("image")}, source))
        return cls(
            frozenset().union(*(part.names for part in found)),
            (*configured, *(text for part in found for text in part.texts)),
            is_region_secret,
            cls.sent.union(*(part.sent for part in found)),
        )

    @property
    def criteria(self) -> frozenset[str]:
        """Return the secret arguments that select an image; triggers do not."""
        return self.names - {"triggers"}

    def redact(self, text: str) -> str:
        """Return our own text without the secret values."""
        return redact(text, self.texts)

    def strike_out_foreign(self, text: str) -> str:
        """Return a text of the cloud's; nothing of it if it has a value too short to strike out."""
        told = self.redact(text)
        lower = told.lower()
        short = {secret.lower() for secret in self.texts if 0 < len(secret) < 4}
        is_short = any(secret in lower for secret in short)
        return REDACTED if is_short else told

    def problem_of(self, error: InvalidArgumentError | ConfigurationError) -> str:
        """Return what an error says is wrong, without the secret values."""
        hidden = self._redact_question(error) if isinstance(error, InvalidArgumentError) else error
        return self.redact(hidden.problem)

    def redact_warnings(self, warnings: Sequence[str]) -> list[str]:
        """Return the warnings, or one in their place that tells nothing."""
        if not warnings or not self.criteria:
            return [self.redact(warning) for warning in warnings]
        return [f"{self._which()}, so a warning about this lookup is not shown"]

    def text_of(
        self,
        error: TcImagesError,
        subject: str,
        context: Sequence[Row] = (),
        style: NameStyle = camel,
    ) -> str:
        """Return the message of an error, with rows about the request before its own."""
        if isinstance(error, (NoMatchError, AmbiguousMatchError)) and self.criteria:
            first = error.headline if isinstance(error, NoMatchError) else _SEVERAL
            text = write_message(
                subject, first, error.code, [*context, *self._undecided_rows(error, style)], style
            )
        else:
            text = self._redact(error).text(subject, style, context)
        # The first line is the same for every value, and tells which class an error is of.
        first, line_break, rest = text.partition("\n")
        return first + line_break + self.redact(rest)

    def _undecided_rows(
        self, error: NoMatchError | AmbiguousMatchError, style: NameStyle
    ) -> Iterator[Row]:
        listed = error.listed_count
        yield "Asked", asked_text(self._hide_criteria(error.asked), style)
        yield "Where", str(Where(self._hide_region(error.where.region), error.where.endpoint))
        if self.names & self.sent:
            yield "Next", self._next_lines(style)
        elif not listed:
            yield "Looked", f"{count_of(listed, 'image')} listed"
            yield "Next", f"{check_where([one.argument for one in error.asked])}: {NONE_LISTED}"
        else:
            funnel = self._open_funnel(error.funnel) if isinstance(error, NoMatchError) else []
            yield "Looked", list(funnel_lines(listed, funnel, style))
            yield "Next", self._next_lines(style)

    def _hide_criteria(self, asked: Sequence[Criterion]) -> list[Criterion]:
        """Move secret flags to the end, because a flag is shown by its name alone."""
        hidden = [
            Criterion(one.argument, _HIDDEN_VALUE) if one.argument in self.names else one
            for one in asked
            if one.argument != "latest" or one.argument not in self.names
        ]
        shown = {one.argument for one in hidden}
        others = sorted(self.criteria - shown - {"region"})
        return [*dict.fromkeys(hidden), *(Criterion(name, _HIDDEN_VALUE) for name in others)]

    def _open_funnel(
        self, funnel: Sequence[tuple[Criterion, int]]
    ) -> Sequence[tuple[Criterion, int]]:
        """Return the counts that no secret has a part in.

        That the last criterion leaves none follows from the first line of the message.
        """
        secret = [place for place, (one, _) in enumerate(funnel) if one.argument in self.names]
        if not secret:
            return funnel
        first = secret[0]
        is_last = first == len(funnel) - 1
        last = [(Criterion(funnel[first][0].argument, ""), 0)] if is_last else []
        return [*funnel[:first], *last]

    def _redact(self, error: TcImagesError) -> TcImagesError:
        if isinstance(error, InvalidArgumentError):
            return self._redact_question(error)
        if isinstance(error, ConfigurationError):
            return self._redact_setting(error)
        if isinstance(error, ApiError):
            configured = {"region"} if self.is_region_secret else set()
            sent = (self.names | configured) & self.sent
            fix = f"{_are_secret(sent)}: check the value" if sent else error.fix
            message = self.strike_out_foreign(error.message)
            return replace(error, message=message, fix=fix, call=self._hide_call(error.call))
        if isinstance(error, NetworkError):
            return replace(error, call=self._hide_call(error.call))
        if isinstance(error, InvalidResponseError) and self.criteria:
            problem = f"{self._which()}, so it is not shown what came"
            return InvalidResponseError(problem, call=self._hide_call(error.call), fix=error.fix)
        return error

    def _redact_question(self, error: InvalidArgumentError) -> InvalidArgumentError:
        root = re.split(r"[.\[]", error.argument)[0]
        mentioned = {root, *re.findall(r"`([a-z_]+)", f"{error.problem} {error.fix}")}
        if not mentioned & self.names:
            return error
        return InvalidArgumentError(
            self._general(error.problem),
            argument=root,
            value=_HIDDEN_VALUE if root in self.names else error.value,
            allowed=error.allowed,
            fix="check the value where it is set: it is a secret, so more is not shown",
        )

    def _redact_setting(self, error: ConfigurationError) -> ConfigurationError:
        root = error.key.partition(".")[0]
        if root not in self.names - SECRET_KEYS:  # messages about keys never have their value
            return error
        return ConfigurationError(
            self._general(error.problem),
            key=root,
            source=error.source,
            allowed=error.allowed,
            fix="check the value where it is set: it is a secret, so more is not shown",
        )

    @staticmethod
    def _general(problem: str) -> str:
        if _GENERAL.fullmatch(problem):
            return problem
        return OTHER_VERSION if problem.startswith(OTHER_VERSION) else f"{REDACTED} cannot be right"

    def _hide_region(self, region: str) -> str:
        return REDACTED if "region" in self.names else region

    def _hide_call(self, call: Call) -> Call:
        return call._replace(region=self._hide_region(call.region))

    def _next_lines(self, style: NameStyle) -> list[str]:
        return [*wrap(render_names(self._advice(), style)), "  tcimages explain"]

    def _advice(self) -> str:
        return f"{self._which()}, so no details are shown; ask the same in the shell to see them:"

    def _which(self) -> str:
        return _are_secret(self.criteria)


def _are_secret(names: frozenset[str]) -> str:
    noun = "is a secret" if len(names) == 1 else "are secrets"
    return f"{', '.join(sorted(map(mark, names)))} {noun}"
