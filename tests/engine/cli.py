"""Run the `pulumi` command in isolation, with its own home, backend, plugins and emulator.

A project is a folder, one of its stacks, and the environment of its commands. Commands return their
output. The state of a stack is read from its file in the backend.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pulumi_tcimages import __version__
from pulumi_tcimages.emulator import Emulator
from tests import caller_environment

CHECKOUT = Path(__file__).parents[2]
EXAMPLES = CHECKOUT / "examples"
PASSPHRASE = "engine-tests"
PROC = Path("/proc")

_LIMIT_S = 600.0
"""Longer than any command takes, even one that installs packages on a busy machine."""


@dataclass(frozen=True)
class CommandResult:
    """The exit code and output of a command."""

    code: int
    text: str
    stdout: str

    @property
    def problems(self) -> list[str]:
        """The lines with warnings and errors."""
        return [line for line in self.text.splitlines() if "warning:" in line or "error:" in line]


@dataclass
class Project:
    """A Pulumi project in a temporary folder, on one of its stacks."""

    folder: Path
    environment: dict[str, str]
    stack: str = "dev"
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def select_stack(self, stack: str) -> Project:
        """Create another stack, and return the project on it."""
        other = Project(self.folder, self.environment, stack, self.started)
        other.pulumi("stack", "init", stack, PULUMI_STACK="")
        return other

    def write(self, name: str, content: str | dict[str, Any]) -> None:
        """Write a file of the project; an object is written as JSON, which is also YAML."""
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text, encoding="utf-8")

    def configure(self, **values: Any) -> None:
        """Add plain configuration: keys of `tcimages`, or of the project as `own_KEY`."""
        path = self.folder / f"Pulumi.{self.stack}.yaml"
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
        for name, value in values.items():
            project_key = name.removeprefix("own_")
            key = f"{self._name()}:{project_key}" if project_key != name else f"tcimages:{name}"
            settings.setdefault("config", {})[key] = value
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def pulumi(
        self, *arguments: str, fails: bool | None = False, **environment: str
    ) -> CommandResult:
        """Run `pulumi`, and assert that it succeeds or fails, unless `fails` is None."""
        return wait_for_result(self.start(*arguments, **environment), fails)

    def run(self, program: str, *arguments: str, fails: bool | None = False) -> CommandResult:
        """Run another program in the project's folder, in the environment of `pulumi`."""
        process = subprocess.Popen(
            [self.folder / program, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return wait_for_result(process, fails)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start `pulumi` without waiting for its end."""
        process = subprocess.Popen(
            ["pulumi", "--non-interactive", "--color=never", *arguments],
            cwd=self.folder,
            env=self.environment | {"PULUMI_STACK": self.stack} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def up(self, *arguments: str, fails: bool = False) -> CommandResult:
        """Run `pulumi up` without its preview."""
        return self.pulumi("up", "--skip-preview", *arguments, fails=fails)

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the resources in the stack's state by name; the stack itself is under ''."""
        backend = Path(self.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
        (file,) = backend.glob(f".pulumi/stacks/{self._name()}/{self.stack}.json")
        state = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"] or {}
        return {
            "" if item["type"] == "pulumi:pulumi:Stack" else item["urn"].rpartition("::")[2]: item
            for item in state.get("resources", [])
        }

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs in its state."""
        return self.resources()[""].get("outputs", {})

    def _name(self) -> str:
        return yaml.safe_load((self.folder / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]

    def processes(self) -> dict[int, str]:
        """Return the command lines of all processes with this backend in their environment."""
        mark = f"PULUMI_BACKEND_URL={self.environment['PULUMI_BACKEND_URL']}".encode()
        return {pid: line for pid, line, environment in list_processes() if mark in environment}

    def plugins(self) -> dict[int, str]:
        """Return the command lines of the project's plugin processes."""
        return {
            pid: line
            for pid, line in self.processes().items()
            if "pulumi-resource-tcimages" in line or "pulumi_tcimages" in line
        }

    def stop_processes(self) -> None:
        """End every process that the project's commands left running, each by its id."""
        for process in self.started:
            process.kill()
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.started:
            process.communicate()


def wait_for_result(process: subprocess.Popen[str], fails: bool | None) -> CommandResult:
    command = " ".join(map(str, process.args)) if isinstance(process.args, list) else ""
    try:
        stdout, stderr = process.communicate(timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"{command} hangs") from None
    result = CommandResult(process.returncode, stdout + stderr, stdout)
    assert fails is None or fails == (result.code != 0), f"{command}:\n{result.text}"
    return result


def hermetic_environment(home: Path, cloud: Emulator) -> dict[str, str]:
    """Return an environment with a separate home and backend, and the emulator as the cloud."""
    (home / "backend").mkdir()
    callers_home = Path(caller_environment.ENVIRONMENT.get("HOME", home))
    return {
        "PIP_CACHE_DIR": str(callers_home / ".cache" / "pip"),
        "npm_config_cache": str(callers_home / ".npm"),
        **caller_environment.with_registry_settings(),
        "HOME": str(home),
        "npm_config_prefer_offline": "true",
        "PULUMI_HOME": str(home / ".pulumi"),
        "PULUMI_BACKEND_URL": (home / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_SKIP_CONFIRMATIONS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",  # source builds have no version
        **cloud.environment,
    }


def write_plugin_script(folder: Path) -> None:
    """Create a script that starts the plugin in TCIMAGES_PLUGIN, if that is set."""
    executable = caller_environment.get_variable("TCIMAGES_PLUGIN")
    if executable:
        folder.mkdir(parents=True, exist_ok=True)
        script = folder / "pulumi-resource-tcimages"
        text = f'#!/bin/sh\nexec {shlex.quote(str(Path(executable).resolve()))} "$@"\n'
        script.write_text(text, encoding="utf-8")
        script.chmod(0o755)


def install_plugin(environment: dict[str, str]) -> None:
    """Install the plugin in TCIMAGES_PLUGIN, if that is set, in Pulumi's home."""
    if caller_environment.get_variable("TCIMAGES_PLUGIN"):
        plugins = Path(environment["PULUMI_HOME"], "plugins")
        write_plugin_script(plugins / f"resource-tcimages-v{__version__}")
        (plugins / f"resource-tcimages-v{__version__}.lock").touch()


def make_venv(folder: Path) -> None:
    """Create a virtual environment with only a `pip install` of this checkout."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    source = copy_checkout(folder.with_name(f"{folder.name}-source"))
    subprocess.run(
        [folder / "bin" / "python", "-m", "pip", "install", "--quiet", source],
        check=True,
        env=caller_environment.with_registry_settings(),
    )


def copy_checkout(target: Path) -> Path:
    """Copy the files of a fresh clone: no caches, environments or history."""
    hidden = shutil.ignore_patterns(".*", "__pycache__", "venv", "node_modules", "build", "dist")
    return Path(shutil.copytree(CHECKOUT, target, ignore=hidden))


def list_processes() -> Iterator[tuple[int, str, list[bytes]]]:
    for folder in PROC.glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            environment = (folder / "environ").read_bytes()
        except OSError:  # it has ended, or belongs to another user
            continue
        if command:  # a zombie has no command line
            line = command.replace(b"\0", b" ").decode(errors="replace")
            yield int(folder.name), line, environment.split(b"\0")
