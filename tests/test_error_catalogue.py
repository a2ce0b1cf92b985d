"""Errors in three name styles: a headline with a code, a next step, unbroken commands."""

from __future__ import annotations

import os
import re
from typing import Literal

import pytest

from pulumi_tcimages.advice import Advice, SettingChange
from pulumi_tcimages.cli.error_rendering import in_flags, style, write_settings
from pulumi_tcimages.cloud.error_mapping import RefusedRequest
from pulumi_tcimages.cloud.key_advice import KeyFacts
from pulumi_tcimages.cloud.request_settings import RequestSettings
from pulumi_tcimages.core import retry
from pulumi_tcimages.core.api import Action, Refusal
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.diagnostics import Criterion, Hint, Where
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.errors import (
    ApiError,
    ConfigurationError,
    InvalidArgumentError,
    InvalidResponseError,
    NetworkError,
    NoMatchError,
    TcImagesError,
)
from pulumi_tcimages.naming import camel
from pulumi_tcimages.sdk.errors import class_of
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES, PlatformImageQuery
from tests.error_examples import EXAMPLES
from tests.error_texts import CALL, TEXTS
from tests.machine_errors import (
    list_certificate_errors,
    list_plugin_folder_errors,
    list_proxy_errors,
)

ACTION = Action("tione", "DescribePlatformImages", "2021-11-11")
TERMINAL_COLUMNS = 80
COMMAND = re.compile(r"(Next +)?(tcimages|tccli|curl|export|unset|chmod|mv|rm|cat|openssl|pulumi) ")
ERROR_CODES = [
    "AuthFailure.SecretIdNotFound",
    "AuthFailure.SignatureFailure",
    "AuthFailure.SignatureExpire",
    "AuthFailure.TokenFailure",
    "AuthFailure.MFAFailure",
    "AuthFailure.UnauthorizedOperation",
    "AuthFailure.Other",
    "RequestLimitExceeded",
    "UnsupportedRegion",
    "InvalidAction",
    "InvalidParameterValue",
    "IpNotInWhitelist",
    "ResourceUnavailable.BalanceInsufficient",
    "UnsupportedProtocol",
    "InternalError",
]
RANGES = ["2.5", "^2.5", ">=2.5\uff0c<3", "nonsense", ">=3,<2", ">=2,<3,==4", ">=2.5, " * 15]
REQUEST_SETTINGS = RequestSettings(
    site="china",
    endpoint_source="",
    other_site=Advice("keys of intl need:", SettingChange(("site",), "intl")),
    per_second=15,
    timeout_s=60.0,
    region_source="environment TENCENTCLOUD_REGION",
)
KEYS = [
    KeyFacts(),
    KeyFacts(token_source="environment TENCENTCLOUD_TOKEN", is_permanent=True),
    KeyFacts(is_temporary=True),
    KeyFacts(is_swapped=True),
    KeyFacts(malformed_field="secret id"),
]


def build_api_error(code: str, keys: KeyFacts) -> TcImagesError:
    refusal = Refusal(code, "The cloud's own words.", "r-1")
    retry_policy = retry.choose_retry_policy(code)
    request = RefusedRequest(
        refusal, retry_policy, ACTION, keys, REQUEST_SETTINGS, 1_700_000_000.0, "", PLATFORM_IMAGES
    )
    call = CALL
    if retry_policy.cause is retry.Cause.THROTTLE:
        call = CALL._replace(attempts=36, elapsed_s=59.0)
    elif retry_policy.tries:
        call = CALL._replace(attempts=retry_policy.tries, elapsed_s=0.3 * retry_policy.tries)
    return request.build_error(call)


def catch_range(text: str) -> TcImagesError:
    with pytest.raises(InvalidArgumentError) as raised:
        read_query(PlatformImageQuery, {"framework_version": text})
    return raised.value


def list_errors() -> list[tuple[str, TcImagesError]]:
    found = [(f"text of {type(error).__name__}", error) for error, *_ in TEXTS]
    found += [
        (f"{code} {keys}", build_api_error(code, keys)) for code in ERROR_CODES for keys in KEYS
    ]
    found += [(f"range {text}", catch_range(text)) for text in RANGES]
    found += list_proxy_errors()
    found += list_certificate_errors()
    if os.name != "nt":  # owners and modes exist only on POSIX
        found += list_plugin_folder_errors()
    return found


CATALOGUE = list_errors()
NAMES = [name for name, _ in CATALOGUE]


def check_layout(text: str, error: TcImagesError) -> None:
    """Check the layout of a message."""
    lines = text.splitlines()
    assert lines[0].endswith(f" [{error.code}]")
    assert class_of(text) is type(error)
    assert sum(line.startswith("Next     ") for line in lines) == 1
    # Paths of this machine may be longer than a line.
    shortened = [re.sub(r"/[\w./-]+", "/", line) for line in lines]
    long_lines = [line for line in shortened if len(line) > TERMINAL_COLUMNS]
    assert [line for line in long_lines if not COMMAND.match(line.strip())] == []
    for line in shortened:
        assert not re.search(r"\b(pulumi config|tcimages|tccli|openssl)$", line), "a broken command"
    assert "`" not in re.sub(r"`(chmod|pulumi) [^`]+`", "", text)  # commands in a sentence


