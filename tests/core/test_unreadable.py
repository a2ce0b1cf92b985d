"""What cannot be read never decides in silence: it is named in a warning or in the error."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_tcimages.core.selection import choose_image, narrow_images, sort_images
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.core.queries import ENGINE, WHERE, chosen, named, outcome, question, sessions

NGC = ("2.4.0a0+07cecf4168.nv24.5", "2.4.0a0+f70bd71a48.nv24.6", "2.4.0a0+3bcc3cddb5.nv24.7")


def versions(*texts: str | None, framework: str = "VLLM") -> list[PlatformImage]:
    return [
        PlatformImage(
            image_name=f"image {text}",
            image_id=f"id-{text}",
            framework=framework,
            framework_version=text,
        )
        for text in texts
    ]


def warnings(images: list[Any], **arguments: Any) -> tuple[str, ...]:
    return choose_image(images, question(arguments), WHERE).warnings


def test_versions_that_differ_by_a_label_tie() -> None:
    images = versions(*NGC, framework="PYTORCH")

    message = str(outcome(images, {"framework_version": ">=2.4.0a0", "latest": True}))

    assert message.startswith("3 images tie for latest. [ambiguous]\nProblem  all have the newest ")
    assert sum(f'"=={version}"' in message for version in NGC) == 2
    assert "imageName" in message


@pytest.mark.parametrize("labels", [("+cu92", "+cu110"), ("+cpu", "")])
def test_component_versions_that_differ_by_a_label_tie(labels: tuple[str, ...]) -> None:
    images = named(*(f"torch1.7.1{label}-py3.8" for label in labels))

    message = chosen(images, components={"torch": "*"}, latest_by=["torch"])

    assert message.endswith("both have the newest version: pytorch 1.7.1.")


def test_labels_do_not_order_a_list() -> None:
    images = versions("1.0+z", "1.0+a", "1.0")

    assert [item.framework_version for item in sort_images(images)] == ["1.0", "1.0+a", "1.0+z"]


def test_a_candidate_of_cann_is_a_release() -> None:
    newer, older = "mindspore2.4.1-cann8.2.rc1-py3.11-npu", "mindspore2.4.1-cann7.0-py3.11-npu"
    images = named(newer, older)

    assert chosen(images, components={"mindspore": "*"}, latest_by=["cann"]) == newer
    assert chosen(images, components={"cann": ">=7.1"}) == newer
    assert chosen(images, components={"cann": "none"}) == "no image matches. [no-match]"


def test_an_alpha_of_cann_is_no_release() -> None:
    images = named("cann8.2.alpha001-npu", "cann8.1.rc1-npu")

    assert chosen(images, device="npu", latest_by=["cann"]) == "cann8.1.rc1-npu"


@pytest.mark.parametrize(
    "text",
    ["2.6.0 rc1", "2.6.0rc1cu124", "2.6.0-nightly", "2.6.0-SNAPSHOT", "2.6.0-cu124-rc1", "20250901",
     "2-6", "2_6", "2024"],
)  # fmt: skip
def test_what_may_be_no_release_does_not_win(text: str) -> None:
    assert chosen(versions(text, "2.5.1"), framework="vllm", latest=True) == "image 2.5.1"


@pytest.mark.parametrize("text", ["0.20.2-a100", "0.20.2-a10", "0.20.2-b200-cu129"])
def test_a_gpu_behind_a_version_is_no_prerelease(text: str) -> None:
    assert chosen(versions(text, "0.9.2"), framework="vllm", latest=True) == f"image {text}"


def test_frameworks_are_not_compared_where_the_first_component_ranks_nothing() -> None:
    images = [
        *named("x-torch2.6rc1", framework="A", framework_version="2"),
        *named("y-py3.11", framework="B", framework_version="1"),
    ]

    message = chosen(images, name_regex=".", latest_by=["torch", "frameworkVersion"])

    assert message.endswith("the versions of one framework, and these are 2: a, b.")


@pytest.mark.parametrize("name", ["tilearn_llm", "tilearnllm", "TiLearn LLM"])
def test_a_component_is_excluded_by_any_spelling(name: str) -> None:
    images = named("tilearn-llm0.9-torch2.3", "torch2.3-py3.10")

    assert chosen(images, components={name: "none"}) == "torch2.3-py3.10"


def test_an_exclusion_that_looks_misspelt_is_a_warning() -> None:
    images = named("vllm0.9-torch2.3")

    assert warnings(images, components={"vlm": "none"}) == (
        '`components` vlm "none" excludes nothing: of 1 image none has it; did you mean "vllm"?',
    )
    assert warnings(images, components={"sglang": "none"}) == ()


def test_a_missing_version_that_a_range_leaves_out_is_named() -> None:
    assert warnings(versions(None, "0.9"), framework_version=">=0.5") == (
        "not considered, because it cannot be read: image None (`framework_version` has no "
        "readable version)",
    )


def test_an_image_without_a_name_cannot_be_compared_by_a_component() -> None:
    nameless = PlatformImage(image_id="id-7", framework="VLLM")

    (warning,) = warnings([*named("vllm0.9", framework="VLLM"), nameless],
                          framework="vllm", latest_by=["vllm"])  # fmt: skip

    assert warning.endswith("id-7 (`components` vllm (no name))")


def test_a_label_can_be_asked_for() -> None:
    images = versions(*NGC)

    assert chosen(images, framework_version=f"=={NGC[1]}") == f"image {NGC[1]}"


@pytest.mark.parametrize(
    ("newest", "older"),
    [
        ("0.20.1-cu129", "0.9.2"),
        ("2.0.0.nv23.05", "1.13.1"),
        ("v0.20.1", "0.9.2"),
        ("０.20.1", "0.9.2"),
        ("0.20.1 (cu129)", "0.9.2"),
        ("24.10-py3", "24.03"),
    ],
)
def test_a_version_is_the_longest_leading_part_that_can_be_read(newest: str, older: str) -> None:
    images = versions(newest, older)

    assert chosen(images, framework="vllm", latest=True) == f"image {newest}"
    assert warnings(images, framework="vllm", latest=True) == ()
    assert chosen(images, framework_version=f">{older}") == f"image {newest}"


def test_a_tie_shows_the_version_as_sent() -> None:
    images = versions("24.03", "24.03-cu129")

    assert chosen(images, framework="vllm", latest=True).endswith(
        "both have the newest version: frameworkVersion 24.03."
    )


@pytest.mark.parametrize("text", ["nightly", "2.x", "3d", "latest", None])
def test_the_winner_comes_with_a_warning_that_names_what_could_not_be_compared(
    text: str | None,
) -> None:
    images = versions(text, "0.9.2")

    found = choose_image(images, question({"framework": "vllm", "latest": True}), WHERE)

    shown = f'"{text}"' if text else "is missing"
    assert found.image.framework_version == "0.9.2"
    assert found.warnings == (
        f"not considered, because it cannot be read: image {text} (`framework_version` {shown})",
    )


def test_an_unreadable_version_that_a_range_leaves_out_is_named() -> None:
    images = versions("nightly", "0.9.2")

    assert warnings(images, framework_version=">=0.9") == (
        'not considered, because it cannot be read: image nightly (`framework_version` "nightly")',
    )


def test_a_version_is_not_named_where_another_criterion_leaves_the_image_out() -> None:
    images = [*versions("nightly", framework="SGLANG"), *versions("0.9.2")]

    assert warnings(images, framework="vllm", framework_version=">=0.9") == ()
    assert warnings(images, framework_version=">=0.9", framework="vllm", latest=True) == ()


def test_a_component_without_a_readable_version_is_named() -> None:
    images = named("torch2.4-cann8.0", "torch25-cann8.1", "torch2.3-cann")

    assert warnings(images, components={"torch": ">=2"}, latest_by=["torch"]) == (
        "not considered, because it cannot be read: torch25-cann8.1 (`components` pytorch "
        "has no readable version)",
    )
    assert warnings(images, components={"torch": "*"}, latest_by=["cann", "torch"]) == (
        "not considered, because it cannot be read: torch2.3-cann (`components` cann has no "
        "readable version)",
    )


def test_an_image_that_lacks_the_component_is_not_named() -> None:
    images = named("torch2.4-cuda12.4-gpu", "torch2.3-py3.10-cpu")

    assert warnings(images, components={"torch": "*"}, latest_by=["cuda"]) == ()


def test_an_image_without_a_name_is_named_by_its_id() -> None:
    nameless = PlatformImage(image_id="id-7")

    assert warnings([*named("torch2.4-cpu"), nameless], components={"vllm": "none"}) == (
        "not considered, because it cannot be read: id-7 (`components` vllm (no name))",
    )
    assert warnings([*named("torch2.4-cpu"), nameless], components={"torch": "*"}) == ()


def test_more_than_three_images_are_counted() -> None:
    images = versions("0.9.2", "a", "b", "c", "d", "e")

    (warning,) = warnings(images, framework="vllm", framework_version=">=0")

    assert warning.endswith(
        'image a (`framework_version` "a"), image b (`framework_version` "b"), image c '
        '(`framework_version` "c"), and 2 more'
    )


def test_a_list_names_what_a_range_could_not_decide() -> None:
    funnel = narrow_images(versions("nightly", "0.9.2"), question({"framework_version": ">=0"}))

    assert funnel.warnings == (
        'not considered, because it cannot be read: image nightly (`framework_version` "nightly")',
    )


def test_no_match_names_what_could_not_be_read() -> None:
    message = str(outcome(versions("nightly"), {"framework_version": ">=0.9", "latest": True}))

    assert (
        'because it cannot be read: image nightly (frameworkVersion "nightly")'
        in message.replace("\n         ", " ")
    )


def test_a_tie_names_what_could_not_be_compared() -> None:
    message = str(
        outcome(versions("0.9.2", "0.9.2+cu1", "nightly"), {"framework": "vllm", "latest": True})
    )

    assert (
        'because it cannot be read: image nightly (frameworkVersion "nightly")'
        in message.replace("\n         ", " ")
    )


def test_a_session_image_whose_name_says_nothing_is_not_compared_in_silence() -> None:
    images = sessions("pytorch-v2.5.1", "pytorch-nightly")

    assert warnings(images, **ENGINE, framework="pytorch", latest=True) == (
        "not considered, because it cannot be read: pytorch-nightly "
        "(`framework_version` is missing)",
    )
