"""Split an image's name into words and numbers, and read the versions of known components.

The module `names` combines them to components.
"""

from __future__ import annotations

import re

from pulumi_tcimages.core.components import DEVICES, KNOWN, SPELLINGS
from pulumi_tcimages.core.versions import PRE_RELEASE, TEST_RELEASE, UNSTABLE, VERSION_SUFFIX

MARKS = {"dev", *PRE_RELEASE.split("|"), *UNSTABLE.split("|")}
_VERSION_WORDS = ("v", "ver", "version")
_SECOND_WORDS = {name.rpartition("-")[2] for name in SPELLINGS if "-" in name}
PACKED_DIGITS = {"python": 3, "cuda": 4}
_TWO_DIGITS = {"tensorrt"}
"""Components with two-digit major versions. For other components, two digits are ambiguous, because
`torch25` may mean 2.5 or 25, so no version is read.
"""
_RELEASE_DATE = re.compile(r"v?0*(?:1[7-9]|[2-9][0-9]|[1-9][0-9]{2,})(?![0-9])")
"""Matches the date of a release: `pytorch:24.03-py3` contains torch 2.3, `ascend-pytorch:24.0.0`
contains torch 2.1. No known component has reached version 17.
"""
TOKEN = re.compile(
    # A token is a word, its number, and a suffix after a hyphen, as in `2.5.0-rc1` and `torch-2-5`.
    # A build date such as `-dev20251215` is not a suffix.
    r"[a-z0-9.+]+"
    rf"(?:[-_ ](?:(?:(?:{PRE_RELEASE})\.?[0-9]*|(?:post|dev)\.?[0-9]{{0,3}}(?![0-9])|{UNSTABLE})"
    r"(?:(?<=[0-9])|(?![a-z]))[a-z0-9.+]*|[0-9]{1,2}(?![a-z0-9.+])))*"
    r"|[][(),;|]"
)
_DOTTED = rf"[0-9]+(?:\.[0-9]+)+{VERSION_SUFFIX}(?:[-_ .]?(?:{UNSTABLE}))?(?:{TEST_RELEASE})?"
_HALVES = r"[0-9]{1,2}(?:[-_][0-9]{1,2})+(?![0-9.])"
_PART = re.compile(
    rf"([a-z]*)({_DOTTED}|{_HALVES}|[0-9]{{1,2}}[-_ ]?(?:{PRE_RELEASE})[0-9]*|[0-9]+)"
    r"([.+][a-z0-9.+]*)?(?=([a-z]*))"
    r"|([][(),;|]|[a-z]+)"
)
_PLAIN_PART = re.compile(r"([a-z]+)([0-9]+(?:\.[0-9]+)*|)")
Component = tuple[str, str]
"""A component's name and version. The version is "" if it is missing or ambiguous."""
Part = tuple[str, str, bool]
"""A word, bracket or comma; the number after it; and whether that number can be a version. It
cannot if letters follow directly, as in `3d`, unless they name a known component.
"""


def split_token(token: str) -> list[Part]:
    """Split a token into parts. A local label adds a part: `2.5+cu124` contains cuda 12.4."""
    if (plain := _PLAIN_PART.fullmatch(token)) and not plain[1].endswith(_VERSION_WORDS):
        return [(plain[1], plain[2], True)]  # This fast path handles most tokens.
    parts: list[Part] = []
    for glued, number, rest, letters, alone in _PART.findall(token):
        word = glued or alone
        if word in _VERSION_WORDS:
            word = ""
        elif number and word.endswith("v") and word[:-1] in SPELLINGS.keys() | _SECOND_WORDS:
            word = word[:-1]  # Remove the `v` of a version: the word in `torchv2.5` is `torch`.
        if word or number:
            # `2.x` is a series, not a version.
            is_series = number.isdigit() and rest[1:2].isalpha()
            parts.append((word, number, not is_series and (not letters or letters in SPELLINGS)))
        if label := number.partition("+")[2] + rest:
            parts += _read_label(label)
    return parts


def _read_label(label: str) -> list[Part]:
    """Return the components and devices in a local version label, such as `cu124`."""
    return [
        (glued or alone, number, True)
        for glued, number, _, _, alone in _PART.findall(label)
        if glued in SPELLINGS or glued in MARKS or alone in DEVICES or alone in MARKS
    ]


def read_component(name: str, number: str, ends: bool) -> Component:
    """Return a known component and its version, which is "" if the number is ambiguous."""
    if name == "python" and number.startswith("1."):
        return "pytorch", number  # No image has Python 1: `py1.9.0` is torch 1.9.0.
    if "." in number:
        return name, "" if is_release_date(name, number) else number
    digits = len(number) if number.isdigit() else 0
    if name in PACKED_DIGITS:
        is_packed = int(not ends) < digits <= PACKED_DIGITS[name]
        return name, _unpack(name, number) if is_packed else ""
    is_whole = digits == 1 or (name in _TWO_DIGITS and digits == 2 and number[0] == "1")
    return name, number if ends and is_whole else ""


def is_release_date(name: str, version: str) -> bool:
    """Return whether the version of a known component is the date of a release, such as 24.03."""
    return name in KNOWN and _RELEASE_DATE.match(version.lower()) is not None


def _unpack(component: str, digits: str) -> str:
    """Add dots to a version: 38 -> 3.8, 310 -> 3.10, 92 -> 9.2, 111 -> 11.1, 1281 -> 12.8.1."""
    major = 1 if component == "python" or (len(digits) == 2 and digits[0] not in "12") else 2
    return ".".join(filter(None, [digits[:major], digits[major:3], digits[3:]]))