@pytest.mark.parametrize("error", [error for _, error in CATALOGUE], ids=NAMES)
def test_error_has_the_same_layout_in_all_name_styles(error: TcImagesError) -> None:
    check_layout(error.text("getPlatformImage", camel), error)
    check_layout(error.text("get_platform_image", str), error)
    check_layout(in_flags(error).text("tcimages platform-images", style), error)


@pytest.mark.parametrize("code", EXAMPLES)
def test_example_has_the_same_layout_in_all_name_styles(code: str) -> None:
    with Emulator(requests_per_second=0) as cloud:
        error = EXAMPLES[code](cloud)

    check_layout(error.text("getPlatformImage", camel), error)
    check_layout(error.text("get_platform_image", str), error)
    check_layout(in_flags(error).text("tcimages platform-images", style), error)


FOREIGN = f"{'the service is not available; ' * 3}run: send-keys now. Thank you"
IMAGE = Hint((Criterion("framework", '"spark"'),), leads_to=FOREIGN, instead_of=("framework",))


@pytest.mark.parametrize(
    "error",
    [
        ApiError("InternalError", FOREIGN, call=CALL),
        NetworkError(FOREIGN, call=CALL),
        InvalidResponseError("the reply is no JSON", came=FOREIGN, call=CALL),
        NoMatchError(
            arguments=[],
            where=Where("ap-guangzhou", "tione.tencentcloudapi.com"),
            listed_count=1,
            funnel=[],
            hints=[IMAGE],
            warnings=[FOREIGN],
        ),
    ],
    ids=lambda error: type(error).__name__,
)
def test_command_in_foreign_text_is_not_on_its_own_line(error: TcImagesError) -> None:
    lines = [line.strip() for line in error.text("getPlatformImage").splitlines()]

    assert any("send-keys" in line for line in lines)
    assert "send-keys now" not in lines


@pytest.mark.parametrize("text", RANGES)
def test_invalid_range_error_names_the_argument(text: str) -> None:
    error = catch_range(text)

    assert "\nArgument frameworkVersion " in error.text("getPlatformImage", camel)
    assert "\nArgument framework_version " in error.text("get_platform_image", str)
    assert "\nArgument --framework-version " in in_flags(error).text("tcimages", style)


@pytest.mark.parametrize("error", [error for _, error in CATALOGUE], ids=NAMES)
def test_advice_in_the_shell_names_no_stack_key(error: TcImagesError) -> None:
    _, _, advice = in_flags(error).text("tcimages platform-images", style).partition("\nNext ")

    assert not re.search(r"(?<!pulumi config set )\btcimages:", advice)


@pytest.mark.parametrize(
    ("advice", "expected"),
    [
        ("set tcimages:site to intl.", "use --config site=intl."),
        ("keys with tcimages:site china, or", "keys with --config site=china, or"),
        ("unless tcimages:protocol is http", "unless --config protocol=http"),
        ("for example through tcimages:profile.", "for example through --profile NAME."),
        ("check tcimages:endpoints; if", "check --config endpoints.SERVICE=HOST; if"),
        ("check tcimages:endpoints.tione and", "check --config endpoints.tione=HOST and"),
        ("raise tcimages:timeoutSeconds, or", "raise --config timeoutSeconds=VALUE, or"),
    ],
)
def test_settings_in_advice_become_flags(advice: str, expected: str) -> None:
    assert write_settings(advice) == expected


def test_mfa_error_does_not_suggest_swapped_keys() -> None:
    error = build_api_error("AuthFailure.MFAFailure", KeyFacts(is_swapped=True))

    assert "these keys need a second factor" in error.text()


@pytest.mark.parametrize("region", ["ap-guangzhou-3", "nowhere"])
def test_invalid_region_in_the_shell_suggests_a_flag(region: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_configuration({"region": region})

    text = in_flags(raised.value).text("tcimages platform-images", style)
    assert "--region ap-guangzhou" in text
    assert "pulumi config" not in text


@pytest.mark.parametrize(
    ("source", "expected"),
    [("configuration", "take it off the list."), ("flag", "take it off the list: no --config x")],
)
def test_removal_is_a_flag_only_for_a_setting_from_a_flag(
    source: Literal["configuration", "flag"], expected: str
) -> None:
    fix = Advice("take it off the list:", SettingChange(("x",), source=source))

    text = in_flags(ConfigurationError("it is wrong.", fix=fix)).text("tcimages", style)

    assert text.endswith(f"Next     {expected}")
