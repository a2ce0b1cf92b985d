"""`explain`: the counts per criterion, the choice, its reason, and the lookup's exit code."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ENGINE, Shell

pytestmark = pytest.mark.usefixtures("cloud")


def test_explain_shows_counts_and_the_next_best_images(shell: Shell) -> None:
    outcome = shell("explain", "platform-images", "--framework", "mindspore", "--latest")

    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0] == "tcimages platform-images: one image is chosen."
    assert lines[1] == "Asked    --framework mindspore --latest"
    assert lines[3] == "Looked   205 images listed"
    assert lines[4].endswith(" left by --framework")
    assert any(line.startswith("Why      the newest of ") for line in lines)
    assert any(line.startswith("Behind   framework-version ") for line in lines)


def test_explain_says_that_the_image_is_the_only_match(shell: Shell) -> None:
    outcome = shell("explain", "platform-images", "--framework", "spark")

    assert outcome.code == 0
    assert outcome.out.endswith("Why      it is the only one that matches\n")


def test_explain_of_no_match_exits_with_1(shell: Shell) -> None:
    outcome = shell("explain", "platform-images", "--framework", "nope")

    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out.startswith("tcimages platform-images: no image matches. [no-match]\n")


ENDINGS = [
    ([], []),
    (["--framework", "pytorch"], ["--framework"]),
    (["--framework", "pytorch", "--latest"], ["--framework", "--latest"]),
    (["--framework", "nope"], ["--framework"]),
    (["--framework", "spark"], ["--framework"]),
]


@pytest.mark.parametrize(("argv", "counts"), ENDINGS, ids=lambda words: " ".join(words) or "none")
def test_explain_exits_like_the_explained_command(
    shell: Shell, argv: list[str], counts: list[str]
) -> None:
    for command in (
        ["session-images", ENGINE, "--framework-type", "machine-learning"],
        ["platform-images"],
    ):
        lookup = shell(*command, *argv)
        outcome = shell("explain", *command, *argv)

        assert outcome.code == lookup.code
        assert outcome.out.count("\nLooked   ") == 1
        assert outcome.out.count(" images listed\n") >= 1
        assert "FilteredImages" not in outcome.out
        assert " left by " in outcome.out or not counts


def test_explain_of_a_list_shows_images_and_ways_to_choose_one(shell: Shell) -> None:
    argv = ["session-images", ENGINE, "--framework-type", "machine-learning"]

    outcome = shell("explain", *argv, "--framework", "pytorch")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("tcimages session-images: 5 images listed.\n")
    assert (
        "Looked   11 images listed\n"
        "          5 left by --framework\n"
        "Listed   pytorch-v2.1.2  2.1.2  id "
    ) in outcome.out
    assert "\nNext     add one of these:\n           --latest " in outcome.out


def test_explain_of_a_tie_shows_counts_before_images(shell: Shell) -> None:
    criteria = ["--framework", "tensorflow", "--image-range", "Train", "--latest"]

    outcome = shell("explain", "platform-images", *criteria)

    assert outcome.code == 1
    counts = outcome.out.partition("Looked   ")[2].splitlines()
    assert counts[:5] == [
        "205 images listed",
        "          34 left by --framework",
        "          18 left by --image-range",
        "           2 share the newest version:",
        "         tf2.15-py3.10-cpu  2.15",
    ]


def test_explain_of_an_invalid_query_is_an_error(shell: Shell) -> None:
    outcome = shell("explain", "platform-images", "--latest")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(
        "tcimages explain platform-images: invalid argument. [invalid-argument]"
    )
