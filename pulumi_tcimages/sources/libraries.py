"""Parse the libraries of a TIONE image and their versions from its description.

The description lists them in one line:

    支持的核心库:Python 3.10,CUDA 12.4,torch 2.3.0a0+40ec155e58.nv24.3,tilearn.ops 0.2.2.175

The colon and commas may be ASCII or full-width. In an entry that is a phrase instead of a name with
a version, only known components are recognized. The length of the line and the number of entries
are limited, because a description may have any size.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from pulumi_tcimages.core.components import KNOWN, canonical
from pulumi_tcimages.core.name_parts import is_release_date
from pulumi_tcimages.core.names import read_name
from pulumi_tcimages.core.versions import comparable_version
from pulumi_tcimages.sources.descriptions import LIST, NEGATION

_LONGEST_LINE = 8192
"""Maximum length, in characters, of the line in a description that lists libraries.

It is 15 times the length of the longest known line. Parsing stops there, to limit the time.
"""
_MOST_LIBRARIES = 256
_LONGEST_NAME = 64
_HEADING = re.compile(rf"(?<!不)支持的核心库[ \t\u3000]{{0,9}}[:\uff1a]{LIST}")
_NEXT_LINE = re.compile(r"\r?\n[ \t]*[A-Za-z0-9-][^\r\n:：]*(?:[\r\n]|$)")
"""Matches a line without a heading after the list, which may continue it."""
# The following patterns are for normalized text, in which commas and brackets are ASCII.
_SEPARATOR = re.compile("[,、;]")
_WORD = r"(?![vV]?[0-9])[A-Za-z0-9][A-Za-z0-9_.+-]*"
_ENTRY = re.compile(
    rf"({_WORD}(?: {_WORD}){{0,3}})"
    # A version after a space or symbol, as in `torch 2.8.0+cu128` and `vllm==0.11.0`.
    r"(?:[ \t]*(?:[ \t]|==?|[:@])[ \t]*([vV]?[0-9][A-Za-z0-9.+_!-]*))?"
    # A note in brackets, or Chinese text such as 等 ("and others").
    r"[ \t]*(?:\(.*|[^\x00-\x7f].*)?"
)
_AND_OTHERS = re.compile(r"等|\.\.\.|\betc\b", re.IGNORECASE)
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]")
_SECOND_NAME = re.compile(r"[^\x00-\x7f][ \t]*[A-Za-z]")
"""Matches a name after Chinese text, as in `torch 2.8.0和vllm 0.11` (和 means "and")."""
_ABSENCE = re.compile(f"未|{NEGATION}", re.IGNORECASE)
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
    # Full-width letters, digits and spaces become ordinary ones.
    text = unicodedata.normalize("NFKC", line[:_LONGEST_LINE])[:_LONGEST_LINE]
    entries = list(filter(None, map(str.strip, _SEPARATOR.split(text))))
    read = [_read_entry(entry) for entry in entries[:_MOST_LIBRARIES]]
    listed = [library for entry in read for library in entry.libraries]
    fields = [(canonical(name), version) for name, version in named if name.strip()]
    versions = {**_settle(listed), **_settle(fields)}
    if len(line) > _LONGEST_LINE or len(entries) > _MOST_LIBRARIES:
        return Libraries(versions, "(a library list that is too long)")
    if not listed:
        return Libraries(versions, "(no library list)")
    is_complete = all(entry.is_complete for entry in read) and not (
        heading and _NEXT_LINE.match(description, heading.end())
    )
    return Libraries(versions, "" if is_complete else "(an incomplete library list)")


class _Entry(NamedTuple):
    """The libraries in an entry of the list, and whether the whole entry was understood."""

    libraries: list[_Library]
    is_complete: bool = True


def _read_entry(text: str) -> _Entry:
    """Parse an entry of the list, such as `torch 2.8.0`.

    If the entry is a phrase, only the known components in it are read.
    """
    if text.lower() in _NO_LIBRARY:
        return _Entry([])
    if _ABSENCE.search(text):  # Such a phrase may name libraries that the image does not have.
        return _Entry([], is_complete=False)
    first = _ALPHANUMERIC.search(text)
    is_joined = first and _SECOND_NAME.search(text, first.end())
    is_complete = not is_joined and not _AND_OTHERS.search(text)
    entry = _ENTRY.fullmatch(text)
    if entry and len(entry[1]) <= _LONGEST_NAME:
        name, version = entry[1], entry[2]
        if version:
            # A note such as `(rc1)` says that the version is a pre-release.
            is_doubtful = comparable_version(version) and not comparable_version(
                text[entry.start(2) :]
            )
            return _Entry([(canonical(name), "" if is_doubtful else version)], is_complete)
        if " " not in name:
            glued = read_name(name).components  # as in `flash-attn2.7.4`
            return _Entry(list(glued.items()) or [(canonical(name), "")], is_complete)
    found = read_name(text).components
    known = [library for library in found.items() if library[0] in KNOWN]
    return _Entry(known, is_complete and 0 < len(known) == len(found))


def _settle(entries: Iterable[_Library]) -> dict[str, str]:
    """Merge entries with the same name. The version is "" if their versions differ."""
    versions: dict[str, str] = {}
    for name, text in entries:
        version = "" if is_release_date(name, text) else text
        other = versions.setdefault(name, version)
        if comparable_version(other) != comparable_version(version):
            versions[name] = ""
    return versions
