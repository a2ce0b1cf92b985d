"""Parse versions and version ranges with the library `packaging`.

Pre-releases have a rule of their own here, because the behaviour of `packaging` has changed between
its releases: a pre-release (2.3.0a0) is in a range only if the range itself contains a pre-release.
A post-release counts as stable. A version that cannot be parsed is outside every range.

Source: PEP 440; the additional rules are our own (docs/guide.md, "How an image is chosen").
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
from pulumi_tcimages.formatting import quote

if TYPE_CHECKING:
    from packaging.specifiers import Specifier, SpecifierSet

LONGEST = 64
NOT_A_RANGE = "this is not a version range"
_EXAMPLE = 'a PEP 440 range such as ">=2.5,<3" or "==2.5.*"'
_USE_FORM = "write the range in one of the forms under Allowed"

# A word such as `pre` without a number counts only if no letter follows: `2.5-previous` is not a
# pre-release. A single letter needs a number and must not follow a hyphen: `a100` in `2.5-a100` is
# a GPU.
_PRE = r"(?:[-_. ]?(?:alpha|beta|preview|pre|rc)(?:[-_.]?[0-9]+|(?![a-z]))|\.?[abc][0-9]+)"
_POST = r"(?:[-_. ]?(?:post|rev)(?:[-_.]?[0-9]+|(?![a-z]))|\.?r[0-9]+)"
_DEV = r"(?:[-_. ]?dev(?:[-_.]?[0-9]+|(?![a-z])))"
VERSION_SUFFIX = rf"{_PRE}?{_POST}?{_DEV}?(?:\+[a-z0-9]+(?:\.[a-z0-9]+)*)?"
"""Matches the suffix after a version's digits: pre-release, post-release, dev and local label. The
text must be in lower case.
"""
UNSTABLE = "nightly|snapshot|canary|unstable|experimental"
_LEADING = re.compile(rf"v?(([0-9]+)((?:\.[0-9]+)*){VERSION_SUFFIX})")
_MARK = re.compile(
    rf"(?<![a-z])(?:alpha|beta|preview|pre|rc|dev(?![0-9]{{4}})|{UNSTABLE})(?![a-z])"
)
_HYPHENED_LETTER = re.compile(r"[-_][abcr][0-9]")
_CONTINUED = re.compile(r"[-_,][0-9]|\.?[a-z]")
_MOST_DIGITS = 4
_LONGEST_TEXT = 1_000
"""The number of leading characters of a string that are parsed. It bounds the caches below."""


def read_version(text: str | None) -> Version | None:
    """Return the version at the start of a string, or None.

    `0.20.1-cu129` gives 0.20.1 and `2.0.0.nv23.05` gives 2.0.0. `nightly`, `2.x` and dates give
    None. So does `2.6.0-nightly`, which may be newer or older than 2.6.0.
    """
    return _read_leading(text[:_LONGEST_TEXT]) if text else None


@lru_cache(maxsize=4096)  # at most 4 MB, even if a server sends long strings
def _read_leading(text: str) -> Version | None:
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    leading = _LEADING.match(plain)
    if not leading:
        return None
    if len(leading[2]) > (_MOST_DIGITS if leading[3] else 3):
        return None  # This is probably a date or a year.
    if not leading[3] and _CONTINUED.match(plain, leading.end()):
        return None  # Ambiguous: `2-5` may mean 2.5, `2.x` is a series, `3d` is a word.
    if not _HYPHENED_LETTER.search(plain) and (version := _parse(plain)):
        return version
    if _MARK.search(plain, leading.end()):
        return None
    return _parse(leading[1].replace(" ", ""))


def comparable_version(text: str | None) -> Version | None:
    """Return the version without its local label (`+cu118`), which has no meaningful order."""
    return _without_label(text[:_LONGEST_TEXT]) if text else None


@lru_cache(maxsize=4096)
def _without_label(text: str) -> Version | None:
    version = read_version(text)
    return Version(version.public) if version and version.local else version


def is_candidate(version: Version) -> bool:
    """Return whether a version is a release candidate, not an alpha, beta or dev release."""
    return version.pre is not None and version.pre[0] == "rc" and not version.is_devrelease


def _parse(text: str) -> Version | None:
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

    def __contains__(self, version: Version | None) -> bool:
        return version is not None and self.specifiers.contains(
            version, prereleases=self.admits_prereleases
        )

    def target(self) -> Version:
        """Return the lowest version in the range. The distance of near misses starts there."""
        return min(map(_version_of, self.specifiers))

    def widened(self, version: Version) -> Range | None:
        """Return a range that also contains the version, or None.

        Only specifiers that exclude the version change.
        """
        from packaging.specifiers import Specifier

        parts = [Specifier(part) for part in self.text.split(",") if part.strip()]
        changed = [_admit(version, part) for part in parts]
        # All specifiers contain the version: it is excluded only as a pre-release.
        if changed == list(map(str, parts)):
            others = [str(part) for part in parts if part.operator not in (">", ">=")]
            changed = [f">={version.public}", *others]
        wider = _read(",".join(dict.fromkeys(filter(None, changed))))
        return wider if wider and version in wider else None


def read_range(text: str) -> Range:
    """Parse a PEP 440 range.

    Errors: InvalidArgumentError, usually with a suggested correction. Besides invalid syntax, it is
    raised for `===`, an empty range, more than 64 characters, and a range that no version
    satisfies.
    """
    if len(text) > LONGEST:
        raise InvalidArgumentError(
            f"a version range has at most {LONGEST} characters, this one has {len(text)}",
            allowed=_EXAMPLE,
            fix="shorten the range",
        )
    found = _read(text)
    if found is None:
        odd = _name_odd_sign(text)
        problem = f"{NOT_A_RANGE}: it has the character {odd}" if odd else NOT_A_RANGE
        raise InvalidArgumentError(problem, allowed=_EXAMPLE, fix=_suggest_range(text) or _USE_FORM)
    clash = _find_clash(found.specifiers)
    if clash:
        low, high = clash
        problem = f"no version is both {low} and {high}"
        raise InvalidArgumentError(problem, fix=_suggest_possible_range(text, low, high))
    return found


def exact_range(version: str | None) -> Range | None:
    """Return the range `==version`, or None if the version cannot be parsed."""
    found = read_version(version)
    return _read(f"=={found}") if found else None


def _read(text: str) -> Range | None:
    if len(text) > LONGEST:
        return None
    # The import takes 6 ms, and many lookups have no range, so it happens here.
    from packaging.specifiers import SpecifierSet

    try:
        specifiers = SpecifierSet(text)
    except ValueError:
        return None
    if not len(specifiers) or any(specifier.operator == "===" for specifier in specifiers):
        return None
    named = [_version_of(specifier) for specifier in specifiers if specifier.operator != "!="]
    return Range(text, specifiers, any(version.is_prerelease for version in named))


def _version_of(specifier: Specifier) -> Version:
    return Version(specifier.version.removesuffix(".*"))


def _find_clash(specifiers: SpecifierSet) -> tuple[Specifier, Specifier] | None:
    """Return two specifiers of a range that no version satisfies together, or None."""
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
    """Return a lower bound of the versions that match, or None if none can be computed."""
    version = _version_of(specifier)
    if specifier.operator in ("<", "<=", "!=") or version.local:
        return None
    return Version(f"{version}.dev0") if specifier.version.endswith(".*") else version


def _end_of(specifier: Specifier) -> Version | None:
    """Return an upper bound of the versions that match, or None if none can be computed."""
    version = _version_of(specifier)
    if specifier.operator in (">", ">=", "!=") or version.local:
        return None
    if specifier.operator == "~=":
        *series, last = version.release[:-1]
    elif specifier.version.endswith(".*"):
        *series, last = version.release
    else:
        return version
    return Version(f"{version.epoch}!{'.'.join(map(str, [*series, last + 1]))}.dev0")


def _suggest_possible_range(text: str, low: Specifier, high: Specifier) -> str:
    """Suggest a fix for a range with two contradictory specifiers."""
    turned = f"{low.operator}{high.version},{high.operator}{low.version}"
    is_pair = text.count(",") == 1 and low.operator[0] == ">" and high.operator[0] == "<"
    if is_pair and _version_of(low) > _version_of(high):
        return f"write {quote(turned, LONGEST)}"
    return "leave one of the two out"


def _admit(version: Version, specifier: Specifier) -> str:
    """Return a specifier that includes the version, or "" if the specifier must be dropped."""
    if specifier.contains(version, prereleases=True):
        return str(specifier)
    if specifier.operator == "!=":
        return ""
    if specifier.operator in ("==", "~="):
        return _narrowest_for(version, specifier)
    return f"{'>=' if specifier.operator in ('>', '>=') else '<='}{version.public}"


def _narrowest_for(version: Version, specifier: Specifier) -> str:
    """Return an `==` or `~=` specifier for the version, as precise as the old specifier."""
    wanted, found = _version_of(specifier).release, version.release
    if specifier.operator == "~=" and len(found) > 1:
        return f"~={version.public}"
    is_series = specifier.version.endswith(".*") or found[: len(wanted)] == wanted
    if is_series and not version.is_prerelease and not version.epoch:
        return f"=={'.'.join(map(str, found[: len(wanted)]))}.*"
    return f"=={version.public}"


_DIALECT_SIGNS = {"\u2265": ">=", "\u2264": "<=", "\u2260": "!=", "\u3001": ",", "\uff1b": ","}
"""The symbols ≥ ≤ ≠ 、 ；, which NFKC does not convert to the ASCII that is meant."""
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})*"
_INTERVAL = re.compile(rf"([\[(])\s*({_NUMBER})?\s*(?:(,)\s*({_NUMBER})?\s*)?([\])])")


def _to_ascii(text: str) -> str:
    """Convert full-width and mathematical symbols to ASCII."""
    plain = "".join(_DIALECT_SIGNS.get(character, character) for character in text)
    return unicodedata.normalize("NFKC", plain)


def _name_odd_sign(text: str) -> str:
    """Return the first non-ASCII character with its Unicode name, or ""."""
    odd = next((character for character in text if not character.isascii()), "")
    return f"{quote(odd)} ({unicodedata.name(odd, 'no ASCII character').lower()})" if odd else ""


def _suggest_range(text: str) -> str:
    """Suggest the range that was probably intended, or return ""."""
    bare = _to_ascii(text).strip().strip("\"'").strip()
    version = _parse(bare)
    if version:
        return _suggest_ranges_of(version)
    guesses = (
        bare,
        _translate_dialect(bare),
        f"{bare}.0",
        f"={bare}",
        f"=={bare}",
        bare.replace("=>", ">=").replace("=<", "<="),
        re.sub(r"\s*(?:&&|\band\b|;)\s*", ",", bare),
        re.sub(r"(?<=[0-9a-z*])\s*(?=[<>=!~])", ",", bare),
    )
    found = (
        guess for guess in guesses if (read := _read(guess)) and not _find_clash(read.specifiers)
    )
    return next((f"write {quote(guess, LONGEST)}" for guess in found), "")


def _translate_dialect(text: str) -> str:
    """Convert an npm, Terraform, Ruby or Maven range to PEP 440; "" for any other string."""
    if series := re.fullmatch(rf"={{0,2}}\s*v?({_NUMBER})(?:\.[xX*])+", text):
        return f"=={series[1]}.*"
    if at_least := re.fullmatch(rf"v?({_NUMBER})\s*\+", text):
        return f">={at_least[1]}"
    if between := re.fullmatch(rf"v?({_NUMBER})\s+-\s+v?({_NUMBER})", text):
        return f">={between[1]},<={between[2]}"
    if interval := _INTERVAL.fullmatch(text):
        return _translate_interval(*interval.groups())
    found = re.fullmatch(rf"(\^|~>|~)\s*v?({_NUMBER})", text)
    if not found:
        return ""
    parts = found[2].split(".")
    if found[1] == "~":  # npm's tilde allows changes after the minor version, if there is one.
        parts = [*parts[:2], ""] if len(parts) > 1 else [*parts, ""]
    # npm's caret allows changes after the first number that is not 0.
    held = next((place for place, part in enumerate(parts, 1) if part and int(part)), len(parts))
    *same, last = parts[:held] if found[1] == "^" else parts[:-1] or [""]
    end = ".".join([*same, str(int(last) + 1)]) if last else ""
    return f">={found[2]},<{end}" if end else f">={found[2]}"


def _translate_interval(
    opened: str, low: str | None, comma: str | None, high: str | None, closed: str
) -> str:
    """Convert Maven's `[2.5,3)` to PEP 440."""
    if not comma:
        return f"=={low}" if low and (opened, closed) == ("[", "]") else ""
    lower = f"{'>=' if opened == '[' else '>'}{low}" if low else ""
    upper = f"{'<=' if closed == ']' else '<'}{high}" if high else ""
    return ",".join(filter(None, [lower, upper]))


def _suggest_ranges_of(version: Version) -> str:
    spellings = (
        (f"=={version}", "this version"),
        (f"=={version}.*", "its series"),
        (f">={version.public}", "from it on"),
    )
    good = [
        f"{quote(spelling, LONGEST)} ({meaning})"
        for spelling, meaning in spellings
        if _read(spelling)
    ]
    listed = " or ".join(filter(None, [", ".join(good[:-1]), *good[-1:]]))
    return f"write {listed}" if listed else ""
