"""What an image's name says: its components, their versions, the device, the tag.

The vendor sends no such fields; people read them out of names like
`tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu`. A plain split on hyphens is wrong on most of them, so
the grammar is written down:

    text     NFKC, lower case, the first 200 characters
    tail     a final "(x)": device words, or the version of the leading words
    tokens   split on hyphens, white space, colons, underscores and slashes
    device   cpu, gpu, npu: remembered, clears the words before it
    packed   py38, cu124: python 3.8, cuda 12.4
    glued    torch2.3: the words so far plus the letters, and the version
    bare     v2.5.1: the version of the words so far; without words it is nothing
    word     kept; dev20251215, v310 and everything else clear the words
    name     the longest known suffix of the words, else all of them joined by "-"
    twice    one name with two different versions: neither is believed

A name that cannot be read yields nothing, never an error.

Source: our decision, checked against the vendor's published names (tests/core/test_names.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from packaging.version import Version

ALIASES = {
    "torch": "pytorch",
    "tf": "tensorflow",
    "py": "python",
    "cu": "cuda",
    "tiacc": "ti-acc",
    "tfserving": "tensorflow-serving",
    "sklearn": "scikit-learn",
}
DEVICES = ("cpu", "gpu", "npu")

_MULTI_WORD = {
    "tilearn-llm",
    "angel-vllm",
    "scikit-learn",
    "ti-acc",
    "tensorflow-serving",
    "hy-world",
}
_KNOWN = _MULTI_WORD | ALIASES.keys() | set(ALIASES.values())

_LONGEST = 200
_VERSION = (
    r"[0-9]+(?:\.[0-9]+)+(?:(?:a|b|rc)[0-9]+)?(?:\.post[0-9]+)?(?:\.dev[0-9]+)?"
    r"(?:\+[a-z0-9]+(?:\.[a-z0-9]+)*)?"
)
_TAIL = re.compile(r"(.*)\(([^()]*)\)\s*", re.DOTALL)
_TAIL_WORD = re.compile(r"[^|,/\s]+")
_TOKEN = re.compile(r"[^-\s:_/]+")
_PACKED = re.compile(r"(python|py|cuda|cu)([0-9]{1,3})")
_GLUED = re.compile(rf"([a-z]+)({_VERSION})")
_BARE = re.compile(rf"v?({_VERSION})")
_WORD = re.compile(r"(?!(?:dev|v)[0-9]+$)[a-z][a-z0-9]*")
_Component = tuple[str, str]
"""Its name, and the text of its version."""


class Name(NamedTuple):
    """What a name says. `components` keeps the order and the text of the versions."""

    components: dict[str, str]
    device: str | None


@lru_cache(maxsize=1024)  # asked for every image by every lookup, and a third of its time
def canonical(name: str) -> str:
    """The one spelling of a component's or framework's name: `Torch` -> `pytorch`."""
    lower = name.lower()
    return ALIASES.get(lower, lower)


def read_name(name: str | None) -> Name:
    """The components and the device that a name tells, empty and None where it tells none."""
    text = (name or "")[: 5 * _LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()[:_LONGEST]
    tail = _TAIL.fullmatch(text) if ")" in text else None
    tokens = _TOKEN.findall(tail[1] if tail else text)
    found, devices = _read_tail(tail[2], tokens) if tail else ([], set())
    words: tuple[str, ...] = ()
    for token in tokens:
        words, component, device = _step(words, token)
        if component:
            found.append(component)
        if device:
            devices.add(device)
    components = dict(found)
    if len(components) < len(found):
        components = _believed(found)
    return Name(components, _device(devices, components))


def _read_tail(inside: str, tokens: Sequence[str]) -> tuple[list[_Component], set[str]]:
    """What stands in the brackets at the end: the version of the leading words, or devices."""
    devices = {word for word in _TAIL_WORD.findall(inside) if word in DEVICES}
    leading: tuple[str, ...] = ()
    for token in tokens:
        words = _step(leading, token).words
        if not words:
            break
        leading = words
    whole = _BARE.fullmatch(inside.strip())
    return [_component(leading, whole[1])] if whole and leading else [], devices


class _Step(NamedTuple):
    """What is known behind one more token of a name."""

    words: tuple[str, ...] = ()
    """Those that a version may still follow."""
    component: _Component | None = None
    device: str | None = None


@lru_cache(maxsize=4096)  # a catalogue is made of few words: names are read in half the time
def _step(words: tuple[str, ...], token: str) -> _Step:
    if token in DEVICES:
        return _Step(device=token)
    if packed := _PACKED.fullmatch(token):
        component = canonical(packed[1])
        return _Step(component=(component, _unpack(component, packed[2])))
    if _WORD.fullmatch(token):
        return _Step(words=(*words, token))
    if bare := _BARE.fullmatch(token):
        return _Step(component=_component(words, bare[1]) if words else None)
    if glued := _GLUED.fullmatch(token):
        return _Step(component=_component((*words, glued[1]), glued[2]))
    return _Step()


def _component(words: tuple[str, ...], version: str) -> _Component:
    name = _component_name(words)
    if name == "python" and version.startswith("1."):
        return "pytorch", version  # `py1.9.0-py36`: no image has Python 1, older ids do this
    return name, version


@lru_cache(maxsize=1024)
def _component_name(words: tuple[str, ...]) -> str:
    suffixes = ("-".join(words[start:]) for start in range(len(words)))
    return canonical(next((one for one in suffixes if one in _KNOWN), "-".join(words)))


def _believed(found: Sequence[_Component]) -> dict[str, str]:
    """The components without those that are told twice, with different versions."""
    versions: dict[str, set[Version]] = {}
    for component, version in found:
        versions.setdefault(component, set()).add(Version(version))
    first = dict(reversed(found))
    return {name: first[name] for name, told in versions.items() if len(told) == 1}


def _unpack(component: str, digits: str) -> str:
    """py38 -> 3.8, py310 -> 3.10; cu92 -> 9.2, cu111 -> 11.1, and cu12 -> 12."""
    major = 1 if component == "python" or (len(digits) == 2 and digits[0] not in "12") else 2
    return ".".join(filter(None, [digits[:major], digits[major:]]))


def _device(devices: set[str], components: dict[str, str]) -> str | None:
    if devices:
        return min(devices) if len(devices) == 1 else None
    return "gpu" if "cuda" in components else None


def read_tag(address: str | None) -> str | None:
    """The tag of an image's address: what follows the last colon of its last path part."""
    last = (address or "").rpartition("/")[2].partition("@")[0]
    return last.rpartition(":")[2] or None if ":" in last else None
