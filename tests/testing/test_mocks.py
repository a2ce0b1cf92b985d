"""`ProviderMocks`: providers, pins and secrets, together with mocks of the user."""

from __future__ import annotations

import asyncio
import contextvars
import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import resource_pb2

import pulumi_tcimages as tcimages
from pulumi_tcimages.testing import PluginWarning, ProviderMocks, run
from pulumi_tcimages.testing.programs import run_on
from tests.older_sdks import needs_output_recover
from tests.testing.conftest import NEW, NEWEST, Environment, get_newest_image


class UserMocks(pulumi.runtime.Mocks):
    """Mocks of a user, which get the calls and resources of all other packages."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> Any:
        self.calls.append((args.typ, args.inputs))
        return f"{args.name}-id", args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        self.calls.append((args.token, args.args))
        return {"answer": "theirs"}


class Job(pulumi.CustomResource):
    """A resource of another package."""

    def __init__(self, name: str, image: Any) -> None:
        super().__init__("acme:index:Job", name, {"image": image})


@pytest.mark.parametrize("is_pin", [False, True])
def test_error_names_a_non_default_provider(environment: Environment, is_pin: bool) -> None:
    def program(opts: Any = None) -> None:
        if is_pin:
            tcimages.PlatformImagePin("pin", framework="nope", opts=opts)
        else:
            tcimages.get_platform_image(framework="nope", opts=opts)

    def program_with_provider() -> None:
        other = tcimages.Provider("shanghai", region="ap-shanghai")
        options = pulumi.ResourceOptions if is_pin else pulumi.InvokeOptions
        program(options(provider=other))

    with pytest.raises(tcimages.NoMatchError) as of_provider:
        run(program_with_provider, environment=environment)
    with pytest.raises(tcimages.NoMatchError) as of_default:
        run(program, environment=environment)

    assert "\nProvider shanghai\n" in str(of_provider.value)
    assert "\nProvider" not in str(of_default.value)


def test_each_provider_has_its_own_configuration(environment: Environment) -> None:
    def program() -> None:
        for name in ("ap-shanghai", "ap-beijing"):
            other = tcimages.Provider(name, region=name)
            pulumi.export(name, get_newest_image(opts=pulumi.InvokeOptions(provider=other)).region)
        component = pulumi.ComponentResource(
            "my:index:Part", "part", opts=pulumi.ResourceOptions(providers=[other])
        )
        opts = pulumi.ResourceOptions(parent=component)
        child = tcimages.PlatformImagePin("pin", image_range="Train", **NEW, opts=opts)
        pulumi.export("pin", child.region)
        pulumi.export("default", get_newest_image().region)

    assert run(program, environment=environment) == {
        "ap-shanghai": "ap-shanghai",
        "ap-beijing": "ap-beijing",
        "pin": "ap-beijing",
        "default": environment["TENCENTCLOUD_REGION"],
    }


def test_unconfigured_provider_in_preview_makes_everything_unknown(
    environment: Environment,
) -> None:
    values: list[object] = []

    def program() -> None:
        region = pulumi.Output.from_input("").apply(lambda _: pulumi.UNKNOWN)
        other = tcimages.Provider("other", region=region)
        opts = pulumi.InvokeOptions(provider=other)
        image = tcimages.get_platform_image_output(image_range="Train", **NEW, opts=opts)
        pulumi.export("id", image.apply(lambda value: values.append(value) or value.image_id))
        pin = tcimages.PlatformImagePin(
            "pin", image_range="Train", opts=pulumi.ResourceOptions(provider=other)
        )
        pulumi.export("held", pin.image.image_id)

    exports = run(program, environment=environment, preview=True)

    assert [value is pulumi.UNKNOWN for value in exports.values()] == [True, True]
    assert values == []


def test_pin_can_be_read_and_imported_by_image_id(environment: Environment) -> None:
    def program() -> None:
        image_id = get_newest_image().image_id or ""
        read = tcimages.PlatformImagePin.get("read", image_id)
        pulumi.export("read", read.image.image_name)
        imported = tcimages.PlatformImagePin(
            "imported", image_id=image_id, opts=pulumi.ResourceOptions(import_=image_id)
        )
        pulumi.export("imported", imported.image.image_name)

    assert run(program, environment=environment) == {"read": NEWEST, "imported": NEWEST}


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("triggers", ["2026-11"], "expected a map, got a list"),
        ("gpu", ["A100"], "expected a string, got a list"),
        ("components", ["cuda==12.*"], "expected a map, got a list"),
        ("attributes", {"TrainingModes": ["DDP"]}, "wanted|expected a string"),
    ],
)
def test_pin_argument_of_the_wrong_type_raises(
    environment: Environment, name: str, value: Any, problem: str
) -> None:
    pin: Any = tcimages.PlatformImagePin

    with pytest.raises(tcimages.InvalidArgumentError, match=problem):
        run(lambda: pin("pin", **{name: value}), environment=environment)


def test_secret_criterion_makes_the_result_secret(environment: Environment) -> None:
    def program() -> None:
        hidden = pulumi.Output.secret("Train")
        image = tcimages.get_platform_image_output(image_range=hidden, **NEW)
        pulumi.export("function", image.image_name)
        pin = tcimages.PlatformImagePin("pin", image_range=hidden, **NEW)
        pulumi.export("pin", pin.image.image_name)
        pulumi.export("open", "nothing to hide")

    with ProviderMocks(environment=environment) as mocks:
        run_on(mocks, program)

    assert mocks.exports == {"function": NEWEST, "pin": NEWEST, "open": "nothing to hide"}
    assert mocks.secret_exports == {"function", "pin"}


@needs_output_recover
def test_error_redacts_a_secret_argument(environment: Environment) -> None:
    def program() -> None:
        hidden = pulumi.Output.secret("canary framework " * 5)
        filters = [{"name": "ImageName", "values": [pulumi.Output.secret("canary-name")]}]
        tcimages.get_platform_image_output(
            framework=hidden, filters=filters, gpu="A10", latest=True
        )

    with pytest.raises(tcimages.NoMatchError, match=r'"\[secret\]"') as raised:
        run(program, environment=environment)
    assert "canary" not in str(raised.value)
    assert '"A10"' in str(raised.value)


def test_image_object_can_be_an_input_of_another_resource(
    environment: Environment,
) -> None:
    def program() -> None:
        pin = tcimages.PlatformImagePin("pin", image_range="Train", **NEW)
        found = tcimages.get_platform_images(image_range="Train", framework="pytorch")
        Job("train", {"pinned": pin.image, "found": found.images})
        pulumi.ComponentResource("my:index:Part", "part").register_outputs({"image": pin.image})
        both = pulumi.Output.all(pin.image, pin.image)
        pulumi.export("names", both.apply(lambda two: [two[0].image_name, two[1]["image_name"]]))

    user_mocks = UserMocks()
    with ProviderMocks(user_mocks, environment=environment) as mocks:
        run_on(mocks, program)

    (inputs,) = (inputs["image"] for kind, inputs in user_mocks.calls if kind == "acme:index:Job")
    assert mocks.exports == {"names": [NEWEST, NEWEST]}
    assert inputs["pinned"]["image_name"] == NEWEST
    assert inputs["pinned"]["extra_attributes"][0]["key"]
    assert {image["framework"].lower() for image in inputs["found"]} == {"pytorch"}


def test_other_resources_and_functions_use_the_mocks_of_the_user(environment: Environment) -> None:
    def program() -> None:
        Job("train", get_newest_image().image_name)
        value = pulumi.runtime.invoke("acme:index:getThing", {"a": 1}).value
        pulumi.export("theirs", value["answer"])

    user_mocks = UserMocks()

    exports = run(program, environment=environment, mocks=user_mocks)

    assert exports == {"theirs": "theirs"}
    assert sorted(user_mocks.calls, key=str) == [
        ("acme:index:Job", {"image": NEWEST}),
        ("acme:index:getThing", {"a": 1.0}),
    ]


def test_foreign_function_without_a_mock_raises(environment: Environment) -> None:
    with pytest.raises(NotImplementedError, match="no mock for acme:index:getThing"):
        run(
            lambda: pulumi.runtime.invoke("acme:index:getThing", {}),
            environment=environment,
        )


@pytest.fixture
def mocks_of_pattern(environment: Environment) -> Iterator[ProviderMocks]:
    """Set mocks with `set_mocks`, as Pulumi documents for tests with `@pulumi.runtime.test`."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    threads = ThreadPoolExecutor(
        initializer=lambda: asyncio.set_event_loop(loop)  # Pulumi would not close a loop of its own
    )
    loop.set_default_executor(threads)
    with ProviderMocks(UserMocks(), environment=environment) as mocks:
        yield mocks
    threads.shutdown()
    asyncio.set_event_loop(None)
    loop.close()


