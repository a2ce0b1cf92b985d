"""Remove secrets from a text, in every form in which a message may show them."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote as url_quote
from urllib.parse import quote_plus

from pulumi_tcimages.formatting import QUOTED, escape, quote

_SHORTEST_SECRET = 4
"""The length of the shortest secret that is redacted. Shorter ones occur in texts by chance."""
_SHORTEST_ENCODED = 8
"""The length of the shortest secret whose base64 form is redacted. Shorter forms resemble words."""
_URL_SAFE = str.maketrans("+/", "-_")
_LONGEST_SECRET = 8 * 1024
"""The length of a secret's part that is searched for. The pattern of its forms is 100 times as
long.
"""
REDACTED = "[secret]"


_MOST_SECRETS = 200
_MOST_CHARACTERS = 64 * 1024
"""The total length of all secrets. For each 8 KiB, their pattern takes 20 MiB and 0.2 s."""
_LOOKAHEAD = 128 * 1024
NOT_SHOWN = "[not shown: there are more secrets than can be searched for]"


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text without these secrets. Secrets of less than four characters stay.

    A very long secret is found by its beginning, and everything behind it is hidden too. With more
    than 200 secrets, or more than 64 Ki characters of them, nothing is shown.
    """
    return redact_beginning(text, secrets, len(text))


def redact_beginning(text: str, secrets: Iterable[str], length: int) -> str:
    """Return the first `length` characters of a text without these secrets.

    The 128 Ki characters behind them are searched too, for secrets that begin before.
    """
    pattern = _any_of(frozenset(secrets))
    if pattern is None:
        return NOT_SHOWN
    if not pattern.pattern:
        return text[:length]
    parts, end = [], 0
    for found in pattern.finditer(text[: length + _LOOKAHEAD]):
        if found.start() >= length:
            break
        parts += [text[end : found.start()], REDACTED]
        end = found.end()
    return "".join([*parts, text[end:length]])


@lru_cache(maxsize=16)  # all replies of a listing are searched for the same keys
def _any_of(secrets: frozenset[str]) -> re.Pattern[str] | None:
    """Return a pattern for all forms of these secrets, or None if there are too many."""
    long_enough = {
        secret[: _LONGEST_SECRET + 1]
        for secret in secrets
        if len(secret.strip()) >= _SHORTEST_SECRET
    }
    if len(long_enough) > _MOST_SECRETS or sum(map(len, long_enough)) > _MOST_CHARACTERS:
        return None
    beginnings = {
        secret[:_LONGEST_SECRET] for secret in long_enough if len(secret) > _LONGEST_SECRET
    }
    forms = {form for secret in long_enough for form in _forms(secret[:_LONGEST_SECRET])}
    rests = {form for beginning in beginnings for form in _forms(beginning)}
    # the longest first, because a secret may be a part of another
    ordered = sorted(filter(str.strip, forms), key=len, reverse=True)
    patterns = (_in_lines(form) + (r"[\s\S]*" if form in rests else "") for form in ordered)
    return re.compile("|".join(patterns), re.IGNORECASE)  # names are shown in lower case


def _forms(text: str) -> Iterator[str]:
    """Yield the forms in which a message may show a value: cut, escaped, as JSON, in a command."""
    yield quote(text)[1:-1]
    for shown in (text, text[:QUOTED]):
        yield from (shown, escape(shown), json.dumps(shown, ensure_ascii=False)[1:-1])
        yield " ".join(map(escape, shown.split()))
        yield shlex.quote(shown).strip("'")
    if len(text.strip()) >= _SHORTEST_ENCODED:
        yield from _encoded_forms(text)


def _encoded_forms(text: str) -> Iterator[str]:
    """Yield the forms in which a server may repeat a value: in a URL, in base64 and in hex."""
    raw = text.encode(errors="replace")
    for safe in ("", "/"):
        yield from (url_quote(raw, safe=safe), url_quote(raw, safe=f"{safe}+="))
    yield quote_plus(raw)
    yield raw.hex()
    yield from (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode())
    for before in range(3):
        # The characters that share bits with those before or after are left out.
        encoded = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
        whole = (before + len(raw)) * 8 // 6
        inner = encoded[(before * 8 + 5) // 6 : whole]
        yield from (inner, inner.translate(_URL_SAFE))


def _in_lines(text: str) -> str:
    """Return a pattern for a text that may contain line breaks."""
    return r"\s+".join(map(re.escape, text.split()))
