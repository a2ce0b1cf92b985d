"""Fixtures: an environment made by `pip install`, and projects that are cleaned up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest

from pulumi_tcimages.emulator import Emulator
from tests import caller_environment
from tests.archives import serve
from tests.engine.cli import (
    EXAMPLES,
    Project,
    hermetic_environment,
    install_plugin,
    make_venv,
    write_plugin_script,
)
from tests.timeouts import wait_until


class NewProject(Protocol):
    def __call__(
        self, example: str = "", files: Mapping[str, str | dict[str, Any]] | None = None
    ) -> Project: ...


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests marked `engine` without `pulumi` on PATH, with a notice of the missing proof."""
    if item.get_closest_marker("engine") is None or shutil.which("pulumi"):
        return
    text = (
        "NOT PROVEN, for want of `pulumi` on PATH: nothing was run by a real engine (preview, up, "
        "refresh, import, destroy, do; Python, YAML, TypeScript, Go; discovery, secrets, "
        "sudden death)"
    )
    if caller_environment.get_variable("TCIMAGES_REQUIRE_ENGINE") == "1":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)


@pytest.fixture(scope="session")
def venv(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A virtual environment with the package, created once for all workers of a run."""
    import fcntl  # not at the top, because the replays also run on systems without it

    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    ready = shared / "engine-venv" / "ready"
    with (shared / "engine-venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            make_venv(ready.parent)
            write_plugin_script(ready.parent / "bin")
            ready.touch()
    return ready.parent


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with Emulator(requests_per_second=0) as running:
        yield running


@pytest.fixture
def new_project(venv: Path, cloud: Emulator, tmp_path: Path) -> Iterator[NewProject]:
    """A function that creates a project on a stack `dev`, with the environment as `venv`."""
    projects: list[Project] = []
    environment = hermetic_environment(tmp_path, cloud)
    install_plugin(environment)

    def make(example: str = "", files: Mapping[str, str | dict[str, Any]] | None = None) -> Project:
        folder = tmp_path / "projects" / (Path(example).name or f"project{len(projects)}")
        if example:
            shutil.copytree(EXAMPLES / example, folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "venv").symlink_to(venv)
        project = Project(folder, environment)
        for name, content in (files or {}).items():
            project.write(name, content)
        projects.append(project.select_stack("dev"))
        return projects[-1]

    yield make
    ended = wait_until(lambda: not any(project.plugins() for project in projects))
    remaining = [project.plugins() for project in projects]
    for project in projects:
        project.stop_processes()
    assert ended, f"plugins were left running: {remaining}"


@pytest.fixture
def archive_server(archive: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a static server with only the archive."""
    folder = tmp_path / "server"
    folder.mkdir()
    (folder / archive.name).symlink_to(archive)
    with serve(folder) as url:
        yield url


@pytest.fixture
def bare_project(cloud: Emulator, tmp_path: Path) -> Iterator[Project]:
    """An empty project of a user with `pulumi`, but without Python or a plugin."""
    environment = hermetic_environment(tmp_path, cloud)
    del environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]
    tools = tmp_path / "tools"
    tools.mkdir()
    for path in Path(shutil.which("pulumi") or "").parent.glob("pulumi*"):
        if "python" not in path.name:
            (tools / path.name).symlink_to(path)
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", {**environment, "PATH": str(tools)})
    yield project
    ended = wait_until(lambda: not project.plugins())
    project.stop_processes()
    assert ended, "a plugin was left running"
