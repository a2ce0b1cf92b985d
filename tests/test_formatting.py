"""The layout of messages, and the redaction of secrets."""

from __future__ import annotations

import base64
import json
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote as url_quote
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_tcimages.formatting import (
    LABEL,
    WIDTH,
    cell_width,
    count_of,
    escape,
    lay_out,
    printable,
    quote,
    shell_word,
    table,
    wrap,
)
from pulumi_tcimages.naming import camel, render_names, render_path, snake
from pulumi_tcimages.redaction import NOT_SHOWN, redact, redact_beginning


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("region", "region"),
        ("image_range", "imageRange"),
        ("assume_role_with_web_identity", "assumeRoleWithWebIdentity"),
        ("", ""),
    ],
)
def test_names_are_converted_between_snake_and_camel_case(name: str, expected: str) -> None:
    assert camel(name) == expected
    assert snake(expected) == name


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("image_range", "imageRange"),
        ("components.my_part", "components.my_part"),
        ("extra_attributes.a.b_c", "extraAttributes.a.b_c"),
    ],
)
def test_path_rendering_converts_only_the_first_name(path: str, expected: str) -> None:
    assert render_path(path, camel) == expected


def test_only_marked_names_are_converted() -> None:
    prose = "`latest_by` implies `latest`; `filters.name` is image_range; `Not A Name`"

    assert render_names(prose, camel) == (
        "latestBy implies latest; filters.name is image_range; `Not A Name`"
    )


def test_quoted_value_is_truncated_and_printable() -> None:
    assert quote("torch") == '"torch"'
    assert quote("a\n\x1b[31m\ud800é中") == '"a\\n\\x1b[31m\\ud800é中"'
    assert quote("x" * 61) == f'"{"x" * 60}... (61 characters)"'
    assert quote("x" * 61, 61) == f'"{"x" * 61}"'


def test_foreign_text_is_escaped_to_one_line() -> None:
    assert printable(" a\r\n  b\t\x1b[31m\u202e ") == "a b \\x1b[31m\\u202e"
    assert escape("a  b\n") == "a  b\\n"


@settings(derandomize=True)
@given(st.text(st.characters(codec=None, categories=None)))
def test_any_text_becomes_printable(text: str) -> None:
    assert printable(text).isprintable()
    assert quote(text).isprintable()


def test_counts_are_pluralized() -> None:
    assert [count_of(number, "image") for number in (0, 1, 2)] == [
        "0 images",
        "1 image",
        "2 images",
    ]


def test_table_aligns_wide_characters() -> None:
    assert table([("名字", "1"), ("a", "22"), ("abcd", "")]) == ["名字  1", "a     22", "abcd"]
    assert table([]) == []
    assert cell_width("名a（") == 5


def test_message_aligns_labels_and_omits_empty_rows() -> None:
    message = lay_out(
        "first", [("Asked", "a " * 50), ("Empty", ""), ("None", []), ("Lines", ["one", "", "two"])]
    )

    assert message == (
        f"first\nAsked    {'a ' * 33}a\n         {'a ' * 15}a\nLines    one\n\n         two"
    )


def test_message_escapes_control_characters() -> None:
    rows = [("From", "/keys\x1b[31m"), ("Looked", ["  file /keys\x1b[31m"])]

    assert lay_out("f\x07: wrong.", rows) == (
        "f\\x07: wrong.\nFrom     /keys\\x1b[31m\nLooked     file /keys\\x1b[31m"
    )


@pytest.mark.parametrize(
    "command",
    [
        "`pulumi plugin rm resource tcimages 0.1.0 --yes`",
        "pulumi config set",
        "pulumi up",
        "tccli configure",
        "tccli sso login",
        "tcimages plugin install",
        "tcimages emulator run",
        "tcimages doctor",
        "--config timeoutSeconds=120",
        "--components 'cuda==12.*'",
    ],
)
@pytest.mark.parametrize("words", range(8, 20))
def test_command_in_a_sentence_is_not_wrapped(command: str, words: int) -> None:
    text = f"{'word ' * words}{command}, which does what this sentence says of it, and no more"

    lines = wrap(text)

    assert [line for line in lines if command in line] != []
    assert " ".join(lines) == text
    assert max(map(len, lines)) <= WIDTH - LABEL


def test_long_first_line_is_wrapped() -> None:
    assert lay_out("ab " * 40, []) == "\n".join(["ab " * 24 + "ab", "ab " * 14 + "ab"])


def test_long_word_is_not_broken() -> None:
    word = "x-" * WIDTH

    assert lay_out("first", [("Id", word)]) == f"first\nId       {word}"


def test_lone_surrogate_is_escaped() -> None:
    assert lay_out("first", [("From", "/home/h\udce9"), ("Said", "é")]) == (
        "first\nFrom     /home/h\\udce9\nSaid     é"
    )


@pytest.mark.parametrize(
    "secret",
    [
        "canary",
        "canary " * 20,
        "a canary that is long enough to be wrapped, beside whatever stands before it",
        "canary" * 20,
        "canary\n\x1b[31m",
        'canary "and" \\d+',
        "canary\u2028",
        "'canary'",
        "it's a canary",
    ],
)
def test_secret_is_redacted_in_every_quoting(secret: str) -> None:
    listed = json.dumps(["x", secret], ensure_ascii=False)
    arguments = f"{quote(secret)}; {quote(secret, 999)}; {listed}; tcimages --framework "
    text = lay_out("no image.", [("Asked", arguments + shell_word(secret))])

    redacted = redact(text, [secret])

    assert "canary" in text
    assert "canary" not in redacted
    assert redacted.count("[secret]") == 4


