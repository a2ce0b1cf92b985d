"""Errors about invalid arguments: the argument, its value and the allowed values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core.query import BaseQuery, read_query
from pulumi_tcimages.core.validation_errors import check_known, read_arguments, show_value
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.sources.platform_images import PlatformImageQuery, PlatformImagesQuery
from pulumi_tcimages.sources.session_images import SessionImageQuery, SessionImagesQuery
from tests.core.invalid_values import INVALID_VALUES
from tests.core.queries import ENGINE
from tests.core.strategies import EXAMPLES, anything, hostile_text

MODELS = (PlatformImagesQuery, PlatformImageQuery, SessionImagesQuery, SessionImageQuery)


def catch_error(
    arguments: dict[Any, Any], model: type[BaseQuery] = PlatformImageQuery
) -> InvalidArgumentError:
    with pytest.raises(InvalidArgumentError) as caught:
        read_arguments(model, arguments)
    caught.value.text().encode()  # encoding fails if the text has an unpaired surrogate
    return caught.value


def test_unknown_argument_error_has_all_names_and_the_nearest() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_query(PlatformImageQuery, {"frameworkVersoin": ">=2"}, camel)

    assert " ".join(caught.value.text("getPlatformImage").split()) == (
        "getPlatformImage: invalid argument. [invalid-argument] "
        'Problem there is no argument "frameworkVersoin" '
        f"Allowed {', '.join(map(camel, PlatformImageQuery.model_fields))} "
        "Next did you mean frameworkVersion?"
    )


@pytest.mark.parametrize("name", ["latest", "latest_by"])
def test_latest_for_a_list_suggests_the_single_image_function(name: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_query(PlatformImagesQuery, {name: True})

    assert caught.value.fix == (
        "call the function for one image, which chooses it: a list has them all"
    )


def test_latest_by_for_session_images_suggests_latest() -> None:
    """Session images have only the framework's version to compare."""
    assert catch_error({"latest_by": ["cuda"]}, SessionImageQuery).fix == "did you mean `latest`?"


def test_unknown_argument_without_similar_name_has_no_suggestion() -> None:
    assert catch_error({"zzz": 1}).fix == "leave it out: the line Allowed has all arguments"


def test_argument_in_the_wrong_case_style_is_unknown() -> None:
    assert catch_error({"imageRange": "Train"}).fix == "did you mean `image_range`?"


def test_unknown_argument_of_10_mb_is_shortened() -> None:
    assert catch_error({"x" * 10_000_000: 1}).problem == (
        f'there is no argument "{"x" * 60}... (10000000 characters)"'
    )


