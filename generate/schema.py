"""Generate schema.json from the sources, for the Pulumi Registry and SDKs in all languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from pulumi_tcimages import __version__
from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.configuration_keys import SECRET_KEYS, Configuration
from pulumi_tcimages.core.images import Record
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.functions import Function, list_functions
from pulumi_tcimages.plugin.pin_inputs import Pin, list_pins
from pulumi_tcimages.sources import SOURCES

Schema = dict[str, Any]


def _models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield all models in a type: the type itself, the items of a list, and the types of fields."""
    for kind in alternatives(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield kind
            for field in kind.model_fields.values():
                yield from _models_of(field.annotation)
        for argument in get_args(kind):
            yield from _models_of(argument)


def _find_types() -> dict[str, type[BaseModel]]:
    """Return the models of the object types in the schema, by name."""
    queries = {source.single_query for source in SOURCES}
    roots = [*(source.image for source in SOURCES), *queries, Configuration]
    models = [model for root in roots for model in _models_of(root)]
    return {model.__name__: model for model in models if model not in {*queries, Configuration}}


_TYPES = _find_types()
_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number"}
_HOME = "https://github.com/pulumi-tcimages/pulumi-tcimages"
_DOWNLOADS = "github://api.github.com/pulumi-tcimages/pulumi-tcimages"
"""The address of the plugin archives, which generated SDKs pass to the engine."""
_FILES = _HOME.replace("//github.com", "//raw.githubusercontent.com")

_REGION = {"type": "string", "description": "The region that was queried."}
_PIN_OUTPUTS: dict[str, Schema] = {
    "resolvedAt": {
        "type": "string",
        "description": "The time when the image was selected, in UTC, for example "
        "`2026-11-22T17:35:47Z`. Empty if the program only reads the pin with `get`, or if an "
        "older state does not contain it.",
    },
    "available": {
        "type": "boolean",
        "description": "Whether the image was still available at the last refresh or update.",
    },
    "newerImageId": {
        "type": "string",
        "description": "The id of the image that the same arguments would select now. Empty if it "
        "is the pinned image, or if no single image can be selected.",
    },
    "newerVersion": {
        "type": "string",
        "description": "The version of the image in `newerImageId`. Empty if there is none.",
    },
}


def build_schema() -> Schema:
    """Build the provider's schema in the format of Pulumi's package metaschema."""
    config = build_properties(Configuration)
    for name in SECRET_KEYS:
        config[camel(name)]["secret"] = True
    return {
        "name": PACKAGE,
        "displayName": "Tencent Cloud Images",
        "version": __version__,
        "description": "Look up images for Tencent Cloud DLC and TIONE at deploy time, with typed "
        "results, explained errors and repeatable deployments.",
        "keywords": [
            "pulumi",
            "tencentcloud",
            "dlc",
            "tione",
            "images",
            "category/cloud",
            "kind/native",
        ],
        "homepage": _HOME,
        "repository": _HOME,
        "logoUrl": f"{_FILES}/v{__version__}/docs/logo.png",
        "license": "Apache-2.0",
        "publisher": "pulumi-tcimages",
        "pluginDownloadURL": _DOWNLOADS,
        "language": _languages(),
        "config": {"variables": config},
        "provider": {
            "description": "Configures the region to query and the credentials to use. Both are "
            "optional if the environment or a tccli profile provides them.",
            "inputProperties": config,
            "properties": {
                name: prop for name, prop in config.items() if prop.get("type") == "string"
            },
        },
        "types": {_token(name): _object_type(model) for name, model in sorted(_TYPES.items())},
        "functions": {function.token: _function(function) for function in list_functions()},
        "resources": {pin.token: _resource(pin) for pin in list_pins()},
    }


def _function(function: Function) -> Schema:
    image = function.source.image
    if function.is_single:
        outputs = {**build_properties(image), "region": _REGION}
        required = [*_required_outputs(image), "region"]
    else:
        outputs = {
            "images": {
                "type": "array",
                "items": _reference(image),
                "description": "The matching images, sorted by framework or family, version, name "
                "and id.",
            },
            "ids": {
                "type": "array",
                "items": {"type": "string"},
                "description": "The ids of the images, in the same order.",
            },
            "totalCount": {
                "type": "integer",
                "description": "The number of images that the API lists, before the criteria are "
                "applied.",
            },
            "region": _REGION,
        }
        if not image.id_field:
            del outputs["ids"]
        required = list(outputs)
    return {
        "description": function.query.__doc__,
        "inputs": _inputs_type(function.query),
        "outputs": {"type": "object", "properties": outputs, "required": required},
    }


def _resource(pin: Pin) -> Schema:
    inputs = _inputs_type(pin.query)
    required = inputs.get("required", [])
    triggers = {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "Arbitrary strings. If one of them changes, the image is selected again.",
    }
    image = {**_reference(pin.source.image), "description": "The pinned image."}
    properties = {**inputs["properties"], "triggers": triggers}
    source = pin.source
    moved_by = (
        f"a trigger, the region or {source.scope}" if source.scope else "a trigger or the region"
    )
    return {
        "description": f"Stores the result of `{source.single_function}` in the stack's state, "
        f"like a lock file. The image changes only if {moved_by} changes, or if it no "
        f"longer matches changed criteria. Can be imported with the id `{source.import_form}`.",
        "inputProperties": properties,
        **({"requiredInputs": required} if required else {}),
        "properties": {**properties, "image": image, **_PIN_OUTPUTS},
        "required": [*required, "image", *_PIN_OUTPUTS],
    }


def _object_type(model: type[BaseModel]) -> Schema:
    always = _required_outputs(model) if issubclass(model, Record) else _required_inputs(model)
    return {
        "type": "object",
        "properties": build_properties(model),
        "description": model.__doc__,
        **({"required": always} if always else {}),
    }


def _inputs_type(model: type[BaseModel]) -> Schema:
    required = _required_inputs(model)
    shape: Schema = {"type": "object", "properties": build_properties(model)}
    return {**shape, "required": required} if required else shape


def _required_inputs(model: type[BaseModel]) -> list[str]:
    return [camel(name) for name, field in model.model_fields.items() if field.is_required()]


def build_properties(model: type[BaseModel]) -> Schema:
    """Build the schema of a model's fields.

    Raises: TypeError for a field without a schema type.
    """
    model.model_rebuild()  # The types of a deferred model are not resolved before this.
    types = {
        name: (field.annotation, field.description) for name, field in model.model_fields.items()
    }
    for name, computed in model.model_computed_fields.items():
        types[name] = computed.return_type, computed.description
    properties = {}
    for name, (annotation, description) in types.items():
        try:
            properties[camel(name)] = {**_type(annotation), "description": description}
        except TypeError as unknown:
            raise TypeError(f"{model.__name__}.{name}: {unknown}") from None
    return properties


def _required_outputs(model: type[BaseModel]) -> list[str]:
    """Return a record's strings, lists and maps, which may be empty but are never absent."""
    shapes = build_properties(model)
    kinds = ("string", "array", "object")
    return [name for name, shape in shapes.items() if shape.get("type") in kinds]


def _type(annotation: Any) -> Schema:
    """Build the schema of a Python type, ignoring None and validators.

    Raises: TypeError for a type that the schema cannot express.
    """
    kinds = list(alternatives(annotation))
    if len(kinds) != 1:
        raise TypeError(f"{annotation} is {len(kinds)} types, and a property has one")
    (kind,) = kinds
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list:
        return {"type": "array", "items": _type(arguments[0])}
    if origin is dict and _type(arguments[0]) == {"type": "string"}:
        return {"type": "object", "additionalProperties": _type(arguments[1])}
    if origin is Literal and len({type(value) for value in arguments}) == 1:
        return _type(type(arguments[0]))
    if kind in _TYPES.values():
        return _reference(kind)
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    raise TypeError(f"{kind} has no type in a schema")


def _reference(model: type[BaseModel]) -> Schema:
    return {"$ref": f"#/types/{_token(model.__name__)}"}


def _token(name: str) -> str:
    return f"{PACKAGE}:index:{name}"


def _languages() -> Schema:
    return {
        "python": {
            "packageName": "pulumi_tcimages",
            "requires": {"pulumi": ">=3.220,<4"},
            "respectSchemaVersion": True,
            "pyproject": {"enabled": True},
        },
        "nodejs": {"packageName": "@pulumi/tcimages", "respectSchemaVersion": True},
        "go": {
            "importBasePath": "github.com/pulumi-tcimages/pulumi-tcimages/sdk/go/tcimages",
            "respectSchemaVersion": True,
        },
        "csharp": {"rootNamespace": "Pulumi", "respectSchemaVersion": True},
        "java": {"buildFiles": "gradle"},
    }
