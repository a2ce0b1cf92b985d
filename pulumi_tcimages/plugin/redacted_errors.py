"""Write errors without secret arguments, and without details that would reveal them.

The message of a failed lookup contains only fields that are known to be safe. A new field is hidden
until it is added here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from pulumi_tcimages.advice import Advice, Command, SettingChange
from pulumi_tcimages.core.configuration_errors import NO_SUCH_KEY
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
from pulumi_tcimages.naming import NameStyle, camel, mark, render_names
from pulumi_tcimages.plugin import OTHER_VERSION
from pulumi_tcimages.plugin.redaction import Secrets, describe_secrets
from pulumi_tcimages.plugin.setting_errors import write_for_provider, write_for_stack
from pulumi_tcimages.shell_commands import write_listing

_HIDDEN_VALUE = f'"{REDACTED}"'
_SEVERAL = "several images match."
_HIDDEN_FIX = "check the value where it is set: it is a secret, so more is not shown"
_HARMLESS_PROBLEM = re.compile(
    r"this is not (a version range|the name of a region)|there is no such device"
    r"|expected (a string|a list|a map|an object|true or false), got (an? )?\w+"
)
"""Matches the problem texts that reveal nothing about the value."""


class ErrorRedactor:
    """Writes the errors of one request without its secrets."""

    def __init__(
        self,
        secrets: Secrets,
        provider: str = "",
        stack: str = "",
        secret_keys: Collection[str] = (),
    ) -> None:
        """Create a writer for one request.

        Args:
            provider: the name of the explicit provider, or "" for the default provider.
            stack: the name of the stack that advised commands change, or "" if it is not known.
            secret_keys: the keys of the stack's configuration whose values are secret.
        """
        self._secrets = secrets
        self._provider = provider
        self._stack = stack
        self._secret_keys = secret_keys
        self._names = secrets.names

    def problem_of(self, error: InvalidArgumentError | ConfigurationError) -> str:
        """Return an error's problem, with the secrets redacted."""
        if isinstance(error, InvalidArgumentError):
            return self._secrets.redact(self._redact_invalid_argument(error).problem)
        return self._secrets.redact(self._redact_setting(error).problem)

    def write(
        self,
        error: TcImagesError,
        subject: str,
        context: Sequence[Row] = (),
        style: NameStyle = camel,
    ) -> str:
        """Return an error's message without secrets. The lines in `context` precede its own."""
        if isinstance(error, (NoMatchError, AmbiguousMatchError)) and self._secrets.criteria:
            first = error.headline if isinstance(error, NoMatchError) else _SEVERAL
            text = write_message(
                subject, first, error.code, [*context, *self._undecided_rows(error, style)], style
            )
        else:
            shown = self._redact(error)
            if self._provider:
                shown = write_for_provider(shown, self._provider, self._has_secret)
            else:
                shown = write_for_stack(shown, self._stack, self._secret_keys)
            text = shown.text(subject, style, context, self._has_secret)
        # Do not redact the first line: it does not contain values, and the SDK reads the error code
        # from it.
        first, line_break, rest = text.partition("\n")
        return first + line_break + self._secrets.redact(rest)

    def _undecided_rows(
        self, error: NoMatchError | AmbiguousMatchError, style: NameStyle
    ) -> Iterator[Row]:
        listed = error.listed_count
        yield "Asked", arguments_text(self._hide_criteria(error.arguments), style)
        yield "Where", str(Where(self._hide_region(error.where.region), error.where.endpoint))
        if self._names & self._secrets.sent:
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
            if criterion.argument in self._names
            else criterion
            for criterion in criteria
            if criterion.argument != "latest" or criterion.argument not in self._names
        ]
        listed = {criterion.argument for criterion in hidden}
        others = sorted(self._secrets.criteria - listed - {"region"})
        return [*dict.fromkeys(hidden), *(Criterion(name, _HIDDEN_VALUE) for name in others)]

    def _cut_funnel(
        self, funnel: Sequence[tuple[Criterion, int]]
    ) -> Sequence[tuple[Criterion, int]]:
        """Return each criterion's count of images, up to the first secret criterion.

        The count of a secret criterion could reveal its value.

        If the first secret criterion is also the last criterion, its count is included. It is 0, as
        the error's first line already says that no image is left.
        """
        for step, (criterion, _) in enumerate(funnel):
            if criterion.argument in self._names:
                is_last = step == len(funnel) - 1
                last = [(Criterion(criterion.argument, ""), 0)] if is_last else []
                return [*funnel[:step], *last]
        return funnel

    def _redact(self, error: TcImagesError) -> TcImagesError:
        if isinstance(error, InvalidArgumentError):
            return self._redact_invalid_argument(error)
        if isinstance(error, ConfigurationError):
            return self._redact_setting(error)
        if isinstance(error, ApiError):
            configured = {"region"} if self._secrets.is_region_secret else set()
            sent = (self._names | configured) & self._secrets.sent
            fix = f"{describe_secrets(sent)}: check the value" if sent else error.fix
            message = self._secrets.redact_foreign(error.message)
            return replace(error, message=message, fix=fix, call=self._hide_call(error.call))
        if isinstance(error, NetworkError):
            return replace(error, call=self._hide_call(error.call))
        if isinstance(error, InvalidResponseError) and self._secrets.criteria:
            problem = f"{describe_secrets(self._secrets.criteria)}, so it is not shown what came"
            return InvalidResponseError(problem, call=self._hide_call(error.call), fix=error.fix)
        return error

    def _redact_invalid_argument(self, error: InvalidArgumentError) -> InvalidArgumentError:
        root = re.split(r"[.\[]", error.argument)[0]
        mentioned = {root, *re.findall(r"`([a-z_]+)", f"{error.problem} {error.fix}")}
        if not mentioned & self._names:
            return error
        return InvalidArgumentError(
            self._redact_problem(error.problem),
            argument=root,
            value=_HIDDEN_VALUE if root in self._names else error.value,
            allowed=error.allowed,
            fix=_HIDDEN_FIX,
        )

    def _redact_setting(self, error: ConfigurationError) -> ConfigurationError:
        root, is_part, _ = error.key.partition(".")
        is_unknown = error.problem == NO_SUCH_KEY
        # Errors about API keys and roles contain no value, but they name an unknown key.
        if root not in self._names or (root in SECRET_KEYS and not is_unknown):
            return error
        if is_unknown and not is_part:  # Only the value is secret.
            return error
        hidden = "a key of this object does not exist."
        problem = hidden if is_unknown else self._redact_problem(error.problem)
        return ConfigurationError(
            problem, key=root, source=error.source, allowed=error.allowed, fix=_HIDDEN_FIX
        )

    @staticmethod
    def _redact_problem(problem: str) -> str:
        if _HARMLESS_PROBLEM.fullmatch(problem):
            return problem
        return OTHER_VERSION if problem.startswith(OTHER_VERSION) else f"{REDACTED} cannot be right"

    def _hide_region(self, region: str) -> str:
        return REDACTED if "region" in self._names else region

    def _hide_call(self, call: Call) -> Call:
        return call._replace(region=self._hide_region(call.region))

    def _next_lines(self, error: NoMatchError | AmbiguousMatchError, style: NameStyle) -> list[str]:
        hidden = f"{describe_secrets(self._secrets.criteria)}, so no details are shown"
        names = " and ".join(sorted(map(mark, self._secrets.criteria)))
        lead = f"{hidden}; to see them, ask the same in the shell, and add {names}:"
        command = self._write_explain(error)
        advice = Advice(lead, Command(command) if command else "")
        return advice.without(self._has_secret).lines(style)

    def _has_secret(self, part: Command | SettingChange) -> bool:
        return self._secrets.redact(part.text) != part.text

    def _write_explain(self, error: NoMatchError | AmbiguousMatchError) -> str:
        """Return the command `tcimages explain` for the lookup, without secret criteria."""
        if self._secrets.source is None:
            return ""
        query = self._secrets.source.single_query
        public = [
            criterion for criterion in error.arguments if criterion.argument not in self._names
        ]
        first = query.required_names()[:1]
        values = {criterion.argument: criterion.value[1:-1] for criterion in public}
        is_region_secret = "region" in self._names or self._secrets.is_region_secret
        listing = Listing(
            self._secrets.source.command,
            "" if is_region_secret else error.where.region,
            tuple(values.get(name, self._secrets.source.operand) for name in first),
            criteria=tuple(criterion for criterion in public if criterion.argument not in first),
        )
        return write_listing(listing, explain=True)
