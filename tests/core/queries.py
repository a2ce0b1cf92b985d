"""Helpers that build images and queries, choose an image and apply hints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery, read_query
from pulumi_tcimages.core.selection import choose_image
from pulumi_tcimages.diagnostics import Hint, Where
from pulumi_tcimages.errors import AmbiguousMatchError, InvalidArgumentError, NoMatchError
from pulumi_tcimages.naming import camel, render_names
from pulumi_tcimages.sources.platform_images import PlatformImage, PlatformImageQuery
from pulumi_tcimages.sources.session_images import SessionImage, SessionImageQuery

WHERE = Where("ap-guangzhou", "tione.tencentcloudapi.com")
ENGINE = {"data_engine_id": "DataEngine-b0jt6fvk", "framework_type": "machine-learning"}


def images_named(*names: str, **row: Any) -> list[PlatformImage]:
    """Return platform images with these names, the ids `id-<name>` and equal other fields."""
    return [PlatformImage(image_name=name, image_id=f"id-{name}", **row) for name in names]


def session_images_with(*versions: str) -> list[SessionImage]:
    return [
        SessionImage(spark_image_version=version, spark_image_id=f"id-{version}")
        for version in versions
    ]


def build_query(arguments: dict[str, Any]) -> BaseQuery:
    model = SessionImageQuery if "data_engine_id" in arguments else PlatformImageQuery
    return read_query(model, arguments)


def catch_error(model: type[BaseQuery], arguments: dict[str, Any]) -> InvalidArgumentError:
    """Return the error of a query with these arguments."""
    with pytest.raises(InvalidArgumentError) as caught:
        read_query(model, arguments)
    return caught.value


def outcome(
    images: Sequence[Image], arguments: dict[str, Any]
) -> Image | NoMatchError | AmbiguousMatchError:
    """Return the chosen image, or the error of a lookup without one."""
    try:
        return choose_image(images, build_query(arguments), WHERE).image
    except (NoMatchError, AmbiguousMatchError) as error:
        return error


def no_match(images: list[Any], **arguments: Any) -> NoMatchError:
    """Return the error of a query that no image matches."""
    result = outcome(images, arguments)
    assert isinstance(result, NoMatchError)
    return result


def chosen_name(images: Sequence[Image], **arguments: Any) -> str:
    """Return the name of the chosen image, or the error's first line and problem."""
    result = outcome(images, arguments)
    if not isinstance(result, Exception):
        return str(result.label)
    problem = render_names(getattr(result, "problem", ""), camel)
    return f"{str(result).splitlines()[0]} {problem}".strip()


def apply_hint(arguments: dict[str, Any], hint: Hint) -> dict[str, Any]:
    """Return the arguments with a hint applied: values are added, replaced or removed."""
    changed = dict(arguments)
    for path in hint.instead_of:
        argument, _, key = path.partition(".")
        parts = _without_aliases(changed[argument], key) if key else {}
        changed[argument] = {name: part for name, part in parts.items() if name != key}
    for criterion in hint.criteria:
        value = _value(criterion.value)
        if criterion.key:
            parts = {**(changed.get(criterion.argument) or {}), criterion.key: value}
            changed[criterion.argument] = {
                key: part
                for key, part in _without_aliases(parts, criterion.key).items()
                if part is not None
            } or None
        else:
            changed[criterion.argument] = value
    return {name: value for name, value in changed.items() if value is not None}


def _value(value: str) -> Any:
    if value.startswith('"'):
        return value[1:-1]
    return json.loads(value) if value else None


def _without_aliases(parts: dict[str, Any], key: str) -> dict[str, Any]:
    aliases = {"torch": "pytorch", "py": "python"}
    return {name: part for name, part in parts.items() if aliases.get(name) != key}


def ambiguous(images: list[Any], **arguments: Any) -> AmbiguousMatchError:
    error = outcome(images, arguments)
    assert isinstance(error, AmbiguousMatchError)
    return error
