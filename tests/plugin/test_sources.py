"""Every data source through the plugin: list, single lookup and pin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest

from generate.schema import build_schema
from pulumi_tcimages.core.api import to_wire
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.naming import camel, snake
from pulumi_tcimages.plugin.property_values import Secret
from pulumi_tcimages.plugin.redaction import Secrets
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.source import Source
from tests.emulator.listing_samples import BUILT_IN, PRESETS, RAY
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import Stack
from tests.source_scopes import scope_of

CANARY = "canary-password-of-a-registry"
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
each_pinned_source = pytest.mark.parametrize(
    "source", [source for source in SOURCES if source.pin_name], ids=lambda source: source.name
)


def list_rows(cloud: Emulator, source: Source) -> list[dict[str, Any]]:
    """Return the rows that the emulator lists for the scope of a source, in its order."""
    scope = {
        to_wire({snake(name): 0}).popitem()[0]: text for name, text in scope_of(source).items()
    }
    entries = cloud.catalogue.entries(f"{source.name}s", "ap-guangzhou")
    if source.name == "session_image":
        engine, framework_type = scope.values()
        place = {"engine": engine, "framework_type": framework_type}
        return [entry.image for entry in entries if entry.place == place]
    return [
        entry.image
        for entry in entries
        if all(entry.image.get(name) == text for name, text in scope.items())
    ]


def read_sent_fields(source: Source, row: dict[str, Any]) -> dict[str, Any]:
    """Return the non-null fields of a row, under the names that the plugin uses."""
    aliases = {
        str(field.validation_alias): camel(name)
        for name, field in source.image.model_fields.items()
    }
    aliases = {alias if alias != "None" else "": name for alias, name in aliases.items()}
    return {
        aliases[name]: [use_camel_case(item) for item in value]
        if isinstance(value, list)
        else value
        for name, value in row.items()
        if value is not None and name in aliases
    }


def use_camel_case(value: Any) -> Any:
    """Return a value of a row with camelCase object keys."""
    if isinstance(value, dict):
        empty = {"Values": []}
        return {
            key[0].lower() + key[1:]: empty.get(key, "") if part is None else part
            for key, part in value.items()
        }
    return [use_camel_case(part) for part in value] if isinstance(value, list) else value


@each_source
def test_list_returns_all_rows_with_all_fields(
    plugin: Plugin, cloud: Emulator, source: Source
) -> None:
    rows = list_rows(cloud, source)

    result = plugin.invoke(source.list_function, **scope_of(source))

    assert result["totalCount"] == len(result["images"]) == len(rows) > 0
    assert ("ids" in result) == bool(source.image.id_field)
    key = camel(source.image.id_field or source.image.name_field)
    images = {image[key]: image for image in result["images"]}
    for row in rows:
        sent = read_sent_fields(source, row)
        image = images[sent[key]]
        assert {name: image[name] for name in sent} == sent


@pytest.mark.parametrize(
    ("name", "kind", "sample"),
    [
        ("preset_image", "preset_images", PRESETS[0]),
        ("preset_image", "preset_images", PRESETS[1]),
        ("built_in_image", "built_in_images", BUILT_IN),
        ("ray_image", "ray_images", RAY),
    ],
)
def test_published_sample_is_returned_field_by_field(
    plugin: Plugin, cloud: Emulator, name: str, kind: str, sample: dict[str, Any]
) -> None:
    source = next(source for source in SOURCES if source.name == name)
    for image in cloud.catalogue.images(kind):
        cloud.catalogue.withdraw(kind, image[cloud_id(kind)])
    cloud.catalogue.add(kind, sample)

    result = plugin.invoke(source.single_function)

    expected = {"os" if field == "OS" else field[0].lower() + field[1:]: use_camel_case(value)
                for field, value in sample.items()}  # fmt: skip
    assert {field: result[field] for field in expected} == expected


@pytest.mark.parametrize("image_id", [10, 10.0, "10"])
def test_ray_image_id_may_be_a_number(plugin: Plugin, image_id: float | str) -> None:
    assert plugin.invoke("getRayImage", imageId=image_id)["id"] == 10


@pytest.mark.parametrize("image_id", [10.5, True])
def test_invalid_ray_image_id_is_rejected(plugin: Plugin, image_id: float) -> None:
    code, text = plugin.invoke_error("getRayImage", imageId=image_id)

    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "Argument imageId" in text


def cloud_id(kind: str) -> str:
    return {"built_in_images": "ImageName", "ray_images": "Id"}.get(kind, "ImageId")


@each_source
def test_fields_of_an_empty_row_are_empty_but_present(
    plugin: Plugin, cloud: Emulator, source: Source
) -> None:
    kind, place = f"{source.name}s", {}
    key = source.image.id_field or source.image.name_field
    row: dict[str, Any] = {to_wire({key: 0}).popitem()[0]: 4711 if key == "id" else "bare"}
    if source.name == "session_image":
        place = {"engine": "DataEngine-b0jt6fvk", "framework_type": "machine-learning"}
    else:
        row |= to_wire({snake(name): text for name, text in scope_of(source).items()})
    cloud.catalogue.add(kind, row, **place)

    images = plugin.invoke(source.list_function, **scope_of(source))["images"]

    empty_image = next(image for image in images if image[camel(key)] in ("bare", 4711))
    schema = build_schema()["types"][f"tcimages:index:{source.type_name}"]
    kinds = {name: shape.get("type") for name, shape in schema["properties"].items()}
    required = {name for name, kind in kinds.items() if kind in ("string", "array", "object")}
    assert set(schema["required"]) == required
    assert required <= empty_image.keys()


@each_pinned_source
def test_pin_keeps_its_image_reports_withdrawal_and_is_imported(
    plugin: Plugin, cloud: Emulator, attach_plugin: Callable[..., Plugin], source: Source
) -> None:
    images = plugin.invoke(source.list_function, **scope_of(source))
    image_id = images["ids"][0]
    criteria = {**scope_of(source), camel(source.id_argument): image_id}
    if source.name == "engine_image_version":
        criteria["state"] = "offline"
    urn = f"urn:pulumi:prod::shop::tcimages:index:{source.pin_name}::pin"
    stack = Stack(plugin.stub, urn)

    preview = stack.preview(criteria)
    stack.up(criteria)

    id_name = camel(source.image.id_field)
    assert str(preview["image"][id_name]) == str(stack.outputs["image"][id_name]) == image_id
    assert stack.up(criteria) == []
    assert stack.up({**criteria, "triggers": {"month": "11"}}) == ["triggers"]
    stack.refresh()
    assert stack.outputs["available"] is True

    imported = Stack(plugin.stub, urn)
    imported.import_("/".join([*scope_of(source).values(), image_id]))
    assert str(imported.outputs["image"][id_name]) == image_id
    assert imported.up(imported.inputs) == []

    place = scope_of(source).values() if source.name == "session_image" else ()
    cloud.catalogue.withdraw(f"{source.name}s", *place, image_id)
    later_plugin = attach_plugin()
    later_plugin.configure(cacheTtlSeconds=0)
    stack.stub = later_plugin.stub
    stack.refresh()
    assert stack.outputs["available"] is False
    assert str(stack.outputs["image"][id_name]) == image_id


def test_registry_password_is_in_no_result_error_or_log(
    attach_plugin: Callable[..., Plugin], cloud: Emulator, engine: Engine
) -> None:
    secret = {"KeyId": CANARY, "Username": CANARY, "Password": CANARY, "SecretId": CANARY}
    cloud.catalogue.add(
        "built_in_images",
        {"ImageName": "private-torch2.8", "ImageUrl": "u", "ImageSecret": secret},
    )
    plugin = attach_plugin(engine.address)
    plugin.configure(cacheTtlSeconds=0)

    answers = [
        plugin.invoke("getBuiltInImages"),
        plugin.invoke("getBuiltInImage", imageName="private-torch2.8"),
        plugin.invoke_error("getBuiltInImage", imageName="private"),
        plugin.invoke_error("getBuiltInImage", components={"pytorch": "*"}),
    ]
    plugin.stop()

    assert "private-torch2.8" in str(answers)
    assert CANARY not in str(answers) + str(engine.logged)


@pytest.mark.parametrize(
    "body",
    [
        '{"Response": {"Images": [{"ImageSecret": {"Password": "%s"}}], "RequestId": "r"}}',
        '{"Response": {"BuildInImageInfos": [{"ImageSecret": {"Password": "%s"}}]',
        '{"Response": {"BuildInImageInfos": [{"ImageName": 7, "ImageSecret": "%s"}]}}',
    ],
    ids=["missing rows", "truncated response", "invalid row"],
)
def test_response_error_does_not_show_the_registry_password(
    attach_plugin: Callable[..., Plugin], cloud: Emulator, body: str
) -> None:
    plugin = attach_plugin()
    plugin.configure(timeoutSeconds=1)
    cloud.faults.add("DescribeBuildInImages", Fault(body=body % CANARY, times=30))

    _, text = plugin.invoke_error("getBuiltInImages")

    assert "DescribeBuildInImages" in text
    assert CANARY not in text


SENT = {"filters": [{"name": "ImageName", "values": ["canary"]}], "type": "Ray"}
"""Values that the API accepts; other arguments accept any text."""
each_api_argument = pytest.mark.parametrize(
    ("source", "argument"),
    [(source, name) for source in SOURCES for name in source.list_query.api_arguments],
    ids=lambda value: value if isinstance(value, str) else value.name,
)


def make_secret(source: Source, argument: str) -> dict[str, Any]:
    """Return arguments with one secret that is sent to the API."""
    name = camel(argument)
    value = scope_of(source).get(name) or SENT.get(name.replace("imageF", "f"), "canary")
    return {**scope_of(source), name: Secret(value), "nameRegex": "^no-image-has-this$"}


@each_api_argument
def test_secret_api_argument_hides_the_number_of_images(
    plugin: Plugin, source: Source, argument: str
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        plugin.invoke(source.single_function, **make_secret(source, argument))

    text = caught.value.details()
    assert f"{camel(argument)} is a secret, so no details are shown" in " ".join(text.split())
    assert "Looked" not in text


@each_api_argument
def test_api_error_about_a_secret_argument_names_the_argument(
    plugin: Plugin, cloud: Emulator, source: Source, argument: str
) -> None:
    cloud.faults.add(source.action.action.name, Fault(code="InvalidParameter", message="No."))

    with pytest.raises(grpc.RpcError) as caught:
        plugin.invoke(source.single_function, **make_secret(source, argument))

    assert f"{camel(argument)} is a secret: check the value" in " ".join(
        caught.value.details().split()
    )


@each_pinned_source
def test_id_of_a_secret_image_is_redacted(source: Source) -> None:
    image_id = "4711-of-a-secret-image"
    state = {"image": Secret({camel(source.image.id_field): image_id})}

    assert image_id in Secrets.among(state, source).texts
