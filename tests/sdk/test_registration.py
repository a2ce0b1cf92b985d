"""A program registers the plugin once, at its first call on a real engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub

import pulumi_tcimages as tcimages
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sdk import discovery, invoke
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.sdk.conftest import RunProgram

DISK_FULL = ConfigurationError("the disk is full.", fix="free space.")


class Engine:
    """A fake engine that records log messages."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def Log(self, request: Any) -> None:  # noqa: N802
        self.messages.append(request.message)


def new_monitor() -> ResourceMonitorStub:
    """Create a monitor of the real class; every program run has its own."""
    return ResourceMonitorStub(grpc.insecure_channel("127.0.0.1:9"))


REGISTER = """
import pulumi
from pulumi.runtime.proto import engine_pb2, resource_pb2_grpc
from pulumi_tcimages.sdk import invoke

class Monitor(resource_pb2_grpc.ResourceMonitorStub):
    def __init__(self): ...

class Engine:
    def Log(self, request):
        request.SerializeToString()

settings = pulumi.runtime.Settings("project", "stack", monitor=Monitor(), engine=Engine())
pulumi.runtime.configure(settings)
invoke.make_plugin_findable()
"""


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A fake engine, with a monitor of the real class."""
    monitor = new_monitor()
    engine = Engine()
    monkeypatch.setattr(invoke, "get_monitor", lambda: monitor)
    monkeypatch.setattr("pulumi.log.get_engine", lambda: engine)
    yield engine
    invoke._registered_runs.clear()


def test_mocks_write_no_launcher(
    run_program: RunProgram, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))

    run_program(lambda _: tcimages.get_platform_image(image_id="a"), {"imageId": "a"})

    assert not (tmp_path / "home").exists()


def test_program_run_registers_the_plugin_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered: list[str] = []
    monkeypatch.setattr(discovery, "register", lambda _: registered.append(""))

    for _ in range(3):
        invoke.make_plugin_findable()

    assert registered == [""]
    assert engine.messages == [f"tcimages: {launcher_path()} is the plugin's launcher"]


def test_opted_out_program_does_not_look_for_pulumi_home(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(discovery.OPT_OUT, "1")
    monkeypatch.setenv("PULUMI_HOME", "relative")  # an error without the opt-out

    invoke.make_plugin_findable()

    assert engine.messages == []


def test_every_inline_program_run_registers_the_plugin(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The Automation API runs all programs in one process, with a monitor for each run."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    written = []

    for _ in range(2):
        monitor = new_monitor()
        monkeypatch.setattr(invoke, "get_monitor", lambda monitor=monitor: monitor)
        invoke.make_plugin_findable()
        written.append(launcher_path().is_file())
        shutil.rmtree(tmp_path / "plugins")
        invoke.make_plugin_findable()

    assert written == [True, True]
    assert not (tmp_path / "plugins").exists()
    assert len(engine.messages) == 2


def test_changed_pulumi_home_registers_the_plugin_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The Automation API may run several stacks in one process, each with its own home."""
    registered: list[Path] = []
    monkeypatch.setattr(discovery, "register", lambda _: registered.append(launcher_path()))

    for name in ("one", "two", "two"):
        monkeypatch.setenv("PULUMI_HOME", str(tmp_path / name))
        invoke.make_plugin_findable()

    assert [path.parents[2].name for path in registered] == ["one", "two"]
    assert len(engine.messages) == 2


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode there")
@pytest.mark.parametrize("name", [b"caf\xe9", "图像".encode()], ids=["latin-1", "utf-8"])
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_home_with_undecodable_bytes_works_in_any_locale(
    tmp_path: Path, name: bytes, locale: str
) -> None:
    """Python reads such names with lone surrogates, which a message to the engine cannot hold."""
    home = os.path.join(os.fsencode(tmp_path), name)  # noqa: PTH118 (bytes)
    environment = {**os.environb, b"PULUMI_HOME": home, b"PYTHONCOERCECLOCALE": b"0"}
    environment |= {b"LC_ALL": locale.encode(), b"PYTHONUTF8": b"0"}

    result = subprocess.run([sys.executable, "-c", REGISTER], capture_output=True, env=environment)

    assert (result.returncode, result.stderr) == (0, b"")
    (launcher,) = Path(os.fsdecode(home)).glob("plugins/*/*")
    assert subprocess.run([launcher, "--help"], capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("project", "warned"),
    [
        ("name: p\nruntime: python\n", True),
        ("name: tcimages\nruntime: python\n", True),
        (
            "name: p\nruntime: python\nplugins:\n  providers:\n    - name: tcimages\n"
            "      path: venv/bin\n",
            False,
        ),
        ("name: p\nruntime: python\npackages:\n  tcimages: ../tcimages\n", False),
        (None, True),
    ],
)
def test_failed_registration_warns_unless_the_project_names_the_plugin(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    project: str | None,
    warned: bool,
) -> None:
    if project:
        (tmp_path / "Pulumi.yaml").write_text(project)
    monkeypatch.setattr(invoke, "get_root_directory", lambda: str(tmp_path))
    monkeypatch.setattr(discovery, "register", lambda _: DISK_FULL)

    invoke.make_plugin_findable()

    assert engine.messages == ([str(discovery.explain(DISK_FULL))] if warned else [])


@pytest.mark.usefixtures("engine")
def test_project_file_with_many_sections_is_read_in_linear_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("plugins:\n" * 50_000)
    monkeypatch.setattr(invoke, "get_root_directory", lambda: str(tmp_path))
    monkeypatch.setattr(discovery, "register", lambda _: DISK_FULL)

    began_s = time.process_time()
    invoke.make_plugin_findable()
    took_s = time.process_time() - began_s

    assert took_s < 5, took_s  # milliseconds on an idle machine; minutes if the time were quadratic
