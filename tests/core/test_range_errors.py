"""Errors for invalid and impossible version ranges, with the ranges that they suggest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from pulumi_tcimages.core.versions import read_range, read_version
from pulumi_tcimages.errors import InvalidArgumentError
from tests.core.strategies import EXAMPLES, hostile_text, version_text

USE_FORM = 'write a range, for instance ">=2.5,<3"'
USE_LATEST = "leave it out; `latest` chooses the newest version"
NO_ALTERNATIVES = "write one range that includes all of these: a range has no alternatives"
NOT_A_RANGE = """\
invalid argument. [invalid-argument]
Problem  this is not a version range
Allowed  a PEP 440 range such as ">=2.5,<3" or "==2.5.*"
Next     write a range, for instance ">=2.5,<3\""""


def read_fix(text: str) -> str:
    with pytest.raises(InvalidArgumentError) as caught:
        read_range(text)
    return caught.value.fix


@pytest.mark.parametrize(
    ("text", "fix", "character"),
    [
        (">=2.5\uff0c<3", 'write ">=2.5,<3"', "fullwidth comma"),
        ("\u22652.5", 'write ">=2.5"', "greater-than or equal to"),
        ("\u22642.5", 'write "<=2.5"', "less-than or equal to"),
        ("\uff1e=2.5", 'write ">=2.5"', "fullwidth greater-than sign"),
        (">=2.5\u3001<3", 'write ">=2.5,<3"', "ideographic comma"),
        (">2.5<3", 'write ">2.5,<3"', ""),
        (">=2.5 <3", 'write ">=2.5,<3"', ""),
        (">=2.5 && <3", 'write ">=2.5,<3"', ""),
        (">=2.5 and <3", 'write ">=2.5,<3"', ""),
        (">=2.5;<3", 'write ">=2.5,<3"', ""),
        ("[2.5,3)", 'write ">=2.5,<3"', ""),
        ("(2.5, 3]", 'write ">2.5,<=3"', ""),
        ("[2.5,)", 'write ">=2.5"', ""),
        ("(,3)", 'write "<3"', ""),
        ("[2.5]", 'write "==2.5"', ""),
        ("2.5 - 3", 'write ">=2.5,<=3"', ""),
        ("2.5+", 'write ">=2.5"', ""),
        ("~2.5", 'write ">=2.5,<2.6"', ""),
        ("~2.5.1", 'write ">=2.5.1,<2.6"', ""),
        ("~2", 'write ">=2,<3"', ""),
        ('">=2.5"', 'write ">=2.5"', ""),
        ("\u22672.5", 'write ">=2.5"', "greater-than over equal to"),
        ("2\u30025", 'write "==2.5" (this version)', "ideographic full stop"),
        ("2.5 \u2013 3", 'write ">=2.5,<=3"', "en dash"),
        ("\u201c>=2.5\u201d", 'write ">=2.5"', "left double quotation mark"),
        ("2.5\u4ee5\u4e0a", 'write ">=2.5"', "cjk unified ideograph"),
        ("2.5\u53ca\u4ee5\u4e0b", 'write "<=2.5"', "cjk unified ideograph"),
        ("2.5\u81f33", 'write ">=2.5,<=3"', "cjk unified ideograph"),
        ("\u6700\u65b0", USE_LATEST, "cjk unified ideograph"),
        ("2.5..3", 'write ">=2.5,<=3"', ""),
        ("2.5~3", 'write ">=2.5,<=3"', ""),
        ("2.5 to 3", 'write ">=2.5,<=3"', ""),
        ("2.5 or newer", 'write ">=2.5"', ""),
        ("2.5 or older", 'write "<=2.5"', ""),
        ("!2.5", 'write "!=2.5"', ""),
        (">=2.5.*", 'write ">=2.5"', ""),
        (">=2.5.x,<3.x", 'write ">=2.5,<3"', ""),
        ("2,5", 'write "==2.5"', ""),
        ("latest", USE_LATEST, ""),
        ("Newest", USE_LATEST, ""),
        ("*", "leave it out, so that every version matches", ""),
        ("any", "leave it out, so that every version matches", ""),
        ("^2.5 || ^3", NO_ALTERNATIVES, ""),
        ("==2.5||==2.6", NO_ALTERNATIVES, ""),
        ("[3,2)", USE_FORM, ""),
    ],
)
def test_range_in_other_syntax_suggests_pep_440(text: str, fix: str, character: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_range(text)

    assert caught.value.fix.startswith(fix)
    assert character in caught.value.problem
    assert ("character" in caught.value.problem) == bool(character)


@pytest.mark.parametrize("text", ["", " ", ",", "===2.5", "===nightly", ">=2,===3", "nightly", "?"])
def test_invalid_range_error_has_an_example(text: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_range(text)

    assert caught.value.text() == NOT_A_RANGE


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("2.5", 'write "==2.5" (this version), "==2.5.*" (its series) or ">=2.5" (from it on)'),
        ("v2.5", 'write "==2.5" (this version), "==2.5.*" (its series) or ">=2.5" (from it on)'),
        ("2.5+cu121", 'write "==2.5+cu121" (this version) or ">=2.5" (from it on)'),
        ("1.0.dev3", 'write "==1.0.dev3" (this version) or ">=1.0.dev3" (from it on)'),
        ("9" * 64, USE_FORM),
        ("^2.1", 'write ">=2.1,<3"'),
        ("^ v2", 'write ">=2,<3"'),
        ("^0.5", 'write ">=0.5,<0.6"'),
        ("^0.5.1", 'write ">=0.5.1,<0.6"'),
        ("^0.0.3", 'write ">=0.0.3,<0.0.4"'),
        ("^0", 'write ">=0,<1"'),
        ("^0.0", 'write ">=0.0,<0.1"'),
        ("~>2.5", 'write ">=2.5,<3"'),
        ("~> v2.5.1", 'write ">=2.5.1,<2.6"'),
        ("~>2", 'write ">=2"'),
        ("2.x", 'write "==2.*"'),
        ("==2.5.X", 'write "==2.5.*"'),
        ("v2.x.x", 'write "==2.*"'),
        ("~=2", 'write "~=2.0"'),
        ("=2.5", 'write "==2.5"'),
        ("2.5.*", 'write "==2.5.*"'),
        ("=>2.5", 'write ">=2.5"'),
        ("=<2.5", 'write "<=2.5"'),
        (">=2.5 <3", 'write ">=2.5,<3"'),
        ("2 <3", USE_FORM),
    ],
)
def test_near_miss_error_suggests_a_valid_range(text: str, fix: str) -> None:
    assert read_fix(text) == fix


