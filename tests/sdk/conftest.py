"""A mock monitor that records what the SDK sends, and a way to run a program on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest
from google.protobuf import json_format
from pulumi.runtime.mocks import MockMonitor

from pulumi_tcimages.sdk import discovery, plugin_states
from pulumi_tcimages.sdk.launcher import Target
from pulumi_tcimages.testing.programs import run_on
from tests.sdk.environments import FOLDER, NAME, make_environment

PLATFORM = {
    "imageId": "image-2",
    "imageRange": ["Train"],
    "extraAttributes": [{"type": "List", "key": "TrainingModes", "values": ["DDP"]}],
    "attributes": {"TrainingModes": ["DDP"]},
    "components": {"tilearn-llm": "0.9"},
    "supportDataPipeline": False,
}
"""A response of the plugin, as the engine forwards it."""


class FakeRpcError(grpc.RpcError):
    """The gRPC error that the engine sends to the SDK when a function fails."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._text = text

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._text


class FakeMocks(pulumi.runtime.Mocks):
    """Mocks with one result for all functions; a resource outputs its inputs and `extra`."""

    def __init__(self, response: Any, extra: dict[str, Any]) -> None:
        self.response = response
        self.extra = extra

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:  # noqa: ARG002
        if isinstance(self.response, Exception):
            raise self.response
        return self.response

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> Any:
        return args.resource_id or f"{args.name}-id", {**args.inputs, **self.extra}


class RecordingMonitor(MockMonitor):
    """A monitor that records every request for our functions and resources."""

    def __init__(self, response: Any, extra: dict[str, Any]) -> None:
        super().__init__(FakeMocks(response, extra))
        self.requests: list[Any] = []

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        self.requests.append(request)
        return super().Invoke(request)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        if "tcimages" in request.type:
            self.requests.append(request)
        return super().RegisterResource(request)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        self.requests.append(request)
        return super().ReadResource(request)


@dataclass
class ProgramRun:
    """The requests that a program sent, and the values that it passed to `record`."""

    requests: list[Any]
    recorded: list[Any] = field(default_factory=list)

    def sent(self) -> list[dict[str, Any]]:
        """Return the arguments of each function call and the inputs of each resource."""
        return [
            json_format.MessageToDict(request.args if hasattr(request, "args") else request.object)
            for request in self.requests
        ]


RunProgram = Callable[..., ProgramRun]


@pytest.fixture
def run_program() -> RunProgram:
    """A function that runs a program, and passes it a function `record` that stores values."""

    def run_program(
        program: Callable[[Callable[[Any], None]], Any],
        response: Any = None,
        extra: dict[str, Any] | None = None,
        **options: Any,
    ) -> ProgramRun:
        monitor = RecordingMonitor(response, extra or {})
        program_run = ProgramRun(monitor.requests)
        run_on(monitor, lambda: program(program_run.recorded.append), **options)
        return program_run

    return run_program


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The value of PULUMI_HOME: a folder that does not exist yet."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(discovery.OPT_OUT, raising=False)
    return tmp_path / "home"


@pytest.fixture
def launcher(home: Path) -> Path:
    """The launcher's path, in an existing version folder."""
    path = home / "plugins" / FOLDER / NAME
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def own_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """The target of this environment's launcher."""
    target = make_environment(tmp_path / "own")
    monkeypatch.setattr(plugin_states, "find_own_target", lambda: target)
    return target


def without_location(error: Exception) -> str:
    """Return the text of an error without its `At` line, which has the line of the call."""
    return "\n".join(line for line in str(error).splitlines() if not line.startswith("At  "))
