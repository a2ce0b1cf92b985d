"""Components and devices in image names: published names, the grammar, and hostile names."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core import names
from pulumi_tcimages.core.names import (
    ALIASES,
    DEVICES,
    KNOWN,
    Name,
    canonical,
    read_name,
    read_tag,
)
from pulumi_tcimages.core.versions import comparable_version, read_version
from tests.core.strategies import EXAMPLES, hostile_text

EXPECTED = [
    # The table of the written rules, with names and tags published by the vendor.
    (
        "tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu",
        "tilearn-llm 0.9, pytorch 2.3, python 3.10, cuda 12.4",
        "gpu",
    ),
    (
        "tilearn-llm1.0-torch2.1-angel-vllm1.0-py3.10-cuda12.1-gpu",
        "tilearn-llm 1.0, pytorch 2.1, angel-vllm 1.0, python 3.10, cuda 12.1",
        "gpu",
    ),
    (
        "ti-acc1.0-tf1.15-py3.6-cuda10.0-gpu",
        "ti-acc 1.0, tensorflow 1.15, python 3.6, cuda 10.0",
        "gpu",
    ),
    ("tf2.4-py3.8-cpu", "tensorflow 2.4, python 3.8", "cpu"),
    ("notebook-pytorch", "pytorch -", ""),
    ("vllm(0.10.2)", "vllm 0.10.2", ""),
    ("angel-vllm-cu130(0.19.0)", "angel-vllm 0.19.0, cuda 13.0", "gpu"),
    ("vllm(0.20.2)-cu130", "vllm 0.20.2, cuda 13.0", "gpu"),
    ("vllm(0.11.0-cu128)", "vllm 0.11.0, cuda 12.8", "gpu"),
    ("vllm(0.11.0)(gpu)", "vllm 0.11.0", "gpu"),
    ("PyTorch 2.5.1 (CUDA 12.4, Python 3.11)", "pytorch 2.5.1, cuda 12.4, python 3.11", "gpu"),
    ("sglang-v0.5.6.post2", "sglang 0.5.6.post2", ""),
    ("deepseek-r1-sglang0.5.6", "sglang 0.5.6", ""),
    ("qwen3-vllm0.11.0", "vllm 0.11.0", ""),
    ("qwen2.5-vllm0.8.5", "qwen 2.5, vllm 0.8.5", ""),
    ("qwen3-vllm", "vllm -", ""),
    ("torch2.5.1+cu124-py3.11", "pytorch 2.5.1+cu124, cuda 12.4, python 3.11", "gpu"),
    ("训练镜像torch2.5-py310", "pytorch 2.5, python 3.10", ""),
    ("mindspore2.4.1-cann8.2.rc1-py3.11-npu", "mindspore 2.4.1, cann 8.2.rc1, python 3.11", "npu"),
    ("torch2-py310", "pytorch 2, python 3.10", ""),
    ("torch2.0.0.nv23.05-py38", "pytorch 2.0.0, python 3.8", ""),
    ("tensorflow1.15-py37(cpu)", "tensorflow 1.15, python 3.7", "cpu"),
    ("tensorflow1.15-py37(cpu|gpu)", "tensorflow 1.15, python 3.7", ""),
    ("tfserving2.4(gpu)", "tensorflow-serving 2.4", "gpu"),
    ("detectron2-py38", "python 3.8", ""),
    ("stabe-diffusion-mosec-a10(gpu)", "", "gpu"),
    ("py1.9.0-py36-cu111", "pytorch 1.9.0, python 3.6, cuda 11.1", "gpu"),
    ("python-v3.10", "python 3.10", ""),
    ("Standard-S 1.1", "standard-s 1.1", ""),
    ("SuperSQL P 1.0", "supersql-p 1.0", ""),
    ("Spark 3.2.1.3", "spark 3.2.1.3", ""),
    ("spark:3.2.1-python-ml", "spark 3.2.1, python -", ""),
    ("1.1.0", "", ""),
    ("dev-v20241218", "", ""),
    ("2.55.1-cu125-serve", "cuda 12.5", "gpu"),
    (
        "24.03-gpu-py310-cu124-tilearn-llm-v1.8.0",
        "python 3.10, cuda 12.4, tilearn-llm 1.8.0",
        "gpu",
    ),
    (
        "py38-torch1.9.0-cu111-tiacc3.0.2-3.2.0",
        "python 3.8, pytorch 1.9.0, cuda 11.1, ti-acc 3.0.2",
        "gpu",
    ),
    ("HY-World-2.0-cu124-dev20260506-webui", "hy-world 2.0, cuda 12.4", "gpu"),
    ("tcray-3.0.0.dev0-py311-cpu", "tcray 3.0.0.dev0, python 3.11", "cpu"),
    # Versions without a dot, such as py310.
    ("py38", "python 3.8", ""),
    ("py310", "python 3.10", ""),
    ("python3", "python 3", ""),
    ("cu92", "cuda 9.2", "gpu"),
    ("cu111", "cuda 11.1", "gpu"),
    ("cuda124", "cuda 12.4", "gpu"),
    ("cu130", "cuda 13.0", "gpu"),
    ("cu12", "cuda 12", "gpu"),
    ("cu9", "cuda 9", "gpu"),
    ("cu1281", "cuda 12.8.1", "gpu"),
]

PUBLISHED = [
    # All other published names. A comment explains each name of which less is read than a person
    # would read.
    ("tensorflow-v2.18.0", "tensorflow 2.18.0", ""),
    ("pytorch-v2.5.1", "pytorch 2.5.1", ""),
    ("scikit-learn-v1.6.0", "scikit-learn 1.6.0", ""),
    ("Standard-S 1.0", "standard-s 1.0", ""),
    ("Standard-P 1.0", "standard-p 1.0", ""),
    ("SuperSQL-S 3.5", "supersql-s 3.5", ""),
    ("SuperSQL-P 1.1", "supersql-p 1.1", ""),
    ("SuperSQL", "", ""),
    ("Spark3.2", "spark 3.2", ""),
    ("pyspark3.2", "pyspark 3.2", ""),
    ("pyspark 3.2", "pyspark 3.2", ""),
    ("pysaprk-1.1", "pysaprk 1.1", ""),  # the vendor's typo is preserved
    ("spark:3.2.1-java", "spark 3.2.1", ""),
    ("spark:3.2.1-python", "spark 3.2.1, python -", ""),
    ("spark:3.2.1-python-ai", "spark 3.2.1, python -", ""),
    ("3.0.0.dev0-py311-cpu", "python 3.11", "cpu"),  # the leading version belongs to no component
    ("2.55.1-py311-cpu-torch-lab", "python 3.11, pytorch -", "cpu"),
    ("0.0.0.dev0-ray2.54.0-py312-cpu", "ray 2.54.0, python 3.12", "cpu"),
    (
        "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu",
        "verl 0.6.1, vllm 0.11.0, pytorch 2.8, python 3.12, cuda 12.8",
        "gpu",
    ),
    (
        "tilearn-llm0.8-torch2.1-py3.10-cuda12.1-gpu",
        "tilearn-llm 0.8, pytorch 2.1, python 3.10, cuda 12.1",
        "gpu",
    ),
    (
        "ti-acc2.5-torch1.9-py3.8-cuda11.1-gpu",
        "ti-acc 2.5, pytorch 1.9, python 3.8, cuda 11.1",
        "gpu",
    ),
    (
        "light3.1.3-tf2.4-py3.8-cuda11.1-gpu",
        "light 3.1.3, tensorflow 2.4, python 3.8, cuda 11.1",
        "gpu",
    ),
    ("torch1.9-py3.8-cuda11.1-gpu", "pytorch 1.9, python 3.8, cuda 11.1", "gpu"),
    ("tf1.15-py3.7-cpu", "tensorflow 1.15, python 3.7", "cpu"),
    ("spark2.4.5-cpu", "spark 2.4.5", "cpu"),
    ("spark2.4.5-py3.6-cpu", "spark 2.4.5, python 3.6", "cpu"),
    ("vllm(0.20.2)", "vllm 0.20.2", ""),
    ("tensorflow2.4-py38(cpu|gpu)", "tensorflow 2.4, python 3.8", ""),
    ("pytorch1.12.1-py38", "pytorch 1.12.1, python 3.8", ""),
    ("tfserving1.15(cpu|gpu)", "tensorflow-serving 1.15", ""),
    ("onnx1.11.1-py38", "onnx 1.11.1, python 3.8", ""),
    ("mmdetection1.4.8-py38", "mmdetection 1.4.8, python 3.8", ""),
    ("jpmml-py38", "python 3.8", ""),
    ("tf2.4-py38-gpu", "tensorflow 2.4, python 3.8", "gpu"),
    ("torch1.9.0-py38-cu111", "pytorch 1.9.0, python 3.8, cuda 11.1", "gpu"),
    ("pmml-py36", "python 3.6", ""),
    ("TACO 5.0.20.1", "taco 5.0.20.1", ""),
    # Tags and addresses may also be used as names. A file name is read as a component.
    (
        "llm-train:23.07-gpu-py310-cu121-deepspeed-tilearn-llm-v1.6.0",
        "llm-train 23.07, python 3.10, cuda 12.1, deepspeed -, tilearn-llm 1.6.0",
        "gpu",
    ),
    ("vllm-0.9.1-ti-20250703", "vllm 0.9.1", ""),
    ("sglang-v0.5.6.post2-ti-dev20251215", "sglang 0.5.6.post2", ""),
    (
        "py38-torch2.0.0-cu118-sd-tiacc4.2.9-3.2.17",
        "python 3.8, pytorch 2.0.0, cuda 11.8, ti-acc 4.2.9",
        "gpu",
    ),
    ("py37-tf1.15-cpu-1.0.0", "python 3.7, tensorflow 1.15", "cpu"),
    ("py38-pmml0.9.16-1.0.0", "python 3.8, pmml 0.9.16", ""),
    ("tensorflow-serving:2.4.0-gpu", "tensorflow-serving 2.4.0", "gpu"),
    ("tensorflow-serving:2.4.0-gpu-20211206", "tensorflow-serving 2.4.0", "gpu"),
    (
        "notebook-pytorch:py38-cu113-torch1.12.1-v310-250901",
        "pytorch 1.12.1, python 3.8, cuda 11.3",
        "gpu",
    ),
    (
        "2.3.0a0+40ec155e58.nv24.3",
        "",
        "",
    ),
]

GRAMMAR = [
    ("full width is read as narrow", "ｖｌｌｍ（０.１０.２）", "vllm 0.10.2", ""),
    ("full width device words", "tf2.4（cpu｜gpu）", "tensorflow 2.4", ""),
    ("two devices are none", "tf2.4-cpu-gpu", "tensorflow 2.4", ""),
    ("a device clears the words before it", "notebook-gpu-torch2.3", "pytorch 2.3", "gpu"),
    ("npu is a device", "torch2.3-npu", "pytorch 2.3", "npu"),
    ("a named device wins over cuda", "torch2.3-cuda12.4-cpu", "pytorch 2.3, cuda 12.4", "cpu"),
    ("the same version twice is one", "torch2.3-pytorch2.3.0", "pytorch 2.3", ""),
    (
        "two versions of one name are neither",
        "torch2.3-pytorch2.4-py38",
        "pytorch -, python 3.8",
        "",
    ),
    ("three versions of one name are none", "torch2.3-torch2.4-torch2.3", "pytorch -", ""),
    ("a pre-release", "torch2.4.0rc1", "pytorch 2.4.0rc1", ""),
    ("a label", "torch2.3.0a0+40ec.nv24.3", "pytorch 2.3.0a0+40ec.nv24.3", ""),
    ("not quite a label", "torch1.0+a..b", "pytorch 1.0+a", ""),
    ("not quite a label either", "torch1.0+", "pytorch 1.0", ""),
    ("a version in the tail needs words", "(1.2.3)", "", ""),
    ("a tail that is neither", "torch2.3(preview)", "pytorch 2.3", ""),
    ("digits of another script", "torch２.３-py٣.٤", "pytorch 2.3, python -", ""),
    ("a dangling dash", "torch-2.3-", "pytorch 2.3", ""),
    ("nothing", "", "", ""),
    # A known component is found anywhere in the name.
    ("behind a digit", "qwen3vllm0.11.0", "vllm 0.11.0", ""),
    ("glued to the one before", "py38torch2.0cu118", "python 3.8, pytorch 2.0, cuda 11.8", "gpu"),
    ("words are joined by any separator", "tensorrt_llm 0.12", "tensorrt-llm 0.12", ""),
    ("the longest name wins", "tensorrt10.3-tensorrt-llm", "tensorrt 10.3, tensorrt-llm -", ""),
    (
        "a longer word is another",
        "pyspark3.2-torchvision0.16",
        "pyspark 3.2, torchvision 0.16",
        "",
    ),
    (
        "in the label of another",
        "deepspeed0.16.9+torch2.6",
        "deepspeed 0.16.9+torch2.6, pytorch 2.6",
        "",
    ),
    ("another package's name", "tf2onnx1.16", "tensorflow -, onnx 1.16", ""),
    ("a known word ends no other version", "Megatron-LM", "megatron -", ""),
    (
        "a version behind another component's",
        "mindspore2.6.0rc1cann8.1.rc1",
        "mindspore 2.6.0rc1, cann 8.1.rc1",
        "npu",
    ),
    ("a word glued behind a version", "qwen2.5vllm0.8", "qwen 2.5, vllm 0.8", ""),
    (
        "two in one label",
        "torch2.5+cu124py311",
        "pytorch 2.5+cu124py311, cuda 12.4, python 3.11",
        "gpu",
    ),
    ("an unknown word's brackets", "Standard-S(1.10)", "standard-s 1.10", ""),
    # Notations of versions.
    ("v behind two words", "tensorrt-llmv0.12", "tensorrt-llm 0.12", ""),
    ("a candidate before a label", "torch2.6.0rc1cu124", "pytorch 2.6.0rc1, cuda 12.4", "gpu"),
    ("a candidate behind a blank", "CANN 8.2 RC1", "cann 8.2 rc1", "npu"),
    ("a dated candidate", "vllm0.11.0-rc20250101", "vllm 0.11.0-rc20250101", ""),
    ("a post-release before a label", "vllm0.11.0post1cu128", "vllm 0.11.0post1, cuda 12.8", "gpu"),
    ("a nightly build", "vllm0.11.0-nightly-cu128", "vllm 0.11.0-nightly, cuda 12.8", "gpu"),
    ("the word version", "PyTorch version 2.5.1", "pytorch 2.5.1", ""),
    ("v without a separator", "torchv2.5", "pytorch 2.5", ""),
    ("v and a whole number", "torch-v2", "pytorch 2", ""),
    ("square brackets", "sglang[0.5.6]", "sglang 0.5.6", ""),
    ("v in brackets", "vllm ( v0.11.0 )", "vllm 0.11.0", ""),
    ("Chinese brackets separate", "vllm【0.11.0】", "vllm 0.11.0", ""),
    ("brackets behind a device", "vllm-npu(0.9.1)", "vllm 0.9.1", "npu"),
    ("a pre-release behind a hyphen", "vllm-2.5.0-rc1-cu124", "vllm 2.5.0-rc1, cuda 12.4", "gpu"),
    ("a development version", "vllm2.5.0-dev1", "vllm 2.5.0-dev1", ""),
    ("a dated build", "vllm2.5.0-dev20250101", "vllm 2.5.0", ""),
    ("a GPU is no pre-release", "torch2.5-a10-gpu", "pytorch 2.5", "gpu"),
    ("a GPU glued to no version", "vllm0.9.1-b200", "vllm 0.9.1", ""),
    ("a label names the device", "torch2.5.1+cpu-py3.11", "pytorch 2.5.1+cpu, python 3.11", "cpu"),
    ("a label names rocm", "torch2.5.1+rocm6.2", "pytorch 2.5.1+rocm6.2, rocm 6.2", "gpu"),
    ("cann tells the device", "mindspore2.3.1-cann8.0.RC3", "mindspore 2.3.1, cann 8.0.rc3", "npu"),
    ("two kinds of accelerator are none", "cuda12.4-cann8.0", "cuda 12.4, cann 8.0", ""),
    # Ambiguous numbers are not read.
    ("hyphens instead of dots", "torch-2-5-cu124", "pytorch -, cuda 12.4", "gpu"),
    ("hyphens behind the word's number", "torch2-5-1", "pytorch -", ""),
    ("2.5 or 25", "torch25-py310", "pytorch -, python 3.10", ""),
    ("6.2 or 62", "rocm62", "rocm -", "gpu"),
    ("3.5 or 35", "spark35", "spark -", ""),
    ("0.9 or 9", "vllm09", "vllm -", ""),
    ("a series", "torch2.x-py310", "pytorch -, python 3.10", ""),
    ("a candidate of a whole number", "torch2-rc1", "pytorch -", ""),
    ("a number of two digits", "tensorrt10", "tensorrt 10", ""),
    ("a date", "notebook-pytorch-250901", "pytorch -", ""),
    ("a long date", "vllm20250901", "vllm -", ""),
    ("an unknown number", "pytorch-v310", "pytorch -", ""),
    ("a model's size", "vllm-7b", "vllm -", ""),
    ("a year behind python", "python-2025", "python -", ""),
    ("a label that contradicts", "torch2.5+cu124-cuda12.1", "pytorch 2.5+cu124, cuda -", "gpu"),
    ("labels are not compared", "torch2.5+cu124-torch2.5", "pytorch 2.5+cu124, cuda 12.4", "gpu"),
    ("named with and without", "notebook-pytorch-torch2.3", "pytorch 2.3", ""),
]


def format_components(name: Name) -> list[str]:
    """Return the components of a name as the tables write them; `-` means no version."""
    return [f"{component} {version or '-'}" for component, version in name.components.items()]


@pytest.mark.parametrize(
    ("name", "components", "device"),
    [*EXPECTED, *PUBLISHED],
    ids=[n for n, *_ in EXPECTED + PUBLISHED],
)
def test_published_name_is_parsed_as_expected(name: str, components: str, device: str) -> None:
    parsed = read_name(name)

    assert (format_components(parsed), parsed.device) == (
        list(filter(None, components.split(", "))),
        device,
    )


@pytest.mark.parametrize(
    ("name", "components", "device"),
    [case[1:] for case in GRAMMAR],
    ids=[case[0] for case in GRAMMAR],
)
def test_grammar(name: str, components: str, device: str) -> None:
    parsed = read_name(name)

    assert (", ".join(format_components(parsed)), parsed.device) == (components, device)


def test_empty_name_has_no_components() -> None:
    assert read_name("") == Name({}, "")


def test_components_keep_their_order() -> None:
    assert list(read_name("verl0.6.1-vllm0.11.0-torch2.8").components) == [
        "verl",
        "vllm",
        "pytorch",
    ]


def test_only_the_first_200_characters_are_read() -> None:
    assert read_name("x" * 198 + "-torch2.3").components == {}
    assert read_name("torch2.3" + "-x" * 5_000_000).components == {"pytorch": "2.3"}


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_alias_equals_its_component(alias: str, name: str) -> None:
    assert canonical(alias.upper()) == canonical(name.title()) == name
    assert (
        read_name(f"{alias}2.3").components == read_name(f"{name}-2.3").components == {name: "2.3"}
    )


@EXAMPLES
@given(hostile_text | st.text("abtorchpycu0123456789.+-()| ", max_size=40))
def test_any_name_is_parsed_to_canonical_components(name: str) -> None:
    parsed = read_name(name)

    assert parsed.device in {"", *DEVICES}
    for component, version in parsed.components.items():
        assert canonical(component) == component
        assert re.fullmatch(r"[a-z][a-z0-9-]*", component)
        assert read_version(version) or version == ""


@pytest.mark.parametrize(
    ("address", "tag"),
    [
        ("tione.tencentcloudcr.com/qcloud-ti-platform/llm-train:24.03-gpu", "24.03-gpu"),
        ("ccr.ccs.tencentyun.com/dlc_cloud/pytorch:dev-v20241218", "dev-v20241218"),
        ("host:5000/repository", ""),
        ("host:5000/repository:tag@sha256:0123", "tag"),
        ("repository@sha256:0123", ""),
        ("repository", ""),
        ("repository:", ""),
        ("", ""),
    ],
)
def test_tag_follows_the_last_colon(address: str, tag: str) -> None:
    assert read_tag(address) == tag


_PREFIXES = ("", "qwen3-", "昇腾", "训练镜像_", "24.03-", "notebook ", "(x) ", "llama3.1-8b-")
_SUFFIXES = ("", "-py3.11", "(gpu)", "-cpu", "镜像", " x", "-dev20251215", ", x", "-250901")
_NOTATIONS = (
    "{}{}",
    "{}-{}",
    "{} {}",
    "{}_{}",
    "{}:{}",
    "{}-v{}",
    "{}({})",
    "{}[{}]",
    "{} ({})",
    "{}(v{})",
)


@EXAMPLES
@given(
    st.sampled_from(_PREFIXES),
    st.sampled_from(sorted(KNOWN | ALIASES.keys())),
    st.sampled_from(_NOTATIONS),
    st.sampled_from(("2.3", "0.11.0", "3.2.1.3", "8.2.rc1", "0.5.6.post2", "2.4.0a0", "3.0.dev0")),
    st.sampled_from(_SUFFIXES),
    st.sampled_from((str.lower, str.upper, str.title)),
)
def test_known_component_is_found_between_any_text(
    prefix: str, name: str, notation: str, version: str, suffix: str, case: Callable[[str], str]
) -> None:
    parsed = read_name(prefix + case(notation.format(name, version)) + suffix)

    expected = "" if canonical(name) == "python" and "py3" in suffix else version
    assert parsed.components.get(canonical(name)) == expected


@EXAMPLES
@given(
    st.sampled_from(_PREFIXES),
    st.sampled_from(sorted(KNOWN | ALIASES.keys())),
    st.sampled_from(_SUFFIXES),
)
def test_known_component_without_version_is_found(prefix: str, name: str, suffix: str) -> None:
    assert canonical(name) in read_name(prefix + name + suffix).components


def test_aliases_are_declared_in_one_module() -> None:
    core = Path(names.__file__).parent
    modules = {path.stem for path in core.glob("*.py") if '"tfserving"' in path.read_text("utf-8")}

    assert modules == {"names"}


@pytest.mark.parametrize("parse", [names.canonical, read_version, comparable_version, read_name])
def test_long_texts_are_not_cached(parse: Callable[[str], object]) -> None:
    tracemalloc.start()
    try:
        for number in range(100):
            parse(f"2.{number}.{'x' * 500_000}")

        used_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used_bytes < 5_000_000


def test_long_names_are_normalized() -> None:
    assert canonical("Ａ" * 300) == canonical("a" * 300)
