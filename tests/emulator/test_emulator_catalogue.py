"""Catalogue files: the default, other files and their JSON schema."""

from __future__ import annotations

import copy
import json
from collections import Counter

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_tcimages.emulator import Catalogue, CatalogueError, Emulator
from pulumi_tcimages.emulator.catalogue import DEFAULT_FILE, SCHEMA_FILE
from pulumi_tcimages.emulator.listings import LISTINGS
from tests.emulator.raw_client import Caller

LISTING = "DescribePlatformImages"
DEFAULT = json.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
ENGINE = ("DataEngine-b0jt6fvk", "python")


def test_schema_file_describes_the_default_catalogue():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(DEFAULT, SCHEMA)


def test_default_catalogue_is_valid():
    """It is loaded without validation, because every emulator loads it."""
    assert Catalogue.read(DEFAULT).to_document() == Catalogue.load().to_document()


def test_default_entries_have_a_provenance():
    entries = [entry for kind in LISTINGS for entry in DEFAULT[kind]]
    assert all("provenance" in entry for entry in entries)
    assert {
        kind: count
        for kind in LISTINGS
        if (count := Counter(entry["provenance"] for entry in DEFAULT[kind])["vendor"])
    } == {
        "platform_images": 1,
        "preset_images": 2,
        "built_in_images": 1,
        "session_images": 3,
        "ray_images": 1,
    }


def test_default_catalogue_has_images_of_every_kind():
    counts = {kind: len(DEFAULT[kind]) for kind in LISTINGS}
    assert counts.pop("platform_images") > 200
    assert counts.pop("preset_images") >= 40
    assert min(counts.values()) >= 2


def test_descriptions_have_library_lists_in_both_punctuations():
    descriptions = [entry["image"].get("Description") or "" for entry in DEFAULT["platform_images"]]
    assert sum("支持的核心库:" in text and "," in text for text in descriptions) >= 60
    assert sum("支持的核心库：" in text and "，" in text for text in descriptions) >= 60


def test_default_catalogue_is_large_and_inconsistent():
    rows = [entry["image"] for entry in DEFAULT["platform_images"]]
    assert len(rows) > 200
    assert {row.get("ImageType") for row in rows} == {"TCR", "CCR", "ccr", "tcr"}
    assert {"PYTORCH", "PyTorch", "pytorch"} <= {row["Framework"] for row in rows}
    assert any(row["SupportGpuList"] is None for row in rows)
    assert any(row["ImageRange"] is None for row in rows)
    assert any(row["FrameworkVersion"] == "" for row in rows)
    assert any(not row.get("ImageName") for row in rows)
    assert any("SupportDistributedDeploy" not in row for row in rows)
    assert any("RegionScope" not in row for row in rows)
    rows_without_gpu_list = [row for row in rows if row["SupportGpuList"] == []]
    assert any("支持的卡型：" in row["Description"] for row in rows_without_gpu_list)
    assert any(set(row) - set(SCHEMA["$defs"]["PlatformImage"]["properties"]) for row in rows)


def test_three_engines_have_every_framework_type():
    assert Catalogue.load().engines() == {
        "DataEngine-b0jt6fvk": ["machine-learning", "python", "spark-ml"],
        "DataEngine-e482ijv6": ["machine-learning", "python", "spark-ml"],
        "DataEngine-5plqp7q7": ["machine-learning", "python", "spark-ml"],
    }


def test_saved_catalogue_is_read_unchanged():
    catalogue = Catalogue.load()
    document = json.loads(json.dumps(catalogue.to_document()))
    assert Catalogue.read(document).to_document() == catalogue.to_document()
    assert {**DEFAULT, **document} == DEFAULT


