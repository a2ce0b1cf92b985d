"""Check a call's arguments before anything is sent: names, and whether values can be sent.

The plugin checks what values mean, for every language alike.
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

_P = ParamSpec("_P")
_T = TypeVar("_T")

_ALIKE = 0.7
"""How much two names have in common, at least, for one to be meant by the other."""
_SENDABLE = "strings, numbers, booleans, outputs, and lists and maps of them"


def validate_arguments(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Decorate a function so that it checks its arguments first.

    Errors: InvalidArgumentError for an argument without a name, with an unknown one, missing, or
    of a type that cannot be sent; for pins and providers also for a constant that cannot be right.
    """
    parameters = inspect.signature(function).parameters
    keywords = [name for name, one in parameters.items() if one.kind is one.KEYWORD_ONLY]
    asked = [name for name in keywords if name != "opts"]
    required = [name for name in keywords if parameters[name].default is inspect.Parameter.empty]
    options = pulumi.ResourceOptions if "resource_name" in parameters else pulumi.InvokeOptions
    asker = function.__qualname__.removesuffix(".__init__")
    plain = function.__name__.removesuffix("_output")  # whose docstring has the arguments
    is_plain_form = options is pulumi.InvokeOptions and plain == function.__name__

    def find_wrong(args: Sequence[Any], kwargs: Mapping[str, Any]) -> InvalidArgumentError | None:
        if len(args) > len(parameters) - len(keywords):
            return _without_a_name((required or asked)[0], asked)
        for name in kwargs:
            if name not in parameters:
                chooser = function.__globals__.get(function.__name__.replace("images", "image"))
                fix = _meant(name, asked) or _elsewhere(name, options, chooser)
                return _not_an_argument(name, asked, fix)
        for name in required:
            if name not in kwargs:
                described = function.__globals__.get(plain, function)
                return _missing(name, described.__doc__ or "")
        given = dict(zip(parameters, args), **kwargs)  # noqa: B905 (some are keywords only)
        if not isinstance(given.get("opts"), (options, type(None))):
            return _wrong_options(given["opts"], options)
        for name in asked:
            if problem := _unsendable(given.get(name)):
                return InvalidArgumentError(problem, argument=name, allowed=_SENDABLE)
        if options is pulumi.ResourceOptions:
            return next(filter(None, (check_constant(name, given) for name in asked)), None)
        return _find_output(given, asker) if is_plain_form else None

    def check_constant(name: str, given: Mapping[str, Any]) -> InvalidArgumentError | None:
        from pulumi_tcimages.sdk.constants import find_wrong_constant  # many programs have no pin

        annotation = str(parameters[name].annotation)
        is_provider = "secret_key" in parameters
        return find_wrong_constant(name, given.get(name), annotation, is_provider=is_provider)

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        if wrong := find_wrong(args, kwargs):
            raise to_run_error(wrong, asker)
        return function(*args, **kwargs)

    return call


def _without_a_name(example: str, known: Sequence[str]) -> InvalidArgumentError:
    return InvalidArgumentError(
        "an argument is given without its name",
        allowed=", ".join(known),
        fix=f"put the name before the value, as in {example}=...",
    )


def _not_an_argument(name: str, known: Sequence[str], fix: str) -> InvalidArgumentError:
    return InvalidArgumentError(f'there is no argument "{name}"', allowed=", ".join(known), fix=fix)


def _meant(name: str, known: Sequence[str]) -> str:
    """Return a suggestion: another spelling, an argument with this word in its name, or a similar
    one.
    """
    found = (
        [one for one in known if camel(one) == name]
        or [one for one in known if name in one.split("_")]
        or difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
    )
    return f"did you mean {' or '.join(found)}?" if found else ""


def _elsewhere(name: str, options: type[Any], chooser: Callable[..., Any] | None) -> str:
    """Return where a name belongs that is not an argument of the call."""
    if name in inspect.signature(options).parameters:
        return f"give it in opts=pulumi.{options.__name__}({name}=...)"
    if chooser and name in inspect.signature(chooser).parameters:
        return f"call {chooser.__name__}, which chooses one image"
    return ""


def _missing(name: str, docs: str) -> InvalidArgumentError:
    described = re.search(rf"^ *{name}: (.+(?:\n {{8}}.+)*)", inspect.cleandoc(docs), re.MULTILINE)
    return InvalidArgumentError.of_missing(
        name, " ".join(described[1].split()) if described else ""
    )


def _wrong_options(given: object, options: type[Any]) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"expected pulumi.{options.__name__}, got {type(given).__name__}",
        argument="opts",
        fix=f"write opts=pulumi.{options.__name__}(...)",
    )


def _find_output(arguments: Mapping[str, Any], function: str) -> InvalidArgumentError | None:
    """Return an error for the first output or awaitable among the arguments of a plain form.

    The plain form returns bare values: the answer to a secret would not be a secret any more.
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
    """Yield the values inside lists and maps, each with its path: `.cuda`, `[0].values[1]`."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield from leaves(part, f"{path}[{number}]")
    else:
        yield path, value


def _unsendable(value: object) -> str:
    """Return why a value cannot be sent; empty if it can."""
    if isinstance(value, str):
        has_half = any("\ud800" <= one <= "\udfff" for one in value)
        return "half a character cannot be sent" if has_half else ""
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            return "the keys of a map are strings"
        return next(filter(None, map(_unsendable, value.values())), "")
    if isinstance(value, (list, tuple)):
        return next(filter(None, map(_unsendable, value)), "")
    plain = value is None or isinstance(value, (bool, int, float, pulumi.Output, pulumi.Resource))
    can = plain or inspect.isawaitable(value)
    return "" if can else f"a value of type {type(value).__name__} cannot be sent"
