"""The launcher script: the command that it starts, and its message if that is missing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pulumi_tcimages.sdk.launcher import MARK, Target, build_launcher, is_launcher, read_target

posix = pytest.mark.skipif(os.name == "nt", reason="the launcher is a shell script here")
AWKWARD = ["plain", "with space", "it's", 'a "quote"', "dollar $HOME", "图像", "100%", "two\nlines"]


def make_target(folder: Path, python: str) -> Target:
    """Create an environment whose interpreter is a shell script."""
    folder.mkdir(parents=True)
    target = Target(folder / "python", folder / "__main__.py")
    target.python.write_text(python, encoding="utf-8")
    target.python.chmod(0o755)
    target.main.touch()
    return target


def write_launcher(folder: Path, target: Target) -> Path:
    path = folder / "launcher"
    path.write_text(build_launcher(target), encoding="utf-8")
    path.chmod(0o755)
    return path


@posix
@pytest.mark.parametrize("folder", AWKWARD)
def test_launcher_executes_the_plugin_with_all_arguments(tmp_path: Path, folder: str) -> None:
    target = make_target(tmp_path / folder, '#!/bin/sh\nprintf "%s|" "$@"\nexit 7\n')
    path = write_launcher(tmp_path, target)

    result = subprocess.run([path, "-v=9", "a b", "127.0.0.1:1"], capture_output=True, text=True)

    assert (result.stderr, result.returncode) == ("", 7)
    assert result.stdout == f"{target.main}|-v=9|a b|127.0.0.1:1|"
    assert read_target(build_launcher(target)) == target


@posix
@pytest.mark.parametrize("missing", ["python", "main"])
def test_missing_environment_is_explained_on_stderr(tmp_path: Path, missing: str) -> None:
    target = make_target(tmp_path / "venv", "#!/bin/sh\n")
    path = write_launcher(tmp_path, target)
    getattr(target, missing).unlink()

    result = subprocess.run([path], capture_output=True, text=True)

    assert (result.stdout, result.returncode) == ("", 1)
    assert result.stderr == (
        f"pulumi-tcimages: the plugin was {target}, which is gone: the environment was moved or "
        "deleted.\n"
        "Next: run a Python program that uses pulumi_tcimages, or `tcimages plugin install`, in "
        "an environment that has it.\n"
    )


def test_windows_launcher_quotes_paths_and_uses_utf_8() -> None:
    target = Target(
        Path("C:\\Users\\图像 100%\\Scripts\\python.exe"), Path("C:\\a & b\\__main__.py")
    )

    text = build_launcher(target, windows=True)

    assert text.split("\r\n") == [
        "@echo off",
        "rem written by pulumi-tcimages; safe to delete",
        "chcp 65001 >nul",
        'set "python=C:\\Users\\图像 100%%\\Scripts\\python.exe"',
        'set "main=C:\\a & b\\__main__.py"',
        'if not exist "%python%" goto gone',
        'if exist "%main%" goto start',
        ":gone",
        'echo pulumi-tcimages: the plugin was "%python%" "%main%", which is gone: the environment '
        "was moved or deleted. 1>&2",
        "echo Next: run a Python program that uses pulumi_tcimages, or `tcimages plugin install`, "
        "in an environment that has it. 1>&2",
        "exit /b 1",
        ":start",
        '"%python%" "%main%" %*',
        "",
    ]
    assert read_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#!/bin/sh\nexec something\n",
        f"#!/bin/sh\n# {MARK}\n",
        f"#!/bin/sh\n# {MARK}\npython='half a quote\n",
        f"#!/bin/sh\n# {MARK}\npython=/bin/sh\n",
        f"#!/bin/sh\n# {MARK}\npython='/a\0b'\nmain=/c\n",
    ],
    ids=["empty", "other script", "no paths", "open quote", "one path", "null byte"],
)
def test_incomplete_launcher_has_no_target(text: str) -> None:
    assert read_target(text) is None
    assert is_launcher(text) == (MARK in text)


def test_script_that_mentions_the_marker_is_not_a_launcher() -> None:
    assert not is_launcher(f"\x7fELF ... {MARK}")
