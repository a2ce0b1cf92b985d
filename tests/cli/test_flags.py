"""Criteria as flags: their help, their parsing, and the flags in suggested commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

import click
import pytest

from pulumi_tcimages.cli.error_rendering import style, write_criteria
from pulumi_tcimages.cli.images import build_command
from pulumi_tcimages.core.criteria import Predicate, build_predicates, predicates_of
from pulumi_tcimages.core.query import BaseQuery, read_query
from pulumi_tcimages.core.suggestions.no_match import build_listing
from pulumi_tcimages.core.versions import read_range
from pulumi_tcimages.formatting import shell_word
from pulumi_tcimages.shell_commands import write_listing
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES, PlatformImagesQuery
from pulumi_tcimages.sources.session_images import SESSION_IMAGES, SessionImagesQuery
from pulumi_tcimages.sources.source import Source

REGION = "ap-shanghai"


def parse(source: Source, *argv: str) -> dict[str, Any]:
    """Return the arguments in a command line."""
    inputs: dict[str, Any] = {}
    build_command(source, lambda **arguments: inputs.update(arguments), "").main(
        list(argv), standalone_mode=False
    )
    return {name: value for name, value in inputs.items() if value not in (None, {})}


def build_hint(query: BaseQuery, predicates: Iterable[Predicate], region: str) -> str:
    """Return the command that messages suggest for a query."""
    return write_listing(
        build_listing(query, [predicate.criterion for predicate in predicates], region)
    )


@pytest.mark.parametrize(
    "source", [PLATFORM_IMAGES, SESSION_IMAGES], ids=lambda source: source.command
)
def test_help_has_a_flag_for_every_function_argument(source: Source) -> None:
    command = build_command(source, lambda: None, "")

    text = command.get_help(click.Context(command, max_content_width=200))

    assert [name for name in source.single_query.model_fields if style(name) not in text] == []


def test_help_marks_required_flags() -> None:
    command = build_command(SESSION_IMAGES, lambda: None, "")

    text = " ".join(command.get_help(click.Context(command, max_content_width=200)).split())

    assert "machine-learning, python or spark-ml. [required]" in text
    assert text.count("[required]") == 1


def test_help_uses_flag_names_and_quoted_examples() -> None:
    command = build_command(PLATFORM_IMAGES, lambda: None, "")

    text = " ".join(command.get_help(click.Context(command, max_content_width=200)).split())

    assert "`" not in text
    assert "Implies --latest. Defaults to framework-version." in text
    assert "The device type: cpu, gpu or npu. Parsed from image-name." in text
    assert "pytorch>=2.1, cuda==12.*, vllm=none." in text
    assert "TrainingModes=DDP." in text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("cuda==12.*", ("cuda", "==12.*")),
        ("pytorch>=2.1,<3", ("pytorch", ">=2.1,<3")),
        ("pytorch >= 2.1", ("pytorch", ">= 2.1")),
        ("tilearn-llm~=0.9", ("tilearn-llm", "~=0.9")),
        ("python!=3.9", ("python", "!=3.9")),
        ("vllm=none", ("vllm", "none")),
        ("vllm=*", ("vllm", "*")),
        ("cuda=12.2", ("cuda", "12.2")),
        ("cuda===12", ("cuda", "===12")),
    ],
)
def test_component_flag_uses_requirement_syntax(text: str, part: tuple[str, str]) -> None:
    assert parse(PLATFORM_IMAGES, "--components", text) == {"components": dict([part])}


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["--components", "cuda"], "write 'cuda>=1.2', 'cuda==1.*', 'cuda=*' or cuda=none"),
        (["--components", "cuda="], "write 'cuda>=1.2', 'cuda==1.*', 'cuda=*' or cuda=none"),
        (["--components", "vllm=<0.2"], "'=<' has two meanings: write 'vllm<=0.2' or 'vllm<0.2'"),
        (["--libraries", "vllm => 1"], "'=>' has two meanings: write 'vllm>=1' or 'vllm>1'"),
        (["--components", ""], "the name comes first, as in --components 'cuda==12.*'"),
        (["--components", ">=2"], "the name comes first, as in --components 'cuda==12.*'"),
        (
            ["--components", "cuda>=12", "--components", "cuda<13"],
            "'cuda' is given twice: give one range, as in --components 'cuda>=12,<13'",
        ),
        (["--attributes", "a=1", "--attributes", "a=2"], "'a' is given twice"),
        (["--framework", "pytorch", "--framework", "vllm"], "'pytorch' and 'vllm': give one"),
        (["--attributes", "TrainingModes"], "'TrainingModes' is not KEY=VALUE"),
        (["--filters", "ImageRange=Train"], "a filter is a JSON object such as"),
        (["--filters", "1"], "a filter is a JSON object such as"),
        (["--filters", "[" * 100_000], "a filter is a JSON object such as"),
        (["--latest-by", "torch,cuda"], "this is a list: give --latest-by once for each name"),
        (["--filters", '[{"name": "ImageRange"}]'], "give --filters once for each filter in it"),
    ],
)
def test_unparsable_flag_value_is_a_usage_error(argv: list[str], problem: str) -> None:
    with pytest.raises(click.BadParameter, match=r".*") as raised:
        parse(PLATFORM_IMAGES, *argv)

    assert problem in raised.value.message


def test_omitted_flags_are_not_arguments() -> None:
    assert parse(PLATFORM_IMAGES) == {}


def test_latest_by_takes_one_name_per_flag() -> None:
    arguments = parse(PLATFORM_IMAGES, "--latest-by", "cuda", "--latest-by", "framework-version")

    assert arguments == {"latest_by": ["cuda", "framework-version"]}


def test_suggested_command_parses_to_the_same_query() -> None:
    arguments: dict[str, Any] = {
        "region": REGION,
        "ti_project_id": "project 1",
        "filters": [{"name": "ImageId", "values": ["a", "it's"], "negative": True}],
        "image_id": "x",
        "image_name": "torch 2",
        "name_regex": "^torch.*$",
        "tag_regex": "(?i)py3",
        "framework": "pytorch",
        "framework_version": ">=2.1,<3",
        "image_range": "Train",
        "gpu": "A100",
        "device": "gpu",
        "image_type": "TCR",
        "support_data_pipeline": True,
        "allow_save_all_content": False,
        "support_distributed_deploy": True,
        "attributes": {"TrainingModes": "DDP", "Other": "a=b"},
        "components": {"cuda": "==12.*", "pytorch": ">=2.1,<3", "vllm": "none", "ray": "*"},
        "libraries": {"transformers": ">=4.50", "tilearn.ops": "*", "triton server": "none"},
    }
    query = read_query(PlatformImagesQuery, arguments)
    assert set(arguments) == set(PlatformImagesQuery.model_fields)

    words = shlex.split(build_hint(query, predicates_of(query), REGION))

    assert words[:2] == ["tcimages", PLATFORM_IMAGES.command]
    assert read_query(PlatformImagesQuery, parse(PLATFORM_IMAGES, *words[2:])) == query


@pytest.mark.parametrize(
    "value", ["==2.1.2", "=", "a b", "~=2.1", "it's", "=it's", "", "2.1", "$a"]
)
def test_shell_word_is_quoted_for_every_shell(value: str) -> None:
    word = shell_word(value)

    assert shlex.split(word) == [value]
    assert word[0] not in "=~$"


def test_hint_with_a_leading_equals_sign_is_quoted() -> None:
    criteria = build_predicates(PlatformImagesQuery, {"framework_version": read_range("==2.1.2")})
    query = read_query(PlatformImagesQuery, {"framework_version": "==2.1.2"})

    assert (
        write_criteria(criterion.criterion for criterion in criteria)
        == "--framework-version '==2.1.2'"
    )
    assert build_hint(query, criteria, REGION) == (
        "tcimages platform-images --region ap-shanghai --framework-version '==2.1.2'"
    )


def test_suggested_session_command_parses_to_the_same_query() -> None:
    arguments = {
        "region": REGION,
        "data_engine_id": "DataEngine-1",
        "framework_type": "machine-learning",
        "framework": "pytorch",
        "framework_version": "~=2.5",
        "name_regex": "v2",
        "tag_regex": "dev",
        "spark_image_id": "y",
    }
    query = read_query(SessionImagesQuery, arguments)

    words = shlex.split(build_hint(query, predicates_of(query), REGION))

    assert words[:2] == ["tcimages", SESSION_IMAGES.command]
    assert read_query(SessionImagesQuery, parse(SESSION_IMAGES, *words[2:])) == query
