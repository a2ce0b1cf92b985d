"""`run`: a whole program, its exports and its errors."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.testing import run
from tests.older_sdks import needs_output_recover
from tests.testing.conftest import NEW, NEWEST, Environment, get_newest_image
from tests.timeouts import PATIENCE_S


def test_exports_are_plain_values_with_decrypted_secrets(environment: Environment) -> None:
    def program() -> None:
        image = tcimages.get_platform_image_output(image_range="Train", **NEW)
        pulumi.export("name", image.image_name)
        pulumi.export("hidden", pulumi.Output.secret({"tag": image.image_tag, "n": [1, 2.5]}))
        pulumi.export("nothing", None)
        pulumi.export("count", len(get_newest_image().support_gpu_list))

    assert run(program, environment=environment) == {
        "name": NEWEST,
        "hidden": {"tag": NEWEST, "n": [1, 2.5]},
        "count": 5,
    }


def test_preview_has_images_and_unknown_values(environment: Environment) -> None:
    def program() -> None:
        pin = tcimages.PlatformImagePin("pin", image_range="Train", **NEW)
        pulumi.export("image", pin.image.image_name)
        pulumi.export("newer", pin.newer_image_id)
        pulumi.export("when", pin.resolved_at)

    exports = run(program, environment=environment, preview=True)

    assert (exports["image"], exports["newer"]) == (NEWEST, "")
    assert exports["when"] is pulumi.UNKNOWN


def test_program_folder_is_run_afresh_each_time(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(
        "import pathlib, pulumi, sizes\n"
        "pulumi.export('text', pathlib.Path('data.txt').read_text())\n"
        "pulumi.export('size', sizes.SIZE + pulumi.Config().require_int('more'))\n"
        "pulumi.export('stack', f'{pulumi.get_project()}/{pulumi.get_stack()}')\n"
    )
    (tmp_path / "data.txt").write_text("beside")
    before = Path.cwd()

    def run_once(size: int) -> dict[str, Any]:
        (tmp_path / "sizes.py").write_text(f"SIZE = {size}\n" + "#" * size)
        return run(
            tmp_path,
            environment=environment,
            config={"more": 1},
            project="shop",
            stack="dev",
        )

    assert run_once(10) == {"text": "beside", "size": 11, "stack": "shop/dev"}
    assert run_once(20) == {"text": "beside", "size": 21, "stack": "shop/dev"}
    assert Path.cwd() == before
    assert "sizes" not in sys.modules


def test_stack_configuration_configures_the_default_provider(environment: Environment) -> None:
    def program() -> None:
        pulumi.export("region", get_newest_image().region)

    config = {"tcimages:region": "ap-shanghai", "tcimages:timeoutSeconds": 20}

    assert run(program, environment=environment, config=config) == {"region": "ap-shanghai"}


def test_run_works_inside_a_running_event_loop(environment: Environment) -> None:
    async def program() -> None:
        pulumi.export("name", (await get_newest_image()).image_name)

    async def test() -> dict[str, Any]:
        return run(program, environment=environment)

    assert asyncio.run(test()) == {"name": NEWEST}


class ForeignPolicy(asyncio.DefaultEventLoopPolicy):
    """An event loop policy like uvloop's, whose loops `run` cannot use."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        raise AssertionError("a loop of the foreign policy was made")


