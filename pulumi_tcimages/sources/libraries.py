"""Parse the libraries of a TIONE image and their versions from its description.

The description lists them in one line:

    支持的核心库:Python 3.10,CUDA 12.4,torch 2.3.0a0+40ec155e58.nv24.3,tilearn.ops 0.2.2.175

The colon and commas may be ASCII or full-width. In an entry that is a phrase instead of a name with
a version, only known components are recognized. The length of the line and the number of entries
are limited, because a description may have any size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pulumi_tcimages.core.names import KNOWN, canonical, read_name
from pulumi_tcimages.core.versions import comparable_version

_LONGEST_LINE = 8192
"""Maximum length, in characters, of the line in a description that lists libraries.

It is 15 times the length of the longest known line. Parsing stops there, to limit the time.
"""
_MOST_LIBRARIES = 256
_LONGEST_NAME = 64
_HEADING = re.compile(r"支持的核心库[ \t\u3000]{0,9}[:\uff1a]([^\r\n]*)")
_SEPARATOR = re.compile("[,，、;；]")
_WORD = r"(?![vV]?[0-9])[A-Za-z0-9][A-Za-z0-9_.+-]*"
_ENTRY = re.compile(
    rf"({_WORD}(?: {_WORD}){{0,3}})"
    # A version after a space or symbol, as in `torch 2.8.0+cu128` and `vllm==0.11.0`.
    r"(?:[ \t]*(?:[ \t]|==?|[:：@])[ \t]*([vV]?[0-9][A-Za-z0-9.+_!-]*))?"
    # A note in brackets, or Chinese text such as 等 ("and others").
    r"[ \t]*(?:[(（].*|[^\x00-\x7f].*)?"
)
_NO_LIBRARY = {"na", "nil", "no", "none", "null"}
_Library = tuple[str, str]
"""The name and version of a library. The version is "" if it cannot be parsed."""


class Libraries(NamedTuple):
    """The libraries of an image."""

    versions: dict[str, str]
    """The version of each library, or "" if it cannot be parsed."""
    gap: str
    """The reason why libraries may be missing, such as `(no library list)`, or ""."""


def read_libraries(description: str, named: Iterable[_Library] = ()) -> Libraries:
    """Return the libraries in a description, merged with `named`.

    Args:
        named: libraries from another field of the image. They override those in the description.
    """
    heading = _HEADING.search(description)
    line = heading[1] if heading else ""
    entries = _SEPARATOR.split(line[:_LONGEST_LINE])
    listed = [
        library for entry in entries[:_MOST_LIBRARIES] for library in _read_entry(entry.strip())
    ]
    fields = [(canonical(name), version) for name, version in named if name.strip()]
    versions = {**_settle(listed), **_settle(fields)}
    if len(line) > _LONGEST_LINE or len(entries) > _MOST_LIBRARIES:
        return Libraries(versions, "(a library list that is too long)")
    return Libraries(versions, "" if listed else "(no library list)")


def _read_entry(text: str) -> list[_Library]:
    """Parse an entry of the list, such as `torch 2.8.0`.

    If the entry is a phrase, return the known components in it.
    """
    entry = _ENTRY.fullmatch(text)
    if entry and len(entry[1]) <= _LONGEST_NAME:
        name, version = entry[1], entry[2]
        if version:
            return [(canonical(name), version)]
        is_word = " " not in name and name.lower() not in _NO_LIBRARY
        if is_word and not read_name(name).components:
            return [(canonical(name), "")]
    return [library for library in read_name(text).components.items() if library[0] in KNOWN]


def _settle(entries: Iterable[_Library]) -> dict[str, str]:
    """Merge entries with the same name. The version is "" if their versions differ."""
    versions: dict[str, str] = {}
    for name, version in entries:
        other = versions.setdefault(name, version)
        if comparable_version(other) != comparable_version(version):
            versions[name] = ""
    return versions
