"""The choice of Pulumi's home, and the interpreter that starts the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sdk import discovery, environment, plugin_states, pulumi_home
from pulumi_tcimages.sdk.launcher import Target
from tests.sdk.environments import FOLDER, NAME, find_problem


@pytest.mark.parametrize("value", ["1", "true", "TRUE"])
def test_ignored_plugin_on_path_is_not_reported(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    other_plugin = tmp_path / "bin" / NAME
    other_plugin.parent.mkdir()
    other_plugin.write_text("#!/bin/sh\n")
    other_plugin.chmod(0o755)
    monkeypatch.setenv("PATH", str(other_plugin.parent))

    assert discovery.find_shadowing() == other_plugin
    monkeypatch.setenv("PULUMI_IGNORE_AMBIENT_PLUGINS", value)
    assert discovery.find_shadowing() is None
    assert not home.exists()


def test_home_of_the_account_is_used_instead_of_home_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pwd = pytest.importorskip("pwd")
    account = SimpleNamespace(pw_dir=str(tmp_path))
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: account)

    assert pulumi_home.launcher_path() == tmp_path / ".pulumi" / "plugins" / FOLDER / NAME


def test_home_variable_is_used_without_an_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pwd", None)  # Windows has no such module
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    assert pulumi_home.launcher_path() == tmp_path / ".pulumi" / "plugins" / FOLDER / NAME


@pytest.mark.parametrize("account", [None, ""], ids=["no account", "an account without a folder"])
def test_missing_home_folder_is_reported_with_the_variable_to_set(
    monkeypatch: pytest.MonkeyPatch, account: str | None
) -> None:
    def raise_runtime_error() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.delenv(discovery.OPT_OUT, raising=False)
    module = (
        account
        if account is None
        else SimpleNamespace(getpwuid=lambda _: SimpleNamespace(pw_dir=account))
    )
    monkeypatch.setitem(sys.modules, "pwd", module)
    monkeypatch.setattr(Path, "home", raise_runtime_error)

    assert find_problem() == "there is no home folder for Pulumi."


@pytest.mark.usefixtures("own_target")
@pytest.mark.parametrize(
    ("home", "absolute"),
    [
        (".ph", "$PWD/.ph"),
        ("a/b", "$PWD/a/b"),
        ("~/.pulumi", "$HOME/.pulumi"),
        ("~", "$HOME"),
        ("~a/b", "$PWD/~a/b"),
    ],
)
def test_relative_home_is_reported_and_not_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str, absolute: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_HOME", home)
    before = list(tmp_path.iterdir())

    problem = find_problem()

    assert problem == (
        f'PULUMI_HOME is "{home}", a relative path, which Pulumi and its plugins may resolve in '
        "different folders."
    )
    for use in (discovery.plugin_status, discovery.install_plugin, discovery.remove_plugin):
        with pytest.raises(ConfigurationError) as raised:
            use()
        assert raised.value.problem == problem
        fix = f'to make it absolute, run: export PULUMI_HOME="{absolute}"\nOr let the engine find'
        assert str(raised.value.fix).startswith(fix)
    assert list(tmp_path.iterdir()) == before


@pytest.mark.parametrize("place", ["file", "file/below", os.devnull])
def test_invalid_home_is_reported_with_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    home = place if place == os.devnull else str(tmp_path / place)
    monkeypatch.setenv("PULUMI_HOME", home)

    assert find_problem() == f"PULUMI_HOME is {home}, which cannot be a folder."
    for use in (discovery.plugin_status, discovery.install_plugin, discovery.remove_plugin):
        with pytest.raises(ConfigurationError) as raised:
            use()
        assert raised.value.problem == f"PULUMI_HOME is {home}, which cannot be a folder."
        assert str(raised.value.fix).startswith(
            "to use Pulumi's usual folder, run: unset PULUMI_HOME\nOr let the engine find"
        )
    assert (tmp_path / "file").read_text(encoding="utf-8") == ""


@pytest.mark.skipif(os.name == "nt", reason="a folder in use cannot be deleted there")
def test_deleted_current_folder_is_tolerated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    monkeypatch.setenv("PULUMI_HOME", ".ph")

    assert find_problem("/project").startswith('PULUMI_HOME is ".ph", a relative path')

    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    assert find_problem("/project") == ""


@pytest.mark.usefixtures("own_target")
def test_relative_home_created_by_the_engine_gets_the_launcher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_HOME", ".ph")
    Path(".ph").mkdir()

    elsewhere = find_problem(str(tmp_path / "project"))
    assert list(Path(".ph").iterdir()) == []
    here = find_problem(str(tmp_path))

    assert here == elsewhere
    assert here.startswith('PULUMI_HOME is ".ph", a relative path')
    assert (tmp_path / ".ph" / "plugins" / FOLDER / NAME).exists()


def test_unwritable_home_is_reported_with_alternatives(
    home: Path, own_target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulumi_home, "find_script", lambda: own_target.python)
    home.mkdir()
    (home / "plugins").touch()  # a file in place of the folder, which also stops root

    problem = find_problem()

    launcher = home / "plugins" / FOLDER / NAME
    assert problem == f"{launcher} cannot be written: Not a directory."
    failure = discovery.register()
    assert failure
    text = " ".join(str(discovery.explain(failure)).split())
    assert text == (
        "configuration error. [configuration] Problem Pulumi's engine may not start the plugin of "
        f"this program: {problem} Next there is a file instead of a folder. To move it away, "
        f"run: mv {home}/plugins {home}/plugins.old Or let the engine find the plugin in "
        f"{own_target.python.parent}: add that folder to the PATH of the pulumi command, or give "
        "it as path: beside name: tcimages, under plugins: providers: in Pulumi.yaml"
    )


@pytest.mark.parametrize("use", [discovery.plugin_status, discovery.remove_plugin])
@pytest.mark.parametrize("kind", ["long name", "link loop"])
def test_impossible_home_is_a_configuration_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, use: Callable[[], object]
) -> None:
    home = tmp_path / ("x" * 300 if kind == "long name" else "loop")
    if kind == "link loop":
        home.symlink_to(home)
    monkeypatch.setenv("PULUMI_HOME", str(home))

    assert find_problem().startswith(f"{home}/plugins/{FOLDER}/{NAME} cannot be written: ")
    assert discovery.find_shadowing() is None
    with pytest.raises(ConfigurationError) as caught:
        use()
    assert f"{NAME} cannot be re" in caught.value.problem
    assert str(caught.value.fix).startswith(
        "to use a folder that you can write to, run: export PULUMI"
    )


def test_relative_home_is_quoted_in_the_advised_command() -> None:
    fix = str(pulumi_home.relative_home('a$(touch pwned)"b').fix)

    assert """run: export PULUMI_HOME="$PWD"/'a$(touch pwned)"b'\nOr""" in fix


@pytest.mark.usefixtures("own_target")
def test_advised_move_does_not_overwrite_a_file(home: Path) -> None:
    home.mkdir()
    for name in ("plugins", "plugins.old", "plugins.old1"):
        (home / name).touch()

    failure = discovery.register()

    assert failure
    assert f"mv {home}/plugins {home}/plugins.old2\nOr" in str(failure.fix)


def test_missing_python_executable_is_reported(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_states, "find_own_target", lambda: None)
    monkeypatch.setattr(sys, "executable", "/usr/bin/blender")

    assert find_problem() == (
        "the plugin cannot be started: /usr/bin/blender is no Python interpreter with this package "
        "as a file."
    )
    assert list((home / "plugins").iterdir()) == []


@pytest.mark.parametrize("executable", ["", None, "/usr/bin/uwsgi"])
def test_embedded_python_uses_the_interpreter_of_its_environment(
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
def test_plugin_imports_nothing_from_the_program_folder(
    home: Path, tmp_path: Path, path: str
) -> None:
    program = tmp_path / "program"
    program.mkdir()
    for name in ("grpc", "requests", "pydantic", "pulumi_tcimages", "runpy", "pkgutil", "typing"):
        (program / f"{name}.py").write_text(f"raise SystemExit('the {name} of the program')\n")
    launcher = discovery.install_plugin()
    environ = {**os.environ, "PYTHONPATH": path}
    if path:  # Python itself imports `typing` from there, before any code of ours runs
        (program / "typing.py").unlink()

    started = subprocess.Popen(
        [launcher], cwd=program, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    line = started.stdout.readline() if started.stdout else b""
    started.terminate()
    _, errors = started.communicate()

    assert (line.strip().isdigit(), errors) == (True, b"")
    assert home.exists()
