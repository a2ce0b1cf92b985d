"""Reading rows one by one: what is tolerated, and how a row that is not is reported."""

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
def test_a_row_without_a_readable_identity_is_unreadable(row, problem):
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
def test_a_wrong_type_in_one_field_makes_the_row_unreadable(field, value, problem):
    row = {"ImageId": "i-1", "ImageName": "n-1", field: value}

    assert read_row(PlatformImage, row) == UnreadableRow("i-1", "n-1", problem)


def test_a_session_image_with_a_numeric_version_is_unreadable():
    row = {"SparkImageId": "s-1", "SparkImageVersion": 2.5}

    assert read_row(SessionImage, row) == UnreadableRow(
        "s-1", "", "SparkImageVersion: expected a string, got a number"
    )


def test_a_number_that_is_too_large_to_be_carried_is_unreadable():
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
def test_a_row_of_too_much_text_is_unreadable_and_the_others_are_read(fields):
    rows = [{"ImageId": "i-1", **fields}, {"ImageId": "i-2"}]

    assert read_rows(PlatformImage, rows, size_bytes=300_100) == [
        UnreadableRow("i-1", "", "it has more than 262144 characters"),
        PlatformImage(image_id="i-2"),
    ]


def test_a_row_that_is_nested_deeply_is_read():
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]

    assert read_rows(PlatformImage, [{"ImageId": "i-1", "New": deep}], size_bytes=300_000) == [
        PlatformImage(image_id="i-1")
    ]


def test_nulls_in_lists_are_skipped_and_unknown_fields_are_ignored():
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


def test_no_warning_when_every_row_was_read():
    assert warn_of_unreadable([PlatformImage(image_id="a")]) == ()


def test_one_warning_names_the_rows_that_were_left_out():
    bad = [UnreadableRow("i-1", "n-1", "why"), UnreadableRow("i-2", "", "so"), None]
    rows = [PlatformImage(image_id="a"), *bad[:2], UnreadableRow("", "", "no")]

    assert warn_of_unreadable(rows) == (
        "3 of 4 listed images were left out, because the cloud's answer cannot be read there: "
        '"n-1" (why), id "i-2" (so), row 4 (no)',
    )


def test_a_warning_of_many_rows_names_five_and_counts_the_others():
    rows = [UnreadableRow("", "", "no")] * 7

    (warning,) = warn_of_unreadable(rows)

    assert warning.endswith("row 4 (no), row 5 (no) and 2 more")


def test_a_name_that_is_hostile_is_shown_safely():
    rows = [UnreadableRow("", "a\x1b[31m`image_id`" + "x" * 100, "no")]

    (warning,) = warn_of_unreadable(rows)

    assert "\x1b" not in warning
    assert "`" not in warning
    assert len(warning) < 200


def test_identical_rows_count_once_and_rows_that_differ_anywhere_stay():
    first = PlatformImage(image_id="a", description="one")
    other = PlatformImage(image_id="a", description="two")
    bad = UnreadableRow("", "", "no")

    assert drop_identical([first, other, bad, first, bad]) == [first, other, bad, bad]
    assert drop_identical([SessionImage(spark_image_id="s")] * 2) == [
        SessionImage(spark_image_id="s")
    ]


def test_many_different_rows_of_one_id_are_compared_without_comparing_each_pair(monkeypatch):
    comparisons = 0
    equal = SessionImage.__eq__

    def count(self, other):
        nonlocal comparisons
        comparisons += 1
        return equal(self, other)

    monkeypatch.setattr(SessionImage, "__eq__", count)
    rows = [SessionImage(spark_image_id="s", spark_image_type=number) for number in range(300)]

    assert len(drop_identical([*rows, *rows])) == 300
    assert comparisons < 1_000
