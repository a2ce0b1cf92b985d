"""Convert a provider's arguments to strings, so that a failing one does not reveal the others.

If an argument fails, the error's traceback contains frames of Pulumi, and pytest prints their
variables. So no string is passed to Pulumi before all arguments have been converted.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import traceback
from collections.abc import Awaitable, Callable, Collection, Generator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, NamedTuple, TypeVar

import pulumi

from pulumi_tcimages.naming import camel
from pulumi_tcimages.sdk.arguments import explain_unsendable, unsendable_argument
from pulumi_tcimages.sdk.call_site import PACKAGE_FOLDER, find_call_site
from pulumi_tcimages.sdk.errors import to_run_error
from pulumi_tcimages.sdk.tracebacks import drop_library_frames

__tracebackhide__ = True  # Without it, pytest's tracebacks would print keys in arguments.

_T = TypeVar("_T")


class _Text(NamedTuple):
    """A converted argument, with the metadata of an output."""

    value: Any
    """A string, or None if it is unknown."""
    resources: set[pulumi.Resource]
    is_known: bool
    is_secret: bool


@dataclass(frozen=True)
class _Unreadable:
    """The problem of a value that Pulumi cannot read."""

    problem: str


class _Failure(NamedTuple):
    """The error of an argument, with the traceback at the time."""

    error: Exception
    traceback: TracebackType | None


_Texts = asyncio.Future[dict[str, _Text] | _Failure]


def convert_arguments(
    arguments: Mapping[str, Any],
    secrets: Collection[str],
    annotations: Mapping[str, str],
    subject: str,
) -> dict[str, pulumi.Output[str]]:
    """Convert arguments to outputs of strings. Values that are not strings are converted to JSON.

    Each output is unknown, is secret and depends on resources as its argument. If any argument
    fails, all outputs fail with its error.

    Args:
        secrets: the names of arguments that are or contain secrets.
        subject: the class of the provider, for error messages.

    Raises: InvalidArgumentError if an argument cannot be read.
    """
    site = find_call_site()
    inputs = {name: _to_output(name, value, subject) for name, value in arguments.items()}
    if not inputs:
        return {}
    texts = asyncio.ensure_future(_convert_all(inputs, annotations, subject, site))
    return {name: _select(texts, name, is_secret=name in secrets) for name in inputs}


def _to_output(name: str, value: Any, subject: str) -> pulumi.Output[Any]:
    if isinstance(value, pulumi.Output):
        # An unreadable value is returned as such. An error here would have frames of Pulumi.
        return value.apply(_unwrap, True)
    output = _unwrap(value)
    if isinstance(output, _Unreadable):
        raise to_run_error(unsendable_argument(output.problem, name), subject)
    return output


def _unwrap(value: Any) -> pulumi.Output[Any] | _Unreadable:
    """Combine the outputs in a value into one output."""
    if inspect.isawaitable(value):
        return pulumi.Output.from_input(_wait_for(value))
    try:
        # For a map that contains itself, Pulumi would create outputs without end.
        _check_readable(value)
        return pulumi.Output.from_input(value)
    except Exception:  # A value of the user's own class may raise any error.
        return _Unreadable(explain_unsendable(value) or "it cannot be read")


def _check_readable(value: Any) -> None:
    """Raise an error for a value that Pulumi cannot read, for instance because of a key."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if not isinstance(name, str):
                raise TypeError
            _check_readable(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _check_readable(part)


async def _wait_for(value: Awaitable[Any]) -> Any:
    """Return an awaitable's value, or the problem if Pulumi would read it without end."""
    plain = await value
    try:
        _check_readable(plain)
    except Exception:  # A value of the user's own class may raise any error.
        return _Unreadable(explain_unsendable(plain) or "it cannot be read")
    return plain


async def _convert_all(
    inputs: Mapping[str, pulumi.Output[Any]],
    annotations: Mapping[str, str],
    subject: str,
    site: str,
) -> dict[str, _Text] | _Failure:
    """Wait for all arguments, and convert them. Return the error of the first one that fails."""
    texts: dict[str, _Text] = {}
    failure: _Failure | None = None
    for name, output in inputs.items():
        try:
            texts[name] = await _convert(name, output, annotations[name], subject, site)
        except Exception as error:
            drop_library_frames(error)
            if sys.version_info >= (3, 11) and not isinstance(error, pulumi.RunError):
                error.add_note(_locate(error, f"At {site}: argument {name} of {subject}"))
            failure = failure or _Failure(error, error.__traceback__)
    return failure or texts


def _locate(error: Exception, argument: str) -> str:
    """Return a note with the argument and the program's lines that failed.

    The traceback may lack these lines. They are not part of it if a library failed, and asyncio
    removes them if several tasks wait for one output.
    """
    lines = [
        line
        for line in traceback.extract_tb(error.__traceback__)
        if not line.filename.startswith(PACKAGE_FOLDER)
    ]
    return "\n".join([argument, *traceback.format_list(lines)]).rstrip()


async def _convert(
    name: str, output: pulumi.Output[Any], annotation: str, subject: str, site: str
) -> _Text:
    resources, is_secret = await output.resources(), await output.is_secret()
    if not await output.is_known():
        return _Text(None, resources, is_known=False, is_secret=is_secret)
    value = await output.future()
    text = None if isinstance(value, _Unreadable) else _to_text(value)
    if text is None:
        problem = (
            value.problem
            if isinstance(value, _Unreadable)
            else explain_unsendable(value) or "it cannot be written as JSON"
        )
        raise to_run_error(unsendable_argument(problem, name), subject, site)
    if is_secret:
        # Imported on use, because it imports the module of the provider, which imports this one.
        from pulumi_tcimages.sdk.constants import find_secret_error

        if wrong := find_secret_error(name, value, annotation):
            raise to_run_error(wrong, subject, site)
    return _Text(text, resources, is_known=True, is_secret=is_secret)


def _to_text(value: Any) -> str | None:
    """Return a string unchanged, and other values as JSON, or None if that is not possible."""
    if isinstance(value, str):
        return value
    try:
        return pulumi.runtime.to_json(_camel_keys(value))
    except Exception:  # A value of the user's own class may raise any error.
        return None


def _camel_keys(value: Any) -> Any:
    """Convert the keys of a map to camelCase, and remove None values.

    If two keys are spellings of one name, all keys stay unchanged, and the plugin rejects them.
    """
    if isinstance(value, Mapping):
        parts = {name: part for name, part in value.items() if part is not None}
        renamed = {camel(name): part for name, part in parts.items()}
        return renamed if len(renamed) == len(parts) else parts
    return value


def _select(texts: _Texts, name: str, *, is_secret: bool) -> pulumi.Output[str]:
    return pulumi.Output(
        _Part(texts, lambda result: result[name].resources),
        _Part(texts, lambda result: result[name].value),
        _Part(texts, lambda result: result[name].is_known),
        _Part(texts, lambda result: is_secret or result[name].is_secret),
    )


class _Part(Awaitable[_T], Generic[_T]):
    """A part of the converted arguments. Unlike a coroutine, it need not be awaited."""

    def __init__(self, texts: _Texts, select: Callable[[dict[str, _Text]], _T]) -> None:
        self._texts = texts
        self._select = select

    def __await__(self) -> Generator[Any, None, _T]:
        result = yield from self._texts.__await__()
        if isinstance(result, _Failure):
            # All outputs raise the same error, so each one restores its traceback.
            raise result.error.with_traceback(result.traceback)
        return self._select(result)
