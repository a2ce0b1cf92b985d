"""`explain`: the funnel, the choice and its reason, with the exit code of the lookup."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ENGINE, Shell

pytestmark = pytest.mark.usefixtures("cloud")


def test_a_choice_is_told_with_the_funnel_and_what_stood_behind(shell: Shell) -> None:
    outcome = shell("explain", "platform-images", "--framework", "mindspore", "--latest")

    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0] == "tcimages platform-images: one image is chosen."
    assert lines[1] == "Asked    --framework mindspore --latest"
    assert lines[3] == "Looked   205 images listed"
    assert lines[4].endswith(" left by --framework")
    assert any(line.startswith("Why      the newest of ") for line in lines)
    assert any(line.startswith("Behind   framework-version ") for line in lines)


def test_the_only_match_is_told_as_such(shell: Shell) -> None:
    outcome = shell("explain", "platform-images", "--framework", "spark")

    assert outcome.code == 0
    assert outcome.out.endswith("Why      it is the only one that matches\n")


def test_no_match_is_told_with_its_exit_code(shell: Shell) -> None:
    outcome = shell("explain", "platform-images", "--framework", "nope")

    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out.startswith("tcimages platform-images: no image matches. [no-match]\n")


def test_several_matches_are_told_with_the_funnel_behind(shell: Shell) -> None:
    argv = ["session-images", ENGINE, "--framework-type", "machine-learning"]

    outcome = shell("explain", *argv, "--framework", "pytorch")

    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out.startswith("tcimages session-images: 5 images match. [ambiguous]\n")
    assert outcome.out.endswith("\nFunnel    5 left by --framework\n")
    assert outcome.out.count("11 images listed") == 1


def test_several_matches_without_a_criterion_have_no_funnel(shell: Shell) -> None:
    argv = ["session-images", ENGINE, "--framework-type", "machine-learning"]

    outcome = shell("explain", *argv)

    assert outcome.code == 1
    assert outcome.out.count("11 images listed") == 1
    assert "Funnel" not in outcome.out
    assert not outcome.out.endswith("\n\n")


def test_a_question_that_cannot_be_asked_cannot_be_explained(shell: Shell) -> None:
    outcome = shell("explain", "platform-images", "--latest")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(
        "tcimages explain platform-images: invalid argument. [invalid-argument]"
    )
