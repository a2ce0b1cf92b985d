"""Faults of an image listing's reply, in the fields of its source."""

from __future__ import annotations

import gzip
import zlib

from pulumi_tcimages.errors import InvalidResponseError
from tests.cloud.fault_cases import Row
from tests.cloud.fault_targets import Target
from tests.cloud.faulty_server import Step, reply

IMAGES = frozenset({"images"})
PAGES = frozenset({"images", "pages"})
TOTAL = frozenset({"images", "total"})


def build_replies(target: Target) -> list[Row]:
    rows, total = target.rows_field, target.total_field
    name, text = target.name_field, target.text_field
    page = target.page([target.row])

    def unreadable(case: str, step: Step, problem: str, needs: frozenset[str] = IMAGES) -> Row:
        return Row(case, (step,), InvalidResponseError, 1, problem, needs=needs)

    def packed(case: str, body: bytes, encoding: str) -> Row:
        return Row(case, (reply(body, f"Content-Encoding: {encoding}"),), None, 1, needs=IMAGES)

    return [
        packed("gzip", gzip.compress(page), "gzip"),
        packed("gzip in capitals", gzip.compress(page), "GZIP"),
        packed("deflate", zlib.compress(page), "deflate"),
        unreadable("no list", target.reply(None, rows_field=""), f"{rows} is missing"),
        unreadable("the list is text", target.reply("x"), "another type"),
        unreadable("the list is an object", target.reply({}), "another type"),
        unreadable(
            "the only row is null",
            target.reply([None]),
            "none can be read: row 1 (expected an object, got null)",
        ),
        unreadable(
            "a field of the only row has a wrong type",
            target.reply([{name: 5}]),
            f"none can be read: row 1 ({name}: expected a string, got a number)",
        ),
        unreadable(
            "every row is unreadable in its own way",
            target.reply([{}, 5, {name: "a", text: ["b"]}]),
            "row 1 (it has neither an id nor a name), row 2 (expected an object, got a number), "
            f'"a" ({text}: expected a string, got a list)',
        ),
        Row(
            "a row is null, a good one is beside it",
            (target.reply([None, target.row]),),
            None,
            1,
            needs=IMAGES,
        ),
        unreadable(
            "more rows than requested",
            target.reply([target.row] * 101),
            f"{rows} has 101 rows, but 100 were requested",
            PAGES,
        ),
        Row(
            "a million empty rows",
            (reply(b'{"Response":{"%s":[' % rows.encode() + b"{}," * 970_000 + b"{}]}}"),),
            InvalidResponseError,
            3,
            "more than 250000 values",
            needs=IMAGES,
        ),
        Row(
            "the same page without a total, whatever the offset",
            (target.reply([target.row], total=None),),
            InvalidResponseError,
            3,
            "3 listings in a row did not add up: 1 row came twice",
            needs=PAGES,
        ),
        unreadable(
            "the total is text", target.reply([], total="1"), f"{total} has another type", TOTAL
        ),
        unreadable(
            "the total is negative", target.reply([], total=-1), f"{total} is negative", TOTAL
        ),
        unreadable(
            "the total is beyond belief",
            target.reply([target.row], total=2**63),
            f"{total} is more than 100000",
            TOTAL,
        ),
        Row(
            "the total is larger, the list null",
            (target.reply(None, total=7),),
            InvalidResponseError,
            3,
            "the total says 7",
            needs=TOTAL,
        ),
    ]
