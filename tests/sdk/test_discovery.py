"""Which plugin the engine would find, what a program repairs, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from pulumi_tcimages import __version__
from pulumi_tcimages.errors import SettingsError
from pulumi_tcimages.sdk import discovery, environment, pulumi_home
from pulumi_tcimages.sdk.discovery import PluginStatus
from pulumi_tcimages.sdk.environment import PLUGIN
from pulumi_tcimages.sdk.launcher import Target, build_launcher

FOLDER = f"resource-tcimages-v{__version__}"
NAME = f"{PLUGIN}.cmd" if os.name == "nt" else PLUGIN


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(discovery.OPT_OUT, raising=False)
    return tmp_path / "home"


@pytest.fixture
def launcher(home: Path) -> Path:
    """The launcher's path, in a version folder that is there."""
    path = home / "plugins" / FOLDER / NAME
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """What a launcher of this environment starts."""
    target = make_environment(tmp_path / "own")
    monkeypatch.setattr(discovery, "find_own_target", lambda: target)
    return target


def make_environment(folder: Path, version: str = __version__) -> Target:
    """An environment with an interpreter and the package in some version."""
    folder.mkdir()
    target = Target(folder / "python", folder / "__main__.py")
    target.python.write_text("#!/bin/sh\n")
    target.python.chmod(0o755)
    target.main.touch()
    (folder / "__init__.py").write_text(f'__version__ = "{version}"\n')
    return target


def put(launcher: Path, text: str) -> None:
    launcher.write_text(text)
    launcher.chmod(0o755)


def test_the_states_of_a_launcher(home: Path, own: Target, tmp_path: Path) -> None:
    launcher = home / "plugins" / FOLDER / NAME
    absent = PluginStatus(__version__, launcher, "absent", own)
    assert discovery.plugin_status() == absent

    discovery.install_plugin()
    assert discovery.plugin_status() == replace(absent, state="ready", target=own)

    other = make_environment(tmp_path / "other")
    put(launcher, build_launcher(other))
    assert discovery.plugin_status() == replace(absent, state="elsewhere", target=other)

    newer = make_environment(tmp_path / "newer", "9.0.0")
    put(launcher, build_launcher(newer))
    assert discovery.plugin_status() == replace(absent, state="outdated", target=newer)

    newer.main.unlink()
    assert discovery.plugin_status() == replace(absent, state="broken", target=newer)

    closed = Target(tmp_path / ("x" * 300), own.main)  # like a closed folder, also for root
    put(launcher, build_launcher(closed))
    assert discovery.plugin_status() == replace(absent, state="broken", target=closed)

    put(launcher, "#!/bin/sh\nexec something-else\n")
    assert discovery.plugin_status().state == "foreign"

    Path(f"{launcher.parent}.lock").touch()
    assert discovery.plugin_status() == replace(absent, state="installed")


def test_an_environment_that_works_keeps_its_launcher(launcher: Path, tmp_path: Path) -> None:
    """Two projects with one version share a home; one of them is a temporary environment."""
    other = make_environment(tmp_path / "other")
    put(launcher, build_launcher(other))

    assert discovery.register() == ""

    assert launcher.read_text() == build_launcher(other)


@pytest.mark.parametrize(
    "how", ["deleted", "another version", "version unreadable", "not a Python"]
)
def test_an_environment_that_does_not_work_any_more_loses_its_launcher(
    launcher: Path, own: Target, tmp_path: Path, how: str
) -> None:
    other = make_environment(tmp_path / "other")
    put(launcher, build_launcher(other))
    version = other.main.with_name("__init__.py")
    if how == "deleted":
        shutil.rmtree(tmp_path / "other")
    elif how == "another version":
        version.write_text('__version__ = "9.0.0"\n')
    elif how == "version unreadable":
        version.write_bytes(b"\xff")
    else:
        other.python.chmod(0o644)

    assert discovery.register() == ""

    assert launcher.read_text() == build_launcher(own)


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("lines", [10, 4, 3, 2], ids=["gone", "half a quote", "half", "no target"])
def test_a_damaged_launcher_is_rewritten(launcher: Path, tmp_path: Path, lines: int) -> None:
    text = build_launcher(Target(tmp_path / "it's gone", tmp_path / "it's too\n"))
    put(launcher, "\n".join(text.split("\n")[:lines]))

    assert discovery.register() == ""

    assert discovery.plugin_status().state == "ready"


@pytest.mark.usefixtures("own")
def test_an_empty_launcher_is_broken_and_repaired(launcher: Path) -> None:
    put(launcher, "")

    assert discovery.plugin_status().state == "broken"
    assert discovery.register() == ""
    assert discovery.plugin_status().state == "ready"


