"""Where the launcher is put, what may be there already, and what is said where it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from pulumi_tcimages import __version__
from pulumi_tcimages.errors import SettingsError
from pulumi_tcimages.sdk import discovery
from pulumi_tcimages.sdk.discovery import PluginStatus
from pulumi_tcimages.sdk.launcher import build_launcher

posix = pytest.mark.skipif(os.name == "nt", reason="the launcher is a shell script here")
FOLDER = f"resource-tcimages-v{__version__}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(discovery.OPT_OUT, raising=False)
    return tmp_path / "home"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A console script of this environment."""
    path = tmp_path / "bin" / discovery.PLUGIN
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    monkeypatch.setattr(discovery, "_script_places", lambda: iter([path]))
    return path


def launcher(home: Path) -> Path:
    name = f"{discovery.PLUGIN}.cmd" if os.name == "nt" else discovery.PLUGIN
    return home / "plugins" / FOLDER / name


def test_the_five_states_of_the_plugin(home: Path, script: Path, tmp_path: Path) -> None:
    absent = PluginStatus(__version__, launcher(home), "absent", script, None)
    assert discovery.plugin_status() == absent

    discovery.install_plugin()
    assert discovery.plugin_status() == replace(absent, state="ready", target=script)

    other = tmp_path / "other" / discovery.PLUGIN
    launcher(home).write_text(build_launcher(other))
    assert discovery.plugin_status() == replace(absent, state="broken", target=other)

    closed = tmp_path / ("x" * 300)  # like a closed folder it cannot be looked at, also by root
    launcher(home).write_text(build_launcher(closed))
    assert discovery.plugin_status() == replace(absent, state="broken", target=closed)

    launcher(home).write_text(build_launcher(other))
    other.parent.mkdir()
    other.touch()
    assert discovery.plugin_status() == replace(absent, state="elsewhere", target=other)

    launcher(home).write_text("#!/bin/sh\nexec something-else\n")
    assert discovery.plugin_status() == replace(absent, state="foreign")


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize("lines", [8, 3, 2], ids=["whole", "half a quote", "no target"])
def test_a_launcher_of_another_environment_is_rewritten(
    home: Path, tmp_path: Path, lines: int
) -> None:
    text = build_launcher(tmp_path / "it's gone\n" / discovery.PLUGIN)
    launcher(home).parent.mkdir(parents=True)
    launcher(home).write_text("\n".join(text.split("\n")[:lines]))

    assert discovery.register() == ""

    assert discovery.plugin_status().state == "ready"


@pytest.mark.usefixtures("script")
def test_a_plugin_that_somebody_else_installed_is_left_alone(home: Path) -> None:
    launcher(home).parent.mkdir(parents=True)
    launcher(home).write_text("theirs")

    assert discovery.register() == ""
    assert discovery.remove_plugin() is None

    assert launcher(home).read_text() == "theirs"


@pytest.mark.usefixtures("script")
def test_a_launcher_that_is_right_is_not_written_again(home: Path) -> None:
    path = discovery.install_plugin()
    before = path.stat()

    discovery.register()

    assert path == launcher(home)
    assert path.stat().st_ino == before.st_ino


@pytest.mark.usefixtures("script")
def test_removing_leaves_nothing(home: Path) -> None:
    discovery.install_plugin()

    assert discovery.remove_plugin() == launcher(home)
    assert discovery.remove_plugin() is None

    assert list((home / "plugins").iterdir()) == []


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(("value", "written"), [("1", False), ("yes", False), ("0", True)])
def test_who_opts_out_gets_nothing_written(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str, written: bool
) -> None:
    monkeypatch.setenv(discovery.OPT_OUT, value)

    assert discovery.register() == ""

    assert launcher(home).exists() is written


def test_without_pulumi_home_it_is_the_accounts_folder_whatever_home_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pwd = pytest.importorskip("pwd")
    account = SimpleNamespace(pw_dir=str(tmp_path))
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: account)

    assert discovery.launcher_path() == launcher(tmp_path / ".pulumi")


def test_of_a_user_without_an_account_it_is_the_folder_that_home_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pwd", None)  # as on Windows
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    assert discovery.launcher_path() == launcher(tmp_path / ".pulumi")


