"""Remove secret arguments, and everything that would reveal them, from messages.

All errors and log lines about a request pass through this module. A value is redacted in every
encoding. Suggestions, counts and images that would reveal it are omitted. The message of a failed
lookup is built from a list of fields that may be shown, so a new field is hidden until it is added
here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from google.protobuf import struct_pb2

from pulumi_tcimages.advice import Advice, Command, SettingChange
from pulumi_tcimages.core.configuration_keys import SECRET_KEYS
from pulumi_tcimages.diagnostics import (
    NONE_LISTED,
    Call,
    Criterion,
    Listing,
    Where,
    arguments_text,
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
from pulumi_tcimages.formatting import REDACTED, Row, count_of
from pulumi_tcimages.naming import NameStyle, camel, mark, render_names, snake
from pulumi_tcimages.plugin import OWN_OUTPUTS
from pulumi_tcimages.plugin.property_values import deserialize, has_secret, secret_texts, unwrap
from pulumi_tcimages.plugin.rpc_errors import read_urn
from pulumi_tcimages.redaction import redact
from pulumi_tcimages.shell_commands import write_listing
from pulumi_tcimages.sources import find_source_of_token
from pulumi_tcimages.sources.source import Source

_INPUTS = ("args", "properties", "news", "inputs")
"""The fields of RPC requests that contain the program's arguments."""
OTHER_VERSION = "the pin's state was written by another version of pulumi-tcimages"

_HIDDEN_VALUE = f'"{REDACTED}"'
_SEVERAL = "several images match."
_HARMLESS_PROBLEM = re.compile(
    r"this is not (a version range|the name of a region)|there is no such device"
    r"|expected (a string|a list|a map|an object|true or false), got (an? )?\w+"
)
"""Matches the problem texts that reveal nothing about the value."""