@pytest.mark.usefixtures("home", "own")
@pytest.mark.skipif(os.name == "nt", reason="every file is executable there")
def test_a_launcher_that_is_not_executable_is_broken_and_repaired() -> None:
    discovery.install_plugin().chmod(0o644)

    assert discovery.plugin_status().state == "broken"
    assert discovery.register() == ""
    assert discovery.plugin_status().state == "ready"


@pytest.mark.usefixtures("own")
def test_a_launcher_that_is_right_is_not_written_again(home: Path) -> None:
    path = discovery.install_plugin()
    before = path.stat()

    discovery.register()

    assert path == home / "plugins" / FOLDER / NAME
    assert path.stat().st_ino == before.st_ino


def test_installing_by_hand_takes_the_place_of_another_environment(
    launcher: Path, own: Target, tmp_path: Path
) -> None:
    put(launcher, build_launcher(make_environment(tmp_path / "other")))

    discovery.install_plugin()

    assert launcher.read_text() == build_launcher(own)


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("file", [NAME, "PulumiPlugin.yaml"], ids=["archive", "folder"])
def test_a_plugin_that_pulumi_installed_is_left_alone_in_silence(launcher: Path, file: str) -> None:
    put(launcher.with_name(file), "theirs")
    Path(f"{launcher.parent}.lock").touch()

    assert discovery.register() == ""
    assert discovery.install_plugin() == launcher
    assert discovery.remove_plugin() is None

    assert [(path.name, path.read_text()) for path in launcher.parent.iterdir()] == [
        (file, "theirs")
    ]


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("mode", [0o755, 0o644], ids=["executable", "not executable"])
def test_a_launcher_of_unknown_origin_is_left_alone_and_named(launcher: Path, mode: int) -> None:
    put(launcher, "theirs")
    launcher.chmod(mode)

    problem = discovery.register()

    assert problem.startswith(f"{launcher} of ")
    assert problem.endswith(
        "was neither written by pulumi-tcimages nor installed by Pulumi: delete it, or set "
        "TCIMAGES_NO_PLUGIN_INSTALL=1 if it is wanted."
    )
    with pytest.raises(SettingsError, match="delete it"):
        discovery.install_plugin()
    assert discovery.remove_plugin() is None
    assert launcher.read_text() == "theirs"


@pytest.mark.usefixtures("own")
def test_an_installation_by_pulumi_that_is_not_finished_is_named(launcher: Path) -> None:
    """The engine ignores the folder while there is such a file."""
    Path(f"{launcher.parent}.partial").touch()

    assert discovery.register() == (
        f"Pulumi has begun to install a plugin in {launcher.parent} and has not finished: if no "
        f"installation is running, delete {launcher.parent}.partial."
    )
    assert list(launcher.parent.iterdir()) == []


def test_another_version_is_served_by_this_environment(home: Path, own: Target) -> None:
    """For the commands that ask for the version in a stack's state."""
    older = home / "plugins" / "resource-tcimages-v0.0.1" / NAME

    assert discovery.install_plugin("0.0.1") == older

    assert discovery.plugin_status("0.0.1") == PluginStatus("0.0.1", older, "ready", own, own)
    assert discovery.plugin_status().state == "absent"
    assert discovery.remove_plugin("0.0.1") == older


@pytest.mark.usefixtures("own")
def test_removing_leaves_nothing(home: Path) -> None:
    launcher = discovery.install_plugin()

    assert discovery.remove_plugin() == launcher
    assert discovery.remove_plugin() is None

    assert list((home / "plugins").iterdir()) == []


@pytest.mark.usefixtures("own")
def test_removing_leaves_what_somebody_else_put_beside_it(home: Path) -> None:
    beside = discovery.install_plugin().with_name("theirs")
    beside.touch()

    assert discovery.remove_plugin() == home / "plugins" / FOLDER / NAME
    assert list(beside.parent.iterdir()) == [beside]


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(("value", "written"), [("1", False), ("yes", False), ("0", True)])
def test_who_opts_out_gets_nothing_written(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str, written: bool
) -> None:
    monkeypatch.setenv(discovery.OPT_OUT, value)

    assert discovery.register() == ""

    assert (home / "plugins" / FOLDER / NAME).exists() is written


