"""`demo`: the example program with mocks, with `pulumi`, and with an installed `pulumi`."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_tcimages.cli import pulumi_command
from tests import caller_environment
from tests.cli.conftest import FakePulumi, Shell
from tests.timeouts import PATIENCE_S

EXAMPLES = Path(__file__).parents[2] / "examples"
INSTALL = pulumi_command._INSTALL
EXPORTS = [
    "session_image_id",
    "session_image_tag",
    "session_image_url",
    "training_image_id",
    "training_image_tag",
    "training_image_url",
]


@pytest.fixture
def without_pulumi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the pulumi command, and make the installer fail."""
    monkeypatch.setattr(pulumi_command, "_INSTALL", "raise SystemExit('nobody asked for it')")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    if shutil.which("pulumi"):
        pytest.skip("the pulumi command is part of the system")


def names_of(out: str) -> list[str]:
    return [
        line.split()[0] for line in out.splitlines() if line.startswith(("session", "training"))
    ]


@pytest.mark.usefixtures("without_pulumi")
def test_demo_without_pulumi_uses_mocks_and_says_so(
    shell: Shell,
) -> None:
    outcome = shell("demo")

    assert (outcome.code, outcome.err) == (0, "")
    assert names_of(outcome.out) == EXPORTS
    assert outcome.out.endswith(
        "Run without the pulumi command: the real plugin, behind Pulumi's mocks. `tcimages demo "
        "--install` downloads the command.\n"
    )


@pytest.mark.usefixtures("without_pulumi")
def test_demo_shows_program_and_command_before_the_outputs(shell: Shell) -> None:
    program, _, outputs = shell("demo").out.partition(
        "\n>>> pulumi_tcimages.testing.run('__main__.py')\n\n"
    )

    shown = textwrap.dedent(program.partition("__main__.py:\n")[2]).strip()
    assert shown == (EXAMPLES / "pick_image" / "__main__.py").read_text(encoding="utf-8").strip()
    assert names_of(outputs) == EXPORTS


