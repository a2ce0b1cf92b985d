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
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Literal, NamedTuple

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
    text = unicodedata.normalize("NFKC", (name or "")[: 5 * _LONGEST]).lower()[:_LONGEST]
    tail = _TAIL.fullmatch(text) if ")" in text else None
    body, inside = (tail[1], tail[2]) if tail else (text, "")
    tokens = list(map(_read_token, _TOKEN.findall(body)))
    devices = {word for word in _TAIL_WORD.findall(inside) if word in DEVICES}
    components: dict[str, str] = {}
    doubted = set()
    for component, version in _read_tokens(tokens, inside, devices):
        first = components.setdefault(component, version)
        if first is not version and Version(first) != Version(version):
            doubted.add(component)
    for component in doubted:
        del components[component]
    return Name(components, _device(devices, components))


def _read_tokens(
    tokens: Sequence[_Token], inside: str, devices: set[str]
) -> Iterator[tuple[str, str]]:
    """Each component with its version, in order; device words are added to `devices`."""
    whole = _BARE.fullmatch(inside.strip()) if inside else None
    if whole and (leading := tuple(one.name for one in takewhile(_is_word, tokens))):
        yield _component(leading, whole[1])
    words: tuple[str, ...] = ()
    for kind, name, version in tokens:
        if kind == "word":
            words = (*words, name)
            continue
        if kind == "device":
            devices.add(name)
        elif kind == "packed":
            yield name, version
        elif kind == "glued":
            yield _component((*words, name), version)
        elif kind == "bare" and words:
            yield _component(words, version)
        words = ()


class _Token(NamedTuple):
    """What one token of a name is."""

    kind: Literal["word", "device", "packed", "glued", "bare", "other"]
    name: str = ""
    version: str = ""


@lru_cache(maxsize=4096)  # a catalogue is made of few tokens: names are read twice as fast
def _read_token(token: str) -> _Token:
    if token in DEVICES:
        return _Token("device", token)
    if packed := _PACKED.fullmatch(token):
        component = canonical(packed[1])
        return _Token("packed", component, _unpack(component, packed[2]))
    if _WORD.fullmatch(token):
        return _Token("word", token)
    if bare := _BARE.fullmatch(token):
        return _Token("bare", version=bare[1])
    if glued := _GLUED.fullmatch(token):
        return _Token("glued", glued[1], glued[2])
    return _Token("other")


def _is_word(token: _Token) -> bool:
    return token.kind == "word"


def _component(words: tuple[str, ...], version: str) -> tuple[str, str]:
    name = _component_name(words)
    if name == "python" and version.startswith("1."):
        return "pytorch", version  # `py1.9.0-py36`: no image has Python 1, older ids do this
    return name, version


@lru_cache(maxsize=1024)
def _component_name(words: tuple[str, ...]) -> str:
    suffixes = ("-".join(words[start:]) for start in range(len(words)))
    return canonical(next((one for one in suffixes if one in _KNOWN), "-".join(words)))


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
