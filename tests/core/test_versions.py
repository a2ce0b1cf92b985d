"""Versions and their order, and ranges with prereleases and widening."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core.suggestions.ranges import widen
from pulumi_tcimages.core.versions import LONGEST, exact_range, read_range, read_version
from pulumi_tcimages.errors import InvalidArgumentError
from tests.core.strategies import EXAMPLES, RANGES, hostile_text, version_text


def test_versions_are_ordered_as_numbers() -> None:
    below_one = ["0.5.6.dev0", "0.5.6a1", "0.5.6rc1", "0.5.6", "0.5.6+cu121", "0.5.6.post2"]
    ordered = [*below_one, "0.9.1", "0.10.0", "0.20.2", "1.0", "1.9", "1.10", "1.10.1"]
    ordered += ["3.2.1", "3.2.1.3", "24.03", "24.10"]

    assert all(read_version(low) < read_version(high) for low, high in pairwise(ordered))


def test_trailing_zeros_and_leading_v_are_ignored() -> None:
    assert read_version("v2.5") == read_version("2.5.0") == read_version("2.5")


@pytest.mark.parametrize("text", ["2.10.0.6daa0a", "2.10.0.EE9422-py310", "2.10.0.b4bba4"])
def test_commit_behind_a_version_is_ignored(text: str) -> None:
    assert read_version(text) == read_version("2.10.0")


@pytest.mark.parametrize(
    "text", [None, "", "nightly", "2.x", "9" * 65, "9" * 5000, "\ud800", "٣.٤"]
)
def test_invalid_version_is_none(text: str | None) -> None:
    assert read_version(text) is None


@pytest.mark.parametrize(
    "text", ["1.15/2.4", "2.5 | v2.6", "2.5,2.6", "2.5 or 2.6", "2.5~2.6", "2.5和2.6", "2.5、2.6"]
)
def test_text_with_two_versions_has_no_version(text: str) -> None:
    assert read_version(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2.9.0-test",
        "2.9.0 prerelease",
        "2.9.0-insider",
        "2.9.0（测试版）",
        "2.9.0内测",
        "2.9-preview版",
    ],
)
def test_version_with_a_word_for_test_releases_is_none_or_a_prerelease(text: str) -> None:
    version = read_version(text)

    assert version is None or version.is_prerelease


@pytest.mark.parametrize("text", ["2.9.0-latest", "2.9.0 和平", "2.9.0/cu124", "2.9.0，Python"])
def test_other_words_after_a_version_are_ignored(text: str) -> None:
    assert read_version(text) == read_version("2.9.0")


@EXAMPLES
@given(version_text)
def test_version_is_stable_when_printed_and_read_again(text: str) -> None:
    version = read_version(text)

    assert read_version(str(version)) == version
    assert str(read_version(str(version))) == str(version)


@EXAMPLES
@given(version_text, st.sampled_from(["v{}", " {} ", "{}\n", "V{}"]))
def test_exact_range_contains_its_version_in_any_spelling(text: str, spelling: str) -> None:
    text_with_spelling = spelling.format(text)
    exact = exact_range(text_with_spelling)

    assert exact is not None
    assert read_version(text) in exact
    assert read_range(exact.text) == exact


@pytest.mark.parametrize("text", [None, "", "nightly", "1" * 63])
def test_invalid_or_long_version_has_no_exact_range(text: str | None) -> None:
    assert exact_range(text) is None


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">=2.5,<3", "2.5 2.10 2.99.post1", "2.4 3.0 3.1"),
        ("==2.5", "2.5 2.5.0 2.5+cu121", "2.5.1 2.50 2.5.post1"),
        ("==2.5.*", "2.5 2.5.9 2.5.1.post1", "2.50 2.6"),
        ("~=2.5", "2.5 2.99", "3.0 2.4"),
        ("!=2.5", "2.4 2.6", "2.5"),
        (">0.5.6", "0.5.7", "0.5.6 0.5.6.post2"),
        ("<=0.5.6", "0.5.6 0.5.5", "0.5.6.post2"),
        ("==0.5.6", "0.5.6", "0.5.6.post2"),
        (">=0.5.6", "0.5.6.post2", "0.5.5.post9"),
        ("==3.2.1", "3.2.1", "3.2.1.3"),
        (" >= 2.5 , < 3 ", "2.5", "3"),
    ],
)
def test_range_follows_pep_440(text: str, inside: str, outside: str) -> None:
    version_range = read_range(text)

    assert [
        version for version in inside.split() if read_version(version) not in version_range
    ] == []
    assert [version for version in outside.split() if read_version(version) in version_range] == []


@pytest.mark.parametrize(
    ("text", "version", "inside"),
    [
        (">=2.3", "2.4.0a0", False),
        (">=2.3", "2.4.dev0", False),
        (">=2.3", "2.3.0a0+40ec155e58.nv24.3", False),
        (">=2.3.0a0", "2.3.0a0+40ec155e58.nv24.3", True),
        (">=2.3.0a0", "2.4rc1", True),
        ("==2.4rc1", "2.4rc1", True),
        (">=2.3,<3.dev0", "2.4rc1", True),
        (">=2.3,!=2.4a1", "2.4a0", False),  # a version excluded by `!=` does not count as named
        ("==2.4.*", "2.4rc1", False),
        (">=2.3", "2.4.post1", True),
    ],
)
def test_prerelease_is_only_in_a_range_that_names_one(
    text: str, version: str, inside: bool
) -> None:
    assert (read_version(version) in read_range(text)) is inside


def test_missing_version_is_in_no_range() -> None:
    assert None not in read_range("!=1.0")


def test_range_of_5000_digits_is_rejected_by_length() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_range(">=" + "9" * 5000)

    assert caught.value.problem == "a version range has at most 64 characters, this one has 5002"


@EXAMPLES
@given(hostile_text | st.text("0123456789.=<>~!,* abcrpost+", max_size=LONGEST + 1))
def test_any_text_is_a_range_or_an_invalid_argument(text: str) -> None:
    try:
        version_range = read_range(text)
    except InvalidArgumentError:
        return
    assert read_range(version_range.text) == version_range
    version_range.target()


@pytest.mark.parametrize(
    ("text", "version", "wider"),
    [
        (">=2.9", "2.8", ">=2.8"),
        (">=2,<3", "3.5", ">=2,<=3.5"),
        (">2.5", "2.5", ">=2.5"),
        ("<2.5", "2.5", "<=2.5"),
        (">0.5.6", "0.5.6.post2", ">=0.5.6.post2"),
        ("==3.2.1", "3.2.1.3", "==3.2.1.*"),
        ("==12", "12.8", "==12.*"),
        ("==2.8", "2.9", "==2.9"),
        ("==2.8", "2.7.1", "==2.7.1"),
        ("==2.8", "2.9a0", "==2.9a0"),
        ("==2.5.*", "2.3", "==2.3.*"),
        ("==2.5.*", "2.3.1", "==2.3.*"),
        ("==2.5.*", "1!2.5", "==1!2.5"),
        ("~=2.5", "3.1", "~=3.1"),
        ("~=2.5", "3", "==3"),
        (">=2,!=2.5", "2.5", ">=2"),
        (">=2.3", "2.4a0", ">=2.4a0"),
        (">=2.3,<3", "2.4a0", ">=2.4a0,<3"),
        ("==2.4.*", "2.4a0", ">=2.4a0,==2.4.*"),
        (">=2.3", "2.3.0a0+40ec.nv24.3", ">=2.3.0a0"),
    ],
)
def test_widened_range_changes_only_the_excluding_part(text: str, version: str, wider: str) -> None:
    assert widen(read_range(text), read_version(version)) == read_range(wider)


@pytest.mark.parametrize(
    ("text", "version"), [("!=2.5", "2.5"), (">=1." + "1" * 60, "1." + "1" * 58 + ".1.1")]
)
def test_range_without_sensible_widening_is_none(text: str, version: str) -> None:
    assert widen(read_range(text), read_version(version)) is None


@EXAMPLES
@given(st.sampled_from(RANGES).filter(lambda text: text != "!=2.3"), version_text)
def test_widened_range_contains_the_version(text: str, spelled: str) -> None:
    version = read_version(spelled)
    assert version is not None
    wider = widen(read_range(text), version)

    assert wider is not None
    assert version in wider
