"""Components and devices in image names: published names, the grammar, and hostile names."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core import components
from pulumi_tcimages.core.components import ALIASES, DEVICES, KNOWN, canonical
from pulumi_tcimages.core.names import DOUBTFUL, Name, read_name, read_tag
from pulumi_tcimages.core.versions import comparable_version, read_version
from tests.core.name_cases import EXPECTED, GRAMMAR, PUBLISHED
from tests.core.strategies import EXAMPLES, hostile_text


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


@pytest.mark.parametrize(
    ("name", "version", "is_doubtful"),
    [
        ("vllm(0.21.0)", "0.21.0", False),
        ("vllm(0.21.0rc1)", "0.21.0", True),
        ("vllm(0.21.0rc1)", "0.21.0rc1", False),
        ("vllm(0.21.0rc1)", "0.20.2", False),
        ("vllm(0.21rc1)", "0.21.0", True),
        ("angel-vllm-cu130(0.21.0rc1)", "0.21.0", True),
        ("vllm0.21.0.T3-npu", "0.21.0", True),
        ("tcvllm-0.21.0.dev0-py311", "0.21.0", True),
        ("tcvllm-0.20.0.dev0-py311", "0.21.0", False),
        ("vllm-nightly(0.21.0)", "0.21.0", True),
        ("vllm0.21.0-nightly", "0.21.0", True),
        ("vllm0.21.0-cu128-gpu-beta", "0.21.0", True),
        ("own-beta-gpu", "0.21.0", True),
        ("xpark0.0.0.dev0-vllm0.21.0", "0.21.0", False),
        ("vllm-cu128", "0.21.0", False),
        ("vllm-nightly(0.21.0)", "", False),
        ("vllm-nightly(0.21.0)", None, False),
    ],
)
def test_name_contradicts_a_stable_version(
    name: str, version: str | None, is_doubtful: bool
) -> None:
    checked = read_name(name).check_version("vllm", version)

    assert checked == (DOUBTFUL if is_doubtful else version)


def test_underscore_in_an_unknown_name_is_a_hyphen() -> None:
    assert canonical("Flash_Attn") == canonical("flash-attn") == "flash-attn"


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
    core = Path(components.__file__).parent
    modules = {path.stem for path in core.glob("*.py") if '"tfserving"' in path.read_text("utf-8")}

    assert modules == {"components"}


@pytest.mark.parametrize(
    "parse", [components.canonical, read_version, comparable_version, read_name]
)
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
