"""Folders and project files that another user owns and that we cannot read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_tcimages.cli.project_plugin import find_project_plugin
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.sdk.other_users.attacker import ATTACKER, OTHER_OWNER, needs_root, run_as_attacker

pytestmark = needs_root


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
