"""Secrets are not in the state, or only as ciphertext."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator, Fault, Key
from tests.engine.cli import Project
from tests.engine.conftest import NewProject
from tests.engine.programs import PIN_IMAGE, PYTHON, pin, yaml_program
from tests.expected_images import OLD

pytestmark = pytest.mark.engine

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def add_canary_key(cloud: Emulator, name: str) -> Key:
    """Add a key to the emulator whose name can be searched for in outputs."""
    return cloud.keys.add(Key(f"AKIDcanary{name}", f"canarykey{name}"))


def export_state(project: Project) -> str:
    return project.pulumi("stack", "export").stdout


def is_ciphertext(value: Any) -> bool:
    return isinstance(value, dict) and value.items() >= SECRET.items() and "ciphertext" in value


def provider_of(project: Project) -> dict[str, Any]:
    (provider,) = (
        resource
        for resource in project.resources().values()
        if resource["type"] == "pulumi:providers:tcimages"
    )
    return provider


def test_keys_from_environment_or_file_are_not_in_the_state(
    new_project: NewProject, cloud: Emulator
) -> None:
    project = new_project(files={"Pulumi.yaml": PIN_IMAGE})
    key = add_canary_key(cloud, "environment")
    environment = {
        name: value
        for name, value in project.environment.items()
        if name not in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
    }
    project.environment = environment | {
        "TENCENTCLOUD_SECRET_ID": key.secret_id,
        "TENCENTCLOUD_SECRET_KEY": key.secret_key,
    }
    project.up()
    assert cloud.requests[-1].secret_id == key.secret_id
    assert "canary" not in export_state(project)

    file_key = add_canary_key(cloud, "file")
    profile = Path(environment["HOME"], ".tccli", "default.credential")
    profile.parent.mkdir()
    profile.write_text(
        json.dumps({"secretId": file_key.secret_id, "secretKey": file_key.secret_key})
    )
    project.environment = environment
    project.pulumi("refresh")
    assert cloud.requests[-1].secret_id == file_key.secret_id
    assert "canary" not in export_state(project)


def test_keys_from_stack_configuration_are_encrypted_in_the_state(
    new_project: NewProject, cloud: Emulator
) -> None:
    project = new_project(files={"Pulumi.yaml": PIN_IMAGE})
    key = add_canary_key(cloud, "configuration")

    project.configure(secretId=key.secret_id, secretKey=key.secret_key)  # not marked with --secret
    project.up()
    assert cloud.requests[-1].secret_id == key.secret_id
    assert "canary" not in export_state(project)
    inputs = provider_of(project)["inputs"]
    assert is_ciphertext(inputs["secretId"])
    assert is_ciphertext(inputs["secretKey"])

    key = add_canary_key(cloud, "rotated")
    project.configure(secretId=key.secret_id)
    project.pulumi("config", "set", "--secret", "tcimages:secretKey", key.secret_key)
    up = project.up()
    assert cloud.requests[-1].secret_id == key.secret_id
    assert "replaced" not in up.text
    assert "canary" not in export_state(project)
    assert is_ciphertext(provider_of(project)["inputs"]["secretKey"])


SECRET_INPUTS = f"""
import pulumi
import pulumi_tcimages as tcimages

question = dict(image_range="Train", device="gpu", framework_version=">=2.8,<3", latest=True)
secret = pulumi.Output.secret("tensorflow")

