"""What may stand for an argument: each kind of value, and what is said of one that may not."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.core.validators import is_word
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sources.platform_images import PlatformImageQuery, PlatformImagesQuery
from pulumi_tcimages.sources.session_images import SessionImageQuery
from tests.core.queries import ENGINE, refusal_of


@pytest.mark.parametrize(
    "region",
    [
        "AP-GUANGZHOU",
        "ap guangzhou",
        "ap-guangzhou.evil.example",
        "ap_x",
        "a/b",
        "guangzhou",
        "-",
        "ap-" + "x" * 62,
    ],
)
def test_a_region_that_cannot_be_one_is_refused_as_in_the_configuration(region: str) -> None:
    refused = refusal_of(PlatformImageQuery, {"region": region})
    with pytest.raises(ConfigurationError) as in_configuration:
        read_configuration({"region": region})

    allowed = "lower-case letters and digits in parts joined by hyphens, as in ap-guangzhou"
    assert (refused.argument, refused.problem, refused.allowed) == (
        "region",
        "this is not the name of a region",
        allowed,
    )
    assert in_configuration.value.allowed == allowed


@pytest.mark.parametrize(
    ("value", "framework"),
    [
        ("pytorch", "pytorch"),
        ("Torch", "pytorch"),
        ("TensorFlow", "tensorflow"),
        ("tf", "tensorflow"),
        ("sklearn", "scikit-learn"),
    ],
)
def test_a_framework_given_as_framework_type_is_refused_with_the_right_pair(
    value: str, framework: str
) -> None:
    refused = refusal_of(SessionImageQuery, {**ENGINE, "framework_type": value})

    assert refused.text() == (
        "invalid argument. [invalid-argument]\n"
        f'Argument frameworkType "{value}"\n'
        "Problem  this is a framework, not a framework type\n"
        "Allowed  machine-learning, python, spark-ml\n"
        f'Next     write frameworkType "machine-learning" and framework "{framework}"'
    )


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("Machine-Learning", "machine-learning"),
        ("spark_ml", "spark-ml"),
        ("Spark ML", "spark-ml"),
        ("PYTHON", "python"),
    ],
)
def test_a_framework_type_spelled_otherwise_is_refused_with_the_right_one(
    value: str, meant: str
) -> None:
    refused = refusal_of(SessionImageQuery, {**ENGINE, "framework_type": value})

    assert (refused.problem, refused.fix) == (
        "framework types are spelled exactly",
        f'write "{meant}"',
    )


def test_an_unknown_device_is_refused() -> None:
    refused = refusal_of(PlatformImageQuery, {"device": "tpu"})

    assert (refused.argument, refused.value, refused.allowed) == (
        "device",
        '"tpu"',
        "cpu, gpu, npu",
    )


def test_an_impossible_range_is_refused_wherever_it_stands() -> None:
    version = refusal_of(PlatformImageQuery, {"framework_version": ">=2.5,<2.1"})
    component = refusal_of(PlatformImageQuery, {"components": {"cuda": ">=12,<11"}})

    assert version.text("getPlatformImage") == (
        "getPlatformImage: invalid argument. [invalid-argument]\n"
        'Argument frameworkVersion ">=2.5,<2.1"\n'
        "Problem  no version is both >=2.5 and <2.1\n"
        'Next     write ">=2.1,<2.5"'
    )
    assert component.text() == (
        "invalid argument. [invalid-argument]\n"
        'Argument components.cuda ">=12,<11"\n'
        "Problem  no version is both >=12 and <11\n"
        'Next     write ">=11,<12"'
    )


def test_a_component_under_two_spellings_is_refused() -> None:
    refused = refusal_of(PlatformImageQuery, {"components": {"torch": ">=2", "PyTorch": "<3"}})

    assert (refused.argument, refused.value, refused.problem, refused.fix) == (
        "components",
        '{"torch": ">=2", "PyTorch": "<3"}',
        '"pytorch" is given twice, under two spellings',
        'leave out "torch" or "PyTorch"',
    )


@pytest.mark.parametrize(
    ("text", "can"), [("A10", True), ("", False), ("a\nb", False), ("x" * 257, False)]
)
def test_what_a_question_can_hold(text: str, can: bool) -> None:
    assert is_word(text) is can


def test_the_parts_of_a_map_are_asked_in_the_order_of_their_names() -> None:
    """The engine hands maps on without an order, and an answer must not depend on chance."""
    components = {"torch": ">=2.1", "cuda": "==12.*", "vllm": "none"}
    attributes = {"TrainingModes": "DDP", "AllowSaveAllContent": "true"}

    query = read_query(PlatformImagesQuery, {"components": components, "attributes": attributes})

    assert list(query.criteria()["components"]) == ["cuda", "pytorch", "vllm"]
    assert list(query.criteria()["attributes"]) == ["AllowSaveAllContent", "TrainingModes"]
