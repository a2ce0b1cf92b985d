"""Parsing of single rows: tolerated values, and reports about unreadable rows."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.rows import (
    UnreadableRow,
    drop_identical,
    read_row,
    read_rows,
    warn_of_unreadable,
)
from pulumi_tcimages.sources.platform_images import PlatformImage
from pulumi_tcimages.sources.session_images import SessionImage
from pulumi_tcimages.sources.tione import PlatformImageExtraAttribute


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (None, "expected an object, got null"),
        ([], "expected an object, got a list"),
        ("a", "expected an object, got a string"),
        (True, "expected an object, got a boolean"),
        ({}, "it has neither an id nor a name"),
        ({"ImageId": "", "ImageName": None}, "it has neither an id nor a name"),
        ({"ImageUrl": "host/repo:tag"}, "it has neither an id nor a name"),
        ({"ImageId": 5}, "ImageId: expected a string, got a number"),
        ({"ImageId": ["a"]}, "ImageId: expected a string, got a list"),
    ],
)
def test_row_without_id_and_name_is_unreadable(row, problem):
    assert read_row(PlatformImage, row) == UnreadableRow("", "", problem)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("FrameworkVersion", 2.10, "FrameworkVersion: expected a string, got a number"),
        ("FrameworkVersion", 2, "FrameworkVersion: expected a string, got a number"),
        ("Framework", {}, "Framework: expected a string, got a map"),
        ("SupportGpuList", "A10", "SupportGpuList: expected a list, got a string"),
        ("SupportGpuList", ["A10", 5], "SupportGpuList[1]: expected a string, got a number"),
        ("SupportGpuList", ["A"] * 257, "SupportGpuList: more than 256 items"),
        ("ImageRange", {"0": "Train"}, "ImageRange: expected a list, got a map"),
        ("ExtraAttributes", [5], "ExtraAttributes[0]: expected an object, got a number"),
        ("ExtraAttributes", [{}] * 257, "ExtraAttributes: more than 256 items"),
        (
            "ExtraAttributes",
            [{"Key": "a", "Value": True}],
            "ExtraAttributes[0].Value: expected a string, got a boolean",
        ),
        (
            "SupportDistributedDeploy",
            "true",
            "SupportDistributedDeploy: expected true or false, got a string",
        ),
    ],
)
def test_wrong_type_makes_the_row_unreadable(field, value, problem):
    row = {"ImageId": "i-1", "ImageName": "n-1", field: value}

    assert read_row(PlatformImage, row) == UnreadableRow("i-1", "n-1", problem)


def test_session_image_with_numeric_version_is_unreadable():
    row = {"SparkImageId": "s-1", "SparkImageVersion": 2.5}

    assert read_row(SessionImage, row) == UnreadableRow(
        "s-1", "", "SparkImageVersion: expected a string, got a number"
    )


def test_number_too_large_is_unreadable():
    row = read_row(SessionImage, {"SparkImageId": "s-1", "SparkImageType": 10**400})

    assert isinstance(row, UnreadableRow)
    assert row.problem.startswith("SparkImageType: ")


@pytest.mark.parametrize(
    "fields",
    [
        {"Description": "x" * 300_000},
        {"SupportGpuList": ["x" * 3_000] * 100},
        {"ExtraAttributes": [{"Key": "a", "Values": ["x" * 3_000]}] * 100},
        {"FromTheFuture": {"x" * 300_000: 1}},
    ],
)
def test_long_row_is_unreadable_and_others_are_read(fields):
    rows = [{"ImageId": "i-1", **fields}, {"ImageId": "i-2"}]

    assert read_rows(PlatformImage, rows, size_bytes=300_100) == [
        UnreadableRow("i-1", "", "it has more than 262144 characters"),
        PlatformImage(image_id="i-2"),
    ]


def test_deeply_nested_row_is_read():
    nested: list[object] = []
    for _ in range(5_000):
        nested = [nested]

    assert read_rows(PlatformImage, [{"ImageId": "i-1", "New": nested}], size_bytes=300_000) == [
        PlatformImage(image_id="i-1")
    ]


def test_nulls_in_lists_and_unknown_fields_are_ignored():
    row = {
        "ImageId": "i-1",
        "SupportGpuList": [None, "A10", None],
        "ImageRange": [None],
        "ExtraAttributes": [None, {"Key": "a", "Values": [None, "b"]}],
        "FromTheFuture": [None, {}],
    }

    assert read_row(PlatformImage, row) == PlatformImage(
        image_id="i-1",
        support_gpu_list=["A10"],
        extra_attributes=[PlatformImageExtraAttribute(key="a", values=["b"])],
    )


def test_readable_rows_have_no_warning():
    assert warn_of_unreadable([PlatformImage(image_id="a")]) == ()


def test_warning_names_unreadable_rows():
    unreadable = [UnreadableRow("i-1", "n-1", "why"), UnreadableRow("i-2", "", "so"), None]
    rows = [PlatformImage(image_id="a"), *unreadable[:2], UnreadableRow("", "", "no")]

    assert warn_of_unreadable(rows) == (
        "3 of 4 listed images were left out, because the cloud's answer cannot be read there: "
        '"n-1" (why), id "i-2" (so), row 4 (no)',
    )


def test_warning_names_five_rows_and_counts_the_rest():
    rows = [UnreadableRow("", "", "no")] * 7

    (warning,) = warn_of_unreadable(rows)

    assert warning.endswith("row 4 (no), row 5 (no) and 2 more")


def test_hostile_name_is_escaped_in_the_warning():
    rows = [UnreadableRow("", "a\x1b[31m`image_id`" + "x" * 100, "no")]

    (warning,) = warn_of_unreadable(rows)

    assert "\x1b" not in warning
    assert "`" not in warning
    assert len(warning) < 200


def test_identical_rows_are_dropped_and_different_rows_remain():
    first = PlatformImage(image_id="a", description="one")
    other = PlatformImage(image_id="a", description="two")
    unreadable = UnreadableRow("", "", "no")

    assert drop_identical([first, other, unreadable, first, unreadable]) == [
        first,
        other,
        unreadable,
        unreadable,
    ]
    assert drop_identical([SessionImage(spark_image_id="s")] * 2) == [
        SessionImage(spark_image_id="s")
    ]


def test_identical_rows_are_found_without_comparing_each_pair(monkeypatch):
    comparisons = 0
    equal = SessionImage.__eq__

    def count_comparison(self, other):
        nonlocal comparisons
        comparisons += 1
        return equal(self, other)

    monkeypatch.setattr(SessionImage, "__eq__", count_comparison)
    rows = [SessionImage(spark_image_id="s", spark_image_type=number) for number in range(300)]

    assert len(drop_identical([*rows, *rows])) == 300
    assert comparisons < 1_000
