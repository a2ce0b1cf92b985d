"""The exact text of every error, in camelCase and kebab-case."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_tcimages import errors
from pulumi_tcimages.diagnostics import Candidate, Criterion, Listing
from pulumi_tcimages.errors import (
    AmbiguousMatchError,
    ConfigurationError,
    InvalidArgumentError,
    NoMatchError,
    TcImagesError,
)
from pulumi_tcimages.naming import camel
from tests.error_texts import CUDA, RANGE, TEXTS, WHERE


def kebab(name: str) -> str:
    return name.replace("_", "-")


NAMES = [type(error).__name__ for error, *_ in TEXTS]


@pytest.mark.parametrize(("error", "in_camel", "in_kebab"), TEXTS, ids=NAMES)
def test_text_is_exact(error: TcImagesError, in_camel: str, in_kebab: str | None) -> None:
    assert error.text("getPlatformImage") == in_camel
    assert error.text("getPlatformImage", kebab) == (in_kebab or in_camel)


@pytest.mark.parametrize(("error", "in_camel", "_"), TEXTS, ids=NAMES)
def test_text_without_a_function_begins_with_the_problem(
    error: TcImagesError, in_camel: str, _: object
) -> None:
    assert str(error) == error.text("", camel) == in_camel.removeprefix("getPlatformImage: ")


def test_issues_url_matches_the_package_metadata() -> None:
    project = Path(__file__).parents[1] / "pyproject.toml"

    assert f'Issues = "{errors.ISSUES}"\n' in project.read_text(encoding="utf-8")


def test_text_of_every_error_class_is_tested() -> None:
    tree = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, TcImagesError)
    ]

    assert {item.__name__ for item in tree} - {"TcImagesError"} == set(NAMES)
    for item in tree:
        assert f" {item.__name__}" in (errors.__doc__ or "")


def test_error_with_only_a_problem_has_a_next_step() -> None:
    assert str(ConfigurationError("no keys.")) == (
        "configuration error. [configuration]\nProblem  no keys.\n"
        "Next     correct the setting. To check all settings, run: tcimages doctor"
    )
    assert str(InvalidArgumentError("no.")) == (
        "invalid argument. [invalid-argument]\n"
        "Problem  no.\n"
        "Next     correct the argument, or leave it out."
    )


def test_empty_listing_suggests_checking_the_arguments() -> None:
    arguments = [Criterion("data_engine_id", '"e"'), Criterion("framework_type", '"python"')]
    sent = [criterion.argument for criterion in arguments]
    error = NoMatchError(arguments=arguments, where=WHERE, listed_count=0, funnel=[], sent=sent)

    assert (
        str(error)
        == """\
no image matches. [no-match]
Asked    dataEngineId "e"; frameworkType "python"
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   0 images listed
Next     check the region, dataEngineId and frameworkType: the cloud lists
         no image at all"""
    )


def test_no_match_without_hints_has_a_general_next_step() -> None:
    error = NoMatchError(arguments=[RANGE], where=WHERE, listed_count=1, funnel=[(RANGE, 0)])

    assert (
        str(error)
        == """\
no image matches. [no-match]
Asked    imageRange "Train"
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   1 image listed
         0 left by imageRange
Next     leave out or widen a criterion."""
    )


LISTING = Listing("platform-images", "r")


def test_no_match_with_only_a_listing_command_shows_it() -> None:
    error = NoMatchError(arguments=[], where=WHERE, listed_count=1, funnel=[], listing=LISTING)

    assert str(error).splitlines()[-2:] == [
        "Next     see the list:",
        "           tcimages platform-images --region r",
    ]


def test_candidates_beyond_the_limit_are_counted() -> None:
    error = AmbiguousMatchError(
        arguments=[],
        where=WHERE,
        listed_count=12,
        matched=12,
        candidates=[Candidate(str(n), f"torch2.{n}", "2") for n in range(12)],
    )

    assert str(error).splitlines()[2:-1] == [
        "Looked   12 images listed, 12 match:",
        *(f"         torch2.{n}  2  id {n}" for n in range(10)),
        "         ... and 2 more",
    ]


def test_criterion_text_is_as_the_user_writes_it() -> None:
    assert [item.text(camel) for item in (RANGE, CUDA, Criterion("latest", ""))] == [
        'imageRange "Train"',
        'components.cuda "==12.*"',
        "latest",
    ]
