"""The types an annotation allows, without its wrappers."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Optional

import pytest

from pulumi_tcimages.core.annotations import alternatives


@pytest.mark.parametrize(
    ("annotation", "types"),
    [
        (str, [str]),
        (int | None, [int]),
        (Optional[list[str]], [list[str]]),  # noqa: UP045
        (Annotated[str | Annotated[int, 1], 2] | None, [str, int]),
        (Annotated[Literal["a"], 1] | None, [Literal["a"]]),
        (type(None), []),
    ],
    ids=str,
)
def test_alternatives_of_a_type(annotation: Any, types: list[Any]) -> None:
    assert list(alternatives(annotation)) == types
