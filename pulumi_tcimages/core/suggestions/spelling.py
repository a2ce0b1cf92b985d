"""Find the known word that is most similar to a misspelled one.

Words with different numbers are never similar: `A10` and `A100`, or `torch2.3` and `torch2.4`.
Letters that look like digits count as digits: `A1OO` is similar to `A100`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from pulumi_tcimages.formatting import quote

_ALIKE = 0.75
"""Minimum similarity of a suggested word. 0.75 accepts `Trian` for `Train` (0.8) and rejects
`tensorrt` for `tensorflow` (0.67).
"""
_LOOK_ALIKE = str.maketrans("oil", "011")


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most similar to a word, ignoring case, or None."""
    known = list(known)
    digits = word.lower().translate(_LOOK_ALIKE)
    if same := [other for other in known if other.lower().translate(_LOOK_ALIKE) == digits]:
        return same[0]
    numbers = _numbers(word)
    alike = {other.lower(): other for other in known if _numbers(other) == numbers}
    matches = difflib.get_close_matches(word.lower(), alike, n=1, cutoff=_ALIKE)
    return alike[matches[0]] if matches else None


def find_within(text: str, known: Iterable[str]) -> str | None:
    """Return the known word that occurs first in a text, ignoring case, or None.

    A number at the end of a word is ignored if necessary. So `Pytorch2` contains `pytorch`, and
    `nvidia-a10` contains `A10`, but `A100` does not contain `A10`.
    """
    by_word = {word.lower(): word for word in known}
    words = re.findall(r"[^\W_]+", text.lower())
    stems = (re.sub(r"[0-9]+$", "", word) for word in words)
    return next((by_word[word] for word in (*words, *stems) if word in by_word), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the question `did you mean ...?`, or "" if no known word is similar."""
    suggestion = closest(word, known)
    return f"did you mean {quote(suggestion)}?" if suggestion and suggestion != word else ""


def _numbers(word: str) -> list[str]:
    return re.findall(r"[0-9]+", word)
