"""The maps of an image accept every spelling of a name that criteria accept."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.sdk.image_maps import ImageMap
from tests.sdk.conftest import PLATFORM, RunProgram
from tests.sdk.test_resources import PIN_OUTPUTS

COMPONENTS = {"pytorch": "2.3", "cuda": "12.4", "scikit-learn": "1.5"}
IMAGE = {
    **PLATFORM,
    "components": COMPONENTS,
    "libraries": {"transformers": "4.50", "tilearn.ops": "0.2"},
    "attributes": {"TrainingModes": ["DDP"]},
}
SPELLINGS = [("torch", "2.3"), ("PyTorch", "2.3"), ("cu", "12.4"), ("sklearn", "1.5")]


@pytest.mark.parametrize(("name", "version"), SPELLINGS)
def test_component_is_read_by_the_spelling_of_the_criterion(
    run_program: RunProgram, name: str, version: str
) -> None:
    def program(record: object) -> None:
        arguments = {name: "*"}
        image = tcimages.get_platform_image(components=arguments)
        listed = tcimages.get_platform_images(components=arguments).images[0]
        pin = tcimages.PlatformImagePin("train", components=arguments)
        output = tcimages.get_platform_image_output(components=arguments)
        for found in (image, listed):
            record((found.components[name], found.components.get(name), name in found.components))
        pin.image.components[name].apply(record)
        output.components[name].apply(record)
        output.apply(lambda known: record(known.components[name]))

    response = {**IMAGE, "images": [IMAGE], "ids": ["image-1"], "totalCount": 1}
    recorded = run_program(program, response, extra={**PIN_OUTPUTS, "image": IMAGE}).recorded

    assert sorted(map(str, recorded)) == sorted([str((version, version, True))] * 2 + [version] * 3)


def test_libraries_and_attributes_are_read_by_any_spelling(run_program: RunProgram) -> None:
    def program(record: object) -> None:
        image = tcimages.get_platform_image(framework="pytorch")
        record((image.libraries["Transformers"], image.attributes["trainingmodes"]))

    assert run_program(program, IMAGE).recorded == [("4.50", ["DDP"])]


def test_missing_component_raises_key_error() -> None:
    components = ImageMap(COMPONENTS)

    with pytest.raises(KeyError, match="vllm"):
        components["vllm"]
    assert components.get("vllm", "none") == "none"
    assert "vllm" not in components
    assert 1 not in components


def test_image_map_behaves_as_a_dict() -> None:
    components = ImageMap(COMPONENTS)

    assert components == COMPONENTS
    assert list(components) == list(COMPONENTS)
    assert json.loads(json.dumps(components)) == COMPONENTS
    assert copy.deepcopy(components)["torch"] == "2.3"
    assert pickle.loads(pickle.dumps(components))["torch"] == "2.3"
