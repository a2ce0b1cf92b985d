"""When a program registers the plugin: at its first call, with a real engine, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.sdk import discovery, invoking
from tests.sdk.conftest import Play


class Engine:
    """An engine's log, as Pulumi's SDK calls it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def Log(self, request: Any) -> None:  # noqa: N802
        self.said.append(request.message)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A monitor of the real kind, and a home folder of this test's own."""
    channel = grpc.insecure_channel("127.0.0.1:9")
    monitor = pulumi.runtime.proto.resource_pb2_grpc.ResourceMonitorStub(channel)
    engine = Engine()
    monkeypatch.setattr(invoking, "get_monitor", lambda: monitor)
    monkeypatch.setattr("pulumi.log.get_engine", lambda: engine)
    invoking._register_plugin.cache_clear()
    yield engine
    invoking._register_plugin.cache_clear()
    channel.close()


def test_under_mocks_nothing_is_written(
    play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))

    play(lambda _: tcimages.get_platform_image(image_id="a"), {"imageId": "a"})

    assert not (tmp_path / "home").exists()


def test_a_real_engine_gets_the_plugin_once_per_process(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered: list[str] = []
    monkeypatch.setattr(discovery, "register", lambda: registered.append("") or "")

    for _ in range(3):
        invoking.make_plugin_findable()

    assert registered == [""]
    assert engine.said == [f"tcimages: the plugin is started by {discovery.launcher_path()}"]


def test_another_home_of_pulumis_gets_the_plugin_too(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As programs that the Automation API runs inline, one process for several stacks."""
    registered: list[Path] = []
    monkeypatch.setattr(
        discovery, "register", lambda: registered.append(discovery.launcher_path()) or ""
    )

    for name in ("one", "two", "two"):
        monkeypatch.setenv("PULUMI_HOME", str(tmp_path / name))
        invoking.make_plugin_findable()

    assert [path.parents[2].name for path in registered] == ["one", "two"]
    assert len(engine.said) == 2


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
def test_a_failed_registration_is_told_unless_the_project_names_the_plugin(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    project: str | None,
    warned: bool,
) -> None:
    if project:
        (tmp_path / "Pulumi.yaml").write_text(project)
    monkeypatch.setattr(invoking, "get_root_directory", lambda: str(tmp_path))
    monkeypatch.setattr(discovery, "register", lambda: "the disk is full.")

    invoking.make_plugin_findable()

    assert engine.said == ([str(discovery.explain("the disk is full."))] if warned else [])
