"""The engine downloads the plugin by itself, for programs on machines without Python."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages import __version__
from pulumi_tcimages.emulator import Emulator
from tests import caller_environment
from tests.archives import serve
from tests.engine.cli import CHECKOUT, EXAMPLES, Project, hermetic_environment
from tests.engine.programs import NEW, QUESTION, invoke, offer_newer_image, pin
from tests.expected_images import OLD
from tests.timeouts import wait_until

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
GO = """
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


@pytest.fixture
def server(archive: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a static server that has nothing but the archive."""
    folder = tmp_path / "server"
    folder.mkdir()
    (folder / archive.name).symlink_to(archive)
    with serve(folder) as url:
        yield url


@pytest.fixture
def project(cloud: Emulator, tmp_path: Path) -> Iterator[Project]:
    """An empty project of a user who has `pulumi`, and neither Python nor a plugin."""
    environment = hermetic_environment(tmp_path, cloud)
    del environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]
    tools = tmp_path / "tools"
    tools.mkdir()
    for path in Path(shutil.which("pulumi") or "").parent.glob("pulumi*"):
        if "python" not in path.name:
            (tools / path.name).symlink_to(path)
    (tmp_path / "project").mkdir()
    made = Project(tmp_path / "project", {**environment, "PATH": str(tools)})
    yield made
    ended = wait_until(lambda: not made.plugins())
    made.end()
    assert ended, "a plugin was left running"


def add_tools(project: Project, *names: str) -> None:
    """Put programs of this machine on the project's PATH, or skip the test."""
    for name in names:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"NOT PROVEN: no {name} here")
        target = Path(project.environment["PATH"]) / name
        if not target.exists():
            target.symlink_to(path)


def begin(project: Project, **sections: Any) -> None:
    """Write Pulumi.yaml, and make the stack."""
    assert not shutil.which("python3", path=project.environment["PATH"])
    project.write("Pulumi.yaml", {"name": "program", **sections})
    project.pulumi("stack", "init", "dev", PULUMI_STACK="")


def forget_plugins(project: Project) -> None:
    """Give the project an empty PULUMI_HOME, as on a machine that never ran it."""
    home = Path(project.environment["PULUMI_HOME"])
    project.environment["PULUMI_HOME"] = str(home.with_name(f"{home.name}-"))


def live(project: Project, cloud: Emulator) -> None:
    """Preview, create, refresh, move by a trigger, refresh and destroy; never a warning."""
    preview = project.pulumi("preview")
    assert "Installing plugin tcimages" in preview.text
    assert OLD in preview.text
    up = project.up()
    assert project.outputs() == {"newest_id": OLD, "pinned_id": OLD, "newer_than_pinned": ""}

    offer_newer_image(cloud.catalogue)
    forget_plugins(project)
    refresh = project.pulumi("refresh")  # runs no program: the state has the server's address
    assert project.resources()["training"]["outputs"]["newerImageId"] == NEW
    project.up()
    assert project.outputs() == {"newest_id": NEW, "pinned_id": OLD, "newer_than_pinned": NEW}

    project.configure(own_chosen="2026-12")
    moved = project.up()
    assert project.outputs() == {"newest_id": NEW, "pinned_id": NEW, "newer_than_pinned": ""}

    forget_plugins(project)
    destroy = project.pulumi("destroy")
    assert project.resources() == {}
    assert [ran.problems for ran in (preview, up, refresh, moved, destroy)] == [[]] * 5


def yaml_sections(url: str) -> dict[str, Any]:
    options = {"version": __version__, **({"pluginDownloadURL": url} if url else {})}
    newest = invoke("getPlatformImage", **QUESTION)
    triggers = {"chosen": "${chosen}"}
    newest["fn::invoke"]["options"] = options
    return {
        "runtime": "yaml",
        "config": {"chosen": {"type": "string", "default": "2026-11"}},
        "variables": {"newest": newest},
        "resources": {"training": pin(options=options, **QUESTION, triggers=triggers)},
        "outputs": {
            "newest_id": "${newest.imageId}",
            "pinned_id": "${training.image.imageId}",
            "newer_than_pinned": "${training.newerImageId}",
        },
    }


def test_a_yaml_program_lives_on_the_archive_that_its_download_address_names(
    project: Project, server: str, cloud: Emulator
) -> None:
    begin(project, **yaml_sections(server))

    live(project, cloud)


def test_a_mirror_serves_the_address_of_the_schema_through_an_override(
    project: Project, server: str
) -> None:
    schema = json.loads((CHECKOUT / "schema.json").read_text(encoding="utf-8"))
    begin(project, **yaml_sections(schema["pluginDownloadURL"]))

    project.pulumi("up", PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES=f"/pulumi-tcimages/={server}")

    assert project.outputs()["pinned_id"] == OLD


def test_an_archive_installed_from_a_file_needs_no_address(project: Project, archive: Path) -> None:
    project.pulumi("plugin", "install", "resource", "tcimages", __version__, "--file", str(archive))
    begin(project, **yaml_sections(""))

    ran = project.pulumi("up")

    assert "Downloading" not in ran.text
    assert ran.problems == []
    assert project.outputs()["pinned_id"] == OLD


def test_a_typescript_program_lives_on_the_archive_that_its_sdk_names(
    project: Project, server: str, cloud: Emulator
) -> None:
    add_tools(project, "sh", "env", "node", "npm", "pulumi-language-nodejs")
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(EXAMPLES / "typescript" / name, project.folder)
    project.write("index.ts", TYPESCRIPT)
    begin(project, runtime="nodejs")
    schema = json.loads((CHECKOUT / "schema.json").read_text(encoding="utf-8"))
    project.write("schema.json", {**schema, "pluginDownloadURL": server})
    add = project.pulumi("package", "add", "./schema.json", fails=None)
    if "npm error" in add.text:
        pytest.skip(f"NOT PROVEN: npm could not fetch Pulumi's SDK: {add.text[-300:]}")
    assert add.code == 0, add.text

    live(project, cloud)


def test_a_go_program_lives_on_the_archive_of_a_mirror(
    project: Project, server: str, cloud: Emulator
) -> None:
    add_tools(project, "go", "pulumi-language-go")
    project.environment |= go_environment()
    project.environment["PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES"] = f"tcimages={server}"
    project.write("main.go", GO)
    project.write("go.mod", "module program\n\ngo 1.24\n")
    begin(project, runtime="go")
    shutil.copy(CHECKOUT / "schema.json", project.folder)
    project.pulumi("package", "add", "./schema.json")
    tidy = subprocess.run(
        ["go", "mod", "tidy"],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
    )
    if tidy.returncode:
        pytest.skip(f"NOT PROVEN: go could not fetch Pulumi's SDK: {tidy.stderr[-300:]}")

    live(project, cloud)


def go_environment() -> dict[str, str]:
    """Return where the caller's Go finds and keeps modules and builds."""
    names = ["GOPROXY", "GOSUMDB", "GONOSUMDB", "GOFLAGS", "GOCACHE", "GOMODCACHE", "GOPRIVATE"]
    done = subprocess.run(
        ["go", "env", "-json", *names],
        env=caller_environment.ENVIRONMENT,
        capture_output=True,
        check=True,
    )
    return {**json.loads(done.stdout), "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