def test_none_is_a_missing_argument() -> None:
    assert read_arguments(PlatformImageQuery, {"framework": None}) == PlatformImageQuery()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"framework": ..., "device": "tpu"}, "there is no such device"),
        ({"framework": ..., "framwork": "vllm"}, 'there is no argument "framwork"'),
        ({"framework": ..., "components": {"cuda": "12"}}, "this is not a version range"),
    ],
)
def test_invalid_value_is_rejected_beside_unknown_values(
    arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        check_known(PlatformImageQuery, arguments, lambda value: value is not ...)

    assert problem in caught.value.problem


@pytest.mark.parametrize(
    ("model", "arguments"),
    [
        # With a known value, the query may have enough criteria.
        (PlatformImageQuery, {"framework": ..., "latest": True}),
        (SessionImageQuery, {"data_engine_id": ..., "framework_type": "python"}),
    ],
)
def test_checks_of_all_arguments_are_skipped_for_unknown_values(
    model: type[BaseQuery], arguments: dict[str, Any]
) -> None:
    check_known(model, arguments, lambda value: value is not ...)

    with pytest.raises(InvalidArgumentError):
        read_arguments(
            model, {name: value for name, value in arguments.items() if value is not ...}
        )


def test_missing_argument_error_text() -> None:
    error = catch_error({"framework_type": "python"}, SessionImageQuery)

    assert error.text() == (
        "invalid argument. [invalid-argument]\n"
        "Argument dataEngineId\n"
        "Problem  this argument is required\n"
        "Next     give the id of the data engine, for example DataEngine-b0jt6fvk"
    )


@pytest.mark.parametrize(
    ("arguments", "argument", "value", "problem", "fix"),
    INVALID_VALUES,
    ids=[f"{argument} {value}"[:40] for _, argument, value, *_ in INVALID_VALUES],
)
def test_invalid_value_error_has_argument_value_problem_and_fix(
    arguments: dict[str, Any], argument: str, value: str, problem: str, fix: str
) -> None:
    error = catch_error(arguments)

    assert (error.argument, error.value, error.problem, error.fix) == (
        argument,
        value,
        problem,
        fix,
    )


def test_lone_surrogate_in_a_key_is_escaped() -> None:
    error = catch_error({"components": {"x\ud800\x1b": ">=1"}})

    assert error.value == r'"x\ud800\x1b"'
    assert "\x1b" not in error.text()


def test_invalid_range_error_text() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_query(PlatformImageQuery, {"components": {"pytorch": "2.5"}}, camel)

    assert caught.value.text("getPlatformImage") == (
        "getPlatformImage: invalid argument. [invalid-argument]\n"
        'Argument components.pytorch "2.5"\n'
        "Problem  this is not a version range\n"
        'Allowed  a PEP 440 range such as ">=2.5,<3" or "==2.5.*", or "*" (present)\n'
        '         or "none" (absent)\n'
        'Next     write "==2.5" (this version), "==2.5.*" (its series) or ">=2.5"\n'
        "         (from it on)"
    )


@pytest.mark.parametrize(
    ("word", "fix"),
    [
        ("latest", "leave it out; `latest_by` with this component chooses its newest version"),
        ("any", 'write "*"'),
        ("present", 'write "*"'),
        ("absent", 'write "none"'),
        ("nightly", 'write a range, for instance ">=2.5,<3"'),
    ],
)
def test_word_for_a_component_suggests_the_equivalent_value(word: str, fix: str) -> None:
    assert catch_error({"components": {"pytorch": word}}).fix == fix


@EXAMPLES
@given(
    st.sampled_from(MODELS),
    st.dictionaries(
        st.sampled_from([*PlatformImageQuery.model_fields, *SessionImageQuery.model_fields])
        | hostile_text,
        anything,
        max_size=3,
    ),
)
def test_any_arguments_are_a_query_or_an_invalid_argument(
    model: type[BaseQuery], arguments: dict[str, Any]
) -> None:
    inputs = {**ENGINE, **arguments} if model in MODELS[2:] else arguments
    try:
        read_arguments(model, inputs)
    except InvalidArgumentError as error:
        text = error.text()
        text.encode()
        assert len(text) < 1500
        assert all(character.isprintable() or character == "\n" for character in text)


@EXAMPLES
@given(anything)
def test_any_value_is_shown_short_and_printable(value: Any) -> None:
    text = show_value(value)

    assert text.isprintable()
    assert len(text) < 600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latest_by", [5] * 1_001),
        ("filters", [{"name": "ImageId", "values": [5] * 600}] * 2),
        ("attributes", {f"k{number}": 5 for number in range(1_001)}),
        ("components", {f"k{number}": ">=1" for number in range(1_001)}),
    ],
)
def test_too_many_items_are_rejected_before_they_are_read(name, value) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_arguments(PlatformImageQuery, {name: value})

    assert (caught.value.problem, caught.value.argument) == (
        "a list or map has at most 1000 items",
        name,
    )


def test_empty_required_argument_error_suggests_a_value() -> None:
    error = catch_error({"data_engine_id": "", "framework_type": "python"}, SessionImagesQuery)

    assert error.problem == "an empty string matches nothing"
    assert error.fix.startswith("give the id of the data engine")
