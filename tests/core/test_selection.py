"""The rules that choose an image."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.query import latest_keys, read_query
from pulumi_tcimages.core.selection import choose_image, rank
from pulumi_tcimages.diagnostics import Criterion
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError
from pulumi_tcimages.sources.platform_images import (
    PlatformImage,
    PlatformImageQuery,
    PlatformImagesQuery,
)
from tests.core.queries import (
    ENGINE,
    WHERE,
    build_query,
    chosen_name,
    images_named,
    outcome,
    session_images_with,
)


def images_with_versions(*texts: str | None, framework: str = "PyTorch") -> list[PlatformImage]:
    return [
        PlatformImage(
            image_name=f"v{text}",
            image_id=f"id-{text}",
            framework=framework,
            framework_version=text,
        )
        for text in texts
    ]


# Number of matching images.


def test_single_match_is_chosen_without_a_readable_version() -> None:
    images = images_named("notebook-pytorch", "vllm(0.9.1)")

    assert chosen_name(images, image_name="Notebook-PyTorch", latest=True) == "notebook-pytorch"
    assert chosen_name(images, image_name="Notebook-PyTorch") == "notebook-pytorch"


def test_no_match_error_counts_images_after_each_criterion() -> None:
    images = images_named("tf2.4-py3.8-cpu", "torch2.3-py3.10-cuda12.4-gpu", "torch2.3-py3.10-cpu")

    error = outcome(images, {"device": "cpu", "components": {"pytorch": ">=2.4", "python": "*"}})

    assert isinstance(error, NoMatchError)
    assert (error.listed_count, error.funnel, error.where) == (
        3,
        (
            (Criterion("device", '"cpu"'), 2),
            (Criterion("components", '"*"', "python"), 2),
            (Criterion("components", '">=2.4"', "pytorch"), 0),
        ),
        WHERE,
    )


def test_empty_catalogue_is_no_match() -> None:
    assert chosen_name([], gpu="A10") == chosen_name([]) == "no image matches. [no-match]"


def test_several_matches_without_latest_are_ambiguous() -> None:
    images = images_with_versions("2.3", "2.4")

    assert (
        chosen_name(images, framework="torch")
        == chosen_name(images)
        == "2 images match. [ambiguous]"
    )
    assert chosen_name(images, framework="torch", latest=False) == "2 images match. [ambiguous]"


def test_list_query_is_ambiguous_when_explained() -> None:
    query = read_query(PlatformImagesQuery, {"framework": "torch"})

    with pytest.raises(AmbiguousMatchError):
        choose_image(images_with_versions("2.3", "2.4"), query, WHERE)


# Latest.


def test_latest_compares_versions_as_numbers() -> None:
    assert (
        chosen_name(
            images_with_versions("0.9.1", "0.20.2", "0.10.0"), framework="torch", latest=True
        )
        == "v0.20.2"
    )


def test_post_release_is_newer_than_its_release() -> None:
    assert (
        chosen_name(images_with_versions("0.5.6", "0.5.6.post2"), framework="torch", latest=True)
        == "v0.5.6.post2"
    )


def test_latest_ignores_prereleases() -> None:
    assert (
        chosen_name(
            images_with_versions("2.3", "2.4.0a0", "2.5.dev0"), framework="torch", latest=True
        )
        == "v2.3"
    )


def test_latest_includes_prereleases_named_by_the_range() -> None:
    images = images_with_versions("2.3", "2.4.0a0")

    assert chosen_name(images, framework_version=">=2.3.0a0", latest=True) == "v2.4.0a0"
    assert chosen_name(images, framework_version=">=2.3", latest=True) == "v2.3"


def test_latest_by_includes_prereleases_named_by_the_range() -> None:
    images = images_named("torch2.3-py38", "torch2.4.0rc1-py38")

    assert chosen_name(images, components={"torch": "*"}, latest_by=["torch"]) == "torch2.3-py38"
    assert (
        chosen_name(images, components={"torch": ">=2.3rc1"}, latest_by=["torch"])
        == "torch2.4.0rc1-py38"
    )


def test_latest_ignores_unreadable_versions() -> None:
    assert (
        chosen_name(images_with_versions("nightly", "1.0", None), framework="torch", latest=True)
        == "v1.0"
    )


def test_latest_without_readable_versions_is_ambiguous() -> None:
    images = images_with_versions("nightly", None, "2.4a0")

    assert chosen_name(images, framework="torch", latest=True) == (
        "3 images match. [ambiguous] none has a stable version to compare by frameworkVersion."
    )


def test_latest_over_several_frameworks_is_ambiguous() -> None:
    images = [
        *images_with_versions("2.3"),
        *images_with_versions("2.4", framework="TENSORFLOW"),
        PlatformImage(image_name="x", framework_version="9.9"),
    ]

    assert chosen_name(images, name_regex=".", latest=True) == (
        "3 images match. [ambiguous] latest compares the versions of one framework, and these are "
        "3: (none), pytorch, tensorflow."
    )


def test_ambiguous_error_lists_at_most_five_frameworks() -> None:
    images = [image for name in "gfedcba" for image in images_with_versions("1.0", framework=name)]

    assert chosen_name(images, name_regex=".", latest=True) == (
        "7 images match. [ambiguous] latest compares the versions of one framework, and these are "
        "7: a, b, c, d, e, ...."
    )


def test_latest_accepts_spellings_of_one_framework() -> None:
    images = [
        *images_with_versions("2.3"),
        *images_with_versions("2.4", framework="torch"),
        *images_with_versions("2.5", framework="PYTORCH"),
    ]

    assert chosen_name(images, name_regex=".", latest=True) == "v2.5"


def test_latest_by_component_first_allows_several_frameworks() -> None:
    images = [
        PlatformImage(image_name="tilearn-llm0.9-torch2.3", framework="pytorch"),
        PlatformImage(image_name="tilearn-llm1.0-tf2.4", framework="tensorflow"),
    ]

    assert chosen_name(images, components={"tilearn-llm": "*"}, latest_by=["tilearn-llm"]) == (
        "tilearn-llm1.0-tf2.4"
    )
    assert chosen_name(
        images, name_regex=".", latest_by=["frameworkVersion", "tilearn-llm"]
    ).startswith("2 images match. [ambiguous] latest compares the versions of one framework")


def test_latest_by_unknown_component_does_not_allow_several_frameworks() -> None:
    images = [
        PlatformImage(image_name="torch2.3", framework="pytorch", framework_version="2.3"),
        PlatformImage(image_name="tf2.18", framework="tensorflow", framework_version="2.18"),
    ]

    assert chosen_name(
        images, name_regex=".", latest_by=["tilearn-lm", "frameworkVersion"]
    ).startswith("2 images match. [ambiguous] latest compares the versions of one framework")


def test_latest_by_ranks_keys_in_order() -> None:
    images = images_named(
        "tilearn-llm0.9-torch2.3-cuda12.4",
        "tilearn-llm1.0-torch2.1-cuda12.1",
        "tilearn-llm1.0-torch2.1-cuda12.4",
    )

    def newest_by(*keys: str) -> str:
        return chosen_name(images, components={"cuda": "*"}, latest_by=list(keys))

    assert newest_by("tilearn-llm", "cuda") == "tilearn-llm1.0-torch2.1-cuda12.4"
    assert newest_by("torch", "tilearn-llm") == "tilearn-llm0.9-torch2.3-cuda12.4"


def test_image_without_a_latest_by_key_ranks_last() -> None:
    images = images_named("vllm0.9.1-torch2.1", "vllm0.9.1-py38", "torch9.9")

    assert chosen_name(images, name_regex=".", latest_by=["vllm", "torch"]) == "vllm0.9.1-torch2.1"


def test_equal_versions_of_all_keys_are_ambiguous() -> None:
    images = images_named("vllm0.9.1-torch2.1-cpu", "vllm0.9.1-torch2.1-gpu", "vllm0.8-torch2.1")

    assert chosen_name(images, name_regex=".", latest_by=["vllm", "torch"]) == (
        "2 images tie for latest. [ambiguous] both have the newest version: vllm 0.9.1, "
        "pytorch 2.1."
    )


def test_equal_versions_written_differently_are_ambiguous() -> None:
    assert chosen_name(images_with_versions("2.3", "2.3.0"), framework="torch", latest=True) == (
        "2 images tie for latest. [ambiguous] both have the newest version: frameworkVersion 2.3."
    )


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (["vllm", "onnx"], "both have the newest version: vllm 0.9.1."),
        (["onnx"], "none has a stable version to compare by onnx."),
        (["vlm"], "none has a stable version to compare by vlm."),
    ],
)
def test_ambiguous_error_names_compared_and_unknown_keys(keys: list[str], problem: str) -> None:
    query = read_query(PlatformImageQuery, {"name_regex": ".", "latest_by": keys})

    with pytest.raises(AmbiguousMatchError) as caught:
        choose_image(images_named("vllm0.9.1-cpu", "vllm0.9.1-gpu"), query, WHERE)

    unknown = f'`latest_by` "{keys[-1]}" ranks nothing: of 2 images none has this component.'
    assert caught.value.problem == f"{problem} {unknown}"


def test_latest_session_image_is_chosen() -> None:
    images = session_images_with("pytorch-v2.5.1", "pytorch-v2.10.0", "tensorflow-v2.18.0")

    assert chosen_name(images, **ENGINE, framework="torch", latest=True) == "pytorch-v2.10.0"
    assert chosen_name(images, **ENGINE, latest=True).startswith(
        "3 images match. [ambiguous] latest"
    )


def test_rank_has_one_version_for_each_key() -> None:
    query = build_query({"name_regex": ".", "latest_by": ["torch", "onnx"]})
    (image,) = images_named("torch2.3-py38")

    assert [
        (readable, str(version)) for readable, version in rank(image, query, latest_keys(query))
    ] == [
        (True, "2.3"),
        (False, "0"),
    ]
