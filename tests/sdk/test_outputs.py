"""The output form of the functions: unknown, secret and dependent arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from tests.sdk.conftest import PLATFORM, RunProgram, without_location


def unknown() -> Any:
    """Return an output that is unknown in a preview."""
    return pulumi.Output.from_input("").apply(lambda _: pulumi.UNKNOWN)


def test_output_form_accepts_outputs_and_keeps_secrets_and_dependencies(
    run_program: RunProgram,
) -> None:
    async def record_output(image: pulumi.Output[Any], record: Any) -> None:
        record((await image.is_secret(), {item._name for item in await image.resources()}))

    async def program(record: Any) -> None:
        pin = tcimages.PlatformImagePin("pin", image_range="Train")
        image_id = pulumi.Output.secret(pin.id)
        image = tcimages.get_platform_image_output(image_id=image_id)
        image.image_id.apply(record)
        await record_output(image, record)

    program_run = run_program(program, PLATFORM)

    assert sorted(map(str, program_run.recorded)) == ["(True, {'pin'})", "image-2"]
    assert program_run.sent()[-1] == {"imageId": "pin-id"}


def test_output_form_sends_no_request_for_unknown_arguments(run_program: RunProgram) -> None:
    async def program(record: Any) -> None:
        image = tcimages.get_platform_image_output(image_id=unknown())
        record(await image.is_known())

    program_run = run_program(program, PLATFORM, preview=True)

    assert program_run.recorded == [False]
    assert program_run.requests == []


@pytest.mark.parametrize(
    "arguments",
    [
        lambda: {"latest_by": ["frameworkVersion", unknown()]},
        lambda: {"filters": [{"name": "ImageRange", "values": ["Train", unknown()]}]},
    ],
)
def test_unknown_list_item_makes_the_result_unknown(
    run_program: RunProgram, arguments: Callable[[], dict[str, Any]]
) -> None:
    async def program(record: Any) -> None:
        record(await tcimages.get_platform_image_output(framework="vllm", **arguments()).is_known())

    program_run = run_program(program, PLATFORM, preview=True)

    assert program_run.recorded == [False]
    assert program_run.requests == []


def test_secret_list_item_makes_the_result_secret(run_program: RunProgram) -> None:
    async def program(record: Any) -> None:
        secret = pulumi.Output.secret("Train")
        filters = [{"name": "ImageRange", "values": [secret]}]
        record(await tcimages.get_platform_image_output(filters=filters).is_secret())

    program_run = run_program(program, PLATFORM)

    assert program_run.recorded == [True]
    assert program_run.sent() == [{"filters": [{"name": "ImageRange", "values": ["Train"]}]}]


def test_mock_without_a_result_in_preview_raises_a_clear_error(run_program: RunProgram) -> None:
    with pytest.raises(tcimages.ConfigurationError) as raised:
        run_program(lambda _: tcimages.get_platform_image(image_id="a"), {}, preview=True)

    assert without_location(raised.value).splitlines()[1] == (
        "Problem  the mock returned nothing for tcimages:index:getPlatformImage."
    )


def test_unconfigured_provider_in_preview_yields_an_unknown_image(
    run_program: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The engine returns an empty map without calling the plugin.
    async def program(record: Any) -> None:
        record(await tcimages.get_platform_image_output(image_id="a").is_known())

    assert run_program(program, {}, preview=True).recorded == [False]
    monkeypatch.setattr("pulumi_tcimages.sdk.invoke._passes_secrets", lambda: True)
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        run_program(lambda _: tcimages.get_platform_image(image_id="a"), {}, preview=True)
    assert without_location(raised.value) == (
        "get_platform_image: invalid argument. [invalid-argument]\n"
        "Problem  the provider's configuration is not known yet in this preview\n"
        "Next     call get_platform_image_output: it takes outputs of resources and\n"
        "         waits for them"
    )
