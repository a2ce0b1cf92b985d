"""Faults in the response of a listing, with the field names of its source."""

from __future__ import annotations

import gzip
import zlib

from pulumi_tcimages.errors import InvalidResponseError
from tests.cloud.fault_cases import FaultCase, good
from tests.cloud.fault_targets import Target
from tests.cloud.faulty_server import Step, reply

IMAGES = frozenset({"images"})
PAGES = frozenset({"images", "pages"})
TOTAL = frozenset({"images", "total"})


def build_response_cases(target: Target) -> list[FaultCase]:
    rows, total = target.rows_field, target.total_field
    name, text = target.name_field, target.text_field
    page = target.page([target.row])

    def unreadable_case(
        case: str, step: Step, problem: str, needs: frozenset[str] = IMAGES
    ) -> FaultCase:
        return FaultCase(case, (step,), InvalidResponseError, 1, problem, needs=needs)

    def compressed_case(case: str, body: bytes, encoding: str) -> FaultCase:
        return FaultCase(
            case, (reply(body, f"Content-Encoding: {encoding}"),), None, 1, needs=IMAGES
        )

    return [
        compressed_case("gzip", gzip.compress(page), "gzip"),
        compressed_case("gzip in capitals", gzip.compress(page), "GZIP"),
        compressed_case("gzip with bytes after its end", gzip.compress(page) + b"x" * 9, "gzip"),
        compressed_case("gzip with zeros after its end", gzip.compress(page) + b"\0" * 9, "gzip"),
        FaultCase(
            "two gzip streams",
            (reply(gzip.compress(page) * 2, "Content-Encoding: gzip"),),
            InvalidResponseError,
            3,
            "JSON",
            needs=IMAGES,
        ),
        compressed_case("deflate", zlib.compress(page), "deflate"),
        unreadable_case("no list", target.reply(None, rows_field=""), f"{rows} is missing"),
        unreadable_case("the list is text", target.reply("x"), "another type"),
        unreadable_case("the list is an object", target.reply({}), "another type"),
        unreadable_case(
            "the only row is null",
            target.reply([None]),
            "none can be read: row 1 (expected an object, got null)",
        ),
        unreadable_case(
            "a field of the only row has a wrong type",
            target.reply([{name: 5}]),
            f"none can be read: row 1 ({name}: expected a string, got a number)",
        ),
        unreadable_case(
            "every row is unreadable in its own way",
            target.reply([{}, 5, {name: "a", text: ["b"]}]),
            "row 1 (it has neither an id nor a name), row 2 (expected an object, got a number), "
            f'"a" ({text}: expected a string, got a list)',
        ),
        FaultCase(
            "one of two rows is null",
            (target.reply([None, target.row]),),
            None,
            1,
            needs=IMAGES,
        ),
        unreadable_case(
            "more rows than requested",
            target.reply([target.row] * 101),
            f"{rows} has 101 rows, but 100 were requested",
            PAGES,
        ),
        FaultCase(
            "a million empty rows",
            (reply(b'{"Response":{"%s":[' % rows.encode() + b"{}," * 970_000 + b"{}]}}"),),
            InvalidResponseError,
            3,
            "more than 250000 values",
            needs=IMAGES,
        ),
        FaultCase(
            "the same page without a total, whatever the offset",
            (target.reply([target.row], total=None),),
            InvalidResponseError,
            3,
            "3 listings in a row did not add up: 1 row came twice",
            needs=PAGES,
        ),
        unreadable_case(
            "the total is text", target.reply([], total="1"), f"{total} has another type", TOTAL
        ),
        unreadable_case(
            "the total is negative", target.reply([], total=-1), f"{total} is negative", TOTAL
        ),
        unreadable_case(
            "the total is beyond belief",
            target.reply([target.row], total=2**63),
            f"{total} is more than 100000",
            TOTAL,
        ),
        FaultCase(
            "a larger total, and the list is null",
            (target.reply(None, total=7),),
            InvalidResponseError,
            3,
            "the total says 7",
            needs=TOTAL,
        ),
        FaultCase(
            "the total and the list are null once",
            (target.reply(None, total=None), good),
            None,
            2,
            images=1,
            needs=TOTAL,
        ),
    ]
