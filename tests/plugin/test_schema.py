"""Fields of a model in schema.json, and unsupported types."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, computed_field

from generate.schema import build_properties
from pulumi_tcimages.core.images import Record
from pulumi_tcimages.sources.tione import PlatformImageExtraAttribute


class Deferred(Record):
    """A model that is built at its first use."""

    model_config = ConfigDict(defer_build=True)

    plain: dict[str, list[str]] = Field({}, description="Texts.")

    @computed_field(description="A map.")
    @cached_property
    def components(self) -> dict[str, str]:
        return {}

    @computed_field(description="A list of objects.")
    @property
    def extra_attributes(self) -> list[PlatformImageExtraAttribute]:
        return []


def test_computed_fields_of_a_deferred_model_have_types() -> None:
    text = {"type": "string"}

    assert build_properties(Deferred) == {
        "plain": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": text},
            "description": "Texts.",
        },
        "components": {
            "type": "object",
            "additionalProperties": text,
            "description": "A map.",
        },
        "extraAttributes": {
            "type": "array",
            "items": {"$ref": "#/types/tcimages:index:PlatformImageExtraAttribute"},
            "description": "A list of objects.",
        },
    }


def build_model(annotation: Any) -> type[BaseModel]:
    return type("Odd", (BaseModel,), {"__annotations__": {"field": annotation}})


class Unlisted(BaseModel):
    """A nested model without a type in the schema."""

    text: str


@pytest.mark.parametrize(
    "annotation",
    [
        Any,
        object,
        bytes,
        set[str],
        tuple[str, str],
        list,
        dict,
        dict[int, str],
        dict[str, Any],
        list[bytes],
        str | int,
        str | list[str] | None,
        Literal["a", 1],
        Unlisted,
        list[Unlisted],
        None,
    ],
    ids=str,
)
def test_unsupported_field_type_raises(
    annotation: Any,
) -> None:
    with pytest.raises(TypeError, match=r"^Odd\.field: "):
        build_properties(build_model(annotation))


def test_unsupported_computed_field_type_raises() -> None:
    class Odd(BaseModel):
        @computed_field
        @property
        def field(self) -> dict[str, bytes]:
            return {}

    with pytest.raises(TypeError, match=r"^Odd\.field: <class 'bytes'> has no type in a schema"):
        build_properties(Odd)


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (str, "string"),
        (str | None, "string"),
        (Literal["a", "b"], "string"),
        (Literal[1, 2] | None, "integer"),
        (bool, "boolean"),
        (float, "number"),
    ],
    ids=str,
)
def test_scalar_field_has_its_type(annotation: Any, kind: str) -> None:
    assert build_properties(build_model(annotation))["field"]["type"] == kind
