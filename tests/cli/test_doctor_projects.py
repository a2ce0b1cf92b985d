"""`doctor` in a project whose Pulumi.yaml names a plugin, or with one on PATH."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pulumi_tcimages.cli.project_plugin import find_project_plugin
from tests.cli.conftest import Shell, run_doctor


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    "written",
    [
        "plugins: {providers: [{name: tcimages, path: PLACE}]}",
        "plugins: {providers: [{name: other, path: x}, {name: tcimages, path: PLACE}]}",
        "packages: {tcimages: ./PLACE}",
    ],
)
def test_plugin_named_by_the_project_is_started_first(
    shell: Shell, script: Path, other_plugin: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    script.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    project = other_plugin.parents[1] / "project"
    (project / "inner").mkdir(parents=True)
    file = project / "Pulumi.yaml"
    place = os.path.relpath(other_plugin.parent, project)
    file.write_text(f"name: p\n{written.replace('PLACE', place)}\n", encoding="utf-8")
    monkeypatch.chdir(project / "inner")

    code, checks = run_doctor(shell)

    assert (code, checks["plugin starts"]["state"]) == (0, "ok")
    assert (
        checks["plugin in Pulumi.yaml"]["found"]
        == f"{project}/{place}/{other_plugin.name}, from {file}"
    )

    other_plugin.unlink()

    code, checks = run_doctor(shell)

    assert (code, checks["plugin in Pulumi.yaml"]["state"]) == (2, "fail")
    assert checks["plugin in Pulumi.yaml"]["fix"] == (
        f"write the folder of this environment's scripts there: {script.parent}"
    )


@pytest.mark.usefixtures("cloud", "script")
def test_download_address_of_the_project_is_reported_but_not_requested(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "github.com/owner/name@1a2b"
    (tmp_path / "Pulumi.yaml").write_text(f"packages: {{tcimages: {address}}}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    code, checks = run_doctor(shell)

    assert (code, checks["plugin in Pulumi.yaml"]) == (
        0,
        {
            "state": "note",
            "found": f"{address}, which Pulumi builds; it is not tried here",
            "fix": "",
        },
    )
    assert "plugin starts" not in checks


@pytest.mark.usefixtures("cloud")
@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
@pytest.mark.parametrize(
    ("place", "weak"),
    [
        ("in Pulumi.yaml", "the plugin"),
        ("in Pulumi.yaml", "its folder"),
        ("in Pulumi.yaml", "the project file"),
        ("on PATH", "the plugin"),
        ("on PATH", "its folder"),
    ],
)
def test_world_writable_plugin_is_not_started(
    shell: Shell, other_plugin: Path, monkeypatch: pytest.MonkeyPatch, place: str, weak: str
) -> None:
    started = other_plugin.with_name("started")
    other_plugin.write_text(f"#!/bin/sh\ntouch {started}\necho 12345\n", encoding="utf-8")
    project = other_plugin.parents[1] / "project"
    project.mkdir()
    file = project / "Pulumi.yaml"
    if place == "on PATH":
        monkeypatch.setenv("PATH", f"{other_plugin.parent}{os.pathsep}{os.environ['PATH']}")
    else:
        named = f"{{name: tcimages, path: {other_plugin.parent}}}"
        file.write_text(f"name: p\nplugins: {{providers: [{named}]}}\n", encoding="utf-8")
        monkeypatch.chdir(project)
    {"the plugin": other_plugin, "its folder": other_plugin.parent, "the project file": file}[
        weak
    ].chmod(0o777)

    code, checks = run_doctor(shell)

    assert code == 2
    assert "can be written by every user" in checks[f"plugin {place}"]["found"]
    assert "plugin starts" not in checks
    assert not started.exists()


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
@pytest.mark.parametrize(
    "text",
    [
        "plugins: {providers: [{name: tcimages, path: source}]}",
        "plugins: {providers: [{name: tcimages, version: '', path: source}]}",
        "packages: {tcimages: ./source}",
    ],
)
@pytest.mark.parametrize("weak", ["source/PulumiPlugin.yaml", "source", "Pulumi.yaml"])
def test_world_writable_source_or_project_file_is_a_failure(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, weak: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "PulumiPlugin.yaml").write_text("runtime: python\n", encoding="utf-8")
    (tmp_path / weak).chmod(0o777)
    monkeypatch.chdir(tmp_path)

    code, checks = run_doctor(shell)
    status = shell("plugin", "status")

    weak_point = f"{tmp_path / weak} of "
    assert (code, status.code) == (2, 2)
    assert f"but {weak_point}" in checks["plugin in Pulumi.yaml"]["found"]
    assert f"problem   {weak_point}" in status.out


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_world_writable_project_file_without_the_plugin_is_no_failure(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: p\n", encoding="utf-8")
    (tmp_path / "Pulumi.yaml").chmod(0o666)
    monkeypatch.chdir(tmp_path)

    code, checks = run_doctor(shell)

    assert (code, "plugin in Pulumi.yaml" in checks) == (0, False)


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.parametrize(
    "text",
    [
        "plugins: {providers: 5}",
        "plugins: {providers: true}",
        "plugins: {providers: [{name: tcimages, path: [a]}]}",
        'plugins: {providers: [{name: tcimages, path: "a\\0b"}]}',
        'packages: {tcimages: "./\\0"}',
        "[" * 3000,
        "? [a]\n: b",
        "\udcff",
        "name: p\n" + "#" * 2**21,
        "plugins: {tcimages: !!bool maybe}",
        'plugins: {tcimages: !!float ""}',
        'plugins: {tcimages: !!int ""}',
        "plugins: {tcimages: !!timestamp 2026-99-99}",
        "plugins: {tcimages: !!timestamp x}",
        'plugins: {tcimages: !!binary "%%"}',
        "plugins: {tcimages: !!omap x}",
        "plugins: &a {tcimages: *a, providers: &b [*a, *b]}",
        "plugins: {? {a: b} : tcimages}",
        "plugins: {tcimages: !!python/object:os.system [id]}",
        f"plugins: {{providers: [{{name: tcimages, path: {'a/' * 3000}}}]}}",
        f"packages: {{tcimages: ./{'a' * 300}}}",
        'plugins: {providers: [{name: tcimages, path: "\\ud800x"}]}',
    ],
    ids=range(22),
)
def test_unusual_project_file_names_no_plugin(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text, encoding="utf-8", errors="surrogateescape")
    monkeypatch.chdir(tmp_path)

    code, checks = run_doctor(shell)

    assert code in (0, 2)
    assert {"plugin starts", "plugin in Pulumi.yaml"} & set(checks)


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.parametrize("section", ["packages: {tcimages: ./place}", "x: plugins of tcimages"])
def test_large_project_file_is_noted_and_not_parsed(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    file = tmp_path / "Pulumi.yaml"
    file.write_text(f"{section}\nlist: [" + "a, " * 22_000 + "]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    _, checks = run_doctor(shell)
    status = shell("plugin", "status").out

    reason = f"{file} is larger than 64 KiB, so a plugin that it may name is not checked"
    assert checks["plugin in Pulumi.yaml"] == {
        "state": "note",
        "found": reason,
        "fix": "make Pulumi.yaml smaller, if it names a plugin",
    }
    assert "plugin starts" in checks
    assert f"project   {reason}\n" in status


def test_large_yaml_program_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "runtime: yaml\nvariables: {image: {fn::tcimages:getPlatformImage: {}}}\nlist: ["
    (tmp_path / "Pulumi.yaml").write_text(text + "a, " * 340_000 + "]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    began_s = time.process_time()
    project = find_project_plugin()
    took_s = time.process_time() - began_s

    assert project is None
    assert took_s < 5, took_s  # milliseconds on an idle machine; parsing the file would take 12 s
