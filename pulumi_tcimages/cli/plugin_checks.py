"""Plugin checks of `tcimages doctor`: find the plugin that the engine would start, and start it.

The engine looks for a plugin in the project's Pulumi.yaml, then on PATH, then in Pulumi's home.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.cli import subprocesses
from pulumi_tcimages.cli.checks import Finding, State
from pulumi_tcimages.cli.command import EXIT_USAGE
from pulumi_tcimages.cli.project_plugin import (
    ProjectPlugin,
    find_project_plugin,
    find_weak_point,
)
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import shell_word
from pulumi_tcimages.sdk import discovery, environment
from pulumi_tcimages.sdk.plugin_states import PluginStatus

_START_S = 10.0
_LEAST_START_S = 2.0
"""The minimum time limit for starting a program, even if the lookup timeout is shorter."""
_INSTALL = Command("tcimages plugin install")


def check_plugin(limit_s: float) -> Iterator[Finding]:
    """Report the plugins in the project, on PATH and in Pulumi's home.

    The plugin that the engine would choose is started, unless that might not be safe.
    """
    try:
        in_home = discovery.plugin_status()
        on_path, shadowing = discovery.find_on_path(), discovery.find_shadowing()
    except ConfigurationError as error:
        yield Finding("plugin", "fail", error.problem, error.fix, EXIT_USAGE)
        return
    project = find_project_plugin()
    if project and project.unread_reason:
        fix = f"make {project.file.name} smaller, if it names a plugin"
        yield Finding(f"plugin in {project.file.name}", "note", project.unread_reason, fix)
    elif project:
        yield from _check_project_plugin(project, limit_s)
        return
    if shadowing:
        problem = f"the engine starts {shadowing}, which is first on PATH, not this environment's"
        yield Finding("plugin on PATH", "note", problem, f"remove {shadowing.parent} from PATH")
    finding, command = _check_home(in_home)
    yield finding
    if on_path:
        fix = f"remove {on_path.parent} from PATH, or set {discovery.IGNORE_PATH}=1"
        if weak_point := find_weak_point(on_path.absolute()):
            problem = f"the engine starts {on_path}, but {weak_point}"
            advice = f"do not run pulumi here; {fix}"
            yield Finding("plugin on PATH", "fail", problem, advice, EXIT_USAGE)
            return
        yield _check_start([str(on_path)], limit_s, fix)
    elif command:
        anew = Advice("install pulumi-tcimages anew,", _INSTALL._replace(lead="then run:"))
        yield _check_start(command, limit_s, anew)


def _check_project_plugin(project: ProjectPlugin, limit_s: float) -> Iterator[Finding]:
    check = f"plugin in {project.file.name}"
    if project.weak_point:
        problem = f"Pulumi obeys {project.file}, but {project.weak_point}"
        fix = f"do not run pulumi here; change {project.file}"
        yield Finding(check, "fail", problem, fix, EXIT_USAGE)
    elif (executable := project.executable) and not project.address:
        yield Finding(check, "ok", f"{executable}, from {project.file}")
        yield _check_start([str(executable)], limit_s, f"correct its path in {project.file}")
    elif project.is_source:
        yield Finding(check, "note", f"{project.place}, which Pulumi builds; it is not tried here")
    else:
        problem = f"{project.folder} {project.problem}, and {project.file} names it"
        scripts = (environment.find_script() or Path(sys.executable)).parent
        fix = f"write the folder of this environment's scripts there: {scripts}"
        yield Finding(check, "fail", problem, fix, EXIT_USAGE)


def _check_home(status: PluginStatus) -> tuple[Finding, Sequence[str]]:
    """Return a finding about the plugin in Pulumi's home and the command that starts it.

    The command is empty if running it would fail or might be unsafe.
    """
    if not status.own:
        problem = f"{sys.executable or 'this process'} is no Python with this package as a file"
        return (
            Finding("plugin", "fail", problem, "install pulumi-tcimages with pip", EXIT_USAGE),
            (),
        )
    where = f"{status.version}, {status.launcher}"
    if status.problem and discovery.is_opted_out():
        return Finding("plugin", "note", status.problem, status.fix), ()
    if status.problem:  # Do not start the launcher, because it may belong to another user.
        fix = Advice(status.fix, _INSTALL._replace(lead="Then run:"))
        return Finding("plugin", "fail", status.problem, fix, EXIT_USAGE), ()
    if status.state == "broken":
        damaged = f"which starts {status.target}, " if status.target else ""
        problem = f"{where}, {damaged}is damaged or starts what is gone"
        return Finding("plugin", "fail", problem, Advice(_INSTALL), EXIT_USAGE), ()
    if status.state == "unsafe":  # Do not start a launcher that another user may have changed.
        problem = f"{where} starts {status.target}, but {status.weak_point}"
        return Finding("plugin", "fail", problem, Advice(_INSTALL), EXIT_USAGE), ()
    if status.state == "absent":
        fix = Advice("a program's first call writes it, or", _INSTALL._replace(lead="run:"))
        return Finding("plugin", "note", f"not yet at {where}", fix), [*map(str, status.own)]
    is_own = status.state in ("ready", "installed")
    if status.archive_version:
        where += ", from an archive that Pulumi installed"
    text = where if is_own else f"{where} starts {status.target}"
    state: State = "ok" if is_own else "note"
    advice = Advice() if is_own else Advice(_INSTALL)
    return Finding("plugin", state, text, advice), [str(status.launcher)]


def _check_start(command: Sequence[str], limit_s: float, fix: str | Advice) -> Finding:
    """Start the plugin, wait until it prints its port, and stop it."""
    started_s = time.monotonic()
    try:
        with subprocesses.start(command, choose_start_s(limit_s), own_group=True) as plugin:
            line = plugin.read_line().strip()
            took_ms = (time.monotonic() - started_s) * 1000
    except OSError as error:
        return _report_no_start(command, str(error.strerror), fix)
    if not line.isdigit():
        return _report_no_start(command, "it prints no port", fix)
    return Finding("plugin starts", "ok", f"and serves after {took_ms:.0f} ms")


def choose_start_s(limit_s: float) -> float:
    return min(_START_S, max(limit_s, _LEAST_START_S))


def _report_no_start(words: Sequence[str], reason: str, fix: str | Advice) -> Finding:
    command = " ".join(map(shell_word, words))
    problem = f"{command} does not start: {reason}"
    advice = Advice(Command(command, "to see what it says, run:"), "Then", fix)
    return Finding("plugin starts", "fail", problem, advice, EXIT_USAGE)
