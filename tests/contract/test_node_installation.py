"""The Node client is installed completely and in time, or skipped."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from tests.contract import node_client
from tests.contract.node_client import NotInstalledError, install, is_installed

PACKAGE = Path(node_client.__file__).with_name("package.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "client"
    folder.mkdir()
    shutil.copy(PACKAGE, folder)
    return folder


@pytest.fixture
def write_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that writes a fake npm and a fake node."""
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")

    def write(script: str) -> None:
        for name in ("npm", "node"):
            (tools / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            (tools / name).chmod(0o755)

    return write


def test_successful_npm_installs_once(folder, write_npm):
    write_npm("mkdir -p node_modules/client; echo run >> runs")

    install(folder)
    install(folder)

    assert is_installed(folder)
    assert (folder / "runs").read_text() == "run\n"


@pytest.mark.parametrize("remaining", ["half", "of an older package.json"])
def test_modules_of_another_package_are_reinstalled(folder, write_npm, remaining):
    write_npm("mkdir -p node_modules; echo run >> runs")
    if remaining == "half":
        (folder / "node_modules").mkdir()
    else:
        install(folder)
        (folder / "package.json").write_text("{}", encoding="utf-8")
    assert not is_installed(folder)

    install(folder)

    assert is_installed(folder)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (
            r"""printf %s '{"error": {"code": "E1", "summary": "no way\nand more"}}'; exit 1""",
            "no way",
        ),
        ("""echo '{"error": {"code": "E1", "summary": ""}}'; exit 1""", "E1"),
        ("echo out of order; exit 7", "npm ended with code 7"),
        ("echo '[]'; exit 7", "npm ended with code 7"),
    ],
)
def test_failing_npm_skips_with_its_reason(folder, write_npm, script, reason):
    write_npm(script)

    with pytest.raises(NotInstalledError) as raised:
        install(folder)

    assert str(raised.value) == reason
    assert not is_installed(folder)


def test_hanging_npm_is_ended_with_its_children(folder, write_npm):
    write_npm("mkdir -p node_modules; sleep 600 & wait")

    with pytest.raises(NotInstalledError, match=r"npm did not finish within 0.5 s"):
        install(folder, limit_s=0.5)  # returns after the last child has closed npm's output

    assert not is_installed(folder)


def test_missing_npm_is_reported_with_the_path(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotInstalledError, match="npm and node are not both on PATH"):
        install(folder)


needs_npm = pytest.mark.skipif(not shutil.which("npm"), reason="NOT PROVEN: no npm on PATH")


@needs_npm
def test_unreachable_registry_skips_with_its_reason(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with socket.socket() as bound:  # a port without a listener, which no other process can bind
        bound.bind(("127.0.0.1", 0))
        address = "127.0.0.1:{1}".format(*bound.getsockname())
        monkeypatch.setenv("npm_config_registry", f"http://{address}/")

        with pytest.raises(NotInstalledError) as raised:
            install(folder)

    assert str(raised.value).endswith(f"connect ECONNREFUSED {address}")


@needs_npm
def test_silent_registry_times_out(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(
            "npm_config_registry", "http://127.0.0.1:{1}/".format(*silent.getsockname())
        )

        with pytest.raises(NotInstalledError, match="npm did not finish within 2 s"):
            install(folder, limit_s=2.0)
