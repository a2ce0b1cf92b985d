"""Regular expressions from users. They run in linear time, with Rust's regex engine from pydantic.

Look-around and back-references are not supported. The size of a pattern is limited, because the run
time grows with it. A pattern may match anywhere in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic_core import SchemaError, SchemaValidator, core_schema

from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import quote

_LARGEST = 1_000
_ALLOWED = "Rust regex syntax, at most 256 characters, without look-around"
_PIECE = (
    r"(?s)(?P<open>\()|(?P<close>\))|\{\s*(?P<least>[0-9]+)\s*(?:,\s*(?P<most>[0-9]*)\s*)?\}"
    r"|\\[xuUpP]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|."
)


@dataclass(frozen=True)
class Pattern:
    """A regular expression: the user's text and the compiled form."""

    text: str
    engine: SchemaValidator = field(compare=False, repr=False)

    def found_in(self, text: str | None) -> bool:
        return text is not None and self.engine.isinstance_python(text)


def read_pattern(text: str) -> Pattern:
    """Compile a pattern.

    Raises: InvalidArgumentError with the regex engine's reason and position.
    """
    schema = core_schema.str_schema(pattern=text, regex_engine="rust-regex")
    try:
        pattern = Pattern(text, SchemaValidator(schema))
    except SchemaError as refused:
        raise _bad_pattern(text, str(refused)) from None
    if _written_out(text) > _LARGEST:
        raise _too_large()
    return pattern


def escape_pattern(text: str) -> str:
    """Escape a string, so that the pattern matches it literally."""
    return re.sub(r"([\\.+*?()|\[\]{}^$#&~-])", r"\\\1", text).replace(r"\-", "-")


def translate_glob(text: str) -> str:
    """Convert a glob such as `*vllm*gpu` to a pattern that may match anywhere in a text."""
    escaped = escape_pattern(text.strip("*"))
    return escaped.replace(r"\*", ".*").replace(r"\?", ".")


def _written_out(text: str) -> int:
    """Return the size of a pattern after expanding counts such as `{3}`."""
    outer: list[int] = []
    total = last = 0
    for token in re.finditer(_PIECE, text):
        if token["open"]:
            outer.append(total)
            total = last = 0
        elif token["close"]:
            last, total = total, total + sum(outer[-1:])
            del outer[-1:]
        elif token["least"]:
            times = int(token["most"] or token["least"])
            total += last * (times - 1)
            last *= times
        else:
            last = 1
            total += 1
    return total


def _bad_pattern(text: str, engine_message: str) -> InvalidArgumentError:
    """Build an error from the engine's message: the pattern, a caret and the reason."""
    why = re.search(r"^error: (.+)", engine_message, re.MULTILINE)
    caret = re.search(r"^ {4}( *)\^", engine_message, re.MULTILINE)
    if not why:
        return _too_large()
    place = f" at character {len(caret[1]) + 1}" if caret else ""
    exact = f"{quote(escape_pattern(text), _LARGEST)} to find exactly this text"
    glob = quote(translate_glob(text), _LARGEST)
    if "not supported" in why[1]:
        fix = "write a pattern without it"
    elif "*" in text and text.strip("*?"):
        fix = f"write {glob}, which may match anywhere in the text, or {exact}"
    else:
        fix = f"write {exact}"
    return InvalidArgumentError(
        f"this regular expression does not compile: {why[1]}{place}", allowed=_ALLOWED, fix=fix
    )


def _too_large() -> InvalidArgumentError:
    return InvalidArgumentError(
        "this regular expression is too large",
        allowed=f"{_LARGEST} characters and classes at most, counted repetitions written out",
        fix='write "*" or "+" where the exact count does not matter',
    )
