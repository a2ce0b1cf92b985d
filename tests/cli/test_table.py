"""Tables: aligned by terminal cells and fitted to a width, with complete ids."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from pulumi_tcimages.cli.table import Table, build_record, build_table, cut, wrap

HEADER = ["image-name", "device", "image-id"]
ROWS = [["a-name-of-thirty-characters-ok", "gpu", "0123456789"], ["短名", "cpu", "9"]]


def test_table_without_a_width_is_not_truncated() -> None:
    assert build_table(HEADER, ROWS) == Table(
        [
            "image-name                      device  image-id",
            "a-name-of-thirty-characters-ok  gpu     0123456789",
            "短名                            cpu     9",
        ],
        [],
    )


@pytest.mark.parametrize(
    ("name", "cells"),
    [("短名", 4), ("e\N{COMBINING ACUTE ACCENT}te", 3), ("ｆｕｌｌ", 8), ("\N{ROCKET}", 2)],
)
def test_columns_align_after_wide_and_combining_characters(name: str, cells: int) -> None:
    lines = build_table(["image-name", "device"], [[name, "gpu"]]).lines

    assert lines[1] == f"{name}{' ' * (len('image-name') - cells)}  gpu"


def test_columns_are_dropped_before_text_is_truncated() -> None:
    table = build_table(HEADER, ROWS, width=45, whole=HEADER)

    assert table.dropped == ["image-id"]
    assert table.lines[1] == "a-name-of-thirty-characters-ok  gpu"


def test_long_text_is_truncated_before_a_column_is_dropped() -> None:
    assert build_table(HEADER, ROWS, width=40, whole=["image-id"]) == Table(
        [
            "image-name            device  image-id",
            "a-name-of-thirty-ch…  gpu     0123456789",
            "短名                  cpu     9",
        ],
        [],
    )


def test_first_column_is_truncated_as_a_last_resort() -> None:
    assert build_table(HEADER, ROWS, width=4).lines == ["ima…", "a-n…", "短名"]


@pytest.mark.parametrize("whole", [[], ["image-id"], ["image-id", "description", "image-url"]])
@pytest.mark.parametrize("width", range(4, 90))
def test_lines_are_never_wider_than_the_width(width: int, whole: list[str]) -> None:
    rows = [["1", "支持的核心库:Python 3.12,CUDA 12.8", "x" * 50]]

    table = build_table(["image-id", "description", "image-url"], rows, width, whole)

    assert max(map(cell_len, table.lines)) <= width


def test_record_values_stay_in_their_column() -> None:
    fields = [("name", "torch"), ("description", "支持的卡型列表\nA10,A100")]

    assert build_record(fields, width=25) == [
        "name         torch",
        "description  支持的卡型列",
        "             表",
        "             A10,A100",
    ]


def test_record_is_readable_on_a_narrow_terminal() -> None:
    assert build_record([("description", "torch and vllm")], width=10) == [
        "description  torch and",
        "             vllm",
    ]


def test_record_without_a_width_is_not_wrapped() -> None:
    assert build_record([("url", "x" * 200)]) == ["url  " + "x" * 200]


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("at /a/long/path", 6, ["at", "/a/long/path"]),
        ("one two three", 9, ["one two", "three"]),
        ("one\ntwo", 9, ["one", "two"]),
        ("[red]x[/red] :rocket:", 30, ["[red]x[/red] :rocket:"]),
        ("短短短", 5, ["短短", "短"]),
        ("", 5, [""]),
        ("anything", None, ["anything"]),
    ],
)
def test_text_wraps_between_words_and_between_chinese_characters(
    text: str, cells: int | None, lines: list[str]
) -> None:
    assert wrap(text, cells) == lines


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [("torch", 5, "torch"), ("torch2", 5, "torc…"), ("短短短", 5, "短短…"), ("短短短", 4, "短…")],
)
def test_truncated_text_ends_with_an_ellipsis(text: str, cells: int, shown: str) -> None:
    assert cut(text, cells) == shown
