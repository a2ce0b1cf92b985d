"""Security of Pulumi's home: another user owns, or can write to, a part of it.

These run as root: the attacker's files are made in a child process with another uid.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_tcimages.cli.project_plugin import find_project_plugin
from pulumi_tcimages.sdk import discovery, plugin_states
from pulumi_tcimages.sdk.environment import find_own_target
from pulumi_tcimages.sdk.launcher import Target, build_launcher
from pulumi_tcimages.sdk.path_owners import describe_weak_point
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.sdk.environments import find_problem, make_environment

ATTACKER = 65_533  # a uid without an account
OTHER_OWNER = 65_532  # another one, for files that the code run as the attacker's uid cannot open
IS_ROOT = os.name == "posix" and os.geteuid() == 0

pytestmark = pytest.mark.skipif(
    not IS_ROOT, reason="NOT PROVEN: only root can make files of another user"
)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home whose plugins folder is world-writable and sticky, like /tmp.

    It is not in pytest's own folder: every run of pytest closes that to other users again.
    """
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o711)
        home = Path(base, "home")
        (home / "plugins").mkdir(parents=True)
        (home / "plugins").chmod(0o1777)
        monkeypatch.setenv("PULUMI_HOME", str(home))
        monkeypatch.delenv(discovery.OPT_OUT, raising=False)
        yield home


AS_ATTACKER = f"""
import os, sys, time
from pathlib import Path
import yaml
from pulumi_tcimages.cli.project_plugin import find_project_plugin
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sdk import discovery, plugin_states
from pulumi_tcimages.sdk.launcher import Target

paths = [*map(Path, sys.argv[1:])]
os.setgroups([])
os.setgid({ATTACKER})
os.setuid({ATTACKER})
"""
"""Python starts as root, because other users may have no access to its folder."""


def start_as_attacker(code: str, *paths: Path, folder: Path | None = None) -> subprocess.Popen[str]:
    """Start Python code as another user; the variable `paths` has the given paths.

    Args:
        folder: the current folder.
    """
    command = [sys.executable, "-c", AS_ATTACKER + code, *map(str, paths)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)


def run_as_attacker(code: str, *paths: Path, folder: Path | None = None) -> str:
    """Run Python code as another user, and return its output."""
    process = start_as_attacker(code, *paths, folder=folder)
    printed, _ = process.communicate()
    assert process.returncode == 0
    return printed


