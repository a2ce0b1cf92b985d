"""Redact secrets in text, including their escaped and encoded forms."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote as url_quote
from urllib.parse import quote_plus

from pulumi_tcimages.formatting import QUOTED, REDACTED, escape, printf_format, quote
from pulumi_tcimages.naming import camel, render_names

_SHORTEST_SECRET = 4
"""The minimum length of a secret to redact. Shorter strings occur in messages by chance."""
_SHORTEST_ENCODED = 8
"""The minimum length of a secret whose encoded forms are redacted.

The encoded forms of shorter secrets can be equal to ordinary words.
"""
_URL_SAFE = str.maketrans("+/", "-_")
_SAFE_CHARACTERS = ("", "/", "!*'()", "!#$&'()*+,/:;=?@", "$&+:=@")
"""The characters that encoders of Python, JavaScript and Go leave unchanged in URLs."""
_LONGEST_SECRET = 8 * 1024
"""Only this many leading characters of a secret are searched for.

The regular expression for all encodings is 100 times as long.
"""
_MOST_SECRETS = 200
_MOST_CHARACTERS = 64 * 1024
"""The maximum total length of all secrets.

For every 8 KiB of secrets, the regular expression takes 20 MiB of memory and 0.2 s to compile.
"""
_LONG_PATTERN = 8 * 1024
"""The maximum length of a regular expression to keep in the cache of the module `re`.

Longer expressions are removed to save memory. The expression for keys without a token is shorter.
"""
_LOOKAHEAD = 128 * 1024
NOT_SHOWN = "[not shown: there are more secrets than can be searched for]"


def redact(text: str, secrets: Iterable[str]) -> str:
    """Redact secrets in a text, except secrets shorter than four characters.

    If a secret is longer than 8 Ki characters, only its beginning is searched for, and all text
    after a match is redacted. The whole text is replaced if there are more than 200 secrets, or
    more than 64 Ki characters in all secrets.
    """
    return redact_beginning(text, secrets, len(text))


def redact_beginning(text: str, secrets: Iterable[str], length: int) -> str:
    """Return the first `length` characters of a text, with secrets redacted.

    The next 128 Ki characters are searched too, because a secret may end there.
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


@lru_cache(maxsize=4)  # All pages of a listing are searched for the same secrets.
def _any_of(secrets: frozenset[str]) -> re.Pattern[str] | None:
    """Build a regular expression for all forms of the secrets, or None if there are too many."""
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
    forms = {form for secret in long_enough for form in list_forms(secret[:_LONGEST_SECRET])}
    rests = {form for beginning in beginnings for form in list_forms(beginning)}
    # Sort longer strings first, because they may contain shorter ones.
    ordered = sorted(filter(str.strip, forms), key=len, reverse=True)
    patterns = (_in_lines(form) + (r"[\s\S]*" if form in rests else "") for form in ordered)
    whole = "|".join(patterns)
    # Ignore case, because some errors show host names in lower case.
    pattern = re.compile(whole, re.IGNORECASE)
    if len(whole) > _LONG_PATTERN:
        re.purge()  # Save memory: `re` caches the last 512 patterns.
    return pattern


def list_forms(text: str) -> Iterator[str]:
    """Yield the forms that a secret may have in messages: shortened, escaped, quoted or encoded."""
    yield quote(text)[1:-1]
    rewritten = [form for form in _rewritten_forms(text) if len(form) >= _SHORTEST_SECRET]
    for variant in (text, text[:QUOTED], *rewritten):
        yield from (variant, escape(variant), json.dumps(variant, ensure_ascii=False)[1:-1])
        yield " ".join(map(escape, variant.split()))
        yield from (shlex.quote(variant).strip("'"), printf_format(variant))
    if len(text.strip()) >= _SHORTEST_ENCODED:
        yield from _encoded_forms(text)


def _rewritten_forms(text: str) -> Iterator[str]:
    """Yield the text as messages show a path, or names in backticks."""
    if "/" in text and "\0" not in text:
        yield from (str(Path(text)), str(Path(text.removeprefix("~/"))))
        with suppress(RuntimeError):  # The user may have no home folder.
            yield str(Path(text).expanduser())
    if "`" in text:
        yield from (render_names(text, style) for style in (str, camel))


def _encoded_forms(text: str) -> Iterator[str]:
    """Yield a secret in URL encoding, base64 and hex, as a server may repeat it."""
    raw = text.encode(errors="replace")
    for safe in _SAFE_CHARACTERS:
        yield from (url_quote(raw, safe=safe), url_quote(raw, safe=f"{safe}+="))
    yield from (quote_plus(raw), quote_plus(raw, safe="*").replace("~", "%7E"))
    yield raw.hex()
    yield from (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode())
    for before in range(3):
        # Omit the first and last characters, because they also encode bits of adjacent data.
        encoded = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
        whole = (before + len(raw)) * 8 // 6
        inner = encoded[(before * 8 + 5) // 6 : whole]
        yield from (inner, inner.translate(_URL_SAFE))


def _in_lines(text: str) -> str:
    """Return a regular expression for a text that may be broken across lines."""
    return r"\s+".join(map(re.escape, text.split()))
