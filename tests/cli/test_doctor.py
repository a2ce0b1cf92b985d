"""`doctor`: its report, its redaction of secrets, and its checks of the plugin."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_tcimages.cli import plugin_checks
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.sdk import discovery, plugin_states
from pulumi_tcimages.sdk.launcher import build_launcher
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.cli.conftest import Shell, run_doctor
from tests.sdk.environments import make_environment
from tests.timeouts import PATIENCE_S, wait_until


@pytest.mark.usefixtures("script")
def test_working_setup_passes_every_check(shell: Shell, cloud: Emulator) -> None:
    code, checks = run_doctor(shell)

    assert code == 0
    assert {finding["state"] for finding in checks.values()} <= {"ok", "note"}
    source = "from environment TENCENTCLOUD_SECRET_ID"
    assert checks["credentials"] == {
        "state": "ok", "found": f"of account 100000000001, {source}", "fix": ""
    }  # fmt: skip
    assert checks["setting secretId"]["found"] == f"(set), {source}"
    assert checks["setting region"]["found"] == (
        "ap-guangzhou, from environment TENCENTCLOUD_REGION"
    )
    assert checks["plugin starts"]["state"] == "ok"
    assert "plugin on PATH" not in checks
    for service in ("dlc", "tione", "sts"):
        assert checks[f"address {service}"]["found"].startswith(f"{cloud.address} answers in ")


@pytest.mark.usefixtures("cloud")
def test_other_plugin_first_on_path_is_noted(
    shell: Shell, other_plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{other_plugin.parent}{os.pathsep}{os.environ['PATH']}")

    _, checks = run_doctor(shell)

    assert checks["plugin on PATH"] == {
        "state": "note",
        "found": f"the engine starts {other_plugin}, which is first on PATH, "
        "not this environment's",
        "fix": f"remove {other_plugin.parent} from PATH",
    }


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 127\n", "#!/nowhere/python\n", "no program\0"])
def test_broken_plugin_first_on_path_is_a_failure_with_fixes(
    shell: Shell, other_plugin: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("PATH", f"{other_plugin.parent}{os.pathsep}{os.environ['PATH']}")
    other_plugin.write_text(text, encoding="utf-8")

    code, checks = run_doctor(shell)

    assert (code, checks["plugin starts"]["state"]) == (2, "fail")
    assert checks["plugin starts"]["found"].startswith(f"{other_plugin} does not start: ")
    assert checks["plugin starts"]["fix"] == (
        f"to see what it says, run: {other_plugin}\nThen remove {other_plugin.parent} from PATH, "
        "or set PULUMI_IGNORE_AMBIENT_PLUGINS=1"
    )
    monkeypatch.setenv(discovery.IGNORE_PATH, "1")
    assert run_doctor(shell)[0] == 0


@pytest.mark.usefixtures("script")
def test_text_report_redacts_secrets(shell: Shell, cloud: Emulator) -> None:
    outcome = shell("doctor")

    assert (outcome.code, outcome.err) == (0, "")
    assert "ok    credentials" in outcome.out
    assert cloud.secret_id not in outcome.out
    assert cloud.secret_key not in outcome.out


@pytest.mark.usefixtures("cloud", "script")
def test_control_characters_in_a_path_are_escaped(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", "/keys\x1b[31m")

    out = shell("doctor").out

    assert "/keys\\x1b[31m, from environment" in out
    assert "\x1b" not in out


@pytest.mark.usefixtures("cloud", "script")
def test_report_wraps_between_words_within_its_column(
    terminal: Callable[[int], Shell], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    lines = terminal(80)("doctor").out.splitlines()

    # Paths are not wrapped.
    assert all(len(line) <= 80 or " " not in line[34:] for line in lines)
    at = next(number for number, line in enumerate(lines) if "setting secretKey" in line)
    assert [line[34:] for line in lines[at : at + 2]] == [
        "(set), from environment",
        "TENCENTCLOUD_SECRET_KEY",
    ]
    assert lines[at + 1][:34].strip() == ""


@pytest.mark.usefixtures("cloud")
def test_plugin_that_does_not_start_is_a_failure(shell: Shell, script: Path) -> None:
    script.write_text("#!/bin/sh\necho out of order\n", encoding="utf-8")

    code, checks = run_doctor(shell)

    assert code == 2
    assert checks["plugin starts"]["found"] == f"{script} does not start: it prints no port"


@pytest.mark.usefixtures("cloud")
def test_silent_plugin_is_ended_at_the_deadline(
    shell: Shell, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    monkeypatch.setattr(plugin_checks, "_START_S", 0.1)

    code, checks = run_doctor(shell)

    assert (code, checks["plugin starts"]["state"]) == (2, "fail")


def has_reader(pipe: Path) -> bool:
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError as error:
        return error.errno != errno.ENXIO
    return True


@pytest.mark.usefixtures("cloud")
@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's")
@pytest.mark.parametrize("last", ["cat {pipe}", "trap '' TERM; cat {pipe}", "cat {pipe} & exit 0"])
def test_child_that_holds_the_plugin_output_open_is_ended(
    shell: Shell, script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    script.write_text(f"#!/bin/sh\n{last.format(pipe=pipe)}\n", encoding="utf-8")
    monkeypatch.setattr(plugin_checks, "_START_S", 0.3)

    code, checks = run_doctor(shell)

    assert (code, checks["plugin starts"]["state"]) == (2, "fail")
    assert wait_until(lambda: not has_reader(pipe))


@pytest.mark.usefixtures("cloud")
@pytest.mark.skipif(os.name == "nt", reason="sessions are POSIX's")
@pytest.mark.parametrize("program", ["plugin", "pulumi"])
def test_child_outside_the_process_group_is_not_waited_for(
    shell: Shell, script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code = f"import os; os.setsid(); open({str(pipe)!r}).read()"
    text = f'#!/bin/sh\n"{sys.executable}" -c "{code}" &\nexec sleep 60\n'
    path = script if program == "plugin" else script.with_name("pulumi")
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setattr(plugin_checks, "_START_S", 0.3)
    descriptor = os.open(pipe, os.O_RDWR)  # the child ends when this is closed
    try:
        _, checks = run_doctor(shell)
    finally:
        pipe.unlink()
        os.close(descriptor)

    assert checks["plugin starts" if program == "plugin" else "pulumi"]["state"] == "fail"


@pytest.mark.usefixtures("cloud")
@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_ctrl_c_during_plugin_start_ends_the_command(
    shell: Shell, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.write_text(f"#!/bin/sh\nkill -INT {os.getpid()}\nexec sleep 60\n", encoding="utf-8")
    monkeypatch.setattr(plugin_checks, "_START_S", PATIENCE_S)
    monkeypatch.setattr(plugin_checks, "_LEAST_START_S", PATIENCE_S)
    started_s = time.monotonic()

    assert shell("doctor").code == 130

    assert time.monotonic() - started_s < PATIENCE_S


@pytest.mark.usefixtures("cloud")
def test_environment_without_plugin_is_a_failure(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_states, "find_own_target", lambda: None)

    code, checks = run_doctor(shell)

    assert code == 2
    assert checks["plugin"]["fix"] == "install pulumi-tcimages with pip"
    assert "plugin starts" not in checks


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.parametrize(("opted_out", "code", "state"), [("", 2, "fail"), ("1", 0, "note")])
def test_launcher_of_unknown_origin_is_not_started(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    opted_out: str,
    code: int,
    state: str,
) -> None:
    monkeypatch.setenv(discovery.OPT_OUT, opted_out)
    monkeypatch.setenv(discovery.IGNORE_PATH, "1")
    launcher = launcher_path()
    launcher.parent.mkdir(parents=True)
    launcher.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n", encoding="utf-8")
    launcher.chmod(0o755)

    found = run_doctor(shell)

    assert (found[0], found[1]["plugin"]["state"]) == (code, state)
    assert f"{launcher} of " in found[1]["plugin"]["found"]
    assert "plugin starts" not in found[1]
    assert not (tmp_path / "started").exists()


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_launcher_with_a_world_writable_target_is_not_started(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(discovery.IGNORE_PATH, "1")
    other = make_environment(tmp_path / "other")
    other.python.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n", encoding="utf-8")
    other.python.chmod(0o777)
    launcher = launcher_path()
    launcher.parent.mkdir(parents=True)
    launcher.write_text(build_launcher(other), encoding="utf-8")
    launcher.chmod(0o755)

    code, checks = run_doctor(shell)

    assert (code, checks["plugin"]["state"]) == (2, "fail")
    assert f"starts {other}, but {other.python} of " in checks["plugin"]["found"]
    assert checks["plugin"]["fix"] == "tcimages plugin install"
    assert "plugin starts" not in checks
    assert not (tmp_path / "started").exists()


@pytest.mark.usefixtures("cloud", "script")
def test_relative_home_is_a_failure_with_a_fix(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_HOME", ".ph")

    code, checks = run_doctor(shell)

    assert (code, checks["plugin"]["state"]) == (2, "fail")
    assert 'PULUMI_HOME is ".ph", a relative path' in checks["plugin"]["found"]
    assert 'run: export PULUMI_HOME="$PWD/.ph"' in checks["plugin"]["fix"]


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.parametrize(
    ("program", "state", "found"),
    [
        ("echo v3.999.0", "ok", "v3.999.0, "),
        ("exit 1", "fail", "does not work"),
        ("", "note", "not"),
    ],
)
def test_pulumi_command_is_checked(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    program: str,
    state: str,
    found: str,
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    if program:
        command = tmp_path / "pulumi"
        command.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
        command.chmod(0o755)

    _, checks = run_doctor(shell)

    assert checks["pulumi"]["state"] == state
    assert found in checks["pulumi"]["found"]
