"""Check the names and types of a call's arguments before anything is sent.

The plugin validates the values, so that the rules are the same in all languages.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import pulumi

from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.sdk.errors import to_run_error

__tracebackhide__ = True  # Without it, pytest's tracebacks would print keys in arguments.
_P = ParamSpec("_P")
_T = TypeVar("_T")

_ALIKE = 0.7
"""The minimum similarity (0 to 1) at which a known name is suggested for an unknown name."""
_ALL_NAMES = "leave it out: the line Allowed has all arguments"
_CONVERT = "convert the value first, for instance with str() or list()"
_SENDABLE = "strings, numbers, booleans, outputs, and lists and maps of them"


def validate_arguments(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Decorator that checks the names and types of a function's arguments.

    Raises: InvalidArgumentError for a positional, unknown or missing argument, or for a value whose
    type cannot be sent, or for an invalid constant argument of a pin or provider.
    """
    parameters = inspect.signature(function).parameters
    keywords = [
        name for name, parameter in parameters.items() if parameter.kind is parameter.KEYWORD_ONLY
    ]
    names = [name for name in keywords if name != "opts"]
    required = [name for name in keywords if parameters[name].default is inspect.Parameter.empty]
    options = pulumi.ResourceOptions if "resource_name" in parameters else pulumi.InvokeOptions
    function_name = function.__qualname__.removesuffix(".__init__")
    # For `get_..._output`, descriptions of arguments come from the docstring of `get_...`.
    plain_name = function.__name__.removesuffix("_output")
    is_plain_form = options is pulumi.InvokeOptions and plain_name == function.__name__

    def find_error(args: Sequence[Any], kwargs: Mapping[str, Any]) -> InvalidArgumentError | None:
        if len(args) > len(parameters) - len(keywords):
            return _unnamed_argument((required or names)[0], names)
        for name in kwargs:
            if name not in parameters:
                single_function = function.__globals__.get(
                    function.__name__.replace("images", "image")
                )
                fix = _suggest_name(name, names) or _suggest_place(name, options, single_function)
                return _unknown_argument(name, names, fix)
        for name in required:
            if name not in kwargs:
                described = function.__globals__.get(plain_name, function)
                return _missing_argument(name, described.__doc__ or "")
        arguments = dict(zip(parameters, args), **kwargs)  # noqa: B905 (some are keywords only)
        if not isinstance(arguments.get("opts"), (options, type(None))):
            return _wrong_options(arguments["opts"], options)
        for name in names:
            if problem := explain_unsendable(arguments.get(name)):
                return unsendable_argument(problem, name)
        if options is pulumi.ResourceOptions:
            return find_resource_error(arguments)
        return _find_output(arguments, function_name) if is_plain_form else None

    def find_resource_error(arguments: Mapping[str, Any]) -> InvalidArgumentError | None:
        # Imported on use, because many programs declare neither pins nor providers.
        from pulumi_tcimages.sdk import constants

        is_provider = "secret_key" in parameters
        for name in names:
            annotation, value = str(parameters[name].annotation), arguments.get(name)
            if error := constants.find_constant_error(
                name, value, annotation, is_provider=is_provider
            ):
                return error
        every = {name: arguments.get(name) for name in names}
        return constants.find_latest_error(function_name, every)

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        if error := find_error(args, kwargs):
            raise to_run_error(error, function_name)
        return function(*args, **kwargs)

    return call


def _unnamed_argument(example: str, known: Sequence[str]) -> InvalidArgumentError:
    return InvalidArgumentError(
        "an argument is given without its name",
        allowed=", ".join(known),
        fix=f"put the name before the value, as in {example}=...",
    )


def _unknown_argument(name: str, known: Sequence[str], fix: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f'there is no argument "{name}"', allowed=", ".join(known), fix=fix or _ALL_NAMES
    )


def _suggest_name(name: str, known: Sequence[str]) -> str:
    """Return a suggestion of similar known names for an unknown name, or ""."""
    suggestions = (
        [other for other in known if camel(other) == name]
        or [other for other in known if name in other.split("_")]
        or difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
    )
    return f"did you mean {' or '.join(suggestions)}?" if suggestions else ""


def _suggest_place(
    name: str, options: type[Any], single_function: Callable[..., Any] | None
) -> str:
    """Return advice to pass an unknown argument to another function or in `opts`, or ""."""
    if name in inspect.signature(options).parameters:
        return f"give it in opts=pulumi.{options.__name__}({name}=...)"
    if single_function and name in inspect.signature(single_function).parameters:
        return f"call {single_function.__name__}, which chooses one image"
    return ""


def _missing_argument(name: str, docs: str) -> InvalidArgumentError:
    described = re.search(rf"^ *{name}: (.+(?:\n {{8}}.+)*)", inspect.cleandoc(docs), re.MULTILINE)
    return InvalidArgumentError.of_missing(
        name, " ".join(described[1].split()) if described else ""
    )


def _wrong_options(value: object, options: type[Any]) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"expected pulumi.{options.__name__}, got {type(value).__name__}",
        argument="opts",
        fix=f"write opts=pulumi.{options.__name__}(...)",
    )


def _find_output(arguments: Mapping[str, Any], function: str) -> InvalidArgumentError | None:
    """Return an error for the first output or awaitable in the arguments of `get_...`.

    Only `get_..._output` accepts them. `get_...` cannot wait for an output, and its result cannot
    be secret.
    """
    for name, value in arguments.items():
        is_opts = isinstance(value, pulumi.InvokeOptions)
        for path, part in leaves(vars(value) if is_opts else value):
            if noun := _noun_of_output(part, is_opts):
                return InvalidArgumentError(
                    f"{function} takes plain values, and this is {noun}",
                    argument=f"{name}{path}",
                    fix=f"call {function}_output: it waits for outputs and keeps secrets secret",
                )
    return None


def _noun_of_output(value: object, is_opts: bool) -> str:
    if isinstance(value, pulumi.Output):
        return "an output"
    if isinstance(value, pulumi.Resource):
        return "" if is_opts else "a resource"
    return "an awaitable" if inspect.isawaitable(value) else ""


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield all values inside lists and maps, each with a path such as `[0].values[1]`."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield from leaves(part, f"{path}[{number}]")
    else:
        yield path, value


def unsendable_argument(problem: str, name: str) -> InvalidArgumentError:
    """Build the error for an argument that cannot be sent."""
    return InvalidArgumentError(problem, argument=name, allowed=_SENDABLE, fix=_CONVERT)


def explain_unsendable(value: object) -> str:
    """Return why a value cannot be sent, or "" if it can."""
    try:
        return _find_unsendable(value)
    except RecursionError:
        return "it contains itself, or has too many levels"
    except Exception as error:  # A value of the user's own class may raise any error.
        return f"reading it fails with {type(error).__name__}"


def _find_unsendable(value: object) -> str:
    if isinstance(value, str):
        has_half = any("\ud800" <= character <= "\udfff" for character in value)
        return "half a character cannot be sent" if has_half else ""
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            return "the keys of a map are strings"
        return next(filter(None, map(_find_unsendable, value.values())), "")
    if isinstance(value, (list, tuple)):
        return next(filter(None, map(_find_unsendable, value)), "")
    plain = value is None or isinstance(value, (bool, int, float, pulumi.Output, pulumi.Resource))
    can = plain or inspect.isawaitable(value)
    return "" if can else f"a value of type {type(value).__name__} cannot be sent"
