"""Build exceptions for programs from the plugin's messages.

The engine transports only text. `read_failure` finds the class by the code in the first line. The
exception is also a `pulumi.RunError`, which Pulumi prints without a traceback.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NoReturn

import pulumi

from pulumi_tcimages import errors
from pulumi_tcimages.errors import InvalidArgumentError, TcImagesError, add_row
from pulumi_tcimages.redaction import REDACTED, redact
from pulumi_tcimages.sdk.call_site import find_call_site

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
    """An exception with its message and, if it was raised in this process, its fields."""

    def __init__(self, text: str) -> None:
        Exception.__init__(self, text)  # not super().__init__, which requires the fields
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
        return parse_error, (self._text,)  # the class is created here and found in no module


class _HiddenDefault:
    """Hides the default of a field, which would look like a real value."""

    def __get__(self, error: object, kind: type) -> NoReturn:
        raise AttributeError


def _build(kind: type[TcImagesError], text: str) -> _ProgramError:
    names: dict[str, Any] = {"__module__": kind.__module__, "__doc__": kind.__doc__}
    names |= {field: _HiddenDefault() for field in getattr(kind, "__dataclass_fields__", ())}
    both: type[_ProgramError] = type(kind.__name__, (_ProgramError, kind), names)
    return both(text)


def to_run_error(error: TcImagesError, subject: str = "") -> Exception:
    """Return an error of the SDK, ready to raise, with snake_case names and its fields."""
    context = [("At", find_call_site())]
    raised = _build(type(error), error.text(subject, str, context))
    vars(raised).update(vars(error))
    return raised


def parse_error(text: str) -> Exception:
    """Return the exception for a message of the plugin, ready to raise."""
    return _build(class_of(text) or TcImagesError, text)


def class_of(text: str) -> type[TcImagesError] | None:
    """Return the class of the code in a message's first line, or None."""
    return _CLASSES.get(errors.find_code(text))


def read_failure(
    failure: Exception, site: str = "", secrets: Sequence[str] = (), *, is_redacted: bool = True
) -> Exception:
    """Return our error for an exception of Pulumi, or the same exception if it is not ours.

    Args:
        site: the file and line of the program's call.
        secrets: texts to redact.
        is_redacted: whether the plugin knew what is secret. If not, only the first line is shown:
            the others may tell what follows from a secret.
    """
    text = str(failure)
    wrapping = _WRAPPING.match(text)
    if type(failure) is not Exception or not wrapping or not wrapping[0]:
        return failure
    message = text[wrapping.end() :]
    first, _, _ = message.partition("\n")
    shown = message if is_redacted else f"{first}\n{_WITHHELD}"
    kind = class_of(message) or TcImagesError  # before redaction, which may change the first line
    return _build(kind, redact(add_row(shown, "At", site), secrets))


def not_known(function: str) -> Exception:
    """Return the error of a plain form whose provider has an unknown configuration."""
    return to_run_error(
        InvalidArgumentError(
            "the provider's configuration is not known yet in this preview",
            fix=f"call {function}_output: it takes outputs of resources and waits for them",
        ),
        function,
    )