@dataclass(frozen=True)
class Secrets:
    """The secret arguments of a request."""

    names: frozenset[str] = frozenset()
    """The names of the secret arguments, in snake_case. A map with a secret entry is wholly secret.
    """
    texts: tuple[str, ...] = field(default=(), repr=False)
    """The strings and numbers to redact: all secrets in the arguments and in the configuration."""
    is_region_secret: bool = False
    """Whether the configured region is secret."""
    source: Source | None = None
    """The data source, if the request is about a function or pin."""

    @property
    def sent(self) -> frozenset[str]:
        """The arguments that the cloud receives. If any is secret, so is the number of images."""
        arguments = self.source.single_query.api_arguments if self.source else ()
        return frozenset({"region", *arguments})

    @classmethod
    def among(
        cls,
        properties: Mapping[str, Any],
        source: Source | None = None,
        configured: Sequence[str] = (),
    ) -> Secrets:
        """Find the secrets in the properties of a function or pin.

        Of a pin's outputs, only the id of its image is included, and only if the image is secret.

        Args:
            source: the data source, if the request is about a function or pin.
            configured: the secret texts of the provider's configuration.
        """
        inputs = {name: value for name, value in properties.items() if name not in OWN_OUTPUTS}
        names = frozenset(snake(name) for name, value in inputs.items() if has_secret(value))
        texts = [*configured, *secret_texts(inputs)]
        if source is None:
            return cls(names, tuple(texts))
        image = unwrap(properties.get("image")) if has_secret(properties.get("image")) else None
        image_id = image.get(camel(source.image.id_field)) if isinstance(image, dict) else None
        texts += [str(image_id)] if image_id else []
        return cls(names, tuple(texts), source=source)

    @classmethod
    def in_request(
        cls, request: Any, configured: Sequence[str] = (), is_region_secret: bool = False
    ) -> Secrets:
        """Find the secrets in any RPC request.

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
            source,
        )

    @property
    def criteria(self) -> frozenset[str]:
        """The names of the secret arguments except triggers, which do not select an image."""
        return self.names - {"triggers"}

    def redact(self, text: str) -> str:
        """Redact the secrets in a message of this package."""
        return redact(text, self.texts)

    def redact_foreign(self, text: str) -> str:
        """Redact the secrets in a message of the cloud.

        The whole message is replaced if it contains a secret that is too short to redact.
        """
        redacted = self.redact(text)
        lower = redacted.lower()
        short = {secret.lower() for secret in self.texts if 0 < len(secret) < 4}
        is_short = any(secret in lower for secret in short)
        return REDACTED if is_short else redacted

    def problem_of(self, error: InvalidArgumentError | ConfigurationError) -> str:
        """Return an error's problem, with the secrets redacted."""
        if isinstance(error, InvalidArgumentError):
            return self.redact(self._redact_invalid_argument(error).problem)
        return self.redact(self._redact_setting(error).problem)

    def redact_warnings(self, warnings: Sequence[str]) -> list[str]:
        """Redact the secrets in warnings.

        If a criterion is secret, the warnings could reveal it, so a generic warning replaces them.
        """
        if not warnings or not self.criteria:
            return [self.redact(warning) for warning in warnings]
        return [f"{_describe_secrets(self.criteria)}, so a warning about this lookup is not shown"]

    def text_of(
        self,
        error: TcImagesError,
        subject: str,
        context: Sequence[Row] = (),
        style: NameStyle = camel,
    ) -> str:
        """Return an error's message without secrets.

        Args:
            context: labelled lines about the request, which precede the error's own lines.
        """
        if isinstance(error, (NoMatchError, AmbiguousMatchError)) and self.criteria:
            first = error.headline if isinstance(error, NoMatchError) else _SEVERAL
            text = write_message(
                subject, first, error.code, [*context, *self._undecided_rows(error, style)], style
            )
        else:
            text = self._redact(error).text(subject, style, context, self._has_secret)
        # Do not redact the first line: it contains no value, and the SDK reads the error code in
        # it.
        first, line_break, rest = text.partition("\n")
        return first + line_break + self.redact(rest)

    def _undecided_rows(
        self, error: NoMatchError | AmbiguousMatchError, style: NameStyle
    ) -> Iterator[Row]:
        listed = error.listed_count
        yield "Asked", arguments_text(self._hide_criteria(error.arguments), style)
        yield "Where", str(Where(self._hide_region(error.where.region), error.where.endpoint))
        if self.names & self.sent:
            yield "Next", self._next_lines(error, style)
        elif not listed:
            yield "Looked", f"{count_of(listed, 'image')} listed"
            sent = error.sent if isinstance(error, NoMatchError) else ()
            yield "Next", render_names(f"{check_where(sent)}: {NONE_LISTED}", style)
        else:
            funnel = self._cut_funnel(error.funnel) if isinstance(error, NoMatchError) else []
            yield "Looked", list(funnel_lines(listed, funnel, style))
            yield "Next", self._next_lines(error, style)

    def _hide_criteria(self, criteria: Sequence[Criterion]) -> list[Criterion]:
        """Replace the values of secret criteria.

        All secret criteria are listed, even those that the error leaves out: a missing `latest`
        would reveal that it is false.
        """
        hidden = [
            Criterion(criterion.argument, _HIDDEN_VALUE)
            if criterion.argument in self.names
            else criterion
            for criterion in criteria
            if criterion.argument != "latest" or criterion.argument not in self.names
        ]
        shown = {criterion.argument for criterion in hidden}
        others = sorted(self.criteria - shown - {"region"})
        return [*dict.fromkeys(hidden), *(Criterion(name, _HIDDEN_VALUE) for name in others)]

    def _cut_funnel(
        self, funnel: Sequence[tuple[Criterion, int]]
    ) -> Sequence[tuple[Criterion, int]]:
        """Return each criterion's count of images, up to the first secret criterion.

        The count of a secret criterion could reveal its value.

        If the first secret criterion is the last one, its count is included, because the error's
        first line already says that no image is left.
        """
        secret = [
            place for place, (criterion, _) in enumerate(funnel) if criterion.argument in self.names
        ]
        if not secret:
            return funnel
        first = secret[0]
        is_last = first == len(funnel) - 1
        last = [(Criterion(funnel[first][0].argument, ""), 0)] if is_last else []
        return [*funnel[:first], *last]

    def _redact(self, error: TcImagesError) -> TcImagesError:
        if isinstance(error, InvalidArgumentError):
            return self._redact_invalid_argument(error)
        if isinstance(error, ConfigurationError):
            return self._redact_setting(error)
        if isinstance(error, ApiError):
            configured = {"region"} if self.is_region_secret else set()
            sent = (self.names | configured) & self.sent
            fix = f"{_describe_secrets(sent)}: check the value" if sent else error.fix
            message = self.redact_foreign(error.message)
            return replace(error, message=message, fix=fix, call=self._hide_call(error.call))
        if isinstance(error, NetworkError):
            return replace(error, call=self._hide_call(error.call))
        if isinstance(error, InvalidResponseError) and self.criteria:
            problem = f"{_describe_secrets(self.criteria)}, so it is not shown what came"
            return InvalidResponseError(problem, call=self._hide_call(error.call), fix=error.fix)
        return error

    def _redact_invalid_argument(self, error: InvalidArgumentError) -> InvalidArgumentError:
        root = re.split(r"[.\[]", error.argument)[0]
        mentioned = {root, *re.findall(r"`([a-z_]+)", f"{error.problem} {error.fix}")}
        if not mentioned & self.names:
            return error
        return InvalidArgumentError(
            self._redact_problem(error.problem),
            argument=root,
            value=_HIDDEN_VALUE if root in self.names else error.value,
            allowed=error.allowed,
            fix="check the value where it is set: it is a secret, so more is not shown",
        )

    def _redact_setting(self, error: ConfigurationError) -> ConfigurationError:
        root = error.key.partition(".")[0]
        # API keys need no redaction, because errors about them never contain the value.
        if root not in self.names - SECRET_KEYS:
            return error
        return ConfigurationError(
            self._redact_problem(error.problem),
            key=root,
            source=error.source,
            allowed=error.allowed,
            fix="check the value where it is set: it is a secret, so more is not shown",
        )

    @staticmethod
    def _redact_problem(problem: str) -> str:
        if _HARMLESS_PROBLEM.fullmatch(problem):
            return problem
        return OTHER_VERSION if problem.startswith(OTHER_VERSION) else f"{REDACTED} cannot be right"

    def _hide_region(self, region: str) -> str:
        return REDACTED if "region" in self.names else region

    def _hide_call(self, call: Call) -> Call:
        return call._replace(region=self._hide_region(call.region))

    def _next_lines(self, error: NoMatchError | AmbiguousMatchError, style: NameStyle) -> list[str]:
        hidden = f"{_describe_secrets(self.criteria)}, so no details are shown"
        names = " and ".join(sorted(map(mark, self.criteria)))
        lead = f"{hidden}; to see them, ask the same in the shell, and add {names}:"
        command = self._write_explain(error)
        advice = Advice(lead, Command(command) if command else "")
        return advice.without(self._has_secret).lines(style)

    def _has_secret(self, part: Command | SettingChange) -> bool:
        return self.redact(part.text) != part.text

    def _write_explain(self, error: NoMatchError | AmbiguousMatchError) -> str:
        """Return the command `tcimages explain` for the lookup, without secret criteria."""
        if self.source is None:
            return ""
        query = self.source.single_query
        shown = [criterion for criterion in error.arguments if criterion.argument not in self.names]
        first = query.required_names()[:1]
        values = {criterion.argument: criterion.value[1:-1] for criterion in shown}
        listing = Listing(
            self.source.command,
            "" if "region" in self.names or self.is_region_secret else error.where.region,
            tuple(values.get(name, self.source.operand) for name in first),
            criteria=tuple(criterion for criterion in shown if criterion.argument not in first),
        )
        return write_listing(listing, explain=True)


def _describe_secrets(names: frozenset[str]) -> str:
    noun = "is a secret" if len(names) == 1 else "are secrets"
    return f"{', '.join(sorted(map(mark, names)))} {noun}"
