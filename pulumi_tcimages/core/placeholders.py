"""Detect placeholders in settings, such as `<your-secret-id>`.

Users copy them from examples, `tccli configure` stores the word None if the user presses Enter, and
some tools do not expand `${VAR}`.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Placeholder(NamedTuple):
    """A placeholder in a setting. It does not contain the setting's text, which may be a secret."""

    holds: str
    """A description of the setting as a verb phrase, such as "is empty"."""
    fix: str
    """The advice, such as "fill in". Messages append the name of the setting."""
    is_blank: bool = False
    """Whether the placeholder means "no value" rather than "replace this"."""

    @property
    def is_empty(self) -> bool:
        """Whether the setting's text is empty."""
        return self == _EMPTY


_EMPTY = Placeholder("is empty", "fill in", is_blank=True)
_QUOTED = Placeholder("holds a value in quotes", "remove the quotes in")
_TEMPLATE = Placeholder("holds a placeholder", "replace the placeholder in")
_VARIABLE = Placeholder("holds a variable that was not expanded", "write the value itself in")

_LONGEST = 64 * 1024
"""Maximum length of a text to check. Longer texts are not valid settings."""
_BLANK = {"none", "null", "nil", "undefined", "n/a", "nan"}
_TRUTHS = {"true", "false"}
_DASHES = re.compile(r"[-_\u2013\u2014]+")
_INVISIBLE = "\ufeff\u200b"
_PUNCTUATION = f"{_INVISIBLE},;.() \t"
"""Punctuation to ignore around a word, as in `None,` or `(null)`."""
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
# The patterns must run in linear time, because a setting may be malicious.
_BRACKETS = (("${", "}"), ("$(", ")"), ("{{", "}}"), ("#{", "}"))
"""Brackets of templates: `${VAR}`, GitHub's `${{ secrets.VAR }}`, Kubernetes' `$(VAR)`."""
_UNEXPANDED = re.compile(
    r"\$[A-Za-z_]"
    r"|%[A-Za-z_]\w*%"
    r"|^@+[A-Za-z_]\w*@+$"
    r"|^![A-Za-z_]\w*!$"
)
"""Matches a variable that was not expanded: `$VAR`, `%VAR%`, or CMake's `@VAR@`."""
_MARKED = re.compile(r"<[a-z][^<>]*>|\*{3}", re.IGNORECASE)
"""Matches `<uin>`, also inside a value such as an ARN, and the `***` of a masked key."""
_FORGOTTEN = re.compile(
    r"(akid)?(x{3,}([-_ ]x+)*|[*?\u2022\u2026]+|\.{3,})"
    r"|\[[a-z][\w -]*\]|\{[a-z][\w -]*\}|__[a-z]\w*__|\(\(.*\)\)"
    r"|todo|tbd|fixme|placeholder|redacted|changeme|replaceme"
    r"|(insert|enter|paste|put|fill|change|replace)[-_ ](your|my|me|with|in|here)(?![a-z]).*"
    r"|(akid)?your(?=[-_ ]|secret|key|token|region|role|profile).*"
    r"|(my[-_ ]?|tencent(cloud)?[-_ ])?(secret|access|api)[-_ ]?(id|key)([-_ ]?(id|here))?"
    r"|(my[-_ ]?|tencent(cloud)?[-_ ])?(security|session)[-_ ]?token",
    re.IGNORECASE,
)


def find_placeholder(text: str) -> Placeholder | None:
    """Return the placeholder in a setting's text, or None if the text is a real value."""
    if len(text) > _LONGEST:
        return None
    inner = text.strip()
    bare = inner.strip(_QUOTES).strip()
    if not bare:
        return _EMPTY
    word = bare.strip(_QUOTES + _PUNCTUATION)
    if word.lower() in _BLANK | _TRUTHS:
        is_blank = word.lower() in _BLANK
        return Placeholder(f"holds the word {word}", "replace that word in", is_blank)
    if _UNEXPANDED.search(bare) or any(_has_pair(bare, *pair) for pair in _BRACKETS):
        return _VARIABLE
    if _MARKED.search(bare) or _FORGOTTEN.fullmatch(bare):
        return _TEMPLATE
    return _QUOTED if bare != inner else None


def find_key_placeholder(text: str) -> Placeholder | None:
    """Return the placeholder in a key or token, or None. Dashes alone are a placeholder too."""
    if len(text) <= _LONGEST and _DASHES.fullmatch(text.strip().strip(_QUOTES).strip()):
        return Placeholder("holds nothing but dashes", "replace them in", is_blank=True)
    return find_placeholder(text)


def _has_pair(text: str, opening: str, closing: str) -> bool:
    start = text.find(opening)
    return start >= 0 and text.find(closing, start + len(opening)) >= 0
