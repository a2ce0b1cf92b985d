"""The engine downloads the plugin for programs on machines without Python."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages import __version__
from pulumi_tcimages.emulator import Emulator
from tests.engine.cli import CHECKOUT, Project
from tests.engine.programs import NEW, archive_program, offer_newer_image
from tests.engine.toolchains import (
    GO,
    NODE,
    add_go_sdk,
    add_typescript_sdk,
    copy_typescript_settings,
    require_tools,
)
from tests.expected_images import OLD

pytestmark = pytest.mark.engine

TYPESCRIPT = """
import * as pulumi from "@pulumi/pulumi";
import * as tcimages from "@pulumi/tcimages";

const question = { imageRange: "Train", framework: "tensorflow", device: "gpu", latest: true };
const chosen = new pulumi.Config().get("chosen") ?? "2026-11";
const training = new tcimages.PlatformImagePin("training", { ...question, triggers: { chosen } });

export const newest_id = tcimages.getPlatformImageOutput(question).imageId;
export const pinned_id = training.image.imageId;
export const newer_than_pinned = training.newerImageId;
"""
GO_PROGRAM = """
package main

import (
	"github.com/pulumi-tcimages/pulumi-tcimages/sdk/go/tcimages"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		chosen := config.Get(ctx, "program:chosen")
		newest := tcimages.GetPlatformImageOutput(ctx, tcimages.GetPlatformImageOutputArgs{
			ImageRange: pulumi.String("Train"),
			Framework:  pulumi.String("tensorflow"),
			Device:     pulumi.String("gpu"),
			Latest:     pulumi.Bool(true),
		})
		arguments := &tcimages.PlatformImagePinArgs{
			ImageRange: pulumi.String("Train"),
			Framework:  pulumi.String("tensorflow"),
			Device:     pulumi.String("gpu"),
			Latest:     pulumi.Bool(true),
			Triggers:   pulumi.StringMap{"chosen": pulumi.String(chosen)},
		}
		training, err := tcimages.NewPlatformImagePin(ctx, "training", arguments)
		if err != nil {
			return err
		}
		ctx.Export("newest_id", newest.ImageId())
		ctx.Export("pinned_id", training.Image.ImageId())
		ctx.Export("newer_than_pinned", training.NewerImageId)
		return nil
	})
}
"""


def add_tools(project: Project, *names: str) -> None:
    """Put tools of this machine on the project's PATH; skip the test if one is missing."""
    require_tools(*names)
    for name in names:
        target = Path(project.environment["PATH"]) / name
        if not target.exists():
            target.symlink_to(str(shutil.which(name)))


def create_stack(project: Project, program: dict[str, Any]) -> None:
    """Write Pulumi.yaml, and create the stack."""
    assert not shutil.which("python3", path=project.environment["PATH"])
    project.write("Pulumi.yaml", program)
    project.select_stack("dev")


def forget_plugins(project: Project) -> None:
    """Give the project an empty PULUMI_HOME, as on a new machine."""
    home = Path(project.environment["PULUMI_HOME"])
    project.environment["PULUMI_HOME"] = str(home.with_name(f"{home.name}-"))


def run_life_cycle(project: Project, cloud: Emulator) -> None:
    """Run preview, up, refresh, up with a changed trigger, refresh and destroy without warnings."""
    preview = project.pulumi("preview")
    assert "Installing plugin tcimages" in preview.text
    assert OLD in preview.text
    up = project.up()
    assert project.outputs() == {"newest_id": OLD, "pinned_id": OLD, "newer_than_pinned": ""}

    offer_newer_image(cloud.catalogue)
    forget_plugins(project)
    refresh = project.pulumi("refresh")  # takes the address from the state
    assert project.resources()["training"]["outputs"]["newerImageId"] == NEW
    project.up()
    assert project.outputs() == {"newest_id": NEW, "pinned_id": OLD, "newer_than_pinned": NEW}

    project.configure(own_chosen="2026-12")
    moved = project.up()
    assert project.outputs() == {"newest_id": NEW, "pinned_id": NEW, "newer_than_pinned": ""}

    forget_plugins(project)
    destroy = project.pulumi("destroy")
    assert project.resources() == {}
    assert [result.problems for result in (preview, up, refresh, moved, destroy)] == [[]] * 5


def test_yaml_program_downloads_the_archive_from_its_address(
    bare_project: Project, archive_server: str, cloud: Emulator
) -> None:
    create_stack(bare_project, archive_program(archive_server))

    run_life_cycle(bare_project, cloud)


def test_mirror_override_serves_the_address_of_the_schema(
    bare_project: Project, archive_server: str
) -> None:
    schema = json.loads((CHECKOUT / "schema.json").read_text(encoding="utf-8"))
    create_stack(bare_project, archive_program(schema["pluginDownloadURL"]))

    bare_project.pulumi(
        "up", PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES=f"/pulumi-tcimages/={archive_server}"
    )

    assert bare_project.outputs()["pinned_id"] == OLD


def test_archive_installed_from_a_file_needs_no_address(
    bare_project: Project, archive: Path
) -> None:
    bare_project.pulumi(
        "plugin", "install", "resource", "tcimages", __version__, "--file", str(archive)
    )
    create_stack(bare_project, archive_program())

    result = bare_project.pulumi("up")

    assert "Downloading" not in result.text
    assert result.problems == []
    assert bare_project.outputs()["pinned_id"] == OLD


def test_typescript_program_downloads_the_archive_of_its_sdk(
    bare_project: Project, archive_server: str, cloud: Emulator
) -> None:
    add_tools(bare_project, "sh", "env", *NODE)
    copy_typescript_settings(bare_project)
    bare_project.write("index.ts", TYPESCRIPT)
    create_stack(bare_project, {"name": "program", "runtime": "nodejs"})
    schema = json.loads((CHECKOUT / "schema.json").read_text(encoding="utf-8"))
    bare_project.write("schema.json", {**schema, "pluginDownloadURL": archive_server})
    add_typescript_sdk(bare_project, "./schema.json")

    run_life_cycle(bare_project, cloud)


def test_go_program_downloads_the_archive_from_a_mirror(
    bare_project: Project, archive_server: str, cloud: Emulator
) -> None:
    add_tools(bare_project, *GO)
    bare_project.environment["PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES"] = f"tcimages={archive_server}"
    bare_project.write("main.go", GO_PROGRAM)
    create_stack(bare_project, {"name": "program", "runtime": "go"})
    shutil.copy(CHECKOUT / "schema.json", bare_project.folder)
    add_go_sdk(bare_project, "./schema.json")

    run_life_cycle(bare_project, cloud)
