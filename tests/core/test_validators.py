"""Validators of arguments: accepted values and the errors for others."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.core.validators import is_word
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sources.platform_images import PlatformImageQuery, PlatformImagesQuery
from pulumi_tcimages.sources.session_images import SessionImageQuery
from tests.core.queries import ENGINE, catch_error


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
def test_invalid_region_is_rejected_as_in_the_configuration(region: str) -> None:
    error = catch_error(PlatformImageQuery, {"region": region})
    with pytest.raises(ConfigurationError) as in_configuration:
        read_configuration({"region": region})

    allowed = "lower-case letters and digits in parts joined by hyphens, as in ap-guangzhou"
    assert (error.argument, error.problem, error.allowed) == (
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
def test_framework_as_framework_type_suggests_both_arguments(value: str, framework: str) -> None:
    error = catch_error(SessionImageQuery, {**ENGINE, "framework_type": value})

    assert error.text() == (
        "invalid argument. [invalid-argument]\n"
        f'Argument frameworkType "{value}"\n'
        "Problem  this is a framework, not a framework type\n"
        "Allowed  machine-learning, python, spark-ml\n"
        f'Next     write frameworkType "machine-learning" and framework "{framework}"'
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Machine-Learning", "machine-learning"),
        ("spark_ml", "spark-ml"),
        ("Spark ML", "spark-ml"),
        ("PYTHON", "python"),
    ],
)
def test_misspelled_framework_type_is_corrected(value: str, expected: str) -> None:
    error = catch_error(SessionImageQuery, {**ENGINE, "framework_type": value})

    assert (error.problem, error.fix) == (
        "framework types are spelled exactly",
        f'write "{expected}"',
    )


def test_unknown_device_is_rejected() -> None:
    error = catch_error(PlatformImageQuery, {"device": "tpu"})

    assert (error.argument, error.value, error.allowed) == (
        "device",
        '"tpu"',
        "cpu, gpu, npu",
    )


def test_impossible_range_is_rejected_for_version_and_component() -> None:
    version = catch_error(PlatformImageQuery, {"framework_version": ">=2.5,<2.1"})
    component = catch_error(PlatformImageQuery, {"components": {"cuda": ">=12,<11"}})

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


def test_component_with_two_spellings_is_rejected() -> None:
    error = catch_error(PlatformImageQuery, {"components": {"torch": ">=2", "PyTorch": "<3"}})

    assert (error.argument, error.value, error.problem, error.fix) == (
        "components",
        '{"torch": ">=2", "PyTorch": "<3"}',
        '"pytorch" is given twice, under two spellings',
        'leave out "torch" or "PyTorch"',
    )


@pytest.mark.parametrize(
    ("text", "is_valid"), [("A10", True), ("", False), ("a\nb", False), ("x" * 257, False)]
)
def test_words_are_validated(text: str, is_valid: bool) -> None:
    assert is_word(text) is is_valid


def test_map_entries_are_sorted_by_name() -> None:
    """The engine passes maps without an order, but results must be reproducible."""
    components = {"torch": ">=2.1", "cuda": "==12.*", "vllm": "none"}
    attributes = {"TrainingModes": "DDP", "AllowSaveAllContent": "true"}

    query = read_query(PlatformImagesQuery, {"components": components, "attributes": attributes})

    assert list(query.criteria()["components"]) == ["cuda", "pytorch", "vllm"]
    assert list(query.criteria()["attributes"]) == ["AllowSaveAllContent", "TrainingModes"]