ENCODINGS: dict[str, Callable[[str], str]] = {
    "in a URL": lambda text: url_quote(text, safe=""),
    "in a path": url_quote,
    "in a form": quote_plus,
    "in a URL by JavaScript": lambda text: url_quote(text, safe="!*'()"),
    "in a path by JavaScript": lambda text: url_quote(text, safe="!#$&'()*+,/:;=?@"),
    "in a path by Go": lambda text: url_quote(text, safe="$&+:=@"),
    "in a form by Java": lambda text: quote_plus(text, safe="*").replace("~", "%7E"),
    "in a URL, in lower case": lambda text: url_quote(text, safe="").lower(),
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "in base64, behind one": lambda text: base64.b64encode(f"x{text}".encode()).decode(),
    "in base64, amid JSON": lambda text: base64.b64encode(f'{{"t":"{text}"}}'.encode()).decode(),
    "in hex": lambda text: text.encode().hex(),
    "in hex, in capitals": lambda text: text.encode().hex().upper(),
}


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize(
    "secret",
    ["canary/+==canary", "eyJ0.canary-_canary", "AKIDcanary", "ключ-key", "ca~na$r*y:@(key)"],
)
def test_secret_is_redacted_in_common_encodings(secret: str, encode: Callable[[str], str]) -> None:
    redacted = redact(f"not {encode(secret)}, sorry", [secret])

    # In base64, characters at the ends of a secret also encode bits of the text beside it.
    assert re.fullmatch(r"not [\w+/=%-]{0,8}\[secret\][\w+/=%-]{0,6}, sorry", redacted)


@settings(derandomize=True, deadline=None)
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=60),
    st.sampled_from(sorted(ENCODINGS)),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=5),
)
def test_encoded_secret_never_remains(secret: str, name: str, neighbour: str) -> None:
    encode = ENCODINGS[name]

    redacted = redact(f"{neighbour}{encode(secret)}{neighbour}", [secret])

    assert "[secret]" in redacted
    assert encode(secret) not in redacted


def test_short_secret_is_not_searched_in_base64() -> None:
    assert redact(base64.b64encode(b"canary").decode(), ["canary"]) == "Y2FuYXJ5"


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("./canary/keys", "canary/keys/team.credential"),
        ("/srv//canary/./keys/", "/srv/canary/keys/team.credential"),
        ("~/canary//keys", str(Path("~/canary/keys").expanduser() / "team.credential")),
        ("/srv/`ca_nary`/keys", "/srv/ca_nary/keys/team.credential"),
        ("`ca_nary`-keys", "caNary-keys"),
    ],
)
def test_secret_is_redacted_as_messages_rewrite_it(secret: str, shown: str) -> None:
    redacted = redact(f"no file {shown}", [secret])

    assert "anary" not in redacted.lower()
    assert "[secret]" in redacted


def test_overlapping_secrets_are_redacted_entirely() -> None:
    assert redact("canary-name", ["canary", "canary-name"]) == "[secret]"


def test_secret_is_redacted_in_lower_case() -> None:
    assert redact('latestBy "canary-name"', ["Canary-Name"]) == 'latestBy "[secret]"'


@pytest.mark.parametrize("secret", ["", "abc", " \n  \t", "   a\n"])
def test_very_short_secret_is_not_redacted(secret: str) -> None:
    assert redact("abc  \n   def", [secret]) == "abc  \n   def"


def test_truncated_long_secret_is_redacted():
    secret = "canary" * 2_000

    shown = redact(f"sent {secret[:9_000]} and more", [secret])

    assert shown == "sent [secret]"


@pytest.mark.parametrize(("count", "length"), [(201, 8), (9, 8_000), (1_500, 9_600)])
def test_too_many_secrets_redact_the_whole_text(count: int, length: int) -> None:
    secrets = [f"{number:06d}" * (length // 6) for number in range(count)]

    assert redact(f"sent {secrets[-1]}", secrets) == NOT_SHOWN


def test_many_short_secrets_do_not_redact_the_whole_text() -> None:
    assert redact("text", [f"{number:03d}" for number in range(1_000)]) == "text"


@pytest.mark.parametrize("length", [20, 1_500, 8_000])
def test_truncated_text_contains_no_part_of_a_secret(length: int) -> None:
    secret = "".join(f"t{number:04d}" for number in range(1_600))[:length]
    text = f"sent {secret}, " * (300_000 // length)

    for remaining in (6, 4_096, 65_536):
        shown = redact_beginning(text, [secret], remaining)

        assert len(shown) <= remaining + len("[secret]")
        assert "t0" not in shown
        assert "t1" not in shown


def test_redacting_many_long_secrets_does_not_leak_memory() -> None:
    tracemalloc.start()
    try:
        sizes = []
        for number in range(8):
            redact("some text", [f"{number:04d}" + "secret" * 200])
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()

    assert sizes[7] < 1.5 * sizes[3]