@pytest.mark.usefixtures("script")
def test_without_any_home_folder_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.delenv(discovery.OPT_OUT, raising=False)
    monkeypatch.setitem(sys.modules, "pwd", None)
    monkeypatch.setattr(Path, "home", nobody)

    assert discovery.register() == "there is no home folder for Pulumi."


def test_a_home_that_cannot_be_written_is_explained_with_the_other_ways(
    home: Path, script: Path
) -> None:
    home.mkdir()
    (home / "plugins").touch()  # where the folder should go; works for root too

    problem = discovery.register()

    assert problem == f"{launcher(home)} cannot be written: Not a directory."
    told = str(discovery.explain(problem))
    flat = " ".join(told.split())
    assert flat == (
        "the configuration does not work. Problem the plugin is not where the Pulumi engine "
        f"looks: {problem} Next if the engine does not find it, make that place writable, or "
        "set PULUMI_HOME; or name it in Pulumi.yaml, under plugins: providers: with name: "
        f"tcimages and path: {script.parent}; or have that folder on the PATH of the pulumi "
        "command"
    )


@pytest.mark.usefixtures("home")
def test_an_environment_without_the_console_script_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / discovery.PLUGIN
    monkeypatch.setattr(discovery, "_script_places", lambda: iter([nowhere]))

    with pytest.raises(SettingsError) as raised:
        discovery.install_plugin()

    assert str(raised.value) == (
        "the configuration does not work.\n"
        "Problem  pip has put no pulumi-resource-tcimages into this environment.\n"
        f"Looked   {nowhere}\n"
        "Next     install the package with pip, then try again"
    )
    assert discovery.register() == raised.value.problem


@pytest.mark.usefixtures("script")
def test_a_launcher_that_cannot_be_removed_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    discovery.install_plugin()
    monkeypatch.setattr(Path, "unlink", refuse)

    with pytest.raises(SettingsError) as raised:
        discovery.remove_plugin()

    assert raised.value.problem == f"{launcher(home)} cannot be removed: Operation not permitted."


def test_a_failed_write_leaves_no_draft(
    home: Path, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)

    assert discovery.register() == f"{launcher(home)} cannot be written: No space left on device."
    assert list(launcher(home).parent.iterdir()) == []
    assert script.exists()


FIFTY = """
import os, sys
from pathlib import Path
from types import SimpleNamespace
from pulumi_tcimages.sdk import discovery

reader, writer = os.pipe()
children = []
for number in range(50):
    child = os.fork()
    if not child:
        os.close(writer)
        discovery._script_places = lambda: iter([Path(sys.argv[1 + number % 2])])
        os.read(reader, 1)  # all of them wait here, and the end of the pipe starts them at once
        os._exit(1 if discovery.register() else 0)
    children.append(child)
os.close(writer)
print([os.waitpid(child, 0)[1] for child in children] == [0] * 50)
"""


@posix
def test_fifty_processes_at_once_all_succeed_and_leave_one_file(home: Path, tmp_path: Path) -> None:
    """Half of them heal what the other half writes: they are of two environments."""
    scripts = [tmp_path / name / discovery.PLUGIN for name in ("one", "two")]
    for script in scripts:
        script.parent.mkdir()
        script.write_text("#!/bin/sh\n")
        script.chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-c", FIFTY, *scripts],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert (done.stdout, done.stderr) == ("True\n", "")
    assert list((home / "plugins").iterdir()) == [launcher(home).parent]
    assert list(launcher(home).parent.iterdir()) == [launcher(home)]
    assert subprocess.run([launcher(home)]).returncode == 0


@pytest.mark.usefixtures("script")
def test_the_launcher_is_drafted_where_it_is_put(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Another folder may be on another disk, from where nothing is put in place at once.
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))

    assert discovery.install_plugin() == launcher(home)


@pytest.mark.usefixtures("script")
def test_removing_leaves_what_somebody_else_put_beside_it(home: Path) -> None:
    beside = discovery.install_plugin().with_name("theirs")
    beside.touch()

    assert discovery.remove_plugin() == launcher(home)
    assert list(beside.parent.iterdir()) == [beside]
