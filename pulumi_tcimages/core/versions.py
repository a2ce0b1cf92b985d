"""Parse versions and version ranges, using the library `packaging`.

A pre-release (2.3.0a0) is in a range only if the range itself names a pre-release. This rule is
implemented here, because the behaviour of `packaging` differs between its releases. A post-release
counts as stable. A version that cannot be parsed is outside every range.

Source: PEP 440, with additional rules (docs/guide.md, "How an image is chosen").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING

from packaging.version import Version

from pulumi_tcimages.errors import InvalidArgumentError

if TYPE_CHECKING:
    from packaging.specifiers import Specifier, SpecifierSet

LONGEST = 64
NOT_A_RANGE = "this is not a version range"
_EXAMPLE = 'a PEP 440 range such as ">=2.5,<3" or "==2.5.*"'

# A word such as `pre` needs no number, unless a letter follows: `2.5-previous` is not a
# pre-release. A single letter needs a number and must not follow a hyphen: `a100` in `2.5-a100` is
# a GPU.
PRE_RELEASE = "alpha|beta|preview|pre|rc"
_PRE = rf"(?:[-_. ]?(?:{PRE_RELEASE})(?:[-_.]?[0-9]+|(?![a-z]))|\.?[abc][0-9]+)"
_POST = r"(?:[-_. ]?(?:post|rev)(?:[-_.]?[0-9]+|(?![a-z]))|\.?r[0-9]+)"
_DEV = r"(?:[-_. ]?dev(?:[-_.]?[0-9]+|(?![a-z])))"
VERSION_SUFFIX = rf"{_PRE}?{_POST}?{_DEV}?(?:\+[a-z0-9]+(?:\.[a-z0-9]+)*)?"
"""Matches the suffix after a version's digits, such as `rc1`, `.post1`, `.dev1` or `+cu118`, in
lower case.
"""
UNSTABLE = "nightly|snapshot|canary|unstable|experimental|prerelease|test|testing|insider|daily|eap"
CHINESE_UNSTABLE = "测试|内测|公测|预览|实验|灰度|体验|候选|开发版"
"""In English: test, internal test, public test, preview, experimental, gradual release, trial,
candidate, development version.
"""
TEST_RELEASE = r"\.t[0-9][0-9.]*"
"""Matches the suffix of Huawei's test releases, such as `2.0.T3.1`, in lower case."""
_COMMIT = re.compile(r"(?<=[0-9])(\.[0-9]+)\.(?=[0-9]*[a-f])[0-9a-f]{6,40}(?![0-9a-z.])")
"""Matches the commit behind a version, as in `2.10.0.6daa0a`. It has no order."""
_LEADING = re.compile(rf"v?(([0-9]+)((?:\.[0-9]+)*){VERSION_SUFFIX})")
_MARK = re.compile(
    rf"(?<![a-z])(?:{PRE_RELEASE}|dev(?![0-9]{{4}})|{UNSTABLE})(?![a-z])"
    f"|{CHINESE_UNSTABLE}|^{TEST_RELEASE}"
)
_SECOND_READING = re.compile(r"\s*(?:[/|,;、~&]|or\b|and\b|或|和)\s*v?[0-9]+\.[0-9]")
"""Matches a separator and another version, as in `1.15/2.4`."""
_HYPHENED_LETTER = re.compile(r"[-_][abcr][0-9]")
_CONTINUED = re.compile(r"[-_,][0-9]|\.?[a-z]")
_MOST_DIGITS = 4
_LONGEST_TEXT = 1_000
"""Only this many characters of a string are parsed and cached, to limit memory."""


def read_version(text: str | None) -> Version | None:
    """Return the version at the start of a string, or None.

    `0.20.1-cu129` gives 0.20.1 and `2.0.0.nv23.05` gives 2.0.0. `nightly`, `2.x`, `1.15/2.4` and
    long numbers such as 20250501 give None. So does `2.6.0-nightly`, which may be newer or older
    than 2.6.0.
    """
    return _read_leading(text[:_LONGEST_TEXT]) if text else None


def drop_commit(text: str) -> str:
    """Remove the commit of a version in lower case: `2.10.0.6daa0a` is 2.10.0."""
    return _COMMIT.sub(r"\1", text)


@lru_cache(maxsize=4096)  # The cache takes at most 4 MB, even if a server sends long strings.
def _read_leading(text: str) -> Version | None:
    plain = drop_commit(unicodedata.normalize("NFKC", text).strip().lower())
    leading = _LEADING.match(plain)
    if not leading:
        return None
    if len(leading[2]) > (_MOST_DIGITS if leading[3] else 3):
        return None  # A long number is probably a date or a year.
    if not leading[3] and _CONTINUED.match(plain, leading.end()):
        # Ambiguous text is no version: `2-5` may mean 2.5, `2.x` is a series, `3d` is a word.
        return None
    if not _HYPHENED_LETTER.search(plain) and (version := parse_version(plain)):
        return version
    rest = plain[leading.end() :]
    if _MARK.search(rest) or _SECOND_READING.match(rest):
        return None
    return parse_version(leading[1].replace(" ", ""))


def comparable_version(text: str | None) -> Version | None:
    """Parse a version and drop its local label, such as `+cu118`, which has no meaningful order."""
    return _without_label(text[:_LONGEST_TEXT]) if text else None


