"""The output form of the functions: unknown, secret and dependent arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from tests.sdk.conftest import PLATFORM, Play, without_place


def unknown() -> Any:
    """Return an output that is unknown in a preview."""
    return pulumi.Output.from_input("").apply(lambda _: pulumi.UNKNOWN)


def test_output_form_accepts_outputs_and_keeps_secrets_and_dependencies(play: Play) -> None:
    async def look(answer: pulumi.Output[Any], see: Any) -> None:
        see((await answer.is_secret(), {item._name for item in await answer.resources()}))

    async def program(see: Any) -> None:
        pin = tcimages.PlatformImagePin("pin", image_range="Train")
        image_id = pulumi.Output.secret(pin.id)
        answer = tcimages.get_platform_image_output(image_id=image_id)
        answer.image_id.apply(see)
        await look(answer, see)

    played = play(program, PLATFORM)

    assert sorted(map(str, played.seen)) == ["(True, {'pin'})", "image-2"]
    assert played.sent()[-1] == {"imageId": "pin-id"}


def test_output_form_sends_no_request_for_unknown_arguments(play: Play) -> None:
    async def program(see: Any) -> None:
        answer = tcimages.get_platform_image_output(image_id=unknown())
        see(await answer.is_known())

    played = play(program, PLATFORM, preview=True)

    assert played.seen == [False]
    assert played.requests == []


@pytest.mark.parametrize(
    "arguments",
    [
        lambda: {"latest_by": ["frameworkVersion", unknown()]},
        lambda: {"filters": [{"name": "ImageRange", "values": ["Train", unknown()]}]},
    ],
)
def test_unknown_list_item_makes_the_result_unknown(
    play: Play, arguments: Callable[[], dict[str, Any]]
) -> None:
    async def program(see: Any) -> None:
        see(await tcimages.get_platform_image_output(framework="vllm", **arguments()).is_known())

    played = play(program, PLATFORM, preview=True)

    assert played.seen == [False]
    assert played.requests == []


def test_secret_list_item_makes_the_result_secret(play: Play) -> None:
    async def program(see: Any) -> None:
        secret = pulumi.Output.secret("Train")
        filters = [{"name": "ImageRange", "values": [secret]}]
        see(await tcimages.get_platform_image_output(filters=filters).is_secret())

    played = play(program, PLATFORM)

    assert played.seen == [True]
    assert played.sent() == [{"filters": [{"name": "ImageRange", "values": ["Train"]}]}]


def test_mock_without_a_result_in_preview_raises_a_clear_error(play: Play) -> None:
    with pytest.raises(tcimages.ConfigurationError) as raised:
        play(lambda _: tcimages.get_platform_image(image_id="a"), {}, preview=True)

    assert without_place(raised.value).splitlines()[1] == (
        "Problem  the mock returned nothing for tcimages:index:getPlatformImage."
    )


def test_unconfigured_provider_in_preview_yields_an_unknown_image(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The engine returns an empty map without calling the plugin.
    async def program(see: Any) -> None:
        see(await tcimages.get_platform_image_output(image_id="a").is_known())

    assert play(program, {}, preview=True).seen == [False]
    monkeypatch.setattr("pulumi_tcimages.sdk.invoke._passes_secrets", lambda: True)
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        play(lambda _: tcimages.get_platform_image(image_id="a"), {}, preview=True)
    assert without_place(raised.value) == (
        "get_platform_image: invalid argument. [invalid-argument]\n"
        "Problem  the provider's configuration is not known yet in this preview\n"
        "Next     call get_platform_image_output: it takes outputs of resources and\n"
        "         waits for them"
    )
