"""Values that cannot be read are named in a warning or in the error."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_tcimages.core.image_order import sort_images
from pulumi_tcimages.core.selection import choose_image, filter_images
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.core.queries import (
    ENGINE,
    WHERE,
    build_query,
    chosen_name,
    images_named,
    outcome,
    session_images_with,
)

NGC = ("2.4.0a0+07cecf4168.nv24.5", "2.4.0a0+f70bd71a48.nv24.6", "2.4.0a0+3bcc3cddb5.nv24.7")


def images_with_versions(*texts: str | None, framework: str = "VLLM") -> list[PlatformImage]:
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
    return choose_image(images, build_query(arguments), WHERE).warnings


def test_versions_differing_by_label_tie() -> None:
    images = images_with_versions(*NGC, framework="PYTORCH")

    message = str(outcome(images, {"framework_version": ">=2.4.0a0", "latest": True}))

    assert message.startswith("3 images tie for latest. [ambiguous]\nProblem  all have the newest ")
    assert sum(f'"=={version}"' in message for version in NGC) == 2
    assert "imageName" in message


@pytest.mark.parametrize("labels", [("+cu92", "+cu110"), ("+cpu", "")])
def test_component_versions_differing_by_label_tie(labels: tuple[str, ...]) -> None:
    images = images_named(*(f"torch1.7.1{label}-py3.8" for label in labels))

    message = chosen_name(images, components={"torch": "*"}, latest_by=["torch"])

    assert message.endswith("both have the newest version: pytorch 1.7.1.")


def test_labels_do_not_change_the_list_order() -> None:
    images = images_with_versions("1.0+z", "1.0+a", "1.0")

    assert [image.framework_version for image in sort_images(images)] == ["1.0", "1.0+a", "1.0+z"]


def test_cann_release_candidate_counts_as_release() -> None:
    release_candidate, older = (
        "mindspore2.4.1-cann8.2.rc1-py3.11-npu",
        "mindspore2.4.1-cann7.0-py3.11-npu",
    )
    images = images_named(release_candidate, older)

    assert (
        chosen_name(images, components={"mindspore": "*"}, latest_by=["cann"]) == release_candidate
    )
    assert chosen_name(images, components={"cann": ">=7.1"}) == release_candidate
    assert chosen_name(images, components={"cann": "none"}) == "no image matches. [no-match]"


def test_cann_alpha_does_not_count_as_release() -> None:
    images = images_named("cann8.2.alpha001-npu", "cann8.1.rc1-npu")

    assert chosen_name(images, device="npu", latest_by=["cann"]) == "cann8.1.rc1-npu"


@pytest.mark.parametrize(
    "text",
    ["2.6.0 rc1", "2.6.0rc1cu124", "2.6.0-nightly", "2.6.0-SNAPSHOT", "2.6.0-cu124-rc1", "20250901",
     "2-6", "2_6", "2024"],
)  # fmt: skip
def test_latest_ignores_possible_prereleases(text: str) -> None:
    assert (
        chosen_name(images_with_versions(text, "2.5.1"), framework="vllm", latest=True)
        == "image 2.5.1"
    )


@pytest.mark.parametrize("text", ["0.20.2-a100", "0.20.2-a10", "0.20.2-b200-cu129"])
def test_gpu_after_a_version_is_no_prerelease(text: str) -> None:
    assert (
        chosen_name(images_with_versions(text, "0.9.2"), framework="vllm", latest=True)
        == f"image {text}"
    )


def test_frameworks_are_not_compared_if_first_component_ranks_nothing() -> None:
    images = [
        *images_named("x-torch2.6rc1", framework="A", framework_version="2"),
        *images_named("y-py3.11", framework="B", framework_version="1"),
    ]

    message = chosen_name(images, name_regex=".", latest_by=["torch", "frameworkVersion"])

    assert message.endswith("the versions of one framework, and these are 2: a, b.")


@pytest.mark.parametrize("name", ["tilearn_llm", "tilearnllm", "TiLearn LLM"])
def test_component_is_excluded_by_any_spelling(name: str) -> None:
    images = images_named("tilearn-llm0.9-torch2.3", "torch2.3-py3.10")

    assert chosen_name(images, components={name: "none"}) == "torch2.3-py3.10"


def test_misspelled_exclusion_has_a_warning() -> None:
    images = images_named("vllm0.9-torch2.3")

    assert warnings(images, components={"vlm": "none"}) == (
        '`components` vlm "none" excludes nothing: of 1 image none has it; did you mean "vllm"?',
    )
    assert warnings(images, components={"sglang": "none"}) == ()


def test_warning_names_missing_version_excluded_by_a_range() -> None:
    assert warnings(images_with_versions(None, "0.9"), framework_version=">=0.5") == (
        "not considered, because it cannot be read: image None (`framework_version` has no "
        "readable version)",
    )


def test_image_without_name_cannot_be_compared_by_component() -> None:
    unnamed = PlatformImage(image_id="id-7", framework="VLLM")

    (warning,) = warnings([*images_named("vllm0.9", framework="VLLM"), unnamed],
                          framework="vllm", latest_by=["vllm"])  # fmt: skip

    assert warning.endswith("id-7 (`components` vllm (no name))")


def test_label_matches_an_exact_range() -> None:
    images = images_with_versions(*NGC)

    assert chosen_name(images, framework_version=f"=={NGC[1]}") == f"image {NGC[1]}"


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
def test_longest_readable_prefix_is_the_version(newest: str, older: str) -> None:
    images = images_with_versions(newest, older)

    assert chosen_name(images, framework="vllm", latest=True) == f"image {newest}"
    assert warnings(images, framework="vllm", latest=True) == ()
    assert chosen_name(images, framework_version=f">{older}") == f"image {newest}"


def test_tie_shows_the_version_as_received() -> None:
    images = images_with_versions("24.03", "24.03-cu129")

    assert chosen_name(images, framework="vllm", latest=True).endswith(
        "both have the newest version: frameworkVersion 24.03."
    )


@pytest.mark.parametrize("text", ["nightly", "2.x", "3d", "latest", None])
def test_latest_warning_names_versions_not_compared(
    text: str | None,
) -> None:
    images = images_with_versions(text, "0.9.2")

    result = choose_image(images, build_query({"framework": "vllm", "latest": True}), WHERE)

    shown = f'"{text}"' if text else "is missing"
    assert result.image.framework_version == "0.9.2"
    assert result.warnings == (
        f"not considered, because it cannot be read: image {text} (`framework_version` {shown})",
    )


def test_warning_names_unreadable_version_excluded_by_a_range() -> None:
    images = images_with_versions("nightly", "0.9.2")

    assert warnings(images, framework_version=">=0.9") == (
        'not considered, because it cannot be read: image nightly (`framework_version` "nightly")',
    )


def test_warning_omits_images_excluded_by_another_criterion() -> None:
    images = [*images_with_versions("nightly", framework="SGLANG"), *images_with_versions("0.9.2")]

    assert warnings(images, framework="vllm", framework_version=">=0.9") == ()
    assert warnings(images, framework_version=">=0.9", framework="vllm", latest=True) == ()


def test_warning_names_component_without_readable_version() -> None:
    images = images_named("torch2.4-cann8.0", "torch25-cann8.1", "torch2.3-cann")

    assert warnings(images, components={"torch": ">=2"}, latest_by=["torch"]) == (
        "not considered, because it cannot be read: torch25-cann8.1 (`components` pytorch "
        "has no readable version)",
    )
    assert warnings(images, components={"torch": "*"}, latest_by=["cann", "torch"]) == (
        "not considered, because it cannot be read: torch2.3-cann (`components` cann has no "
        "readable version)",
    )


@pytest.mark.parametrize(
    ("name", "criterion", "found"),
    [
        ("lmdeploy0.9.1-cu12", {"cuda": "<12.2"}, 'cuda "12"'),
        ("lmdeploy0.9.1-cu12", {"cu": "==12.4"}, 'cuda "12"'),
        ("lmdeploy0.9.1-cu12", {"cuda": ">12"}, 'cuda "12"'),
        ("lmdeploy0.9.1-cu12", {"cuda": "<=12"}, 'cuda "12"'),
        ("pytorch-24.03-py3", {"python": ">=3.9,<4"}, 'python "3"'),
        ("torch2-py310", {"torch": "~=2.1"}, 'pytorch "2"'),
        ("torch2-py310", {"torch": "~=2.0.0"}, 'pytorch "2"'),
        ("torch2-py310", {"torch": "==2.0"}, 'pytorch "2"'),
        ("torch2-py310", {"torch": "==2.0.*"}, 'pytorch "2"'),
        ("torch2-py310", {"torch": "!=2.0"}, 'pytorch "2"'),
        ("torch2-py310", {"torch": ">2.0"}, 'pytorch "2"'),
    ],
)
def test_range_inside_a_series_leaves_out_the_series_with_a_warning(
    name: str, criterion: dict[str, str], found: str
) -> None:
    listed = filter_images(images_named(name), build_query({"components": criterion}))

    assert listed.left == ()
    assert listed.warnings == (
        f"not considered, because it cannot be read: {name} (`components` {found})",
    )


@pytest.mark.parametrize(
    "criterion", ["==12", "==12.*", ">=12", ">=12.0", "~=12.0", "<13", ">11.8", "!=11.8"]
)
def test_range_with_a_whole_series_matches_the_series(criterion: str) -> None:
    image = "lmdeploy0.9.1-cu12"

    assert chosen_name(images_named(image), components={"cuda": criterion}) == image


def test_warning_names_a_series_that_may_be_newer() -> None:
    images = images_named("torch2.4-cuda12.4", "torch2.4-cu12", "torch2.4-cu11")

    assert warnings(images, components={"torch": "*"}, latest_by=["cuda"]) == (
        'not considered, because it cannot be read: torch2.4-cu12 (`components` cuda "12")',
    )


def test_warning_does_not_depend_on_the_order_of_the_images() -> None:
    images = images_named("torch2.4-cuda12.4", *(f"torch2.4-cuda-x{number}" for number in range(5)))
    arguments = {"components": {"torch": "*"}, "latest_by": ["cuda"]}

    assert warnings(images, **arguments) == warnings(images[::-1], **arguments)


def test_warning_omits_images_without_the_component() -> None:
    images = images_named("torch2.4-cuda12.4-gpu", "torch2.3-py3.10-cpu")

    assert warnings(images, components={"torch": "*"}, latest_by=["cuda"]) == ()


def test_warning_names_image_without_name_by_id() -> None:
    unnamed = PlatformImage(image_id="id-7")

    assert warnings([*images_named("torch2.4-cpu"), unnamed], components={"vllm": "none"}) == (
        "not considered, because it cannot be read: id-7 (`components` vllm (no name))",
    )
    assert warnings([*images_named("torch2.4-cpu"), unnamed], components={"torch": "*"}) == ()


def test_warning_names_three_images_and_counts_the_rest() -> None:
    images = images_with_versions("0.9.2", "a", "b", "c", "d", "e")

    (warning,) = warnings(images, framework="vllm", framework_version=">=0")

    assert warning.endswith(
        'image e (`framework_version` "e"), image d (`framework_version` "d"), image c '
        '(`framework_version` "c"), and 2 more'
    )


def test_prerelease_by_its_name_is_not_chosen_and_named_in_a_warning() -> None:
    images = vllm_images(("vllm(0.20.2)", "0.20.2"), ("vllm-nightly(0.21.0)", "0.21.0"))

    choice = choose_image(images, build_query({"framework": "vllm", "latest": True}), WHERE)

    assert choice.image.image_name == "vllm(0.20.2)"
    assert choice.warnings == (
        "not considered, because it cannot be read: vllm-nightly(0.21.0) (`framework_version` "
        "(a pre-release by its name))",
    )
    in_range = filter_images(images, build_query({"framework_version": ">=0.20.3"}))
    assert in_range.left == ()


def vllm_images(*names_and_versions: tuple[str, str]) -> list[PlatformImage]:
    return [
        PlatformImage(image_name=name, framework="VLLM", framework_version=version)
        for name, version in names_and_versions
    ]


WITHOUT_DEVICE = vllm_images(
    ("vllm(0.19.0)", "0.19.0"),
    ("vllm-cu130-gpu(0.19.1)", "0.19.1"),
    ("vllm-npu(0.20.2)", "0.20.2"),
)


@pytest.mark.parametrize(
    ("name", "version", "is_named"),
    [
        ("vllm(0.20.2)", "0.20.2", True),
        ("vllm(0.19.1)", "0.19.1", True),
        ("vllm(nightly)", "nightly", True),
        ("vllm(0.18.0)", "0.18.0", False),
        ("vllm(0.21.0rc1)", "0.21.0rc1", False),
        ("vllm-npu(0.20.2)", "0.20.2", False),
    ],
    ids=["newer", "tied", "unreadable version", "older", "pre-release", "other device"],
)
def test_warning_names_image_without_device_only_if_it_may_be_newer(
    name: str, version: str, is_named: bool
) -> None:
    images = [*WITHOUT_DEVICE, *vllm_images((name, version))]
    query = build_query({"framework": "vllm", "device": "gpu", "latest": True})

    choice = choose_image(images, query, WHERE)

    assert choice.image.image_name == "vllm-cu130-gpu(0.19.1)"
    warning = f"not considered, because it cannot be read: {name} (`device` is not in its name)"
    assert choice.warnings == ((warning,) if is_named else ())


def test_warning_names_every_image_without_device_if_latest_is_not_set() -> None:
    (warning,) = warnings(WITHOUT_DEVICE, framework="vllm", device="gpu")

    assert warning.endswith(": vllm(0.19.0) (`device` is not in its name)")
    listed = filter_images(WITHOUT_DEVICE, build_query({"device": "gpu"}))
    assert listed.warnings == (warning,)


def test_older_image_with_an_unreadable_component_is_not_named() -> None:
    images = vllm_images(("torch25-a", "0.8.0"), ("torch2.5-b", "0.9.0"), ("torch25-c", "1.0"))

    (warning,) = warnings(images, framework="vllm", components={"torch": ">=2"}, latest=True)

    assert "torch25-c" in warning
    assert "torch25-a" not in warning


def test_list_warning_names_undecided_images() -> None:
    filtered = filter_images(
        images_with_versions("nightly", "0.9.2"), build_query({"framework_version": ">=0"})
    )

    assert filtered.warnings == (
        'not considered, because it cannot be read: image nightly (`framework_version` "nightly")',
    )


def test_no_match_error_names_unreadable_versions() -> None:
    message = str(
        outcome(images_with_versions("nightly"), {"framework_version": ">=0.9", "latest": True})
    )

    assert (
        'because it cannot be read: image nightly (frameworkVersion "nightly")'
        in message.replace("\n         ", " ")
    )


def test_tie_error_names_versions_not_compared() -> None:
    message = str(
        outcome(
            images_with_versions("0.9.2", "0.9.2+cu1", "nightly"),
            {"framework": "vllm", "latest": True},
        )
    )

    assert (
        'because it cannot be read: image nightly (frameworkVersion "nightly")'
        in message.replace("\n         ", " ")
    )


def test_warning_names_session_image_with_unreadable_name() -> None:
    images = session_images_with("pytorch-v2.5.1", "pytorch-nightly")

    assert warnings(images, **ENGINE, framework="pytorch", latest=True) == (
        "not considered, because it cannot be read: pytorch-nightly "
        "(`framework_version` is missing)",
    )
