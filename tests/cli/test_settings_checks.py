"""`doctor` names the source of each setting, wherever it is set."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_tcimages.cli.settings_checks import check_settings
from tests.cli.conftest import Shell
from tests.cloud.setting_cases import SECTIONS, SINGLE, Place, build_settings
from tests.path_mistakes import MISTAKES, is_shown

DECIDING = [place for places in SINGLE.values() for place in places if place.name != "the default"]


@pytest.mark.parametrize("place", DECIDING, ids=str)
def test_source_of_a_setting_is_named(place: Place, tmp_path: Path) -> None:
    findings = check_settings(build_settings(tmp_path, place))

    assert place.name in {
        finding.found.rpartition(", from ")[2].replace(str(tmp_path), "~") for finding in findings
    }


@pytest.mark.parametrize(
    ("environ", "configuration", "states"),
    [
        ({}, {}, {"note": "a token without keys beside it"}),
        ({}, {"secret_id": "x", "secret_key": "y"}, {"note": "a token without keys beside it"}),
        (
            {"TENCENTCLOUD_SECRET_ID": "x", "TENCENTCLOUD_SECRET_KEY": "y"},
            {"secret_id": "x", "secret_key": "y"},
            {"note": "configuration tcimages:secretId decides"},
        ),
        (
            {"TENCENTCLOUD_SECRET_ID": "x", "TENCENTCLOUD_SECRET_KEY": "y"},
            {},
            {"fail": "different tokens"},
        ),
    ],
)
def test_differing_tokens_fail_only_beside_the_used_keys(
    tmp_path: Path,
    environ: dict[str, str],
    configuration: dict[str, str],
    states: dict[str, str],
) -> None:
    tokens = {"TENCENTCLOUD_TOKEN": "one", "TENCENTCLOUD_SECURITY_TOKEN": "other"}
    place = Place("", configuration=configuration, environ={**tokens, **environ})

    findings = [
        finding
        for finding in check_settings(build_settings(tmp_path, place))
        if "TOKEN" in finding.found
    ]

    assert {finding.state for finding in findings} == set(states)
    assert all(text in finding.found for finding in findings for text in states.values())


@pytest.mark.parametrize(
    "environ", [{}, {"TENCENTCLOUD_SECRET_ID": "x", "TENCENTCLOUD_REGION": "y"}]
)
def test_placeholder_is_noted_with_its_file(tmp_path: Path, environ: dict[str, str]) -> None:
    files = {
        ".tccli/default.credential": {"secretId": "AKID****abcd", "secretKey": "None", "token": ""},
        ".tccli/default.configure": {"region": "<region>", "tione": {"endpoint": "${HOST}"}},
        ".tencentcloud/credentials": "[default]\nsecret_id = <id>\n",
    }

    findings = check_settings(build_settings(tmp_path, Place("", environ=environ, files=files)))

    assert [
        finding.found.replace(str(tmp_path), "~")
        for finding in findings
        if finding.check == "not used"
    ] == [
        "region of ~/.tccli/default.configure holds a placeholder",
        "endpoints.tione of ~/.tccli/default.configure holds a variable that was not expanded",
        "secretId of ~/.tccli/default.credential holds a placeholder",
        "secretKey of ~/.tccli/default.credential holds the word None",
        "secret_id of ~/.tencentcloud/credentials holds a placeholder",
    ]


def test_invalid_files_do_not_suppress_notes(tmp_path: Path) -> None:
    files = {
        ".tccli/default.credential": "{",
        ".tccli/default.configure": "{",
        ".tencentcloud/credentials": "[default]\nsecret_id = <id>\n",
    }

    findings = check_settings(build_settings(tmp_path, Place("", files=files)))

    assert "secret_id" in " ".join(
        finding.found for finding in findings if finding.check == "not used"
    )


INTL = "intl.tencentcloudapi.com"
IN_PROFILE = "endpoints.dlc of profile ~/.tccli/default.configure:"
BY_SITE = "configuration tcimages:site decides"
DOMAIN = "environment TENCENTCLOUD_DOMAIN"


@pytest.mark.parametrize(
    ("domain", "endpoint", "site", "found"),
    [
        (None, f"dlc.{INTL}", "china", [f"{IN_PROFILE} {BY_SITE}"]),
        (None, "dlc.internal.tencentcloudapi.com", "intl", [f"{IN_PROFILE} {BY_SITE}"]),
        (INTL, "dlc.internal.tencentcloudapi.com", None, [f"{IN_PROFILE} {DOMAIN} decides"]),
        ("tencentcloudapi.com", "", "intl", [f"{DOMAIN}: {BY_SITE}"]),
        ("corp.example", "", "china", [f"{DOMAIN}: {BY_SITE}"]),
        (INTL, "", "china", [f"{DOMAIN}: {BY_SITE}"]),
        (INTL, "", "intl", []),
        (None, "dlc.internal.tencentcloudapi.com", "china", []),
        (None, "dlc.tencentcloudapi.com", "intl", []),
        ("tencentcloudapi.com", "", "china", []),
        ("tencentcloudapi.com", "", None, []),
        ("internal.tencentcloudapi.com", "", "china", []),
    ],
)  # fmt: skip
def test_address_that_contradicts_the_site_is_noted(
    tmp_path: Path, domain: str | None, endpoint: str, site: str | None, found: list[str]
) -> None:
    place = Place(
        "",
        configuration={"site": site} if site else {},
        environ={"TENCENTCLOUD_DOMAIN": domain} if domain else {},
        files={".tccli/default.configure": {"dlc": {"endpoint": endpoint}}},
    )

    notes = [
        finding.found.replace(str(tmp_path), "~")
        for finding in check_settings(build_settings(tmp_path, place))
        if finding.check == "not used"
    ]

    assert notes == found


@pytest.mark.parametrize(
    "place", [place for places in SECTIONS.values() for place in places], ids=str
)
def test_every_variable_of_a_role_is_named(place: Place, tmp_path: Path) -> None:
    named = {
        finding.found.rpartition(", from environment ")[2]
        for finding in check_settings(build_settings(tmp_path, place))
    }

    assert place.environ.keys() <= named


@pytest.mark.parametrize("value", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize(
    "variable",
    [
        "TKE_WEB_IDENTITY_TOKEN_FILE",
        "TENCENTCLOUD_SHARED_CREDENTIALS_DIR",
        "TENCENTCLOUD_CREDENTIALS_FILE",
    ],
)
def test_content_instead_of_a_path_is_not_shown(tmp_path: Path, variable: str, value: str) -> None:
    findings = [*check_settings(build_settings(tmp_path, Place("", environ={variable: value})))]

    assert any(finding.found.startswith("the value is ") for finding in findings)
    assert not any(is_shown(str(finding), value) for finding in findings)


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        (
            {"TENCENTCLOUD_ROLE_SESSION_NAME": "me"},
            ["environment TENCENTCLOUD_ROLE_SESSION_NAME: TENCENTCLOUD_ROLE_ARN is not set"],
        ),
        (
            {"TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID": "ci"},
            [
                "environment TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID: "
                "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN or "
                "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE is not set"
            ],
        ),
        (
            {
                "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": "token",
                "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "me",
            },
            [],
        ),
        ({"TKE_PROVIDER_ID": "cls-1", "TKE_REGION": "ap-guangzhou"}, []),
    ],
)
def test_variable_without_the_role_that_it_describes_is_noted(
    tmp_path: Path, environ: dict[str, str], found: list[str]
) -> None:
    findings = check_settings(build_settings(tmp_path, Place("", environ=environ)))

    assert [finding.found for finding in findings if finding.check == "not used"] == found


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    ("variable", "value", "fix"),
    [
        (
            "TENCENTCLOUD_REGION",
            '"ap-guangzhou"',
            "remove the quotes in environment TENCENTCLOUD_REGION, or give --region, or set "
            "TENCENTCLOUD_REGION.",
        ),
        (
            "TENCENTCLOUD_REGOIN",
            "ap-guangzhou",
            "rename TENCENTCLOUD_REGOIN to TENCENTCLOUD_REGION, or give --region, or set "
            "TENCENTCLOUD_REGION.",
        ),
    ],
)
def test_ignored_region_is_named_in_the_next_step(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, fix: str
) -> None:
    monkeypatch.delenv("TENCENTCLOUD_REGION")
    monkeypatch.setenv(variable, value)

    err = shell("platform-images", "--framework", "pytorch").err

    assert " ".join(err.partition("Next ")[2].split()) == fix
