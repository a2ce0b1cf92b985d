"""Pins and the provider: the inputs that they send, and the outputs that programs read."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from google.protobuf import json_format

import pulumi_tcimages as tcimages
from tests.sdk.conftest import RunProgram

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
PIN_OUTPUTS = {
    "image": {"imageId": "image-1", "components": {"tilearn_llm": "0.9"}},
    "resolvedAt": "2026-01-02T03:04:05Z",
    "available": True,
    "newerImageId": "",
    "newerVersion": "",
    "region": "ap-guangzhou",
}


def test_pin_property_names_are_translated_but_not_map_keys(run_program: RunProgram) -> None:
    program_run = run_program(
        lambda _: tcimages.PlatformImagePin(
            "pin",
            image_range="Train",
            components={"tilearn_llm": "*"},
            attributes={"TrainingModes": "DDP"},
            filters=[{"name": "ImageId", "values": ["a"], "negative": True}],
            latest_by=["cuda"],
            triggers={"my_reason": "1"},
        )
    )

    assert program_run.sent() == [
        {
            "imageRange": "Train",
            "components": {"tilearn_llm": "*"},
            "attributes": {"TrainingModes": "DDP"},
            "filters": [{"name": "ImageId", "values": ["a"], "negative": True}],
            "latestBy": ["cuda"],
            "triggers": {"my_reason": "1"},
        }
    ]
    (request,) = program_run.requests
    assert (request.type, request.name) == ("tcimages:index:PlatformImagePin", "pin")
    assert request.version == tcimages.__version__


def test_pin_outputs_are_typed(run_program: RunProgram) -> None:
    def program(record: Any) -> None:
        pin = tcimages.PlatformImagePin("pin", image_range="Train", components={"a_b": "*"})
        pulumi.Output.all(
            pin.image,
            pin.resolved_at,
            pin.available,
            pin.newer_image_id,
            pin.newer_version,
            pin.region,
            pin.image_range,
            pin.components,
            pin.triggers,
        ).apply(record)

    (outputs,) = run_program(program, extra=PIN_OUTPUTS).recorded

    image, *rest = outputs
    assert (type(image), image.image_id, image.components) == (
        tcimages.PlatformImage,
        "image-1",
        {"tilearn_llm": "0.9"},
    )
    assert rest == [
        "2026-01-02T03:04:05Z",
        True,
        "",
        "",
        "ap-guangzhou",
        "Train",
        {"a_b": "*"},
        None,
    ]


def test_option_properties_are_translated_to_camel_case(run_program: RunProgram) -> None:
    opts = pulumi.ResourceOptions(
        ignore_changes=["image_range"], additional_secret_outputs=["newer_image_id"], protect=True
    )

    program_run = run_program(lambda _: tcimages.PlatformImagePin("pin", opts, image_range="Train"))

    (request,) = program_run.requests
    assert list(request.ignoreChanges) == ["imageRange"]
    assert list(request.additionalSecretOutputs) == ["newerImageId"]
    assert request.protect


def test_get_reads_a_pin_by_id_without_sending_state(run_program: RunProgram) -> None:
    def program(record: Any) -> None:
        pin = tcimages.SessionImagePin.get("known", "engine/python/image-1")
        record(pin)
        pin.image.spark_image_id.apply(record)

    program_run = run_program(program, extra={**PIN_OUTPUTS, "image": {"sparkImageId": "image-1"}})

    (request,) = program_run.requests
    assert (request.id, dict(request.properties)) == ("engine/python/image-1", {})
    assert isinstance(program_run.recorded[0], tcimages.SessionImagePin)
    assert program_run.recorded[1] == "image-1"


def test_secret_criterion_is_sent_as_a_secret(run_program: RunProgram) -> None:
    program_run = run_program(
        lambda _: tcimages.PlatformImagePin("pin", image_id=pulumi.Output.secret("hidden"))
    )

    assert program_run.sent() == [{"imageId": {**SECRET, "value": "hidden"}}]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: tcimages.SessionImagePin("pin", data_engine_id="e", framework_typ="python"),
            'there is no argument "framework_typ"',
        ),
        (lambda: tcimages.PlatformImagePin("pin", imageRange="Train"), "did you mean image_range?"),
        (lambda: tcimages.Provider("p", secretkey="k"), "did you mean secret_key?"),
    ],
)
def test_unknown_keyword_raises(make: Any, text: str) -> None:
    with pytest.raises(tcimages.InvalidArgumentError, match="invalid argument") as raised:
        make()

    assert text in str(raised.value)


def test_provider_arguments_are_sent_as_text_and_secrets(run_program: RunProgram) -> None:
    def program(_: Any) -> None:
        tcimages.Provider(
            "other",
            region="ap-shanghai",
            secret_id="id",
            secret_key="key",
            security_token="token",
            assume_role=tcimages.AssumeRoleArgs(role_arn="arn", session_duration=60),
            assume_role_with_web_identity={"web_identity_token": pulumi.Output.from_input("jwt")},
            endpoints={"dlc": "127.0.0.1:1"},
            timeout_seconds=1.5,
            cache_ttl_seconds=0,
            max_requests_per_second=20,
            allowed_account_ids=["1"],
        )

    program_run = run_program(program)

    assert program_run.sent() == [
        {
            "region": "ap-shanghai",
            "secretId": {**SECRET, "value": "id"},
            "secretKey": {**SECRET, "value": "key"},
            "securityToken": {**SECRET, "value": "token"},
            "assumeRole": {**SECRET, "value": '{"roleArn": "arn", "sessionDuration": 60}'},
            "assumeRoleWithWebIdentity": {**SECRET, "value": '{"webIdentityToken": "jwt"}'},
            "endpoints": '{"dlc": "127.0.0.1:1"}',
            "timeoutSeconds": "1.5",
            "cacheTtlSeconds": "0",
            "maxRequestsPerSecond": "20",
            "allowedAccountIds": '["1"]',
        }
    ]
    (request,) = program_run.requests
    assert (request.type, request.version) == ("pulumi:providers:tcimages", tcimages.__version__)


def test_two_spellings_in_an_output_are_left_for_the_plugin_to_refuse(
    run_program: RunProgram,
) -> None:
    role = {"role_arn": "a", "roleArn": "b", "policy": None}

    program_run = run_program(
        lambda _: tcimages.Provider("other", assume_role=pulumi.Output.from_input(role))
    )

    assert program_run.sent() == [
        {"assumeRole": {**SECRET, "value": '{"role_arn": "a", "roleArn": "b"}'}}
    ]


def test_provider_text_properties_are_outputs(run_program: RunProgram) -> None:
    def program(record: Any) -> None:
        provider = tcimages.Provider("other", region="ap-shanghai", shared_credentials_dir="~/x")
        pulumi.Output.all(provider.region, provider.shared_credentials_dir, provider.profile).apply(
            record
        )

    assert run_program(program).recorded == [["ap-shanghai", "~/x", None]]


def test_subclasses_of_pins_and_providers_keep_their_type(run_program: RunProgram) -> None:
    class Training(tcimages.PlatformImagePin):
        """The pin of our training jobs."""

        def __init__(self, name: str) -> None:
            super().__init__(name, image_range="Train", triggers={"my_reason": "1"})

    class Shanghai(tcimages.Provider):
        """The provider of our jobs in Shanghai."""

        def __init__(self, name: str) -> None:
            super().__init__(name, region="ap-shanghai", timeout_seconds=5)

    def program(record: Any) -> None:
        Shanghai("there")
        for pin in (Training("pin"), Training.get("known", "image-1")):
            assert isinstance(pin, Training)
            pulumi.Output.all(pin.image.components, pin.image_range).apply(record)

    program_run = run_program(program, extra=PIN_OUTPUTS)

    assert {(request.type, request.name) for request in program_run.requests} == {
        ("pulumi:providers:tcimages", "there"),
        ("tcimages:index:PlatformImagePin", "pin"),
        ("tcimages:index:PlatformImagePin", "known"),
    }
    inputs = {
        request.name: json_format.MessageToDict(request.object)
        for request in program_run.requests
        if request.name != "known"
    }
    assert inputs == {
        "there": {"region": "ap-shanghai", "timeoutSeconds": "5"},
        "pin": {"imageRange": "Train", "triggers": {"my_reason": "1"}},
    }
    assert [{"tilearn_llm": "0.9"}, "Train"] in program_run.recorded