def test_documented_pattern_of_pulumi_works(mocks_of_pattern: ProviderMocks) -> None:
    def test() -> None:
        pulumi.runtime.set_mocks(mocks_of_pattern.mocks, monitor=mocks_of_pattern)

        @pulumi.runtime.test
        def check() -> pulumi.Output[None]:
            image = tcimages.get_platform_image_output(image_range="Train", **NEW)
            job = Job("train", image.image_name)

            def check_values(values: list[Any]) -> None:
                assert values == ["train-id", NEWEST]

            return pulumi.Output.all(job.id, image.image_name).apply(check_values)

        check()

    contextvars.copy_context().run(test)

    (job,) = [
        resource
        for urn, resource in mocks_of_pattern.get_registered_resources().items()
        if "acme" in urn
    ]
    assert (job.id, job.state) == ("train-id", {"image": NEWEST})


def test_mocks_work_in_unittest(environment: Environment) -> None:
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            mocks = ProviderMocks(environment=environment)
            self.addCleanup(mocks.close)
            self.mocks = mocks

        def test(self) -> None:
            run_on(self.mocks, lambda: pulumi.export("name", get_newest_image().image_name))
            assert self.mocks.exports == {"name": NEWEST}

    result = unittest.TestResult()
    Case("test").run(result)

    assert (result.failures, result.errors) == ([], [])


