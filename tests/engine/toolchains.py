"""Toolchains of TypeScript and Go, and the SDKs that Pulumi generates for their projects.

If this machine lacks a toolchain, the test is skipped with a line that says what was not proven.
"""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests import caller_environment
from tests.engine.cli import EXAMPLES, CommandResult, Project

NODE = ("node", "npm", "pulumi-language-nodejs")
GO = ("go", "pulumi-language-go")


def require_tools(*names: str) -> None:
    """Skip the test if a program is not on PATH."""
    for name in names:
        if shutil.which(name) is None:
            pytest.skip(f"NOT PROVEN: no {name} here")


def copy_typescript_settings(project: Project) -> None:
    """Give a project package.json and tsconfig.json of the TypeScript example."""
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(EXAMPLES / "typescript" / name, project.folder)


def add_typescript_sdk(project: Project, package: str) -> None:
    """Generate the SDK of a plugin or schema, and install it with Pulumi's own."""
    add = project.pulumi("package", "add", package, fails=None)
    if "npm error" in add.text:
        pytest.skip(f"NOT PROVEN: npm could not fetch Pulumi's SDK: {add.text[-300:]}")
    assert add.code == 0, add.text


def add_go_sdk(project: Project, package: str) -> None:
    """Generate the SDK of a plugin or schema, and fetch Pulumi's own."""
    project.environment |= _go_environment()
    project.write("go.mod", "module program\n\ngo 1.24\n")
    project.pulumi("package", "add", package)
    tidy = run_go(project, "mod", "tidy", fails=None)
    if tidy.code:
        pytest.skip(f"NOT PROVEN: go could not fetch Pulumi's SDK: {tidy.text[-300:]}")


def run_go(project: Project, *arguments: str, fails: bool | None = False) -> CommandResult:
    """Run the `go` of this machine in a project's folder."""
    return project.run(str(shutil.which("go")), *arguments, fails=fails)


def _go_environment() -> dict[str, str]:
    """Return the caller's settings of Go's proxy and of its module and build caches."""
    names = ["GOPROXY", "GOSUMDB", "GONOSUMDB", "GOFLAGS", "GOCACHE", "GOMODCACHE", "GOPRIVATE"]
    result = subprocess.run(
        ["go", "env", "-json", *names],
        env=caller_environment.ENVIRONMENT,
        capture_output=True,
        check=True,
    )
    return {**json.loads(result.stdout), "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
