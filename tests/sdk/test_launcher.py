"""The launcher's text: what it starts, whatever the path, and what it says when that is gone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pulumi_tcimages.sdk.discovery import PLUGIN
from pulumi_tcimages.sdk.launcher import build_launcher, read_target

posix = pytest.mark.skipif(os.name == "nt", reason="the launcher is a shell script here")
AWKWARD = ["plain", "with space", "it's", 'a "quote"', "dollar $HOME", "图像", "100%"]


def write_executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@posix
@pytest.mark.parametrize("folder", AWKWARD)
def test_the_launcher_becomes_the_script_with_every_argument(tmp_path: Path, folder: str) -> None:
    tells = '#!/bin/sh\nprintf "%s|" "$@"\nexit 7\n'
    script = write_executable(tmp_path / folder / PLUGIN, tells)
    path = write_executable(tmp_path / "launcher", build_launcher(script))

    done = subprocess.run([path, "-v=9", "a b", "127.0.0.1:1"], capture_output=True, text=True)

    assert (done.stdout, done.stderr, done.returncode) == ("-v=9|a b|127.0.0.1:1|", "", 7)
    assert read_target(build_launcher(script)) == script


@posix
def test_a_script_that_is_gone_is_explained_on_stderr(tmp_path: Path) -> None:
    script = tmp_path / "bin" / PLUGIN
    path = write_executable(tmp_path / "launcher", build_launcher(script))

    done = subprocess.run([path], capture_output=True, text=True)

    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr == (
        f"pulumi-tcimages: the plugin was in {script}, which is gone: the virtual environment "
        "was moved or deleted.\n"
        "Next: run a Python program that uses pulumi_tcimages, or `tcimages plugin install`, in "
        "an environment that has it.\n"
    )


def test_the_launcher_for_windows_quotes_its_path_and_speaks_utf_8() -> None:
    script = Path("C:\\Users\\图像 100%\\Scripts\\pulumi-resource-tcimages.exe")

    text = build_launcher(script, windows=True)

    assert text.split("\r\n") == [
        "@echo off",
        "rem written by pulumi-tcimages; safe to delete",
        "chcp 65001 >nul",
        'set "plugin=C:\\Users\\图像 100%%\\Scripts\\pulumi-resource-tcimages.exe"',
        'if exist "%plugin%" goto start',
        'echo pulumi-tcimages: the plugin was in "%plugin%", which is gone: the virtual '
        "environment was moved or deleted. 1>&2",
        "echo Next: run a Python program that uses pulumi_tcimages, or `tcimages plugin install`, "
        "in an environment that has it. 1>&2",
        "exit /b 1",
        ":start",
        '"%plugin%" %*',
        "",
    ]
    assert read_target(text) == script
