"""Errors, warnings and exceptions reveal nothing about a secret criterion."""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.testing import PluginWarning, ProviderMocks, run_on
from tests.older_sdks import needs_output_recover

SESSION = {"data_engine_id": "DataEngine-b0jt6fvk", "framework_type": "machine-learning"}
REQUIRED: dict[str, dict[str, Any]] = {
    "get_session_image_output": SESSION,
    "get_session_images_output": SESSION,
    "SessionImagePin": SESSION,
    "get_platform_image_output": {},
    "get_platform_images_output": {},
    "PlatformImagePin": {},
}
PLATFORM = [name for name in REQUIRED if "latform" in name]


@pytest.fixture(scope="module")
def mocks(cloud: Emulator) -> Iterator[ProviderMocks]:
    """Mocks with one plugin for all tests. It sends a warning once, so lookups must differ."""
    with ProviderMocks(environment=cloud.environment) as mocks:
        yield mocks


def collect_messages(mocks: ProviderMocks, name: str, **arguments: Any) -> str:
    """Run a lookup; return its warnings, its error, and everything that the exception holds."""

    def program() -> None:
        call = getattr(tcimages, name)
        named = {"resource_name": "pin"} if name.endswith("Pin") else {}
        # An output belongs to the event loop of its program, so it is created here.
        created = {key: value() if callable(value) else value for key, value in arguments.items()}
        result = call(**named, **{**REQUIRED[name], **created})
        pulumi.export("answer", result.image if named else result)

    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always")
        try:
            run_on(mocks, program)
        except tcimages.TcImagesError as error:
            shown = collect_texts(error)
        except Exception:
            mocks.close()  # The next test starts a new plugin, in case this one has ended.
            raise
        else:
            assert mocks.secret_exports == {"answer"}
            shown = []
    messages = [str(warning.message) for warning in recorded if warning.category is PluginWarning]
    assert shown or messages, "there is no message, so nothing is proven"
    return "\n".join([*shown, *messages])


def collect_texts(error: BaseException | None) -> list[str]:
    found: list[str] = []
    while error is not None:
        found += [str(error), repr(error), repr(error.args), repr(vars(error))]
        found += getattr(error, "__notes__", [])
        for frame, _ in traceback.walk_tb(error.__traceback__):
            # Only frames of the SDK, because frames of the mocks hold the request itself.
            if "/pulumi_tcimages/sdk/" in frame.f_code.co_filename:
                found.append(repr(frame.f_locals))
        error = error.__cause__ or error.__context__
    return [re.sub(r"0x[0-9a-f]+", "", text) for text in found]


def secret(value: object) -> Callable[[], Any]:
    return lambda: pulumi.Output.secret(value)


@needs_output_recover
@pytest.mark.parametrize(
    ("name", "argument", "value", "words"),
    [
        *((name, "framework", "pytroch", ["pytroch", "pytorch"]) for name in REQUIRED),
        *((name, "framework_version", "^88.7766", ["88", "7766", "89"]) for name in REQUIRED),
        *((name, "framework_version", "~>88.7766", ["88", "7766", "89"]) for name in REQUIRED),
        *((name, "framework_version", ">=8877,<7766", ["8877", "7766"]) for name in REQUIRED),
        *((name, "name_regex", "(canary", ["canary", "unclosed"]) for name in REQUIRED),
        *((name, "image_range", "Trian", ["Trian", '"Train"']) for name in PLATFORM),
        *((name, "components", {"cudaa": "^88.7766"}, ["cudaa", "7766"]) for name in PLATFORM),
        *((name, "attributes", {"TrainingMode": "DPD"}, ["Mode", "DPD"]) for name in PLATFORM),
        *((name, "image_name", "vllm(0.20.3)", ["vllm", "0.20"]) for name in PLATFORM),
        ("get_platform_image_output", "latest_by", ["cudaa"], ["cudaa", '"cuda"']),
        ("get_session_image_output", "framework_type", "pytorch", ["pytorch"]),
        ("get_session_image_output", "data_engine_id", "DataEngine-b0jt6fvx", ["b0jt"]),
    ],
)
def test_error_shows_nothing_derived_from_a_secret(
    mocks: ProviderMocks, name: str, argument: str, value: Any, words: list[str]
) -> None:
    text = collect_messages(mocks, name, **{argument: secret(value)})

    assert [word for word in words if word in text] == []


@needs_output_recover
def test_nested_secret_redacts_the_whole_argument(mocks: ProviderMocks) -> None:
    def filters() -> Any:
        return [{"name": "ImageNme", "values": ["canary-open", secret("canary-hidden")()]}]

    def components() -> Any:
        return {"canary-key": secret("^88.7766")()}

    def in_a_mapping() -> Any:
        return MappingProxyType({"canary-key": secret("^88.7766")()})

    by_mapping = collect_messages(mocks, "get_platform_image_output", components=in_a_mapping)
    by_filter = collect_messages(mocks, "get_platform_images_output", filters=filters)
    by_component = collect_messages(mocks, "get_platform_image_output", components=components)

    assert "canary" not in by_filter + by_component + by_mapping
    assert "7766" not in by_component + by_mapping


@needs_output_recover
def test_error_shows_plain_values_beside_a_secret(mocks: ProviderMocks) -> None:
    text = collect_messages(
        mocks,
        "get_platform_image_output",
        framework="tensorflow",
        gpu="A10",
        framework_version=secret(">=8877"),
    )

    assert 'framework "tensorflow"; framework_version "[secret]"; gpu "A10"' in text
    assert "left by framework\n" in text
    assert "tcimages explain" in text