def in_this_thread(run_program: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return run_program()


def in_a_thread(run_program: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(run_program).result()


def in_a_running_loop(run_program: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    async def test() -> dict[str, Any]:
        return run_program()

    loop = asyncio.SelectorEventLoop()
    try:
        return loop.run_until_complete(test())
    finally:
        loop.close()


@pytest.mark.parametrize("run_where", [in_this_thread, in_a_thread, in_a_running_loop])
def test_foreign_event_loop_policy_is_not_used(
    environment: Environment, run_where: Callable[[Callable[[], dict[str, Any]]], dict[str, Any]]
) -> None:
    async def program() -> None:
        pulumi.export("awaited", (await get_newest_image()).image_name)
        pulumi.export("plain", get_newest_image().image_name)
        later = tcimages.get_platform_image_output(image_range="Train", **NEW)
        pulumi.export("later", later.image_name)
        pulumi.export("pin", tcimages.PlatformImagePin("p", image_range="Train", **NEW).id)

    before, foreign = asyncio.get_event_loop_policy(), ForeignPolicy()
    asyncio.set_event_loop_policy(foreign)
    try:
        exports = run_where(lambda: run(program, environment=environment))
        assert asyncio.get_event_loop_policy() is foreign
    finally:
        asyncio.set_event_loop_policy(before)

    assert {exports[name] for name in ("awaited", "plain", "later")} == {NEWEST}
    assert exports["pin"].startswith("pin-")


def plain() -> None:
    get_newest_image(framework_version=">=99")


def output() -> None:
    image = tcimages.get_platform_image_output(framework_version=">=99", image_range="Train")
    pulumi.export("id", image.image_id)


def pin() -> None:
    tcimages.PlatformImagePin("pin", framework_version=">=99", image_range="Train")


@pytest.mark.parametrize(
    "program",
    [plain, pytest.param(output, marks=needs_output_recover), pin],
)
def test_failing_lookup_raises_its_error_class(
    program: Callable[[], None], environment: Environment
) -> None:
    with pytest.raises(tcimages.NoMatchError) as raised:
        run(program, environment=environment)

    first, *rest = str(raised.value).splitlines()
    assert first.endswith("no image matches. [no-match]")
    assert "0 left by framework_version" in "\n".join(rest)


def test_pin_with_an_invalid_argument_raises_before_any_request(
    environment: Environment,
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError, match="not a version range"):
        run(
            lambda: tcimages.PlatformImagePin("pin", image_range="Train", framework_version="2.5"),
            environment=environment,
        )


def test_exception_of_the_program_is_not_wrapped(environment: Environment) -> None:
    def program() -> None:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        run(program, environment=environment)


def test_invalid_provider_setting_raises(environment: Environment) -> None:
    with pytest.raises(tcimages.InvalidArgumentError, match="Argument region"):
        run(lambda: tcimages.Provider("other", region="Not A Region"), environment=environment)
    with pytest.raises(tcimages.ConfigurationError, match="tcimages:region"):
        run(get_newest_image, environment=environment, config={"tcimages:region": "Not A Region"})


@pytest.mark.parametrize(
    "arguments",
    [
        {"region": "ap-canary!"},
        {"site": "canary"},
        {"timeout_seconds": "canary"},
        {"endpoints": {"tione": "http://canary/path"}},
        {"endpoints": '{"tione": "http://canary/path"}'},
        {"allowed_account_ids": ["canary"]},
        {"allowed_account_ids": '["canary"]'},
        {"max_requests_per_second": "-987654321"},
        {"shared_credentials_dir": "canary" * 50},
        {"endpoints": {"canary": "a"}},
        {"endpoints": '{"canary": "a"}'},
        {"endpoints": {"tione": "a", "tioneCanary": "a"}},
        {"assume_role": {"canary": "a"}},
        {"assume_role": '{"roleArnCanary": "a"}'},
        {"assume_role_with_web_identity": {"canary": "a"}},
        {"region": {"canary": "a"}},
        {"allowed_account_ids": {"canary": "a"}},
    ],
    ids=str,
)
def test_invalid_secret_setting_of_a_provider_is_not_shown(
    environment: Environment, arguments: dict[str, Any]
) -> None:
    """The engine checks a provider without the marks, so the SDK checks secrets."""

    def program() -> None:
        secrets = {name: pulumi.Output.secret(value) for name, value in arguments.items()}
        tcimages.Provider("other", **secrets)

    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        run(program, environment=environment)

    text = str(raised.value)
    assert f"Argument {next(iter(arguments))}" in text
    assert "canary" not in text.lower()
    assert "987654321" not in text


def test_ctrl_c_stops_an_endless_program(environment: Environment) -> None:
    main_thread = threading.main_thread().ident
    assert main_thread is not None

    async def program() -> None:
        get_newest_image()
        signal.pthread_kill(main_thread, signal.SIGINT)  # like Ctrl-C
        await asyncio.get_running_loop().create_future()

    with pytest.raises(KeyboardInterrupt):
        run(program, environment=environment)


@pytest.mark.parametrize("form", ["plain", "output"])
def test_ctrl_c_stops_a_program_that_waits_for_a_lookup(form: str) -> None:
    main_thread = threading.main_thread().ident
    assert main_thread is not None

    def interrupt() -> None:
        signal.pthread_kill(main_thread, signal.SIGINT)  # like Ctrl-C

    def program() -> None:
        if form == "plain":
            get_newest_image()
        else:
            tcimages.get_platform_image_output(**NEW)

    with Emulator() as cloud:
        cloud.faults.add("*", Fault(before=interrupt, delay_s=3600))
        started_s = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            run(program, environment=cloud.environment)

    assert time.monotonic() - started_s < PATIENCE_S