@pytest.mark.parametrize("value", ["1", "true", "TRUE"])
def test_a_plugin_on_path_that_the_engine_is_told_to_ignore_is_no_rival(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    rival = tmp_path / "bin" / NAME
    rival.parent.mkdir()
    put(rival, "#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(rival.parent))

    assert discovery.find_rival() == rival
    monkeypatch.setenv("PULUMI_IGNORE_AMBIENT_PLUGINS", value)
    assert discovery.find_rival() is None
    assert not home.exists()


def test_without_pulumi_home_it_is_the_accounts_folder_whatever_home_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pwd = pytest.importorskip("pwd")
    account = SimpleNamespace(pw_dir=str(tmp_path))
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: account)

    assert pulumi_home.launcher_path() == tmp_path / ".pulumi" / "plugins" / FOLDER / NAME


def test_of_a_user_without_an_account_it_is_the_folder_that_home_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pwd", None)  # as on Windows
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    assert pulumi_home.launcher_path() == tmp_path / ".pulumi" / "plugins" / FOLDER / NAME


@pytest.mark.parametrize("account", [None, ""], ids=["no account", "an account without a folder"])
def test_without_any_home_folder_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, account: str | None
) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.delenv(discovery.OPT_OUT, raising=False)
    module = (
        account
        if account is None
        else SimpleNamespace(getpwuid=lambda _: SimpleNamespace(pw_dir=account))
    )
    monkeypatch.setitem(sys.modules, "pwd", module)
    monkeypatch.setattr(Path, "home", nobody)

    assert discovery.register() == "there is no home folder for Pulumi."


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("home", [".ph", "~/.pulumi", "a/b"])
def test_a_relative_home_is_named_and_no_folder_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_HOME", home)
    before = list(tmp_path.iterdir())

    problem = discovery.register()

    assert problem == (
        f"PULUMI_HOME is a relative path ({home}), which Pulumi and its plugins look for in "
        f"different folders: make it absolute, for instance PULUMI_HOME=$PWD/{home}."
    )
    for use in (discovery.plugin_status, discovery.install_plugin, discovery.remove_plugin):
        with pytest.raises(SettingsError) as raised:
            use()
        assert raised.value.problem == problem
    assert list(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("own")
def test_a_relative_home_gets_the_launcher_if_the_engine_made_it_in_the_projects_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_HOME", ".ph")
    Path(".ph").mkdir()

    elsewhere = discovery.register(str(tmp_path / "project"))
    assert list(Path(".ph").iterdir()) == []
    here = discovery.register(str(tmp_path))

    assert here == elsewhere
    assert here.startswith("PULUMI_HOME is a relative path (.ph)")
    assert (tmp_path / ".ph" / "plugins" / FOLDER / NAME).exists()


def test_a_home_that_cannot_be_written_is_explained_with_the_other_ways(
    home: Path, own: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulumi_home, "find_script", lambda: own.python)
    home.mkdir()
    (home / "plugins").touch()  # where the folder should go; works for root too

    problem = discovery.register()

    launcher = home / "plugins" / FOLDER / NAME
    assert problem == f"{launcher} cannot be written: Not a directory."
    flat = " ".join(str(discovery.explain(problem)).split())
    assert flat == (
        "the configuration does not work. Problem Pulumi's engine may not start the plugin of this "
        f"program: {problem} Next if the engine does not find it, make that place writable, or "
        "set PULUMI_HOME; or name it in Pulumi.yaml, under plugins: providers: with name: "
        f"tcimages and path: {own.python.parent}; or have that folder on the PATH of the pulumi "
        "command"
    )


@pytest.mark.usefixtures("home")
def test_a_process_that_is_no_python_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "find_own_target", lambda: None)
    monkeypatch.setattr(sys, "executable", "/usr/bin/blender")

    assert discovery.register() == (
        "the plugin cannot be started: /usr/bin/blender is no Python interpreter with this package "
        "as a file."
    )


@pytest.mark.parametrize("executable", ["", None, "/usr/bin/uwsgi"])
def test_a_program_that_embeds_python_uses_the_interpreter_of_its_environment(
    monkeypatch: pytest.MonkeyPatch, executable: str | None
) -> None:
    expected = environment.find_own_target()
    assert expected is not None
    monkeypatch.setattr(sys, "executable", executable)

    found = environment.find_own_target()

    assert found is not None
    assert found.python.samefile(expected.python)
    assert found.python.name.startswith("python")
    assert found.main == expected.main


@pytest.mark.skipif(os.name == "nt", reason="the launcher is a shell script here")
@pytest.mark.parametrize("path", ["", os.pathsep, "."], ids=["unset", "empty entry", "dot"])
def test_the_plugin_imports_nothing_from_the_programs_folder(
    home: Path, tmp_path: Path, path: str
) -> None:
    program = tmp_path / "program"
    program.mkdir()
    for name in ("grpc", "requests", "pydantic", "pulumi_tcimages", "runpy", "pkgutil", "typing"):
        (program / f"{name}.py").write_text(f"raise SystemExit('the {name} of the program')\n")
    launcher = discovery.install_plugin()
    environ = {**os.environ, "PYTHONPATH": path}
    if path:  # what Python itself imports before any code of ours comes from there too
        (program / "typing.py").unlink()

    started = subprocess.Popen(
        [launcher], cwd=program, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    line = started.stdout.readline() if started.stdout else b""
    started.terminate()
    _, said = started.communicate()

    assert (line.strip().isdigit(), said) == (True, b"")
    assert home.exists()
