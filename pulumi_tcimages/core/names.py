"""Parse components, their versions and the device from an image's name.

The API does not return these as fields. For instance, `tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu`
contains tilearn-llm, pytorch, python and cuda.

The parser splits a name into words and numbers, and applies these rules:

- A component in `KNOWN` is found anywhere in the name. Its version follows directly, after
  separators or `v`, or in brackets. In `vllm-cu130(0.19.0)` the brackets belong to vllm, because
  cuda already has a version.
- Any other word is a component only if a dotted version follows: `qwen2.5` is a component, but
  `llama3` is not.
- `py310` and `cu124` are versions without dots: python 3.10 and cuda 12.4.
- A version's local label can name an accelerator: `2.5.1+cu124` also means cuda 12.4.
- A dotted version after a whole number is more precise: `tf2-2.15.0` contains tensorflow 2.15.0.
- A pre-release mark apart from a version, as in `vllm0.9.0-gpu-beta` or `vllm0.9.0(rc1)`, may
  belong to any version before it, so these versions are "". If no version precedes the mark, as in
  `nightly-vllm0.9.0-py312`, it may belong to any version but those of python and cuda.
- The version of a known component is "" if it is missing, ambiguous or contradictory, as in
  `vllm-v1-0.8.5`, or if it may be that of another one, as in `spark-py:v3.5.0`.

Parsing never raises an error. The rules were derived from image names that Tencent Cloud has
published (tests/core/test_names.py).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from packaging.version import Version

from pulumi_tcimages.core.components import DEVICES, SPELLINGS
from pulumi_tcimages.core.name_parts import (
    MARKS,
    PACKED_DIGITS,
    TOKEN,
    Component,
    read_component,
    split_token,
)
from pulumi_tcimages.core.versions import CHINESE_UNSTABLE, comparable_version, drop_commit

_DEVICE_OF = {"cuda": "gpu", "rocm": "gpu", "cann": "npu"}
_VARIANTS = {"python", "cuda", "rocm", "cann"}
"""Components that may name a variant of the image instead of what its version is about, as in
`spark-py:v3.5.0` and `vllm-openai-rocm:v0.26.0`.
"""
_OPENING, _CLOSING = ("(", "["), (")", "]", ",", ";", "|")
_BRACKETS = "()"
"""Temporary name for the component of a version in brackets. `_settle` replaces it with the nearest
preceding component that has no version, or only a whole number.
"""
_CHINESE_MARK = re.compile(CHINESE_UNSTABLE)
_DATE_DIGITS = 4
"""The minimum number of digits of a date or year, which make `dev2025` a build and no mark."""
_APART = re.compile(r"[-_ ][a-z]")
"""Matches the start of a pre-release mark that is not glued to its version, as in `12.8-beta`."""
_LONGEST = 200
DOUBTFUL = "(a pre-release by its name)"
"""Replaces a version that the image's name contradicts."""
_NONE: Component = ("", "")
_MARK: Component = ("", "pre-release")
"""Stands for a pre-release mark between the components of a name."""
_State = tuple[tuple[str, ...], str, bool, Component]
"""The parser's state: the preceding words, the known component that still needs a version, whether
a bracket is open, and the preceding component if its version is a whole number. The words become a
component if a dotted version follows them.
"""


class Name(NamedTuple):
    """The components in an image's name with their versions, and the device or ""."""

    components: dict[str, str]
    device: str
    has_mark: bool = False
    """Whether a pre-release mark stands apart from the versions, as in `vllm0.9.0-gpu-beta`."""

    def check_version(self, component: str, version: str | None) -> str | None:
        """Return a component's version, or DOUBTFUL if the name says it may be a pre-release.

        For instance, `vllm-nightly(0.21.0)` and `vllm(0.21.0rc1)` contradict the version 0.21.0.
        """
        return DOUBTFUL if self._contradicts(component, comparable_version(version)) else version

    def _contradicts(self, component: str, version: Version | None) -> bool:
        if version is None or version.is_prerelease:
            return False
        text = self.components.get(component, "")
        if not text:  # `angel-vllm` and `tcray-3.0.0.dev0` have words of their own for components.
            return self.has_mark or any(
                _is_prerelease_of(version, other) for other in self.components.values()
            )
        return comparable_version(text) is None or _is_prerelease_of(version, text)


def _is_prerelease_of(version: Version, text: str) -> bool:
    other = comparable_version(text)
    return (
        other is not None
        and other.is_prerelease
        and Version(other.base_version) == Version(version.base_version)
    )


def read_name(name: str) -> Name:
    """Parse the components and the device from an image's name."""
    text = name[: 5 * _LONGEST]
    if not text.isascii():
        text = _CHINESE_MARK.sub("-beta-", unicodedata.normalize("NFKC", text))
    found: list[Component] = []
    devices: set[str] = set()
    state: _State = (), "", False, _NONE
    for token in TOKEN.findall(drop_commit(text.lower()[:_LONGEST])):
        state, completed, device = _read_token(state, token)
        found += completed
        if device:
            devices.add(device)
    if waiting := state[1]:
        found.append((waiting, ""))
    found = _add_marks(found)
    has_mark = _MARK in found
    if has_mark:
        found = _drop_doubtful(found)
    components = dict(found)
    if len(components) < len(found) or _BRACKETS in components:
        components = _settle(found)
    if not devices:
        devices = {_DEVICE_OF[name] for name in components if name in _DEVICE_OF}
    return Name(components, min(devices) if len(devices) == 1 else "", has_mark)


