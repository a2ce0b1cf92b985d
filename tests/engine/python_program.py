"""A Python program with every function and every pin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Template

from pulumi_tcimages.naming import snake
from tests.engine.source_uses import Use, write_uses

_HEAD = """
import pulumi
import pulumi_tcimages as tcimages

pinned = pulumi.Config().require_object("pinned")
"""
_SOURCE = Template("""
image = tcimages.${single}_output($chosen)
images = tcimages.${list}_output($scope)
first = images.images[0]
plain = tcimages.${single}($chosen)
listed = tcimages.${list}($scope).images[0]
pulumi.export("$name", {
    "image": {$texts_of_image},
    "lists": {$lists_of_image},
    "first": {$texts_of_first},
    "count": images.total_count,
    "plain": {$texts_of_plain},
    "plainFirst": {$texts_of_listed},
})
""")
_PIN = Template("""
pin = tcimages.${pin}("$name", $scope $id_argument=pinned["$name"])
held = pin.image
pulumi.export("${name}Pin", {
    "image": {$texts_of_held},
    "newer": {"id": pin.newer_image_id, "version": pin.newer_version},
    "available": pin.available,
})
""")


def write_python(uses: Iterable[Use]) -> str:
    """Return __main__.py."""
    return _HEAD + write_uses(uses, _SOURCE, _PIN, _template_values)


def _template_values(use: Use) -> dict[str, str]:
    return {
        "single": snake(use.source.single_function),
        "list": snake(use.source.list_function),
        "id_argument": snake(use.id_argument),
        "scope": _write_arguments(use.scope),
        "chosen": _write_arguments({**use.scope, **use.criterion}),
        **use.write_fields(_write_fields),
    }


def _write_arguments(arguments: Mapping[str, str]) -> str:
    return "".join(f"{snake(name)}={text!r}, " for name, text in arguments.items())


def _write_fields(value: str, fields: Iterable[str]) -> str:
    return "".join(f'\n        "{field}": {value}.{snake(field)},' for field in fields)