@lru_cache(maxsize=4096)
def _without_label(text: str) -> Version | None:
    version = read_version(text)
    return Version(version.public) if version and version.local else version


def is_candidate(version: Version) -> bool:
    """Return whether a version is a release candidate, not an alpha, beta or dev release."""
    return version.pre is not None and version.pre[0] == "rc" and not version.is_devrelease


def parse_version(text: str) -> Version | None:
    if len(text) > LONGEST:
        return None
    try:
        return Version(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Range:
    """A version range: the user's text and the parsed form."""

    text: str
    specifiers: SpecifierSet = field(compare=False, repr=False)
    admits_prereleases: bool = field(compare=False, repr=False)
    admits_candidates: bool = field(default=False, compare=False, repr=False)
    """Whether release candidates count as stable releases."""

    def __contains__(self, version: Version | None) -> bool:
        if version is None:
            return False
        admits = self.admits_prereleases or (self.admits_candidates and is_candidate(version))
        return self.specifiers.contains(version, prereleases=admits)

    def divides(self, version: Version) -> bool:
        """Return whether a series is partly in the range: `<12.2` divides 12.

        A version of a single number is a series: the 12 in `cu12` may be 12.1 or 12.8.
        """
        return len(version.release) == 1 and any(
            _divides(specifier, version.major) for specifier in self.specifiers
        )

    def target(self) -> Version:
        """Return the lowest version in the range's text.

        Suggestions use it to measure how near other versions are.
        """
        return min(map(version_of, self.specifiers))


def read_range(text: str) -> Range:
    """Parse a PEP 440 range.

    Raises: InvalidArgumentError for invalid syntax, `===`, an empty range, more than 64 characters,
    or a range that no version satisfies.
    """
    if len(text) > LONGEST:
        raise InvalidArgumentError(
            f"a version range has at most {LONGEST} characters, this one has {len(text)}",
            allowed=_EXAMPLE,
            fix="shorten the range",
        )
    version_range = parse_range(text)
    if version_range is None:
        from pulumi_tcimages.core.suggestions import ranges

        odd = ranges.name_odd_sign(text)
        problem = f"{NOT_A_RANGE}: it has the character {odd}" if odd else NOT_A_RANGE
        raise InvalidArgumentError(problem, allowed=_EXAMPLE, fix=ranges.suggest_range(text))
    if clash := find_clash(version_range.specifiers):
        from pulumi_tcimages.core.suggestions import ranges

        low, high = clash
        problem = f"no version is both {low} and {high}"
        raise InvalidArgumentError(problem, fix=ranges.suggest_possible_range(text, low, high))
    return version_range


def exact_range(version: str | None) -> Range | None:
    """Return the range `==version`, or None if the version cannot be parsed."""
    parsed = read_version(version)
    return parse_range(f"=={parsed}") if parsed else None


def parse_range(text: str) -> Range | None:
    if len(text) > LONGEST:
        return None
    # Import this here, because it takes 6 ms and many lookups have no range.
    from packaging.specifiers import SpecifierSet

    try:
        specifiers = SpecifierSet(text)
    except ValueError:
        return None
    if not len(specifiers) or any(specifier.operator == "===" for specifier in specifiers):
        return None
    named = [version_of(specifier) for specifier in specifiers if specifier.operator != "!="]
    return Range(text, specifiers, any(version.is_prerelease for version in named))


def version_of(specifier: Specifier) -> Version:
    return Version(specifier.version.removesuffix(".*"))


def _divides(specifier: Specifier, series: int) -> bool:
    first, *rest = version_of(specifier).release
    if first != series:
        return False
    if not rest:  # `==12` selects the series.
        return specifier.operator in (">", "<=")
    is_start = not any(rest)
    if specifier.operator == "~=":
        return not is_start or len(rest) > 1
    return not (is_start and specifier.operator in (">=", "<"))


def find_clash(specifiers: SpecifierSet) -> tuple[Specifier, Specifier] | None:
    """Return two contradictory specifiers, such as `>=3` and `<2`, or None."""
    for low, high in permutations(sorted(specifiers, key=str), 2):
        start, end = _start_of(low), _end_of(high)
        if start is None or end is None or start < end:
            continue
        if start > end or not all(
            specifier.contains(start, prereleases=True) for specifier in (low, high)
        ):
            return low, high
    return None


def _start_of(specifier: Specifier) -> Version | None:
    """Return a lower bound of the versions that match a specifier, or None if there is none."""
    version = version_of(specifier)
    if specifier.operator in ("<", "<=", "!=") or version.local:
        return None
    return Version(f"{version}.dev0") if specifier.version.endswith(".*") else version


def _end_of(specifier: Specifier) -> Version | None:
    """Return an upper bound of the versions that match a specifier, or None if there is none."""
    version = version_of(specifier)
    if specifier.operator in (">", ">=", "!=") or version.local:
        return None
    if specifier.operator == "~=":
        *series, last = version.release[:-1]
    elif specifier.version.endswith(".*"):
        *series, last = version.release
    else:
        return version
    return Version(f"{version.epoch}!{'.'.join(map(str, [*series, last + 1]))}.dev0")
