"""Regular expressions that cannot hang: Rust's engine, as pydantic ships it.

Linear in the text, so no pattern can stall the plugin; in exchange no look-around and no
back-references. A pattern searches: it is not anchored unless it says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic_core import SchemaError, SchemaValidator, core_schema

from pulumi_tcimages.errors import QueryError

LONGEST = 256


@dataclass(frozen=True)
class Pattern:
    """A regular expression, as written and compiled."""

    text: str
    engine: SchemaValidator = field(compare=False, repr=False)

    def found_in(self, text: str | None) -> bool:
        return text is not None and self.engine.isinstance_python(text)


def read_pattern(text: str) -> Pattern:
    """The pattern that a text is.

    Errors: QueryError with the engine's reason and the position for one that does not compile.
    """
    schema = core_schema.str_schema(pattern=text, regex_engine="rust-regex")
    try:
        return Pattern(text, SchemaValidator(schema))
    except SchemaError as refused:
        raise _bad_pattern(str(refused)) from None


def _bad_pattern(engine_said: str) -> QueryError:
    """The engine prints the pattern indented by four, a caret under it, then `error: why`."""
    why = re.search(r"^error: (.+)", engine_said, re.MULTILINE)
    caret = re.search(r"^ {4}( *)\^", engine_said, re.MULTILINE)
    place = f" at character {len(caret[1]) + 1}" if caret else ""
    reason = why[1] if why else "it is too large when compiled"
    return QueryError(
        f"this regular expression does not compile: {reason}{place}",
        allowed="Rust regex syntax, at most 256 characters, without look-around",
    )