@EXAMPLES
@given(version_text | hostile_text | st.text("0123456789.=<>~!^,* v", max_size=12))
def test_suggested_range_is_valid(text: str) -> None:
    try:
        read_range(text)
    except InvalidArgumentError as error:
        for advice in error.fix.split('"')[1::2]:
            assert read_range(advice).text == advice


@pytest.mark.parametrize(
    ("text", "problem", "fix"),
    [
        (">=2.5,<2.1", "no version is both >=2.5 and <2.1", 'write ">=2.1,<2.5"'),
        ("<=2.1, > 2.5", "no version is both >2.5 and <=2.1", 'write ">2.1,<=2.5"'),
        (">=2.5,<2.5", "no version is both >=2.5 and <2.5", "leave out >=2.5 or <2.5"),
        (">2.5,<=2.5.0", "no version is both >2.5 and <=2.5.0", "leave out >2.5 or <=2.5.0"),
        ("==2.4,==2.5", "no version is both ==2.5 and ==2.4", "leave out ==2.5 or ==2.4"),
        ("==2.*,==3.*", "no version is both ==3.* and ==2.*", "leave out ==3.* or ==2.*"),
        ("==2.5.*,>=2.6", "no version is both >=2.6 and ==2.5.*", "leave out >=2.6 or ==2.5.*"),
        ("~=2.5,>=3", "no version is both >=3 and ~=2.5", "leave out >=3 or ~=2.5"),
        ("<2.5,==2.5.1", "no version is both ==2.5.1 and <2.5", "leave out ==2.5.1 or <2.5"),
        (">=1!1,<9", "no version is both >=1!1 and <9", 'write ">=9,<1!1"'),
        (">=2,!=2.5,<1", "no version is both >=2 and <1", "leave out >=2 or <1"),
    ],
)
def test_impossible_range_error_names_conflicting_parts(text: str, problem: str, fix: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_range(text)

    assert (caught.value.problem, caught.value.fix) == (problem, fix)


@pytest.mark.parametrize(
    "text",
    [
        *(">=2.5,<=2.5", "==2.5,>=2.5", "==2.5.*,<2.5.1", "~=2.5.0,>=2.5.9", ">2.5,<2.5.1"),
        *("==2.5+cu121,<=2.5", "==2.5.*,>=2.5.dev0", ">=2.5rc1,<2.5", "!=2.5", "==1!2.*,>9"),
        "==2.5,!=2.5",  # technically impossible, but not worth its own error
    ],
)
def test_possible_range_is_accepted(text: str) -> None:
    assert read_range(text).text == text


_part = st.builds(
    "{}{}{}".format,
    st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "~="]),
    version_text,
    st.sampled_from(["", "", ".*"]),
)


@EXAMPLES
@given(st.lists(_part, min_size=2, max_size=3).map(",".join), st.lists(version_text, max_size=20))
def test_range_rejected_as_impossible_contains_no_version(text: str, versions: list[str]) -> None:
    try:
        read_range(text)
    except InvalidArgumentError as error:
        if error.problem.startswith("no version is both"):
            specifiers = SpecifierSet(text, prereleases=True)
            bounds = [specifier.version.removesuffix(".*") for specifier in specifiers]
            nearby = [f"{bound}{end}" for bound in bounds for end in ("", "+cu1", ".0.1", ".post9")]
            readable = filter(read_version, [*versions, *nearby])
            assert [version for version in readable if version in specifiers] == []
