"""Suggest version ranges: corrections of invalid ranges, and ranges that include a version."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from packaging.version import Version

from pulumi_tcimages.core.versions import (
    LONGEST,
    Range,
    find_clash,
    parse_range,
    parse_version,
    version_of,
)
from pulumi_tcimages.formatting import quote

if TYPE_CHECKING:
    from packaging.specifiers import Specifier

_USE_FORM = 'write a range, for instance ">=2.5,<3"'


def widen(range_: Range, version: Version) -> Range | None:
    """Return a wider range that contains the version, or None.

    Specifiers that already allow the version are kept unchanged.
    """
    # Import this here, because it takes 6 ms and only errors need it.
    from packaging.specifiers import Specifier

    parts = [Specifier(part) for part in range_.text.split(",") if part.strip()]
    changed = [_admit(version, part) for part in parts]
    # If all specifiers contain the version, it is excluded as a pre-release. So add a lower bound
    # that names the pre-release.
    if changed == list(map(str, parts)):
        others = [str(part) for part in parts if part.operator not in (">", ">=")]
        changed = [f">={version.public}", *others]
    wider = parse_range(",".join(dict.fromkeys(filter(None, changed))))
    return wider if wider and version in wider else None


def suggest_possible_range(text: str, low: Specifier, high: Specifier) -> str:
    """Suggest a fix for a range with contradictory specifiers, such as `>=3,<2`."""
    turned = f"{low.operator}{high.version},{high.operator}{low.version}"
    is_pair = text.count(",") == 1 and low.operator[0] == ">" and high.operator[0] == "<"
    if is_pair and version_of(low) > version_of(high):
        return f"write {quote(turned, LONGEST)}"
    return f"leave out {low} or {high}"


def _admit(version: Version, specifier: Specifier) -> str:
    """Change a specifier so that it includes the version, or return "" if it must be dropped."""
    if specifier.contains(version, prereleases=True):
        return str(specifier)
    if specifier.operator == "!=":
        return ""
    if specifier.operator in ("==", "~="):
        return _narrowest_for(version, specifier)
    return f"{'>=' if specifier.operator in ('>', '>=') else '<='}{version.public}"


def _narrowest_for(version: Version, specifier: Specifier) -> str:
    """Return an `==` or `~=` specifier for the version that is as precise as the old specifier."""
    wanted, found = version_of(specifier).release, version.release
    if specifier.operator == "~=" and len(found) > 1:
        return f"~={version.public}"
    is_series = specifier.version.endswith(".*") or found[: len(wanted)] == wanted
    if is_series and not version.is_prerelease and not version.epoch:
        return f"=={'.'.join(map(str, found[: len(wanted)]))}.*"
    return f"=={version.public}"


_DIALECT_SIGNS = {
    **dict.fromkeys("\u2265\u2267\u2a7e", ">="),
    **dict.fromkeys("\u2264\u2266\u2a7d", "<="),
    "\u2260": "!=",
    **dict.fromkeys("\u3001\uff1b", ","),
    "\u3002": ".",
    **dict.fromkeys("\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u201c\u201d\u2018\u2019", "'"),
}
"""ASCII replacements for symbols such as ≥, which Unicode normalization leaves unchanged."""
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})*"
# The Chinese words mean `to`, `or newer`, `or older` and `newest`.
_BETWEEN = r"\s+-\s+|\s*(?:\.{2,3}|~|至|到)\s*|\s+to\s+"
_AND_NEWER = r"\s*\+|\s+(?:or|and) (?:newer|later|higher|above|greater|up)|\s*[及或]?以上"
_AND_OLDER = r"\s+(?:or|and) (?:older|earlier|lower|below|less)|\s*[及或]?以下"
_NEWEST = ("latest", "newest", "stable", "lts", "最新")
_USE_LATEST = "leave it out; `latest` chooses the newest version"
_ANY = ("*", "any", "all", "x")
_INTERVAL = re.compile(rf"([\[(])\s*({_NUMBER})?\s*(?:(,)\s*({_NUMBER})?\s*)?([\])])")


def _to_ascii(text: str) -> str:
    """Convert full-width and mathematical symbols to ASCII."""
    plain = "".join(_DIALECT_SIGNS.get(character, character) for character in text)
    return unicodedata.normalize("NFKC", plain)


def name_odd_sign(text: str) -> str:
    """Return the first non-ASCII character with its Unicode name, for a message, or ""."""
    odd = next((character for character in text if not character.isascii()), "")
    return f"{quote(odd)} ({unicodedata.name(odd, 'no ASCII character').lower()})" if odd else ""


def suggest_range(text: str) -> str:
    """Suggest the range that the user probably meant, or show an example."""
    bare = _to_ascii(text).strip().strip("\"'").strip()
    version = parse_version(bare)
    if version:
        return _suggest_ranges_of(version) or _USE_FORM
    if bare.lower() in _NEWEST:
        return _USE_LATEST
    if bare.lower() in _ANY:
        return "leave it out, so that every version matches"
    if "||" in bare:
        return "write one range that includes all of these: a range has no alternatives"
    guesses = (
        bare,
        _translate_dialect(bare),
        f"{bare}.0",
        f"={bare}",
        f"=={bare}",
        bare.replace("=>", ">=").replace("=<", "<="),
        re.sub(r"\s*(?:&&|\band\b|;)\s*", ",", bare),
        re.sub(r"(?<=[0-9a-z*])\s*(?=[<>=!~])", ",", bare),
        re.sub(r"^!\s*(?==?\s*[0-9])=?", "!=", bare),
        re.sub(r"([<>]=?\s*[0-9.]*[0-9])\.[*xX]", r"\1", bare),
        re.sub(r"^([0-9]+),([0-9]+)$", r"==\1.\2", bare),
    )
    found = (
        guess
        for guess in guesses
        if (read := parse_range(guess)) and not find_clash(read.specifiers)
    )
    return next((f"write {quote(guess, LONGEST)}" for guess in found), _USE_FORM)


def suggest_component(text: str) -> str:
    """Suggest a fix for a component with a value such as `latest` or `any`, or return ""."""
    word = _to_ascii(text).strip().lower()
    if word in _NEWEST:
        return "leave it out; `latest_by` with this component chooses its newest version"
    if word in (*_ANY, "present", "yes", "true"):
        return 'write "*"'
    return 'write "none"' if word in ("absent", "no", "false", "null") else ""


def _translate_dialect(text: str) -> str:
    """Convert a range from npm, Terraform, Ruby, Maven or plain words to PEP 440, or return ""."""
    if series := re.fullmatch(rf"={{0,2}}\s*v?({_NUMBER})(?:\.[xX*])+", text):
        return f"=={series[1]}.*"
    if at_least := re.fullmatch(rf"v?({_NUMBER})(?:{_AND_NEWER})", text):
        return f">={at_least[1]}"
    if at_most := re.fullmatch(rf"v?({_NUMBER})(?:{_AND_OLDER})", text):
        return f"<={at_most[1]}"
    if between := re.fullmatch(rf"v?({_NUMBER})(?:{_BETWEEN})v?({_NUMBER})", text):
        return f">={between[1]},<={between[2]}"
    if interval := _INTERVAL.fullmatch(text):
        return _translate_interval(*interval.groups())
    found = re.fullmatch(rf"(\^|~>|~)\s*v?({_NUMBER})", text)
    if not found:
        return ""
    parts = found[2].split(".")
    # npm's tilde allows changes after the minor version: `~1.2.3` stays below 1.3.
    if found[1] == "~":
        parts = [*parts[:2], ""] if len(parts) > 1 else [*parts, ""]
    # npm's caret allows changes after the first number that is not 0: `^0.2.3` stays below 0.3.
    count = next((place for place, part in enumerate(parts, 1) if part and int(part)), len(parts))
    *same, last = parts[:count] if found[1] == "^" else parts[:-1] or [""]
    end = ".".join([*same, str(int(last) + 1)]) if last else ""
    return f">={found[2]},<{end}" if end else f">={found[2]}"


def _translate_interval(
    opened: str, low: str | None, comma: str | None, high: str | None, closed: str
) -> str:
    """Convert an interval in Maven's notation, such as `[2.5,3)`, to `>=2.5,<3`."""
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
        if parse_range(spelling)
    ]
    listed = " or ".join(filter(None, [", ".join(good[:-1]), *good[-1:]]))
    return f"write {listed}" if listed else ""
