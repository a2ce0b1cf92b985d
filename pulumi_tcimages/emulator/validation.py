"""Validate catalogue data and raise readable errors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pulumi_tcimages.emulator.models import ENTRIES
from pulumi_tcimages.emulator.store import CatalogueError

_TEXTS = {"missing": "is missing", "string_too_short": "must not be empty"}
_EXPECTED = {
    "list_type": "a list",
    "string_type": "a string",
    "bool_type": "a boolean",
    "int_type": "an integer",
    "model_type": "an object",
    "dict_type": "an object",
}


def validate(model: type[BaseModel], value: Any, label: str = "", document: Any = None) -> None:
    """Validate a value with a model.

    Args:
        label: a noun for the value in the error, such as `preset image`.
        document: the catalogue, if `value` is a whole catalogue. Errors then name the image.

    Raises: CatalogueError for the first invalid field.
    """
    try:
        model.model_validate(value)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        path = _render_path(problem["loc"])
        name = _find_name(document, problem["loc"])
        place = f"{path} ({name})" if name else path or "the document"
        prefix = f"{label}: " if label else ""
        raise CatalogueError(f"{prefix}{place}: {_describe(problem, model)}") from None


def _describe(problem: ErrorDetails, model: type[BaseModel]) -> str:
    if problem["type"] == "extra_forbidden":
        kind, *inner = problem["loc"]
        parent = ENTRIES[str(kind)] if inner else model
        names = (field.alias or name for name, field in parent.model_fields.items())
        return f"unknown field, expected one of {', '.join(names)}"
    if problem["type"] in _EXPECTED:
        return f"expected {_EXPECTED[problem['type']]}, got {_name_type(problem['input'])}"
    return _TEXTS.get(problem["type"]) or problem["msg"][0].lower() + problem["msg"][1:]


def _name_type(value: Any) -> str:
    names = {bool: "a boolean", int: "an integer", float: "a number", str: "a string",
             list: "a list", type(None): "null"}  # fmt: skip
    return names.get(type(value), "an object")


def _render_path(path: tuple[int | str, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _find_name(document: Any, path: tuple[int | str, ...]) -> str:
    """Return the name of the image at a path in a catalogue, or "" if it cannot be determined.

    Errors contain the name because users cannot easily find an image by its index.
    """
    try:
        kind, index, *_ = path
        image = document[kind][index]["image"]
        fields = ("ImageName", "SparkImageVersion", "ImageVersion", "Name")
        return str(next(image[field] for field in fields if image.get(field)))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration):
        return ""
