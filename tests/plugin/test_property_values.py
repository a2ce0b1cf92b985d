"""Serialization of property values, with secrets and unknowns."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.plugin.property_values import (
    UNKNOWN,
    Secret,
    deserialize,
    has_secret,
    has_unknown,
    serialize,
    unwrap,
)

TAG = "4dabf18193072939515e22adb298388d"

plain = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda children: st.lists(children) | st.dictionaries(st.text("abc"), children),
    max_leaves=10,
)


def build_struct(value: Any) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update({"it": value})
    return struct


@given(st.dictionaries(st.text("abc", min_size=1), plain))
def test_plain_values_survive_a_round_trip(properties: dict[str, Any]) -> None:
    assert deserialize(serialize(properties)) == properties


@given(plain)
def test_secrets_survive_a_round_trip(value: Any) -> None:
    properties = {"it": [Secret(value)]}

    assert deserialize(serialize(properties)) == properties
    assert unwrap(properties) == {"it": [value]}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("04da6b54-80e4-46f7-96ec-b56ff0331ba9", UNKNOWN),
        ("3eeb2bf0-c639-47a8-9e75-3b44932eb421", UNKNOWN),
        (None, None),
        (2.5, 2.5),
        ({TAG: "1b47061264138c4ac30d75fd1eb44270", "value": "x"}, Secret("x")),
        ({TAG: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "x"}, "x"),
        ({TAG: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "x", "secret": True}, Secret("x")),
        ({TAG: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "dependencies": ["urn"]}, UNKNOWN),
        ({TAG: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": "i-1"}, "i-1"),
        ({TAG: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u"}, UNKNOWN),
        ({TAG: "c44067f5952c0a294b673a41bacd8c17", "text": "x"}, {"text": "x"}),
    ],
)
def test_tagged_value_is_deserialized(sent: Any, expected: Any) -> None:
    assert deserialize(build_struct(sent)) == {"it": expected}


def test_unknown_value_is_sent_as_the_common_sentinel() -> None:
    sent = serialize({"it": UNKNOWN})

    assert sent["it"] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert repr(UNKNOWN) == "UNKNOWN"


def test_none_in_a_map_is_left_out() -> None:
    assert serialize({"a": None, "b": [None]}) == serialize({"b": [None]})


def test_nested_secrets_and_unknowns_are_found_and_not_shown() -> None:
    value = {"a": [{"b": Secret({"c": UNKNOWN})}]}

    assert (has_secret(value), has_unknown(value)) == (True, True)
    assert (has_secret({"a": [1]}), has_unknown({"a": [1]})) == (False, False)
    assert repr(Secret("canary")) == "Secret(...)"
