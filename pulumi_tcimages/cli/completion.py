"""Shell completion for flag values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import get_args

import click

from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.configuration import field_names
from pulumi_tcimages.core.configuration_keys import SECRETS, Configuration
from pulumi_tcimages.naming import camel_path

Complete = Callable[[click.Context, click.Parameter, str], list[str]]

USUAL_VALUES = {
    "framework": (
        *("mindspore", "onnx", "paddlepaddle", "pmml", "pyspark", "pytorch", "scikit-learn"),
        *("sglang", "spark", "tensorflow", "tensorrt-llm", "triton", "vllm", "xgboost"),
    ),
    "gpu": ("A10", "A100", "A800", "H20", "H100", "H800", "L20", "L40", "P4", "P40", "T4", "V100"),
}
"""Values from the vendor's documentation and listings, for completion only.

The commands accept other values too, because the vendor may add some.
"""


def complete_from(values: Sequence[str]) -> Complete:
    """Return a completion function for values that start with the typed text, ignoring case."""

    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
        return list(_starting_with(incomplete, values))

    return complete


def complete_list(values: Sequence[str]) -> Complete:
    """Return a completion function for a comma-separated list in which each value occurs once."""

    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
        head, comma, last = incomplete.rpartition(",")
        used = head.split(",")
        left = [value for value in values if value not in used]
        return [f"{head}{comma}{value}" for value in _starting_with(last.lstrip(), left)]

    return complete


def complete_setting(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Complete a configuration key or, after `=`, one of its allowed values."""
    settings = {camel_path(path): path for path in field_names() if path not in SECRETS}
    key, equals, value = incomplete.partition("=")
    if not equals:
        return [f"{name}=" for name in _starting_with(key, settings)]
    field = Configuration.model_fields.get(settings.get(key, ""))
    values = [
        text
        for kind in alternatives(field.annotation if field else None)
        for text in get_args(kind)
    ]
    texts = [text for text in values if isinstance(text, str)]
    return [f"{key}={text}" for text in _starting_with(value, texts)]


def _starting_with(start: str, values: Iterable[str]) -> Iterator[str]:
    return (value for value in values if value.lower().startswith(start.lower()))