def test_provider_of_other_mocks_is_not_the_default_provider(
    environment: Environment,
) -> None:
    request = resource_pb2.ResourceInvokeRequest(
        tok="tcimages:index:getPlatformImages",
        provider="urn:pulumi:s::p::pulumi:providers:tcimages::other::id",
    )

    with (
        ProviderMocks(environment=environment) as mocks,
        pytest.raises(LookupError, match="::other was not registered with these mocks"),
    ):
        mocks.Invoke(request)


def test_plugin_warning_is_a_python_warning(environment: Environment) -> None:
    def program() -> None:
        pulumi.export("found", tcimages.get_platform_images(image_range="Trian").ids)

    with pytest.warns(PluginWarning) as recorded:
        exports = run(program, environment={**environment, "HTTP_PROXY": "http://127.0.0.1:9"})

    assert exports == {"found": []}
    assert [str(warning.message) for warning in recorded] == [
        'get_platform_images: image_range "Trian" is not on the known list (Train, Inference, '
        'Notebook); asked anyway; did you mean "Train"?'
    ]


@pytest.mark.filterwarnings("error")
def test_plugin_warning_can_be_turned_into_an_error(environment: Environment) -> None:
    def program() -> None:
        get_newest_image(image_range="Trian")

    with pytest.raises(PluginWarning, match="Trian"):
        run(program, environment=environment)