def test_version_folder_of_another_user_is_rejected(home: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.touch(mode=0o600)
    folder = launcher_path().parent
    run_as_attacker("paths[0].mkdir(mode=0o777)", folder)

    problem = find_problem()

    assert problem == (f"{folder} belongs to uid {ATTACKER}, who could replace the plugin.")
    assert list(folder.iterdir()) == []
    assert stat.S_IMODE(victim.stat().st_mode) == 0o600
    assert list((home / "plugins").iterdir()) == [folder]


SWAP = """
folder, victim = paths
folder.mkdir(mode=0o777)
folder.chmod(0o777)
print("ready", flush=True)
while True:
    for draft in folder.iterdir():
        try:
            draft.unlink()
            draft.symlink_to(victim)
        except OSError:
            pass
"""


@pytest.mark.usefixtures("home")
def test_swapping_drafts_for_symlinks_changes_no_other_file(tmp_path: Path) -> None:
    """Before owners were checked, this attack succeeded within seven program runs."""
    victim = tmp_path / "victim"
    victim.touch(mode=0o600)
    folder = launcher_path().parent
    attacker = start_as_attacker(SWAP, folder, victim)
    try:
        assert attacker.stdout is not None
        assert attacker.stdout.readline() == "ready\n"
        problems = {find_problem() for _ in range(50)}
    finally:
        attacker.kill()
        attacker.communicate()

    assert [problem.startswith(f"{folder} belongs to uid") for problem in problems] == [True]
    assert stat.S_IMODE(victim.stat().st_mode) == 0o600


@pytest.mark.parametrize("level", [1, 2], ids=["plugins", "home"])
def test_home_of_another_user_is_rejected(home: Path, level: int) -> None:
    folder = (launcher_path().parents[0], home / "plugins", home)[level]
    os.chown(folder, ATTACKER, ATTACKER)

    assert f"{folder} belongs to uid {ATTACKER}, who could replace" in find_problem()
    assert list((home / "plugins").iterdir()) == []


@pytest.mark.parametrize("level", ["plugins", "home"])
def test_symlink_of_another_user_is_rejected(home: Path, tmp_path: Path, level: str) -> None:
    (tmp_path / "private").mkdir()
    link = home / "plugins" if level == "plugins" else home
    (home / "plugins").rmdir()
    if level == "home":
        home.rmdir()
    link.parent.chmod(0o1777)
    run_as_attacker("paths[0].symlink_to(paths[1])", link, tmp_path / "private")

    assert f"{link} belongs to uid {ATTACKER}" in find_problem()
    assert list((tmp_path / "private").iterdir()) == []


@pytest.mark.parametrize("weakness", ["owner", "mode", "link"])
def test_parent_folder_writable_by_another_user_is_a_problem(
    home: Path, monkeypatch: pytest.MonkeyPatch, weakness: str
) -> None:
    parent = home.parent / "above"
    (parent / "safe").mkdir(parents=True)
    parent.chmod({"owner": 0o755, "mode": 0o777, "link": 0o1777}[weakness])
    monkeypatch.setenv("PULUMI_HOME", str(parent / "safe" / "home"))
    if weakness == "owner":
        os.chown(parent, ATTACKER, ATTACKER)
    elif weakness == "link":
        run_as_attacker("paths[0].symlink_to(paths[1])", parent / "link", parent / "safe")
        monkeypatch.setenv("PULUMI_HOME", str(parent / "link" / "home"))
    reason = {
        "owner": f"{parent} belongs to uid {ATTACKER}",
        "mode": f"{parent} of root (uid 0) can be written by every user of this machine",
        "link": f"{parent / 'link'} belongs to uid {ATTACKER}",
    }[weakness]

    problem = find_problem()

    assert problem == (
        f"{launcher_path().parents[1]} is not safe, because {reason}, who could replace the plugin."
    )
    status = discovery.plugin_status()
    assert (status.state, status.problem) == ("ready", problem)
    installed = subprocess.run(
        [sys.executable, "-m", "pulumi_tcimages.cli", "plugin", "install"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert installed.stderr.startswith(f"warning: {problem}\nto use a folder of your own instead")
    assert str(status.fix) == (
        "to use a folder of your own instead, run: "
        'export PULUMI_HOME="$HOME/.pulumi-own"\n'
        "To keep it as it is, run: export TCIMAGES_NO_PLUGIN_INSTALL=1"
    )


def test_owner_of_the_root_folder_is_trusted_in_a_user_namespace(
    home: Path,
) -> None:
    """In a user namespace, the host's root, who owns the parent folders, appears as `nobody`."""
    os.chown(home, ATTACKER, ATTACKER)

    assert describe_weak_point(home / "plugins") == f"{home} belongs to uid {ATTACKER}"
    assert describe_weak_point(home / "plugins", also_trusted=ATTACKER) == ""


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("text", ["own", "#!/bin/sh\nid\n"], ids=["as ours", "another"])
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


PLUGIN = "#!/bin/sh\necho 1\n"


def write_installed() -> Path:
    """Write a plugin and its lock file, as Pulumi installs them."""
    launcher = launcher_path()
    launcher.parent.mkdir()
    Path(f"{launcher.parent}.lock").touch()
    launcher.write_text(PLUGIN)
    launcher.chmod(0o755)
    return launcher


@pytest.mark.usefixtures("home")
def test_installed_plugin_is_accepted() -> None:
    write_installed()

    assert (discovery.plugin_status().state, find_problem()) == ("installed", "")


@pytest.mark.usefixtures("home")
def test_world_writable_installed_plugin_is_a_problem() -> None:
    launcher = write_installed()
    launcher.chmod(0o777)

    problem = find_problem()

    assert problem.startswith(f"{launcher} of root (uid 0) can be written by every user")
    assert discovery.plugin_status().problem == problem
    assert str(discovery.plugin_status().fix) == (
        "anybody may have changed it already, so remove it and install the plugin again; run: "
        f"rm {launcher}"
    )


@pytest.mark.parametrize("place", ["the file", "its folder"])
def test_installed_symlink_to_a_file_writable_by_others_is_a_problem(
    home: Path, place: str
) -> None:
    launcher = write_installed()
    target = home.parent / "theirs" / "plugin"
    target.parent.mkdir()
    launcher.replace(target)
    launcher.symlink_to(target)
    weak = target if place == "the file" else target.parent
    os.chown(weak, ATTACKER, ATTACKER)

    problem = find_problem()

    assert problem.startswith(
        f"{weak} belongs to uid {ATTACKER}, who could change what Pulumi runs"
    )
    assert discovery.plugin_status().problem == problem


@pytest.mark.usefixtures("home")
def test_lock_of_another_user_does_not_mark_a_plugin_as_installed() -> None:
    launcher = write_installed()
    os.chown(f"{launcher.parent}.lock", ATTACKER, ATTACKER)

    assert discovery.plugin_status().state == "foreign"


@pytest.mark.usefixtures("home")
def test_unfinished_installation_of_another_user_is_reported_with_its_owner() -> None:
    launcher = launcher_path()
    partial = Path(f"{launcher.parent}.partial")
    partial.touch()
    os.chown(partial, ATTACKER, ATTACKER)

    problem = find_problem()

    assert f"{partial} is there, which belongs to uid {ATTACKER}." in problem
    fix = "ask that user or an administrator to delete it."
    assert (failure := discovery.register()) is not None
    assert str(failure.fix).startswith(fix)
    assert not launcher.parent.exists()


USE_PLUGIN_FOLDER = """
for use in (discovery.register, discovery.plugin_status, discovery.install_plugin,
            discovery.remove_plugin):
    try:
        refused = use()
    except ConfigurationError as error:
        refused = error
    print(f"{refused.problem} {str(refused.fix)}".replace("\\n", " "))
print(discovery.find_shadowing())
"""
"""Prints each refusal. An error of another class ends the program with a traceback."""


@pytest.mark.parametrize("place", ["private", "private/home", "private/outer/home", "link"])
def test_unsearchable_pulumi_home_is_reported_with_its_owner(
    home: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    private = home.parent / "private"
    (private / "home" / "plugins").mkdir(parents=True)
    private.chmod(0o700)
    (home.parent / "link").symlink_to(private / "home")
    monkeypatch.setenv("PULUMI_HOME", str(home.parent / place))

    *refusals, shadowing = run_as_attacker(USE_PLUGIN_FOLDER).splitlines()

    launcher = launcher_path()
    advice = f"make {private}, which belongs to root (uid 0), writable for this user. To use"
    for refusal, done in zip(refusals, ["written", "read", "written", "removed"], strict=True):
        assert refusal.startswith(f"{launcher} cannot be {done}: Permission denied. {advice}")
    assert shadowing == "None"


@pytest.mark.parametrize("level", ["home", "plugins", "version"])
@pytest.mark.parametrize("kind", ["closed folder", "link to a closed folder"])
def test_closed_folder_of_another_user_is_rejected_with_its_owner(
    home: Path, level: str, kind: str
) -> None:
    """Another user has created the folder or link first, in a folder that everybody may use."""
    place = {"home": home, "plugins": home / "plugins", "version": launcher_path().parent}[level]
    for folder in (home / "plugins", home)[: {"home": 2, "plugins": 1, "version": 0}[level]]:
        folder.rmdir()
    place.parent.chmod(0o1777)
    if kind == "closed folder":
        place.mkdir(mode=0o700)
    else:
        (home.parent / "private").mkdir(mode=0o700)
        place.symlink_to(home.parent / "private" / "missing")
    os.chown(place, OTHER_OWNER, OTHER_OWNER, follow_symlinks=False)

    *refusals, _ = run_as_attacker(USE_PLUGIN_FOLDER).splitlines()

    problem = f"{place} belongs to uid {OTHER_OWNER}, who could replace the plugin. "
    fix = "have it removed by its owner or by root. To use a folder of your own instead, run: "
    assert [refusal.startswith(problem + fix) for refusal in refusals] == [True] * 4, refusals


@pytest.mark.parametrize("where", ["path", "relative path", "project folder"])
def test_project_file_with_an_unsearchable_path_names_no_usable_plugin(
    home: Path, where: str
) -> None:
    private, project = home.parent / "private", home.parent / "project"
    (private / "inner").mkdir(parents=True)
    private.chmod(0o700)
    project.mkdir(mode=0o755)
    path = {"path": str(private / "inner"), "relative path": "../private/inner"}.get(where, "")
    (project / "Pulumi.yaml").write_text(
        f"plugins: {{providers: [{{name: tcimages, path: {path}}}]}}\n", encoding="utf-8"
    )
    if where == "project folder":
        (private / "Pulumi.yaml").touch()
        os.chown(private / "inner", ATTACKER, ATTACKER)

    printed = run_as_attacker(
        "project = find_project_plugin()\nprint(project and project.problem)",
        folder=private / "inner" if where == "project folder" else project,
    )

    assert printed == ("None\n" if where == "project folder" else "is no folder\n")


@pytest.mark.parametrize(
    "content",
    [
        b"name: p",
        b'plugins: {providers: [{name: "tc\\x69mages", path: evil}]}',
        "plugins: {providers: [{name: tcimages, path: evil}]}".encode("utf-16"),
        b"tcimages: &a {plugins: 1}\n"
        + b"".join(
            b"k%d: &k%d {<<: [*%b, *%b]}\n" % (level, level, link, link)
            for level in range(40)
            for link in [b"k%d" % (level - 1) if level else b"a"]
        ),
    ],
    ids=["plain", "escaped", "utf-16", "merge keys"],
)
def test_project_file_of_another_user_is_a_weak_point_and_not_parsed(
    home: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    project = home.parent / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_bytes(content)
    os.chown(project / "Pulumi.yaml", ATTACKER, ATTACKER)
    (project / "inner").mkdir()
    monkeypatch.chdir(project / "inner")

    plugin = find_project_plugin()

    assert plugin is not None
    assert plugin.weak_point == f"{project / 'Pulumi.yaml'} belongs to uid {ATTACKER}"
