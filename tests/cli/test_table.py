"""Tables: aligned by cells, fitted to a width, ids whole."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cli.table import Table, build_record, build_table, cut, wrap
from pulumi_tcimages.formatting import cell_width

HEADER = ["image-id", "image-name", "device"]
ROWS = [["0123456789", "a-name-of-thirty-characters-ok", "gpu"], ["9", "短名", "cpu"]]


def test_a_table_without_a_width_is_whole() -> None:
    assert build_table(HEADER, ROWS) == Table(
        [
            "image-id    image-name                      device",
            "0123456789  a-name-of-thirty-characters-ok  gpu",
            "9           短名                            cpu",
        ],
        [],
    )


def test_long_texts_are_cut_where_the_width_asks_for_it_and_ids_are_not() -> None:
    assert build_table(HEADER, ROWS, width=40, readable=12) == Table(
        [
            "image-id    image-name            device",
            "0123456789  a-name-of-thirty-ch…  gpu",
            "9           短名                  cpu",
        ],
        [],
    )


def test_columns_are_left_out_from_the_right_before_texts_become_unreadable() -> None:
    table = build_table(HEADER, ROWS, width=45)

    assert table.left_out == ["device"]
    assert table.lines[1] == "0123456789  a-name-of-thirty-characters-ok"


def test_one_column_is_always_left() -> None:
    assert build_table(HEADER, ROWS, width=4).lines == ["ima…", "012…", "9"]


@pytest.mark.parametrize("width", range(4, 90))
def test_no_line_is_wider_than_asked(width: int) -> None:
    rows = [["1", "支持的核心库:Python 3.12,CUDA 12.8", "x" * 50]]

    lines = build_table(["image-id", "description", "image-url"], rows, width).lines

    assert max(map(cell_width, lines)) <= width


def test_a_record_keeps_values_in_their_column() -> None:
    fields = [("name", "torch"), ("description", "支持的卡型列表\nA10,A100")]

    assert build_record(fields, width=25) == [
        "name         torch",
        "description  支持的卡型列",
        "             表",
        "             A10,A100",
    ]


def test_a_record_stays_legible_on_a_terminal_that_has_no_room_for_it() -> None:
    assert build_record([("description", "torch and vllm")], width=10) == [
        "description  torch and",
        "             vllm",
    ]


def test_a_record_without_a_width_wraps_nothing() -> None:
    assert build_record([("url", "x" * 200)]) == ["url  " + "x" * 200]


@pytest.mark.parametrize(
    ("text", "cells", "pieces"),
    [
        ("abcdef", 3, ["abc", "def"]),
        ("one two three", 9, ["one two", "three"]),
        ("a bcdefghij", 5, ["a bcd", "efghi", "j"]),
        ("短短短", 5, ["短短", "短"]),
        ("短", 1, ["短"]),
        ("", 5, [""]),
        ("anything", None, ["anything"]),
    ],
)
def test_text_is_wrapped_at_a_near_blank_or_anywhere(
    text: str, cells: int | None, pieces: list[str]
) -> None:
    assert list(wrap(text, cells)) == pieces


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [("torch", 5, "torch"), ("torch2", 5, "torc…"), ("短短短", 5, "短短…"), ("短短短", 4, "短…")],
)
def test_a_text_that_is_cut_says_so(text: str, cells: int, shown: str) -> None:
    assert cut(text, cells) == shown
