"""Launchers that another user owns, or that start a file that another user can change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_tcimages.sdk import discovery, plugin_states
from pulumi_tcimages.sdk.environment import find_own_target
from pulumi_tcimages.sdk.launcher import Target, build_launcher
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.sdk.environments import find_problem, make_environment
from tests.sdk.other_users.attacker import ATTACKER, needs_root, run_as_attacker

pytestmark = needs_root


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("text", ["own", "#!/bin/sh\nid\n"], ids=["same content", "other content"])
def test_launcher_of_another_user_is_reported_with_its_owner(text: str) -> None:
    target = find_own_target()
    assert target is not None
    launcher = launcher_path()
    launcher.parent.mkdir()
    launcher.write_text(build_launcher(target) if text == "own" else text)
    launcher.chmod(0o755)
    os.chown(launcher, ATTACKER, ATTACKER)
    before = launcher.read_text()

    problem = find_problem()

    assert problem == (f"{launcher} belongs to uid {ATTACKER}, who could change what Pulumi runs.")
    assert discovery.plugin_status().problem == problem
    assert launcher.read_text() == before


REBUILT = """
python, main, genuine, pwned = paths
{change}
python.write_text(f"#!/bin/sh\\ntouch {pwned}\\n")
python.chmod(0o755)
"""
"""The environment is made anew, and its `__init__.py` is, through a link, a genuine copy."""
CHANGES = {
    "a link to the file": "python.parent.mkdir(); main.touch(); "
    "main.with_name('__init__.py').symlink_to(genuine / '__init__.py')",
    "a link to the folder": "python.parent.mkdir(); main.parent.symlink_to(genuine)",
    "the interpreter alone": "main.parent.symlink_to(genuine); python.parent.mkdir()",
    "a copy": "python.parent.mkdir(); main.touch(); "
    "main.with_name('__init__.py').write_bytes((genuine / '__init__.py').read_bytes())",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_launcher_of_an_environment_recreated_by_another_user_is_replaced(
    home: Path, change: str
) -> None:
    """A deleted environment was in a shared folder, where another user can recreate it."""
    shared = home.parent / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    genuine = make_environment(home.parent / "genuine").main.parent
    genuine.chmod(0o755)
    package = shared / ("venv" if "main.touch" in change else "package")
    target = Target(shared / "venv" / "python", package / "__main__.py")
    discovery.install_plugin()
    launcher_path().write_text(build_launcher(target))
    code = REBUILT.replace("{change}", change)
    run_as_attacker(code, *target, genuine, shared / "pwned")

    status = discovery.plugin_status()
    assert (status.state, status.problem) == ("unsafe", "")
    assert status.weak_point == f"{shared}/venv belongs to uid {ATTACKER}"
    assert find_problem() == ""
    assert discovery.plugin_status().state == "ready"
    assert not (shared / "pwned").exists()


@pytest.mark.parametrize(
    "weak",
    ["venv", "venv/python", "venv/__main__.py", "venv/__init__.py", "outer", "link", "linked"],
)
@pytest.mark.parametrize("weakness", ["owner", "mode"])
def test_launcher_with_a_target_writable_by_another_user_is_unsafe(
    home: Path, weak: str, weakness: str
) -> None:
    """The interpreter is a symlink, as in a virtual environment."""
    outer = home.parent / "outer"
    outer.mkdir()
    target = make_environment(outer / "venv")
    linked = home.parent / "linked"
    linked.mkdir()
    (linked / "python").write_text("#!/bin/sh\n")
    (linked / "python").chmod(0o755)
    (outer / "link").symlink_to("../linked")
    if weak in ("link", "linked"):
        target.python.unlink()
        target.python.symlink_to("../link/python")
    discovery.install_plugin()
    launcher_path().write_text(build_launcher(target))
    assert discovery.plugin_status().state == "elsewhere"

    path = home.parent / weak if weak in ("outer", "linked") else outer / weak
    if weakness == "owner":
        os.chown(path, ATTACKER, ATTACKER, follow_symlinks=False)
    elif not path.is_symlink():
        path.chmod(0o777)
    else:
        pytest.skip("links have no mode")

    status = discovery.plugin_status()
    assert status.state == "unsafe"
    assert status.weak_point.startswith(str(path))
    assert find_problem() == ""
    assert discovery.plugin_status().state == "ready"


def test_unsafe_launcher_that_cannot_be_replaced_is_reported_with_its_owner(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make_environment(home.parent / "venv")
    discovery.install_plugin()
    launcher_path().write_text(build_launcher(target))
    os.chown(home.parent / "venv", ATTACKER, ATTACKER)
    monkeypatch.setattr(plugin_states, "find_own_target", lambda: None)

    assert find_problem() == (
        f"{launcher_path()} starts {target}, but {home.parent}/venv belongs to uid {ATTACKER}: "
        "another user could change what Pulumi runs, and the launcher cannot be replaced here."
    )


def test_user_uses_the_launcher_installed_by_root(home: Path, tmp_path: Path) -> None:
    """This happens in a container image that root builds and another user runs."""
    target = make_environment(tmp_path / "venv")
    for path in (tmp_path / "venv", target.main.with_name("__init__.py")):
        path.chmod(0o755)
    launcher = launcher_path()
    launcher.parent.mkdir()
    launcher.write_text(build_launcher(target))
    for path in (home, home / "plugins", launcher.parent, launcher):
        path.chmod(0o755)

    printed = run_as_attacker(
        "plugin_states.find_own_target = lambda: Target(*paths)\n"
        "print([discovery.register(), discovery.plugin_status().state])",
        *target,
    )

    assert printed == "[None, 'ready']\n"


@pytest.mark.parametrize(
    ("owner", "mode", "state"),
    [(ATTACKER, 0o000, "broken"), (0, 0o711, "foreign"), (0, 0o700, "broken")],
    ids=["own, closed", "root's, executable", "root's, closed"],
)
def test_unreadable_launcher_is_checked_by_its_owner(
    home: Path, tmp_path: Path, owner: int, mode: int, state: str
) -> None:
    target = make_environment(tmp_path / "venv")
    (tmp_path / "venv").chmod(0o755)
    launcher = launcher_path()
    launcher.parent.mkdir()
    launcher.write_text("text")
    launcher.chmod(mode)
    os.chown(launcher, owner, owner)
    for path in (home, home / "plugins", launcher.parent):
        path.chmod(0o755)
        os.chown(path, ATTACKER, ATTACKER)

    printed = run_as_attacker(
        "plugin_states.find_own_target = lambda: Target(*paths)\n"
        "print(discovery.plugin_status().state)\n"
        "print(getattr(discovery.register(), 'problem', ''))\n"
        "print(discovery.plugin_status().state)",
        *target,
    )

    before, problem, after = printed.splitlines()
    assert before == state
    assert after == ("ready" if state == "broken" else "foreign")
    assert bool(problem) == ("of root (uid 0) was neither" in problem) == (state == "foreign")
