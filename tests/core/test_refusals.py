"""Bad input: a QueryError that names the argument, shows the value and says what is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core.query import (
    PlatformImageQuery,
    PlatformImagesQuery,
    Question,
    SessionImageQuery,
    SessionImagesQuery,
    read_query,
)
from pulumi_tcimages.core.refusals import read_arguments, shown
from pulumi_tcimages.errors import QueryError
from pulumi_tcimages.layout import camel
from tests.core.strategies import EXAMPLES, anything, hostile_text

ENGINE = {"data_engine_id": "DataEngine-b0jt6fvk", "framework_type": "machine-learning"}
MODELS = (PlatformImagesQuery, PlatformImageQuery, SessionImagesQuery, SessionImageQuery)
PLATFORM_NAMES = (
    "region, filters, tiProjectId, imageId, imageName, nameRegex, tagRegex,\n"
    "         framework, frameworkVersion, imageRange, gpu, device, imageType,\n"
    "         supportDataPipeline, allowSaveAllContent, supportDistributedDeploy,\n"
    "         attributes, components, latest, latestBy"
)


def refusal_of(arguments: dict[Any, Any], model: type[Question] = PlatformImageQuery) -> QueryError:
    with pytest.raises(QueryError) as refused:
        read_arguments(model, arguments)
    refused.value.text().encode()  # goes over a wire that has no half characters
    return refused.value


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_an_unknown_argument_is_told_with_all_names_and_the_nearest() -> None:
    with pytest.raises(QueryError) as refused:
        read_query(PlatformImageQuery, {"frameworkVersoin": ">=2"}, camel)

    assert refused.value.text("getPlatformImage") == (
        "getPlatformImage: the question cannot be asked.\n"
        'Problem  there is no argument "frameworkVersoin"\n'
        f"Allowed  {PLATFORM_NAMES}\n"
        "Next     did you mean frameworkVersion?"
    )


def test_an_unknown_argument_like_no_other_is_told_without_a_guess() -> None:
    assert refusal_of({"zzz": 1}).fix == ""


def test_an_argument_in_the_wrong_dialect_is_unknown() -> None:
    assert refusal_of({"imageRange": "Train"}).fix == "did you mean `image_range`?"


def test_an_unknown_argument_of_10_mb_is_shortened() -> None:
    assert refusal_of({"x" * 10_000_000: 1}).problem == (
        f'there is no argument "{"x" * 60}... (10000000 characters)"'
    )


def test_an_argument_that_is_none_is_not_given() -> None:
    assert read_arguments(PlatformImageQuery, {"framework": None}) == PlatformImageQuery()


def test_a_missing_argument_is_told() -> None:
    refused = refusal_of({"framework_type": "python"}, SessionImageQuery)

    assert refused.text() == (
        "the question cannot be asked.\n"
        "Argument dataEngineId\n"
        "Problem  this argument is required\n"
        "Next     give the id of the data engine, for instance DataEngine-b0jt6fvk"
    )


NUMBER = "put the value in quotes (without them, YAML reads 2.10 as 2.1)"
EMPTY = ("an empty list or map asks nothing", "leave the argument out, or say what is wanted")
WRONG = [
    # arguments, argument, value, problem, fix
    (
        {"framework_version": 2.1},
        "framework_version",
        "2.1",
        "a text is wanted, this is a number",
        NUMBER,
    ),
    ({"image_id": 7}, "image_id", "7", "a text is wanted, this is a number", NUMBER),
    ({"image_id": True}, "image_id", "true", "a text is wanted, this is a boolean", ""),
    ({"image_id": float("nan")}, "image_id", "NaN", "a text is wanted, this is a number", NUMBER),
    ({"gpu": float("inf")}, "gpu", "Infinity", "a text is wanted, this is a number", NUMBER),
    ({"gpu": 10**5000}, "gpu", "(a number)", "a text is wanted, this is a number", NUMBER),
    ({"gpu": ["A10"]}, "gpu", '["A10"]', "a text is wanted, this is a list", ""),
    ({"gpu": {"a": 1}}, "gpu", '{"a": 1}', "a text is wanted, this is a map", ""),
    ({"gpu": b"A10"}, "gpu", "(a bytes)", "a text is wanted, this is a bytes", ""),
    ({"gpu": nested(100_000)}, "gpu", "[" * 60 + "...", "a text is wanted, this is a list", ""),
    ({"gpu": ["\ud800\x1b"]}, "gpu", r'["\ud800\u001b"]', "a text is wanted, this is a list", ""),
    ({"latest": "true"}, "latest", '"true"', "true or false is wanted, this is a text", ""),
    ({"latest": 1}, "latest", "1", "true or false is wanted, this is a number", ""),
    (
        {"support_data_pipeline": "yes"},
        "support_data_pipeline",
        '"yes"',
        "true or false is wanted, this is a text",
        "",
    ),
    (
        {"latest_by": "cuda"},
        "latest_by",
        '"cuda"',
        "a list is wanted, this is a text",
        'write ["cuda"]',
    ),
    ({"latest_by": ""}, "latest_by", '""', "a list is wanted, this is a text", ""),
    ({"latest_by": {"a": 1}}, "latest_by", '{"a": 1}', "a list is wanted, this is a map", ""),
    ({"latest_by": ("cuda",)}, "latest_by", '["cuda"]', "a list is wanted, this is a tuple", ""),
    ({"components": ["cuda"]}, "components", '["cuda"]', "a map is wanted, this is a list", ""),
    (
        {"components": {"cuda": 12}},
        "components.cuda",
        "12",
        "a text is wanted, this is a number",
        NUMBER,
    ),
    (
        {"components": {"cuda": None}},
        "components.cuda",
        "null",
        "a text is wanted, this is null",
        "",
    ),
    (
        {"components": {1: ">=2"}},
        "components[1]",
        "1",
        "a text is wanted, this is a number",
        NUMBER,
    ),
    ({"filters": ["x"]}, "filters[0]", '"x"', "an object is wanted, this is a text", ""),
    (
        {"filters": [{"name": "ImageId", "values": "x"}]},
        "filters[0].values",
        '"x"',
        "a list is wanted, this is a text",
        'write ["x"]',
    ),
    (
        {"filters": {"name": "ImageId", "values": ["x"]}},
        "filters",
        '{"name": "ImageId", "values": ["x"]}',
        "a list is wanted, this is a map",
        'write [{"name": "ImageId", "values": ["x"]}]',
    ),
    ({"filters": "x"}, "filters", '"x"', "a list is wanted, this is a text", ""),
    (
        {"latest_by": "x" * 70},
        "latest_by",
        f'"{"x" * 60}... (70 characters)"',
        "a list is wanted, this is a text",
        "",
    ),
    (
        {"filters": [{"name": "ImageId", "values": ["x", 1]}]},
        "filters[0].values[1]",
        "1",
        "a text is wanted, this is a number",
        NUMBER,
    ),
    (
        {"filters": [{"values": ["x"]}]},
        "filters[0].name",
        "",
        "this argument is required",
        "give the name of the filter: ImageId, ImageName, SupportDataPipeline, AllowSaveAllContent "
        "or ImageRange",
    ),
    (
        {"filters": [{"name": "ImageId", "values": ["x"]}, {"name": "ImageRange"}]},
        "filters[1].values",
        "",
        "this argument is required",
        'give the values, any of which matches; booleans as "true"',
    ),
    (
        {"filters": [{"Name": "a", "values": ["x"]}]},
        "filters[0]",
        '{"Name": "a", "values": ["x"]}',
        'a filter has no "Name"',
        'did you mean "name"?',
    ),
    (
        {"filters": [{"name": "a", "values": ["x"], 7: 1}]},
        "filters[0]",
        '{"name": "a", "values": ["x"], "7": 1}',
        'a filter has no "7"',
        "",
    ),
    ({"filters": []}, "filters", "[]", *EMPTY),
    ({"filters": [{"name": "ImageId", "values": []}]}, "filters[0].values", "[]", *EMPTY),
    ({"latest_by": []}, "latest_by", "[]", *EMPTY),
    ({"components": {}}, "components", "{}", *EMPTY),
    ({"attributes": {}}, "attributes", "{}", *EMPTY),
    (
        {"framework": ""},
        "framework",
        '""',
        "an empty text matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"framework": " "},
        "framework",
        '" "',
        "an empty text matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"attributes": {"": "x"}},
        "attributes.",
        '""',
        "an empty text matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"latest_by": [""]},
        "latest_by[0]",
        '""',
        "an empty text matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"gpu": "A10\n"},
        "gpu",
        r'"A10\n"',
        "only characters that can be printed are sent, and plain spaces",
        "",
    ),
    (
        {"gpu": "\ud800"},
        "gpu",
        r'"\ud800"',
        "only characters that can be printed are sent, and plain spaces",
        "",
    ),
    (
        {"gpu": "A\xa010"},
        "gpu",
        r'"A\xa010"',
        "only characters that can be printed are sent, and plain spaces",
        "",
    ),
    (
        {"gpu": "x" * 10_000_000},
        "gpu",
        f'"{"x" * 60}... (10000000 characters)"',
        "a text has at most 256 characters, this one 10000000",
        "",
    ),
    (
        {"attributes": {"k" * 300: "x"}},
        f"attributes.{'k' * 60}...",
        f'"{"k" * 60}... (300 characters)"',
        "a text has at most 256 characters, this one 300",
        "",
    ),
    (
        {"framework_version": ">=" + "9" * 200},
        "framework_version",
        f'">={"9" * 58}... (202 characters)"',
        "a version range has at most 64 characters, this one has 202",
        "",
    ),
    (
        {"framework_version": ">=" + "9" * 5000},
        "framework_version",
        f'">={"9" * 58}... (5002 characters)"',
        "a text has at most 256 characters, this one 5002",
        "",
    ),
    (
        {"name_regex": "("},
        "name_regex",
        '"("',
        "this regular expression does not compile: unclosed group at character 1",
        "",
    ),
]


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
    with pytest.raises(QueryError) as refused:
        read_query(PlatformImageQuery, {"components": {"pytorch": "2.5"}}, camel)

    assert refused.value.text("getPlatformImage") == (
        "getPlatformImage: the question cannot be asked.\n"
        'Argument components.pytorch "2.5"\n'
        "Problem  this is not a version range\n"
        'Allowed  a PEP 440 range such as ">=2.5,<3" or "==2.5.*", or "*" (present) or\n'
        '         "none" (absent)\n'
        'Next     write "==2.5" (this version), "==2.5.*" (its series) or ">=2.5" (from\n'
        "         it on)"
    )


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
    model: type[Question], arguments: dict[str, Any]
) -> None:
    given = {**ENGINE, **arguments} if model in MODELS[2:] else arguments
    try:
        read_arguments(model, given)
    except QueryError as refused:
        text = refused.text()
        text.encode()
        assert len(text) < 1500
        assert all(one.isprintable() or one == "\n" for one in text)


@EXAMPLES
@given(anything)
def test_any_value_is_shown_short_and_printable(value: Any) -> None:
    text = shown(value)

    assert text.isprintable()
    assert len(text) < 600
