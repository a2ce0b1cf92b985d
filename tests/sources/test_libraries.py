"""The libraries of an image: parsed from its description, and used as a criterion."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_tcimages.core.selection import filter_images
from pulumi_tcimages.diagnostics import Criterion
from pulumi_tcimages.sources.libraries import Libraries, read_libraries
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.core.queries import build_query, chosen_name, no_match, outcome

NO_LIST = "(no library list)"
INCOMPLETE = "(an incomplete library list)"
TOO_LONG = "(a library list that is too long)"


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("Python 3.10,CUDA 12.4", {"python": "3.10", "cuda": "12.4"}),
        ("torch 2.8.0+cu128，Triton Server v1.0",
         {"pytorch": "2.8.0+cu128", "triton server": "v1.0"}),
        ("tilearn.ops 0.2.2.175", {"tilearn.ops": "0.2.2.175"}),
        (" torch\t2.3.0a0+40ec155e58.nv24.3 、 vllm==0.11.0；ray: 2.49.2",
         {"pytorch": "2.3.0a0+40ec155e58.nv24.3", "vllm": "0.11.0", "ray": "2.49.2"}),
        ("torch2.8.0,detectron2 0.6,CANN 8.0.RC3",
         {"pytorch": "2.8.0", "detectron2": "0.6", "cann": "8.0.RC3"}),
        ("transformers 4.57.1（含补丁）,torch 2.1.0(cu118)",
         {"transformers": "4.57.1", "pytorch": "2.1.0"}),
        ("flash_attn 2.7.4,flash-attn2.7.4,xformers0.0.30",
         {"flash-attn": "2.7.4", "xformers": "0.0.30"}),
        ("vllm 0.11.0(rc1),sglang 0.5（测试版）,ray 2.49.2 (beta)",
         {"vllm": "", "sglang": "", "ray": ""}),
        ("torch 2.8.0，\nvllm 0.11.0，\r\nray 2.49.2",
         {"pytorch": "2.8.0", "vllm": "0.11.0", "ray": "2.49.2"}),
        ("Ｐython　3.10,ＣＵＤＡ\u00a012.4", {"python": "3.10", "cuda": "12.4"}),
        ("昇腾torch 2.1,Python 3.10 CUDA 12.4",
         {"pytorch": "2.1", "python": "3.10", "cuda": "12.4"}),
        ("jupyterlab,vllm nightly", {"jupyterlab": "", "vllm": ""}),
        ("torch 2.1,PyTorch 2.3,cuda 12.4,CUDA 12.4", {"pytorch": "", "cuda": "12.4"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("separator", [":", "：", " ： "])
def test_library_list_has_names_and_versions(
    separator: str, text: str, versions: dict[str, str]
) -> None:
    description = f"大模型镜像\n支持的核心库{separator}{text}\n支持的卡型：A10，T4"

    assert read_libraries(description) == Libraries(versions, "")


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("torch 2.8.0 flash-attn 2.7.4", {"pytorch": "2.8.0"}),
        ("torch 2.8.0,flash attention 2.7 for torch 2.8.0", {"pytorch": "2.8.0"}),
        ("torch 2.8.0,2.7.4", {"pytorch": "2.8.0"}),
        ("torch 2.8.0,transformers 4.57.1等", {"pytorch": "2.8.0", "transformers": "4.57.1"}),
        ("torch 2.8.0\nvllm 0.11.0", {"pytorch": "2.8.0"}),
        ("torch 2.8.0\r\n- vllm 0.11.0", {"pytorch": "2.8.0"}),
        ("torch 2.8.0,不含vllm", {"pytorch": "2.8.0"}),
        ("torch 2.8.0,vllm not included", {"pytorch": "2.8.0"}),
        ("torch 2.8.0和vllm 0.11", {"pytorch": "2.8.0"}),
        ("torch 2.8.0。支持vllm 0.11", {"pytorch": "2.8.0"}),
        ("torch 2.8.0,vllm, etc", {"pytorch": "2.8.0", "vllm": "", "etc": ""}),
    ],
)
def test_library_list_that_is_not_understood_is_incomplete(
    text: str, versions: dict[str, str]
) -> None:
    assert read_libraries(f"支持的核心库：{text}") == Libraries(versions, INCOMPLETE)


@pytest.mark.parametrize("value", [">=2.6", "*", "none"])
def test_warning_names_image_with_an_incomplete_library_list(value: str) -> None:
    images = build_images(doubtful="torch 2.8.0 flash-attn 2.7.4", silent="", other="torch 2.7.0")

    filtered = filter_images(images, build_query({"libraries": {"flash-attn": value}}))

    (warning,) = filtered.warnings
    assert f"doubtful (`libraries` flash-attn {INCOMPLETE})" in warning
    assert [image.label for image in filtered.left] == (["other"] if value == "none" else [])


@pytest.mark.parametrize(
    "description",
    [
        "",
        "torch 2.8.0，transformers 4.57.1",
        "支持的核心库：\n支持的卡型：A10",
        "不支持的核心库：vllm 0.11.0",
        "支持的核心库：\r\ntorch 2.8.0",
        "支持的核心库：无",
        "支持的核心库: none",
        "支持的核心库：详见文档，and whatever else you may need",
        "支持的核心库 torch 2.8.0",
        "支持的核心库：2.8.0，3.10",
        "支持的核心库：" + "，" * 9,
    ],
)
def test_text_without_a_library_list_has_no_libraries(description: str) -> None:
    assert read_libraries(description) == Libraries({}, NO_LIST)


@pytest.mark.parametrize(
    "list_text",
    ["lib 1," * 5_000, "a" * 1_000_000, "a b " * 250_000, "(" * 1_000_000, "lib-1.0" * 100_000,
     ",".join(f"lib{number} 1.{number}" for number in range(1_000))],
)  # fmt: skip
def test_long_library_list_is_read_up_to_a_limit(list_text: str) -> None:
    libraries = read_libraries(f"支持的核心库：{list_text}")

    assert len(libraries.versions) <= 256
    assert libraries.gap == TOO_LONG


def test_library_field_overrides_versions_of_the_description() -> None:
    libraries = read_libraries(
        "支持的核心库：verl 0.6.0，vllm 0.11.0", [("verl", "0.6.1"), ("Triton Server", "v1.0")]
    )

    versions = {"verl": "0.6.1", "vllm": "0.11.0", "triton server": "v1.0"}
    assert libraries == Libraries(versions, "")


def test_library_field_does_not_prove_absence() -> None:
    assert read_libraries("", [("verl", "0.6.1")]) == Libraries({"verl": "0.6.1"}, NO_LIST)


def build_images(**libraries: str) -> list[PlatformImage]:
    """Return one image for each library list. An empty list means no list."""
    return [
        PlatformImage(
            image_id=name,
            image_name=name,
            description=f"支持的核心库：{text}" if text else "no list",
        )
        for name, text in libraries.items()
    ]


IMAGES = build_images(
    old="torch 2.3.0,transformers 4.39.3",
    new="torch 2.8.0+cu128,transformers 4.57.1",
    bare="torch 2.8.0",
    silent="",
)


@pytest.mark.parametrize(
    ("libraries", "names"),
    [
        ({"transformers": ">=4.50"}, ["new"]),
        ({"Torch": "==2.8.*", "transformers": "*"}, ["new"]),
        ({"torch": "==2.8.0"}, ["bare", "new"]),
        ({"transformers": "none"}, ["bare"]),
        ({"vllm": "none"}, ["bare", "new", "old"]),
    ],
)
def test_libraries_match_by_range_presence_and_absence(
    libraries: dict[str, str], names: list[str]
) -> None:
    matches = filter_images(IMAGES, build_query({"libraries": libraries})).left

    assert [image.label for image in matches] == names


def test_absence_criterion_names_images_without_a_library_list() -> None:
    warnings = filter_images(IMAGES, build_query({"libraries": {"vllm": "none"}})).warnings

    assert warnings == (
        "not considered, because it cannot be read: silent (`libraries` vllm (no library list))",
    )


@pytest.mark.parametrize(
    ("libraries", "criterion"),
    [
        ({"transformers": "~=4.60"}, Criterion("libraries", '"~=4.57.1"', "transformers")),
        ({"transformer": ">=4.50"}, Criterion("libraries", '">=4.50"', "transformers")),
    ],
)
def test_no_match_error_suggests_a_library(libraries: dict[str, str], criterion: Criterion) -> None:
    found = no_match(IMAGES, libraries=libraries)

    assert found.hints[0].criteria == (criterion,)


def test_ambiguous_error_suggests_a_distinguishing_library() -> None:
    arguments: dict[str, Any] = {"libraries": {"torch": ">=2.8"}}
    error = outcome(IMAGES, arguments)

    assert "libraries.transformers" in getattr(error, "differ", ())
    assert chosen_name(IMAGES, libraries={"torch": ">=2.8", "transformers": "*"}) == "new"


def test_misspelled_excluded_library_has_a_warning() -> None:
    query = build_query({"libraries": {"transfomers": "none"}})

    assert filter_images(IMAGES, query).warnings[0] == (
        '`libraries` transfomers "none" excludes nothing: of 4 images none has it; did you mean '
        '"transformers"?'
    )