pin = tcimages.PlatformImagePin("asked", framework=secret, **question)
shown = tcimages.PlatformImagePin(
    "triggered", framework="tensorflow", **question,
    triggers={{"why": pulumi.Output.secret("canary")}},
)
extra = tcimages.PlatformImagePin(
    "extra", image_id="{OLD}", opts=pulumi.ResourceOptions(additional_secret_outputs=["image"])
)
pulumi.export("function", tcimages.get_platform_image_output(framework=secret, **question).image_id)
pulumi.export("asked", pin.image.image_id)
pulumi.export("triggered", shown.image.image_id)
pulumi.export("extra", extra.image.image_id)
"""


def test_secret_inputs_give_secret_outputs(new_project: NewProject) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": SECRET_INPUTS})

    project.pulumi("up")

    assert "canary" not in export_state(project)
    outputs = project.outputs()
    assert {name: is_ciphertext(value) for name, value in outputs.items()} == {
        "function": True, "asked": True, "triggered": False, "extra": True,
    }  # fmt: skip
    resources = project.resources()
    assert is_ciphertext(resources["asked"]["outputs"]["image"])
    assert is_ciphertext(resources["asked"]["outputs"]["framework"])
    assert is_ciphertext(resources["triggered"]["outputs"]["triggers"]["why"])
    assert is_ciphertext(resources["extra"]["outputs"]["image"])
    assert OLD in project.pulumi("stack", "output", "--json", "--show-secrets").stdout
    project.pulumi("up", "--expect-no-changes")


def test_secret_region_is_encrypted_in_the_state(new_project: NewProject, cloud: Emulator) -> None:
    project = new_project(files={"Pulumi.yaml": PIN_IMAGE})
    project.pulumi("config", "set", "--secret", "tcimages:region", "ap-nanjing")

    project.up()
    again = project.pulumi("preview", "--expect-no-changes")

    assert cloud.requests[-1].region == "ap-nanjing"
    assert "ap-nanjing" not in export_state(project) + again.text


@pytest.mark.parametrize("is_secret", [False, True])
def test_role_is_not_shown_in_errors_even_without_a_mark(
    new_project: NewProject, cloud: Emulator, *, is_secret: bool
) -> None:
    project = new_project(files={"Pulumi.yaml": PIN_IMAGE})
    arn = "qcs::cam::uin/100000000001:roleName/canary"
    mark = ["--secret"] if is_secret else []
    project.pulumi("config", "set", *mark, "--path", "tcimages:assumeRole.roleArn", arn)
    cloud.faults.add("DescribePlatformImages", Fault(code="InvalidAction"))

    failed = project.up(fails=True)

    assert len(cloud.requests.of("AssumeRole")) == 1
    assert "canary" not in failed.text


SECRET_CRITERION = """
import pulumi
import pulumi_tcimages as tcimages

listed = tcimages.get_platform_images_output(image_range=pulumi.Output.secret("Trian"))


def hide(text):  # known only when the list is here: the first error ends the program
    return pulumi.Output.secret(listed.apply(lambda _: text))


criterion = {criterion}
tcimages.PlatformImagePin("pin", **criterion)
tcimages.get_platform_image_output(**criterion)
"""


@pytest.mark.parametrize(
    ("criterion", "headline"),
    [
        ('{"framework": hide("pytroch")}', "no image matches. [no-match]"),
        ('{"components": {"cuda": hide("^88.7766")}}', "invalid argument. [invalid-argument]"),
    ],
    ids=["no match", "invalid range"],
)
def test_engine_output_reveals_nothing_about_a_secret_criterion(
    new_project: NewProject, criterion: str, headline: str
) -> None:
    program = SECRET_CRITERION.replace("{criterion}", criterion)
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": program})

    preview = project.pulumi("preview", "--diff", fails=True)

    words = ("pytroch", "pytorch", "7766", "Trian", "did you")
    assert [word for word in words if word in preview.text] == []
    assert headline in preview.text
    assert "image_range is a secret, so a warning about this lookup is not shown" in preview.text


def test_yaml_pin_error_reveals_nothing_about_a_secret_criterion(
    new_project: NewProject,
) -> None:
    hidden = {"fn::secret": "pytroch"}
    program = yaml_program(resources={"held": pin(framework=hidden)})
    project = new_project(files={"Pulumi.yaml": program})

    preview = project.pulumi("preview", "--diff", fails=True)

    assert "pytorch" not in preview.text
    assert "PlatformImagePin held: no image matches. [no-match]" in preview.text


def test_wrong_secret_of_the_stack_is_not_shown(new_project: NewProject) -> None:
    project = new_project(files={"Pulumi.yaml": PIN_IMAGE})
    project.pulumi("config", "set", "--secret", "tcimages:region", "ap-guangzou!")

    text = project.pulumi("preview", fails=True).text

    assert "tcimages:region" in text
    assert "guangzou" not in text
    assert "did you mean" not in text
    assert "pulumi config set" not in text


WRONG_SECRET = """
import pulumi
import pulumi_tcimages as tcimages

tcimages.Provider("other", region=pulumi.Output.secret("ap-guangzou!"))
"""


def test_wrong_secret_of_a_provider_is_not_shown(new_project: NewProject) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": WRONG_SECRET})

    text = project.pulumi("preview", fails=True).text

    assert "Argument region" in text
    assert "guangzou" not in text
