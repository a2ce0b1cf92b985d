"""Bad input: an InvalidArgumentError that names the argument, shows the value and says what is
allowed."""

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
from tests.core.invalid_values import WRONG
from tests.core.queries import ENGINE
from tests.core.strategies import EXAMPLES, anything, hostile_text

MODELS = (PlatformImagesQuery, PlatformImageQuery, SessionImagesQuery, SessionImageQuery)


def refusal_of(
    arguments: dict[Any, Any], model: type[BaseQuery] = PlatformImageQuery
) -> InvalidArgumentError:
    with pytest.raises(InvalidArgumentError) as refused:
        read_arguments(model, arguments)
    refused.value.text().encode()  # goes over a wire that has no half characters
    return refused.value


def test_an_unknown_argument_is_told_with_all_names_and_the_nearest() -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        read_query(PlatformImageQuery, {"frameworkVersoin": ">=2"}, camel)

    assert " ".join(refused.value.text("getPlatformImage").split()) == (
        "getPlatformImage: invalid argument. [invalid-argument] "
        'Problem there is no argument "frameworkVersoin" '
        f"Allowed {', '.join(map(camel, PlatformImageQuery.model_fields))} "
        "Next did you mean frameworkVersion?"
    )


@pytest.mark.parametrize("name", ["latest", "latest_by"])
def test_who_wants_the_newest_of_a_list_is_led_to_the_function_for_one(name: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        read_query(PlatformImagesQuery, {name: True})

    assert refused.value.fix == (
        "call the function for one image, which chooses it: a list has them all"
    )


def test_who_says_what_newest_means_of_session_images_is_led_to_latest() -> None:
    """There it can only be the framework's version."""
    assert refusal_of({"latest_by": ["cuda"]}, SessionImageQuery).fix == "did you mean `latest`?"


def test_an_unknown_argument_like_no_other_is_told_without_a_guess() -> None:
    assert refusal_of({"zzz": 1}).fix == "leave it out: the line Allowed has all arguments"


def test_an_argument_in_the_wrong_dialect_is_unknown() -> None:
    assert refusal_of({"imageRange": "Train"}).fix == "did you mean `image_range`?"


def test_an_unknown_argument_of_10_mb_is_shortened() -> None:
    assert refusal_of({"x" * 10_000_000: 1}).problem == (
        f'there is no argument "{"x" * 60}... (10000000 characters)"'
    )


def test_an_argument_that_is_none_is_not_given() -> None:
    assert read_arguments(PlatformImageQuery, {"framework": None}) == PlatformImageQuery()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"framework": ..., "device": "tpu"}, "there is no such device"),
        ({"framework": ..., "framwork": "vllm"}, 'there is no argument "framwork"'),
        ({"framework": ..., "components": {"cuda": "12"}}, "this is not a version range"),
    ],
)
def test_beside_what_is_not_known_yet_a_wrong_value_is_told_all_the_same(
    arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        check_known(PlatformImageQuery, arguments, lambda value: value is not ...)

    assert problem in refused.value.problem


@pytest.mark.parametrize(
    ("model", "arguments"),
    [
        (PlatformImageQuery, {"framework": ..., "latest": True}),  # narrow enough in the end
        (SessionImageQuery, {"data_engine_id": ..., "framework_type": "python"}),
    ],
)
def test_what_only_all_arguments_together_can_be_is_not_asked_of_some(
    model: type[BaseQuery], arguments: dict[str, Any]
) -> None:
    check_known(model, arguments, lambda value: value is not ...)

    with pytest.raises(InvalidArgumentError):
        read_arguments(
            model, {name: value for name, value in arguments.items() if value is not ...}
        )


def test_a_missing_argument_is_told() -> None:
    refused = refusal_of({"framework_type": "python"}, SessionImageQuery)

    assert refused.text() == (
        "invalid argument. [invalid-argument]\n"
        "Argument dataEngineId\n"
        "Problem  this argument is required\n"
        "Next     give the id of the data engine, for instance DataEngine-b0jt6fvk"
    )


@pytest.mark.parametrize(
    ("arguments", "argument", "value", "problem", "fix"),
    WRONG,
    ids=[f"{argument} {value}"[:40] for _, argument, value, *_ in WRONG],
)
def test_a_wrong_value_is_told(
    arguments: dict[str, Any], argument: str, value: str, problem: str, fix: str
) -> None:
    refused = refusal_of(arguments)

    assert (refused.argument, refused.value, refused.problem, refused.fix) == (
        argument,
        value,
        problem,
        fix,
    )


def test_a_half_character_in_a_key_does_not_reach_the_text() -> None:
    refused = refusal_of({"components": {"x\ud800\x1b": ">=1"}})

    assert refused.value == r'"x\ud800\x1b"'
    assert "\x1b" not in refused.text()


def test_a_refusal_reads_like_this() -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        read_query(PlatformImageQuery, {"components": {"pytorch": "2.5"}}, camel)

    assert refused.value.text("getPlatformImage") == (
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
def test_a_word_for_a_component_is_refused_with_the_value_that_means_it(
    word: str, fix: str
) -> None:
    assert refusal_of({"components": {"pytorch": word}}).fix == fix


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
def test_any_arguments_are_a_question_or_a_query_error_and_nothing_else(
    model: type[BaseQuery], arguments: dict[str, Any]
) -> None:
    inputs = {**ENGINE, **arguments} if model in MODELS[2:] else arguments
    try:
        read_arguments(model, inputs)
    except InvalidArgumentError as refused:
        text = refused.text()
        text.encode()
        assert len(text) < 1500
        assert all(item.isprintable() or item == "\n" for item in text)


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
def test_an_argument_of_too_many_items_is_refused_before_they_are_read(name, value) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_arguments(PlatformImageQuery, {name: value})

    assert (caught.value.problem, caught.value.argument) == (
        "a list or map has at most 1000 items",
        name,
    )


def test_an_empty_required_argument_is_told_what_to_give() -> None:
    error = refusal_of({"data_engine_id": "", "framework_type": "python"}, SessionImagesQuery)

    assert error.problem == "an empty string matches nothing"
    assert error.fix.startswith("give the id of the data engine")
