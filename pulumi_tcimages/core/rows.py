"""Convert the rows of a response to images one by one, so that an invalid row does not affect
others.

A row with a wrong type is omitted, and a warning lists it. A number is never converted to a string,
because it may have lost digits: the version 2.10 would become 2.1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.validation_errors import TYPE_NAMES, type_name
from pulumi_tcimages.core.withheld_rows import WithheldRow, iterate_texts
from pulumi_tcimages.formatting import count_of, quote
from pulumi_tcimages.naming import pascal_case

_SHOWN = 5
"""The maximum number of rows that a warning lists."""
_MOST_CHARACTERS = 256 * 1024
"""Maximum number of characters in a row, because listings are kept in memory. The largest known row
is a hundred times smaller.
"""


class UnreadableRow(NamedTuple):
    """A row that does not follow the documented format. The id and the name are "" if unknown."""

    id: str
    name: str
    problem: str


Row = Image | UnreadableRow


def read_rows(model: type[Image], rows: Sequence[Any], size_bytes: int) -> list[Row]:
    """Convert rows to images. A row that cannot be converted becomes an UnreadableRow.

    Args:
        size_bytes: the size of the response that contains the rows.
    """
    if size_bytes <= _MOST_CHARACTERS:
        return [read_row(model, row) for row in rows]
    return [
        read_row(model, row)
        if sum(map(len, iterate_texts(row))) <= _MOST_CHARACTERS
        else _build_unreadable(model, row, f"it has more than {_MOST_CHARACTERS} characters")
        for row in rows
    ]


def read_row(model: type[Image], row: Any) -> Row:
    if isinstance(row, WithheldRow):
        return UnreadableRow("", "", row.problem)
    if not isinstance(row, dict):
        return UnreadableRow("", "", f"expected an object, got {type_name(row)}")
    try:
        image = model.model_validate(row)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)[0]
        return _build_unreadable(model, row, _describe(details))
    if not image.identifier and not image.label:
        return UnreadableRow("", "", "it has neither an id nor a name")
    return image


def identify(image: Image) -> Hashable:
    """Return the id of an image or, for an image without an id, its name and address."""
    return image.identifier or (image.label, image.address)


def list_identities(rows: Iterable[Row]) -> list[Hashable]:
    """Return the id, or the name and address, of each row. Skip unreadable rows without an id."""
    return [
        row.id if isinstance(row, UnreadableRow) else identify(row)
        for row in rows
        if not isinstance(row, UnreadableRow) or row.id
    ]


def count_repeated(rows: Iterable[Row]) -> int:
    """Count the rows with the same id as an earlier row, even if other fields differ."""
    identities = list_identities(rows)
    return len(identities) - len(set(identities))


def drop_identical(rows: Sequence[Row]) -> list[Row]:
    """Return the rows without exact duplicates."""
    firsts: dict[Hashable, Image] = {}
    later: dict[Hashable, set[str]] = {}
    different: list[Row] = []
    for row in rows:
        if not isinstance(row, UnreadableRow):
            identity = identify(row)
            if identity not in firsts:
                firsts[identity] = row
            # Compare rows as strings in a set, which is fast even if many rows have the same id.
            else:
                texts = later.setdefault(identity, {_write_fields(firsts[identity])})
                text = _write_fields(row)
                if text in texts:
                    continue
                texts.add(text)
        different.append(row)
    return different


def have_same_rows(some: Sequence[Row], others: Sequence[Row]) -> bool:
    """Return whether two listings have the same rows, in any order."""
    return sorted(map(_write_row, some)) == sorted(map(_write_row, others))


def _write_row(row: Row) -> str:
    return repr(row) if isinstance(row, UnreadableRow) else _write_fields(row)


def _write_fields(row: Image) -> str:
    """Serialize a row, so that only equal rows have equal strings."""
    return repr([getattr(row, name) for name in type(row).model_fields])


def describe_unreadable(rows: Iterable[object]) -> str:
    """Return a text that lists the unreadable rows with their reasons, or "" if there are none."""
    unreadable = [
        _name(number, row)
        for number, row in enumerate(rows, start=1)
        if isinstance(row, UnreadableRow)
    ]
    more = len(unreadable) - _SHOWN
    return ", ".join(unreadable[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def warn_of_unreadable(rows: Sequence[object]) -> tuple[str, ...]:
    """Return a warning that lists the unreadable rows, or () if there are none."""
    count = sum(isinstance(row, UnreadableRow) for row in rows)
    if not count:
        return ()
    are = "was" if count == 1 else "were"
    return (
        f"{count} of {count_of(len(rows), 'listed image')} {are} left out, because the cloud's "
        f"answer cannot be read there: {describe_unreadable(rows)}",
    )


def warn_of_missing(total_count: int | None, rows: Sequence[object]) -> tuple[str, ...]:
    """Return a warning if the API's total exceeds the number of listed images, else ().

    Args:
        rows: the listed rows without exact duplicates.
    """
    repeated = (total_count or 0) - len(rows)
    if repeated <= 0:
        return ()
    comes = "comes" if repeated == 1 else "come"
    return (
        f"the cloud counts {count_of(total_count or 0, 'image')} and lists {len(rows)} different "
        f"ones: {count_of(repeated, 'image')} {comes} twice, and another may be missing",
    )


def warn_of_shared_ids(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return a warning that lists the ids shared by different images, or () if there are none.

    Args:
        rows: the listed rows without exact duplicates.
    """
    counts = Counter(
        row.identifier for row in rows if not isinstance(row, UnreadableRow) and row.identifier
    )
    shared = [f"{quote(id_)} ({count} images)" for id_, count in counts.items() if count > 1]
    if not shared:
        return ()
    more = f" and {len(shared) - _SHOWN} more" if len(shared) > _SHOWN else ""
    ids = ", ".join(shared[:_SHOWN]).replace("`", "'")
    return (f"the cloud lists different images with the same id: {ids}{more}",)


def _name(number: int, row: UnreadableRow) -> str:
    name = quote(row.name) if row.name else f"id {quote(row.id)}" if row.id else f"row {number}"
    # Replace backticks from the server, because backticks in a message mark argument names.
    return f"{name} ({row.problem})".replace("`", "'")


def _build_unreadable(model: type[Image], row: Any, problem: str) -> UnreadableRow:
    return UnreadableRow(
        model.parse_id(row, pascal_case(model.id_field)) if isinstance(row, dict) else "",
        _read_text(row, model.name_field),
        problem,
    )


def _read_text(row: Any, field: str) -> str:
    value = row.get(pascal_case(field)) if isinstance(row, dict) else None
    return value if isinstance(value, str) else ""


def _describe(details: ErrorDetails) -> str:
    path = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in details["loc"]
    ).lstrip(".")
    wanted = TYPE_NAMES.get(details["type"])
    if wanted is None:
        return f"{path}: {details['msg']}"
    return f"{path}: expected {wanted}, got {type_name(details['input'])}"
