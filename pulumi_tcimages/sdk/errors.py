"""Build the exceptions that programs receive from the plugin's error messages.

The engine passes on only text, so the code in its first line determines the exception's class. Each
exception is also a `pulumi.RunError`, which Pulumi prints without a traceback.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NoReturn

import pulumi

from pulumi_tcimages import errors
from pulumi_tcimages.errors import InvalidArgumentError, TcImagesError, add_row
from pulumi_tcimages.formatting import REDACTED
from pulumi_tcimages.redaction import redact
from pulumi_tcimages.sdk.call_site import find_call_site

__tracebackhide__ = True  # Without it, pytest's tracebacks would print the arguments.
_WRAPPING = re.compile(
    r"(?:(?:invoke of|invocation of) tcimages:\S+ (?:failed|returned an error): "
    r"|rpc error: code = \w+ desc = )*"
)

_WITHHELD = (
    f"Asked    {REDACTED}: an argument is a secret, so no details are shown\n"
    "Next     ask the same with a plain value to see them"
)

_CLASSES: dict[str, type[TcImagesError]] = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, TcImagesError) and kind.code
}


class _ProgramError(pulumi.RunError):
    """The base class of the exceptions that programs receive. It contains an error's message.

    The fields of the error class are set only if the error occurred in this process. From an error
    in the plugin, the engine passes on only the message.
    """

    def __init__(self, text: str) -> None:
        Exception.__init__(self, text)  # The error class's `__init__` needs all its fields.
        self._text = text

    def text(self, *_: object, **__: object) -> str:
        return self._text

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name}: only the text of an error crosses the engine")

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._text!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickle a call to `parse_error`, because the class is created at run time and cannot be
        # imported.
        return parse_error, (self._text,)


class _HiddenDefault:
    """A descriptor that hides the default of an error's dataclass field.

    The default could be mistaken for the actual value, which the engine did not pass on.
    """

    def __get__(self, error: object, kind: type) -> NoReturn:
        raise AttributeError


def _build(kind: type[TcImagesError], text: str) -> _ProgramError:
    names: dict[str, Any] = {"__module__": kind.__module__, "__doc__": kind.__doc__}
    names |= {field: _HiddenDefault() for field in getattr(kind, "__dataclass_fields__", ())}
    both: type[_ProgramError] = type(kind.__name__, (_ProgramError, kind), names)
    return both(text)


def to_run_error(error: TcImagesError, subject: str = "", site: str = "") -> Exception:
    """Convert an error to a RunError with the same fields. Names in its message are snake_case.

    Args:
        site: the file and line of the program's call, if it is not running any more.
    """
    context = [("At", site or find_call_site())]
    raised = _build(type(error), error.text(subject, str, context))
    vars(raised).update(vars(error))
    return raised


def parse_error(text: str) -> Exception:
    """Build the exception for an error message from the plugin."""
    return _build(class_of(text) or TcImagesError, text)


def class_of(text: str) -> type[TcImagesError] | None:
    """Return the error class for the code in a message, or None if it contains no known code."""
    return _CLASSES.get(errors.find_code(text))


def read_failure(
    failure: Exception, site: str = "", secrets: Sequence[str] = (), *, is_redacted: bool = True
) -> Exception:
    """Convert an exception from Pulumi to an error of this package.

    Exceptions that do not come from a call to this package's functions are returned unchanged.

    Args:
        site: the file and line of the program's call.
        is_redacted: whether the plugin knew the secret arguments and redacted them. If not, only
            the first line is shown, because other lines may reveal secrets.
    """
    text = str(failure)
    wrapping = _WRAPPING.match(text)
    if type(failure) is not Exception or not wrapping or not wrapping[0]:
        return failure
    message = text[wrapping.end() :]
    first, _, _ = message.partition("\n")
    visible = message if is_redacted else f"{first}\n{_WITHHELD}"
    # Determine the class before redaction, which may change the error code in the first line.
    kind = class_of(message) or TcImagesError
    return _build(kind, redact(add_row(visible, "At", site), secrets))


def not_known(function: str) -> Exception:
    """Build the error for a call in a preview while the provider's configuration is unknown."""
    return to_run_error(
        InvalidArgumentError(
            "the provider's configuration is not known yet in this preview",
            fix=f"call {function}_output: it takes outputs of resources and waits for them",
        ),
        function,
    )