def test_catalogue_file_is_served(tmp_path):
    path = tmp_path / "catalogue.json"
    document = {"platform_images": [{"image": {"ImageId": "mine"}}], "session_images": []}
    path.write_text(json.dumps(document))
    with Emulator(catalogue=path) as cloud:
        response = Caller(cloud).call(LISTING).response
    assert response["PlatformImageInfos"] == [{"ImageId": "mine"}]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("platform_images",), {}, "platform_images: expected a list, got an object"),
        (
            ("extra",),
            1,
            f"extra: unknown field, expected one of $schema, about, {', '.join(LISTINGS)}",
        ),
        (
            ("session_images", 0, "Engine"),
            "x",
            "session_images[0].Engine (tensorflow-v2.18.0): unknown field, expected one of "
            "provenance, regions, engine, framework_type, image",
        ),
        (
            ("platform_images", 0, "image", "ImageRange"),
            "Train",
            "platform_images[0].image.ImageRange (tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu): "
            "expected a list, got a string",
        ),
        (
            ("platform_images", 1, "image", "ExtraAttributes", 2, "Values", 0),
            True,
            "platform_images[1].image.ExtraAttributes[2].Values[0] "
            "(verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu): expected a string, got a boolean",
        ),
        (
            ("session_images", 2, "image", "SparkImageType"),
            1.5,
            "session_images[2].image.SparkImageType (pytorch-v2.5.1): "
            "expected an integer, got a number",
        ),
        (
            ("platform_images", 0, "provenance"),
            "hearsay",
            "platform_images[0].provenance (tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu): "
            "input should be 'vendor', 'vendor name' or 'invented'",
        ),
        (
            ("session_images", 0, "engine"),
            "",
            "session_images[0].engine (tensorflow-v2.18.0): must not be empty",
        ),
        (("platform_images", 0), {}, "platform_images[0].image: is missing"),
        (("platform_images", 0, "image"), {}, "platform_images[0].image.ImageId: is missing"),
        (
            ("preset_images", 0, "image", "RuntimeLibList", 0, "Version"),
            1,
            "preset_images[0].image.RuntimeLibList[0].Version "
            "(verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu): expected a string, got an integer",
        ),
        (
            ("ray_images", 0, "image", "Id"),
            "4",
            "ray_images[0].image.Id (tcray-3.0.0.dev0-py311-cpu): "
            "expected an integer, got a string",
        ),
        (
            ("engine_image_versions", 1, "image", "ImageVersionId"),
            None,
            "engine_image_versions[1].image.ImageVersionId (Standard-S 1.1): "
            "expected a string, got null",
        ),
        (
            ("platform_images", 1, "image", "ImageId"),
            "35551e3c-b0e3-40dc-8e91-cc10a5613cd3",
            "platform image 35551e3c-b0e3-40dc-8e91-cc10a5613cd3: is there already",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_invalid_catalogue_file_is_rejected_with_entry_and_field(tmp_path, path, value, problem):
    document = copy.deepcopy(DEFAULT)
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(document))
    with pytest.raises(CatalogueError) as caught:
        Emulator(catalogue=file)
    assert str(caught.value) == f"{file}: {problem}"


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000])
def test_file_without_a_catalogue_is_rejected_with_its_path(tmp_path, text):
    file = tmp_path / "catalogue.json"
    file.write_text(text)
    with pytest.raises(CatalogueError, match=str(file)):
        Catalogue.load(file)
    with pytest.raises(CatalogueError, match="No such file"):
        Catalogue.load(tmp_path / "none.json")


SMALL = {
    "platform_images": DEFAULT["platform_images"][:2],
    "session_images": DEFAULT["session_images"][:2],
}
PATHS = [
    ("platform_images",),
    ("platform_images", 0),
    ("platform_images", 0, "image"),
    ("platform_images", 0, "provenance"),
    ("platform_images", 0, "regions"),
    ("platform_images", 0, "image", "ImageId"),
    ("platform_images", 0, "image", "ImageRange"),
    ("platform_images", 0, "image", "ExtraAttributes"),
    ("platform_images", 0, "image", "ExtraAttributes", 0),
    ("platform_images", 0, "image", "ExtraAttributes", 0, "Values"),
    ("platform_images", 0, "image", "SupportDistributedDeploy"),
    ("platform_images", 0, "unknown"),
    ("session_images", 1, "engine"),
    ("session_images", 1, "image", "SparkImageType"),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False).filter(lambda x: x % 1)
    | st.sampled_from(["", "vendor", "text"]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["ImageId", "Key", "image"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@settings(max_examples=300)
@given(st.sampled_from(PATHS), VALUES)
def test_schema_allows_exactly_the_readable_documents(path, value):
    document = copy.deepcopy(SMALL)
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    is_valid = jsonschema.Draft202012Validator(SCHEMA).is_valid(document)
    try:
        Catalogue.read(document)
        is_readable = True
    except CatalogueError as problem:
        is_readable = str(problem).endswith("is there already")
    assert is_readable == is_valid
