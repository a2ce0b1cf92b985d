"""Versions and ranges, read with `packaging` and never compared as text.

Two rules of our own on top of PEP 440, because the library changed its mind between releases: a
pre-release (2.3.0a0, 1.0.dev3) is in a range only where the range names one, and a version that
cannot be read is in no range. A post-release counts as stable.

Source: PEP 440; the rules are our decision (design, "The choosing rule").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from pulumi_tcimages.errors import QueryError
from pulumi_tcimages.layout import quote

LONGEST = 64
_EXAMPLE = 'a PEP 440 range such as ">=2.5,<3" or "==2.5.*"'


@lru_cache(maxsize=4096)
def read_version(text: str | None) -> Version | None:
    """The version that a text is, or None where it is none."""
    if not text or len(text) > LONGEST:
        return None
    try:
        return Version(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Range:
    """A version range, as written and as read."""

    text: str
    specifiers: SpecifierSet = field(compare=False, repr=False)
    admits_prereleases: bool = field(compare=False, repr=False)

    def __contains__(self, version: Version | None) -> bool:
        return version is not None and self.specifiers.contains(
            version, prereleases=self.admits_prereleases
        )

    def target(self) -> Version:
        """The version that the range turns around: what a near miss is measured against."""
        return min(map(_version_of, self.specifiers))


def read_range(text: str) -> Range:
    """The range that a text is.

    Errors: QueryError, with the right spelling, for anything else: a bare version, a caret, a
    missing comma, `===`, an empty range, one of more than 64 characters.
    """
    if len(text) > LONGEST:
        raise QueryError(
            f"a version range has at most {LONGEST} characters, this one has {len(text)}",
            allowed=_EXAMPLE,
        )
    try:
        specifiers = SpecifierSet(text)
        versions = [_version_of(one) for one in specifiers if one.operator != "!="]
    except (InvalidSpecifier, ValueError):
        raise _not_a_range(text) from None
    if not len(specifiers) or any(one.operator == "===" for one in specifiers):
        raise _not_a_range(text)
    return Range(text, specifiers, any(version.is_prerelease for version in versions))


def _version_of(specifier: object) -> Version:
    return Version(getattr(specifier, "version", "").removesuffix(".*"))


def _not_a_range(text: str) -> QueryError:
    return QueryError("this is not a version range", allowed=_EXAMPLE, fix=_spelled_right(text))


def _spelled_right(text: str) -> str:
    """What the user probably meant, as something that can be pasted."""
    bare = text.strip()
    if read_version(bare):
        return (
            f'write "=={bare}" (this version), "=={bare}.*" (its series) or ">={bare}" (from it on)'
        )
    numbers = re.fullmatch(r"\^\s*v?(\d{1,9})((?:\.\d{1,9})*)", bare)
    if numbers:
        return f'write ">={numbers[1]}{numbers[2]},<{int(numbers[1]) + 1}"'
    if re.fullmatch(r"~=\s*\d{1,9}", bare):
        return f'write "{bare}.0"'
    apart = re.sub(r"\s+(?=[<>=!~])", ",", bare)
    if apart != bare and _reads(apart):
        return f"write {quote(apart)}: a comma between the parts"
    return ""


def _reads(text: str) -> bool:
    try:
        return bool(len(SpecifierSet(text)))
    except InvalidSpecifier:
        return False
