"""Regular expressions: matches, rejected patterns, and linear time."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core.patterns import Pattern, read_pattern
from pulumi_tcimages.errors import InvalidArgumentError
from tests.core.strategies import EXAMPLES, hostile_text
from tests.timeouts import PATIENCE_S

ALLOWED = "Rust regex syntax, at most 256 characters, without look-around"
TOO_LARGE = "this regular expression is too large"


def catch_error(text: str) -> InvalidArgumentError:
    with pytest.raises(InvalidArgumentError) as caught:
        read_pattern(text)
    return caught.value


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("torch2", "tilearn-llm0.9-torch2.3", True),
        ("^torch", "tilearn-llm0.9-torch2.3", False),
        ("Torch", "torch2.3", False),
        ("(?i)Torch", "torch2.3", True),
        (r"\d+\.\d+$", "torch2.3", True),
        ("中文", "含中文的名字", True),
        ("a", None, False),
        (".*", "", True),
        ("a", "a\ud800", False),
    ],
)
def test_pattern_searches_case_sensitively(pattern: str, text: str | None, found: bool) -> None:
    assert read_pattern(pattern).found_in(text) is found


def test_patterns_with_equal_text_are_equal() -> None:
    assert read_pattern("a") == read_pattern("a") != read_pattern("b")
    assert repr(read_pattern("a")) == "Pattern(text='a')"


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("torch(2", "unclosed group at character 6"),
        ("中文(", "unclosed group at character 3"),
        ("*", "repetition operator missing expression at character 1"),
        (
            "a(?=b)",
            "look-around, including look-ahead and look-behind, is not supported at character 2",
        ),
        (r"(a)\1", "backreferences are not supported at character 4"),
    ],
)
def test_invalid_pattern_error_has_reason_and_position(pattern: str, problem: str) -> None:
    error = catch_error(pattern)

    assert (error.problem, error.allowed) == (
        f"this regular expression does not compile: {problem}",
        ALLOWED,
    )


@pytest.mark.parametrize(
    ("pattern", "fix"),
    [
        ("torch(2", r'write "torch\(2" to find exactly this text'),
        (
            "*vllm*gpu",
            'write "vllm.*gpu", which may match anywhere in the text, or '
            r'"\*vllm\*gpu" to find exactly this text',
        ),
        ("**", r'write "\*\*" to find exactly this text'),
        ("^(?!.*vllm)", "write a pattern without it"),
        (r"(a)\1", "write a pattern without it"),
    ],
)
def test_invalid_pattern_error_suggests_a_pattern(pattern: str, fix: str) -> None:
    assert catch_error(pattern).fix == fix


@pytest.mark.parametrize(
    "pattern",
    [
        "(a{1000}){1000}",
        "(.{0,99}){0,99}x",
        "(((a|b)*c){9}){99}",
        "a{1001}",
        "a{1001,}",
        r"\w{500}{9}",
    ],
)
def test_slow_pattern_is_rejected(pattern: str) -> None:
    assert catch_error(pattern).text() == (
        "invalid argument. [invalid-argument]\n"
        "Problem  this regular expression is too large\n"
        "Allowed  1000 characters and classes at most, counted repetitions written\n"
        "         out\n"
        'Next     write "*" or "+" where the exact count does not matter'
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "[a-f0-9]{8}-([a-f0-9]{4}-){3}[a-f0-9]{12}",
        "a{0}b{3,}c{1,2}",
        r"[(]{900}",
        r"\({900}",
        r"\x{3000}",
        "(?x) a # a comment with a )",
        "a" * 256,
        "a{1000}",
    ],
)
def test_ordinary_pattern_is_accepted(pattern: str) -> None:
    assert read_pattern(pattern) == Pattern(pattern, engine=None)


@pytest.mark.parametrize(
    "pattern",
    ["(a*)*$", "(a|aa)+$", "(.*)*x", "(a?){250}a{250}", r"([a-z]+)+!", "(.{0,30}){0,30}!"],
)
def test_no_pattern_hangs(pattern: str) -> None:
    parsed = read_pattern(pattern)
    started = time.perf_counter()
    for _ in range(100):
        parsed.found_in("a" * 200 + "b")

    assert time.perf_counter() - started < PATIENCE_S


@EXAMPLES
@given(hostile_text | st.text("ab(){}[]|*+?.,\\^$0123456789:=!<>Ppw", max_size=40), hostile_text)
def test_any_text_is_a_pattern_or_an_invalid_argument(pattern: str, text: str) -> None:
    with suppress(InvalidArgumentError):
        read_pattern(pattern).found_in(text)
