"""Workflows use the make targets of developers, pinned tools and minimal permissions."""

from __future__ import annotations

import re

import pytest

from tests.workflow_files import RELEASE, ROOT, WORKFLOWS, read_workflow, steps_of


def test_test_workflow_runs_make_test() -> None:
    (job,) = read_workflow("test")["jobs"].values()

    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test"]
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make test"


def test_test_workflow_covers_every_supported_python() -> None:
    matrix = read_workflow("test")["jobs"]["test"]["strategy"]["matrix"]
    versions = {*matrix["python"], *(entry["python"] for entry in matrix["include"])}
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    supported = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', pyproject)

    assert versions == set(supported)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned_with_its_version_in_a_comment(name: str) -> None:
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    uses = re.findall(r"uses: *(.+)", text)

    assert uses
    for action in uses:
        assert action.startswith("./") or re.fullmatch(
            r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action
        ), action


def test_action_has_the_same_commit_in_all_workflows() -> None:
    commits: dict[str, set[str]] = {}
    for name in WORKFLOWS:
        for job in read_workflow(name)["jobs"].values():
            for step in steps_of(job):
                action, _, commit = step.get("uses", "").partition("@")
                commits.setdefault(action, set()).add(commit)

    assert [action for action, found in commits.items() if len(found) > 1] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_checkout_persists_no_credentials(name: str) -> None:
    checkouts = [
        step
        for job in read_workflow(name)["jobs"].values()
        for step in steps_of(job)
        if step.get("uses", "").startswith("actions/checkout@")
    ]

    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_release_jobs_have_minimal_permissions() -> None:
    assert read_workflow("release")["permissions"] == {}
    assert {name: job["permissions"] for name, job in RELEASE.items()} == {
        "test": {"contents": "read"},
        "build": {"contents": "read"},
        "plugin": {"contents": "read"},
        "test_plugin": {"contents": "read"},
        "attest": {"id-token": "write", "attestations": "write"},
        "publish": {"id-token": "write"},
        "announce": {"contents": "write"},
    }
    assert read_workflow("test")["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("job", ["attest", "publish"])
def test_signing_jobs_run_only_pinned_actions_and_the_comparison(job: str) -> None:
    first, second, *others = steps_of(RELEASE[job])

    assert "download-artifact@" in first["uses"]
    assert "SUMS" in second["env"]
    assert [step for step in others if "run" in step] == []


def test_publishing_requires_tests_build_and_attestation() -> None:
    needs = {name: job.get("needs") for name, job in RELEASE.items()}

    assert needs == {
        "test": None,
        "build": "test",
        "plugin": "test",
        "test_plugin": "plugin",
        "attest": ["build", "plugin", "test_plugin"],
        "publish": ["build", "attest"],
        "announce": ["build", "plugin", "publish"],
    }
    assert RELEASE["publish"]["environment"] == "release"


def test_archive_of_each_system_is_tested_before_publishing() -> None:
    plugin, tests = RELEASE["plugin"], RELEASE["test_plugin"]
    freeze, again, _, upload = list(steps_of(plugin))[2:]
    text = "".join(step.get("run", "") for step in steps_of(tests))

    assert {entry["system"] for entry in plugin["strategy"]["matrix"]["include"]} == {
        *("linux-amd64", "linux-arm64"),
        *("darwin-amd64", "darwin-arm64"),
        "windows-amd64",
    }
    assert "--require-hashes --requirement plugin_archive/requirements.txt" in freeze["run"]
    assert "cmp " in again["run"]
    assert upload["with"]["name"] == "plugin-${{ matrix.system }}"
    assert tests["strategy"] == plugin["strategy"]
    assert tests["runs-on"] == plugin["runs-on"]
    assert "TCIMAGES_PLUGIN=" in text


@pytest.mark.parametrize("job", RELEASE)
def test_uploading_jobs_run_no_unpinned_tool_and_no_test(job: str) -> None:
    """Such a tool could change the files that are then attested and published."""
    steps = list(steps_of(RELEASE[job]))
    if not any("upload-artifact@" in step.get("uses", "") for step in steps):
        return
    text = "".join(step.get("run", "") for step in steps)
    installs = [line for line in text.splitlines() if re.search(r"\binstall\b", line)]

    assert [line for line in installs if "--require-hashes" not in line] == []
    assert "pytest" not in text


def test_test_files_named_by_the_release_exist() -> None:
    text = "".join(step.get("run", "") for step in steps_of(RELEASE["test_plugin"]))

    paths = set(re.findall(r"tests/[\w./]+", text))
    assert len(paths) >= 4
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_only_wheel_and_sdist_are_uploaded_to_the_index() -> None:
    downloads = {
        name: step["with"].get("name")
        for name, job in RELEASE.items()
        for step in steps_of(job)
        if step.get("uses", "").startswith("actions/download-artifact@")
    }

    assert downloads == {
        "test_plugin": "plugin-${{ matrix.system }}",
        "attest": None,
        "publish": "packages",
        "announce": None,
    }


def test_plugin_archive_is_built_from_locked_requirements() -> None:
    text = (ROOT / "plugin_archive" / "requirements.txt").read_text(encoding="utf-8")
    entries = re.findall(r"^(\S.*?) \\\n((?:    --hash=.*\n)+)", text, re.MULTILINE)
    names = {re.split(r"[=\s]", line)[0] for line, _ in entries}

    assert {"grpcio", "pulumi", "pydantic-core", "pyinstaller", "requests"} <= names
    assert not names & {"mypy", "pytest", "ruff"}
    assert all("==" in line for line, _ in entries)
    assert "http" not in text


def test_release_build_tools_are_pinned_with_hashes() -> None:
    text = (ROOT / ".github" / "build-tools.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]

    assert any(line.startswith("hatchling==") for line in lines)
    for line in lines:
        assert re.fullmatch(r"[a-z-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}", line), line
