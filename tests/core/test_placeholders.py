"""Placeholders are recognized, and keys are not mistaken for them."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_tcimages.core.placeholders import find_key_placeholder, find_placeholder
from tests.timeouts import PATIENCE_S

BLANK = [
    *("", " \t\n", "None", "none", "NULL", "null", "nil", "undefined", '""', "''", '"None"'),
    *("(none)", "(null)", "None,", '"None",', "None;", "none.", "NaN"),
    *("\ufeffNone", "\u200bnull"),
]
QUOTED = ['"AKID1"', "'x", 'x"', "`x`", "\u201cx\u201d"]
VARIABLES = [
    "${VAR}",
    "$VAR",
    "%VAR%",
    "${{ secrets.X }}",
    "$(VAR)",
    "{{ x }}",
    "$HOME/keys",
    "#{X}#",
    "@VAR@",
    "@@VAR@@",
    "!VAR!",
]
TEMPLATES = [
    *(
        "<your-secret-id>",
        "<ID>",
        "qcs::cam::uin/<uin>:roleName/<role>",
        '"<id>"',
        "https://<host>",
    ),
    *("YOUR_SECRET_ID", "your-secret-key", "yourSecretId", "AKIDyourSecretId", "my-secret-id"),
    *("xxxx", "XXXXXXXX", "xxxxxxxx-xxxx", "AKIDxxxxxxxxxxxx", "****", "AKIDz8krbs***", "..."),
    *("changeme", "CHANGE_ME", "replace-with-your-key", "put-your-key-here", "TODO"),
    *("SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "[secret]", "{secret-id}", "__SECRET__", "((id))"),
]
VALUES = [
    *("x", "ap-guangzhou", "default", "me", "role-1", "my-role", "the-token", "OIDC", "cls-1"),
    *("qcs::cam::uin/100000000001:roleName/build", "[::1]:8000", "http://[::1]", "~/keys of mine"),
    *(
        "insert-role",
        "changelog",
        "your",
        "token==",
        "eyJ.a.token",
        "nonesuch",
        "nullable",
        "-",
        "a-b",
    ),
    *("me@example.com", "@", "falsework", "x_", "(x)"),
    *("C:\\Users\\me\\.tccli", "100%", "a$", "o'brien"),
]


@pytest.mark.parametrize("text", BLANK)
def test_blank_text_is_recognized(text: str) -> None:
    placeholder = find_placeholder(text)

    assert placeholder is not None
    assert placeholder.is_blank


@pytest.mark.parametrize("text", ["-", "--", "\u2014", "_", '"-"', " - "])
def test_dashes_are_a_blank_key(text: str) -> None:
    placeholder = find_key_placeholder(text)

    assert placeholder is not None
    assert placeholder.is_blank


@pytest.mark.parametrize("text", [*BLANK, *QUOTED, *VARIABLES, *TEMPLATES, "a-b", "-a", "x"])
def test_placeholder_text_is_also_a_key_placeholder(text: str) -> None:
    assert find_key_placeholder(text) == find_placeholder(text)


@pytest.mark.parametrize("text", ["false", "False", "true"])
def test_boolean_word_is_a_placeholder_but_not_blank(text: str) -> None:
    placeholder = find_placeholder(text)

    assert placeholder is not None
    assert (placeholder.holds, placeholder.is_blank) == (f"holds the word {text}", False)


@pytest.mark.parametrize(
    ("texts", "holds"),
    [
        (QUOTED, "holds a value in quotes"),
        (VARIABLES, "holds a variable that was not expanded"),
        (TEMPLATES, "holds a placeholder"),
    ],
)
def test_placeholder_kind_is_described(texts: list[str], holds: str) -> None:
    assert {text: getattr(find_placeholder(text), "holds", "") for text in texts} == dict.fromkeys(
        texts, holds
    )


@pytest.mark.parametrize("text", VALUES)
def test_value_is_not_a_placeholder(text: str) -> None:
    assert find_placeholder(text) is None


@settings(derandomize=True, deadline=None, max_examples=1000)
@given(st.text(string.ascii_letters + string.digits, min_size=32, max_size=36), st.booleans())
def test_key_is_not_a_placeholder(key: str, is_id: bool) -> None:
    resembles_placeholder = key.lower().startswith("your") or set(key.lower()) == {"x"}

    placeholder = find_placeholder(f"AKID{key}" if is_id else key)

    assert placeholder is None or resembles_placeholder


@settings(derandomize=True, deadline=None)
@given(st.text())
def test_description_does_not_contain_the_text(text: str) -> None:
    placeholder = find_placeholder(f'"canary{text}canary"')

    assert placeholder is not None
    assert "canary" not in f"{placeholder}"


@pytest.mark.parametrize(
    "text",
    [
        *("${" * 32_000, "$(" * 32_000, "{{" * 32_000, "#{" * 32_000, "%a" * 32_000, "<a" * 32_000),
        *("<x>" * 20_000 + "\nx", "*" * 64_000 + "\nx", "@" * 64_000, "x-" * 32_000, "[a" * 32_000),
    ],
    ids=lambda text: ascii(text[:3]),
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.perf_counter()
    for _ in range(100):
        find_placeholder(text)

    assert time.perf_counter() - started < PATIENCE_S


def test_text_longer_than_any_setting_is_not_a_placeholder() -> None:
    assert find_placeholder("$" + "a" * 64 * 1024) is None
    assert find_key_placeholder("-" * 64 * 1024 + "-") is None