def read_tag(address: str) -> str:
    """Return the tag of a container image's address, or "" if it has none."""
    last = address.rpartition("/")[2].partition("@")[0]
    return last.rpartition(":")[2] if ":" in last else ""


# Image names share many tokens, so this cache halves the time to parse the names of a listing.
@lru_cache(maxsize=4096)
def _read_token(state: _State, token: str) -> tuple[_State, list[Component], str]:
    """Parse a token. Return the new state, the components that are now complete, and the device.

    For instance, the token `12.1` after `cuda` completes the component cuda 12.1.
    """
    words, waiting, is_bracket, whole = state
    completed: list[Component] = []
    device = stem = ""
    for word, number, ends in split_token(token):
        if stem and word.isalpha() and words and words[-1] == stem:
            words, word = words[:-1], stem + word  # `hunyuan3d` is a single word.
        stem = "" if ends else word + number
        if word in _OPENING:
            is_bracket = True
            continue
        if word in _CLOSING:
            words = ()
        elif not word:
            if waiting in _VARIANTS and _has_rival(words, waiting):
                completed.append((waiting, ""))
            elif waiting:
                completed.append(read_component(waiting, number, ends))
            elif whole[0] and "." in number and (_is_major(whole[1], number) or not is_bracket):
                completed.append((whole[0], number if ends else ""))
            elif "." in number and ends and (words or is_bracket):
                completed.append(("-".join(words) or _BRACKETS, number))
            words, waiting = (), ""
        else:
            words = () if is_bracket else words
            longer = SPELLINGS.get(f"{words[-1]}-{word}") if words else None
            # `tensorrt-llm` is a single name: do not match `tensorrt` inside it.
            if waiting and not (longer and words[-1] in SPELLINGS):
                completed.append((waiting, ""))
            if word in MARKS and not (word == "dev" and len(number) >= _DATE_DIGITS):
                completed.append(_MARK)
            known = longer or SPELLINGS.get(word, "")
            words, waiting = (*words, word), "" if number else known
            if word in DEVICES:
                words, device = (), word
            elif known and number:
                words = ()
                completed.append(read_component(known, number, ends))
            elif "." in number:
                completed += [("-".join(words), number)] if ends else []
                words = ()
            elif number:
                words = () if word == "dev" else (*words[:-1], word + number)
        is_bracket = False
        if word not in DEVICES:
            whole = completed[-1] if completed and _is_whole(*completed[-1]) else _NONE
    return (words, waiting, is_bracket, whole), completed, device


def _has_rival(words: tuple[str, ...], component: str) -> bool:
    """Return whether another known component is among the words before a version."""
    return any(SPELLINGS.get(word, component) != component for word in words)


def _is_whole(component: str, version: str) -> bool:
    """Return whether the version is a whole number that a dotted version may make more precise.

    After `py3` and `cu12`, a dotted version belongs to another component.
    """
    return version.isdigit() and component not in PACKED_DIGITS


def _is_major(number: str, version: str) -> bool:
    return version.startswith(f"{number}.")


def _settle(found: list[Component]) -> dict[str, str]:
    """Assign versions in brackets to components, and merge components of the same name.

    If their versions contradict each other, the version is "".
    """
    versions: dict[str, list[str]] = {}
    for component, version in found:
        if component == _BRACKETS:
            # Prefer a component without any version to one with a whole number.
            vague = [
                name
                for name, texts in reversed(versions.items())
                if all(_is_whole(name, text) for text in texts)
            ]
            nearest = min(vague, key=lambda name: len(versions[name]), default=None)
            if nearest:
                versions[nearest].append(version)
        else:
            versions.setdefault(component, []).extend([version] if version else [])
    return {component: _merge(texts) for component, texts in versions.items()}


def _add_marks(found: list[Component]) -> list[Component]:
    """Add a mark for each pre-release that may also be that of a component before it.

    In `vllm0.11.0-torch2.9-beta`, the beta may be vllm. In `vllm0.11.0-cuda12.8-beta`, it is not
    cuda.
    """
    marked: list[Component] = []
    for name, version in found:
        # A version in brackets belongs to a component before it, as `_settle` decides.
        is_apart = name not in ("", _BRACKETS) and _APART.search(version) is not None
        if is_apart and name in PACKED_DIGITS:
            marked += [(name, version), _MARK]
        elif is_apart and any(other for _, other in marked):
            marked += [_MARK, (name, version)]
        else:
            marked.append((name, version))
    return marked


def _drop_doubtful(found: list[Component]) -> list[Component]:
    """Remove the versions that a pre-release mark may belong to."""
    last = len(found) - found[::-1].index(_MARK)
    before, after = found[:last], found[last:]
    if any(name and version for name, version in before):
        return [(name, "") for name, _ in before if name] + after
    names = [(name, version if name in PACKED_DIGITS else "") for name, version in after]
    return [(name, "") for name, _ in before if name] + names


def _merge(versions: list[str]) -> str:
    """Return the version on which all agree, else "".

    A whole number agrees with the versions of its series: 2 with 2.15.0.
    """
    precise = [
        version
        for version in versions
        if not (version.isdigit() and any(_is_major(version, other) for other in versions))
    ]
    return precise[0] if len(set(map(comparable_version, precise))) == 1 else ""