@pytest.mark.usefixtures("without_pulumi")
def test_keep_saves_the_project_in_the_folder(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "de mo"

    outcome = shell("demo", "--keep", str(folder))

    assert outcome.code == 0
    assert f"The project is in {folder}." in outcome.out
    assert f"\n  cd '{folder}'\n" in outcome.out
    # Requirements would name a checkout that does not exist beside this folder.
    assert {file.name for file in folder.iterdir()} == {"Pulumi.yaml", "__main__.py"}


@pytest.mark.usefixtures("without_pulumi")
def test_project_file_escapes_the_environment_path_as_yaml(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "prefix", "/环境 🚀/it's")

    shell("demo", "--keep", str(tmp_path / "demo"))

    project = yaml.safe_load((tmp_path / "demo" / "Pulumi.yaml").read_text(encoding="utf-8"))
    assert project["runtime"]["options"]["virtualenv"] == "/环境 🚀/it's"


def test_keep_does_not_write_into_an_existing_folder(shell: Shell, tmp_path: Path) -> None:
    outcome = shell("demo", "--keep", str(tmp_path))

    assert (outcome.code, outcome.out) == (2, "")
    assert f"{tmp_path} is there already." in outcome.err


@pytest.mark.usefixtures("without_pulumi")
@pytest.mark.parametrize(
    ("name", "why"), [("file/demo", "Not a directory"), ("x" * 300, "File name too long")]
)
def test_keep_with_an_uncreatable_folder_is_an_error_after_the_outputs(
    shell: Shell, tmp_path: Path, name: str, why: str
) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / name

    outcome = shell("demo", "--keep", str(folder))

    assert (outcome.code, names_of(outcome.out)) == (2, EXPORTS)
    assert outcome.err == f"Error: the project cannot be kept in {folder}: {why}.\n"


@pytest.mark.usefixtures("without_pulumi")
def test_keep_on_a_full_disk_is_an_error_after_the_outputs(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "demo"
    real_open = Path.open

    def open_on_full_disk(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
        if folder in path.parents and path.name == "Pulumi.yaml":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real_open(path, mode, *args, **options)

    with monkeypatch.context() as full_disk:
        full_disk.setattr(Path, "open", open_on_full_disk)
        outcome = shell("demo", "--keep", str(folder))

    assert (outcome.code, names_of(outcome.out)) == (2, EXPORTS)
    assert outcome.err == (
        f"Error: the project cannot be kept in {folder}: No space left on device. Free space on "
        "the disk, then try again.\n"
    )
    assert list(tmp_path.iterdir()) == []
    assert shell("demo", "--keep", str(folder)).code == 0


def test_missing_temporary_folder_is_an_error(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))

    outcome = shell("demo")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "Error: the demo cannot run here: No such file or directory.\n"


def test_failing_pulumi_command_is_an_error_with_its_output(
    shell: Shell, write_pulumi: FakePulumi, tmp_path: Path
) -> None:
    command = tmp_path / "bin" / "pulumi"
    write_pulumi("echo out of order >&2\nexit 3")

    outcome = shell("demo")

    assert (outcome.code, names_of(outcome.out)) == (2, [])
    assert outcome.err == f"Error: `{command} stack init demo` failed.\nout of order\n"


def test_pulumi_does_not_get_the_credentials_of_the_caller(
    shell: Shell, write_pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pulumi("env >&2\nexit 3")
    for name in ("TENCENTCLOUD_TOKEN", "TCCLI_PROFILE", "TKE_ROLE_ARN", "PULUMI_ACCESS_TOKEN"):
        monkeypatch.setenv(name, "of the caller")

    outcome = shell("demo")

    assert "PULUMI_CONFIG_PASSPHRASE=demo" in outcome.err
    assert "of the caller" not in outcome.err


@pytest.mark.engine
def test_demo_with_pulumi_runs_a_real_update(shell: Shell) -> None:
    reason = _why_no_engine()
    if reason and caller_environment.get_variable("TCIMAGES_REQUIRE_ENGINE") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)

    outcome = shell("demo")

    assert (outcome.code, outcome.err) == (0, "")
    assert names_of(outcome.out) == EXPORTS
    assert "\n$ pulumi up --yes --skip-preview\n" in outcome.out
    assert f"Run with {shutil.which('pulumi')}: a real `pulumi up`" in outcome.out


def _why_no_engine() -> str:
    if not shutil.which("pulumi"):
        return "no pulumi command on PATH"
    try:
        metadata.distribution("pulumi-tcimages")
    except metadata.PackageNotFoundError:
        return f"pulumi-tcimages is not installed in {sys.prefix}"
    return ""


@pytest.mark.parametrize(
    ("installer", "code", "problem"),
    [
        ("raise SystemExit('no disk')", 2, "Error: pulumi cannot be installed: no disk\n"),
        ("raise SystemExit(1)", 2, "Error: pulumi cannot be installed: it said nothing\n"),
        ("import time; time.sleep(60)", 2, "Error: pulumi was not installed within 0 s.\n"),
        ("print('/nowhere/pulumi')", 2, "cannot be started: No such file or directory.\n"),
    ],
)
@pytest.mark.usefixtures("without_pulumi")
def test_failing_installer_is_an_error(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, installer: str, code: int, problem: str
) -> None:
    monkeypatch.setattr(pulumi_command, "_INSTALL", installer)
    monkeypatch.setattr(pulumi_command, "_LIMIT_S", 0.25 if "sleep" in installer else PATIENCE_S)

    outcome = shell("demo", "--install")

    assert outcome.code == code
    assert outcome.err.endswith(problem)


@pytest.mark.usefixtures("without_pulumi")
def test_installer_imports_nothing_from_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed = tmp_path / "installed" / "pulumi"
    installed.mkdir(parents=True)
    (installed / "__init__.py").touch()
    (installed / "automation.py").write_text(
        "class PulumiCommand:\n"
        "    command = '/installed/pulumi'\n"
        "    install = classmethod(lambda kind: kind)\n"
    )
    (tmp_path / "pulumi.py").write_text("raise SystemExit('of the program')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pulumi_command, "_INSTALL", INSTALL)

    assert pulumi_command.install_pulumi() == "/installed/pulumi"


def test_interrupt_ends_the_installer(monkeypatch: pytest.MonkeyPatch) -> None:
    installers: list[subprocess.Popen[str]] = []

    class Interrupted(subprocess.Popen):
        def wait(self, *args: Any, **settings: Any) -> Any:
            if self not in installers:
                installers.append(self)
                raise KeyboardInterrupt
            return super().wait(*args, **settings)

    monkeypatch.setattr(pulumi_command, "_INSTALL", "import time; time.sleep(60)")
    monkeypatch.setattr(subprocess, "Popen", Interrupted)

    with pytest.raises(KeyboardInterrupt):
        pulumi_command.install_pulumi()

    assert installers[0].returncode is not None


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.usefixtures("without_pulumi")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_signal_ends_the_demo_and_deletes_its_folder(tmp_path: Path, name: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "pulumi_tcimages.cli", "demo"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert any(line.startswith(">>>") for line in process.stdout)  # the program is starting

    process.send_signal(signal.Signals[name])

    try:
        process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert process.returncode == 128 + signal.Signals[name]
    assert not [*tmp_path.glob("tcimages-*")]
