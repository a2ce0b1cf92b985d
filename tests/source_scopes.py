"""The required arguments of each data source, with values in the emulator's catalogue."""

from __future__ import annotations

from pulumi_tcimages.naming import camel
from pulumi_tcimages.sources.source import Source

_SCOPES = {
    "session_image": {"dataEngineId": "DataEngine-b0jt6fvk", "frameworkType": "machine-learning"},
    "engine_image_version": {"engineType": "StandardSpark"},
    "python_spark_image": {"childImageVersionId": "6247ef00-8bae-5125-886d-8efc71a7e29a"},
}


def scope_of(source: Source) -> dict[str, str]:
    """Return the required arguments of a source, by their names in the schema."""
    scope = _SCOPES.get(source.name, {})
    required = list(map(camel, source.list_query.required_names()))
    assert list(scope) == required, f"{__name__} lacks the required arguments of {source.name}"
    return dict(scope)
