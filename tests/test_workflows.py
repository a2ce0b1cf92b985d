"""The workflows run what people run, with fixed tools and no more rights than they need."""

from __future__ import annotations

import re

import pytest

from tests.workflow_files import RELEASE, ROOT, WORKFLOWS, read_workflow, steps_of


def test_the_test_workflow_runs_the_make_target_that_people_run() -> None:
    (job,) = read_workflow("test")["jobs"].values()

    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test"]
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make test"


def test_the_test_workflow_runs_every_python_that_the_package_supports() -> None:
    matrix = read_workflow("test")["jobs"]["test"]["strategy"]["matrix"]
    versions = {*matrix["python"], *(entry["python"] for entry in matrix["include"])}
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    supported = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', pyproject)

    assert versions == set(supported)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_a_commit_with_its_version_in_a_comment(name: str) -> None:
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    uses = re.findall(r"uses: *(.+)", text)

    assert uses
    for action in uses:
        assert action.startswith("./") or re.fullmatch(
            r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action
        ), action


def test_an_action_is_of_one_commit_in_all_workflows() -> None:
    commits: dict[str, set[str]] = {}
    for name in WORKFLOWS:
        for job in read_workflow(name)["jobs"].values():
            for step in steps_of(job):
                action, _, commit = step.get("uses", "").partition("@")
                commits.setdefault(action, set()).add(commit)

    assert [action for action, found in commits.items() if len(found) > 1] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_checkout_leaves_no_token_behind(name: str) -> None:
    checkouts = [
        step
        for job in read_workflow(name)["jobs"].values()
        for step in steps_of(job)
        if step.get("uses", "").startswith("actions/checkout@")
    ]

    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_each_job_of_a_release_has_the_rights_it_needs_and_no_others() -> None:
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
def test_a_job_that_signs_runs_pinned_actions_and_the_comparison_only(job: str) -> None:
    first, second, *others = steps_of(RELEASE[job])

    assert "download-artifact@" in first["uses"]
    assert "SUMS" in second["env"]
    assert [step for step in others if "run" in step] == []


def test_nothing_is_published_that_is_not_tested_built_and_attested() -> None:
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


def test_each_system_gets_an_archive_that_is_tested_before_it_is_published() -> None:
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
def test_a_job_that_uploads_runs_no_unpinned_tool_and_no_test(job: str) -> None:
    """Such a tool could change the files that are then attested and published."""
    steps = list(steps_of(RELEASE[job]))
    if not any("upload-artifact@" in step.get("uses", "") for step in steps):
        return
    text = "".join(step.get("run", "") for step in steps)
    installs = [line for line in text.splitlines() if re.search(r"\binstall\b", line)]

    assert [line for line in installs if "--require-hashes" not in line] == []
    assert "pytest" not in text


def test_the_test_files_that_a_release_names_exist() -> None:
    text = "".join(step.get("run", "") for step in steps_of(RELEASE["test_plugin"]))

    paths = set(re.findall(r"tests/[\w./]+", text))
    assert len(paths) >= 4
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_only_the_wheel_and_the_sdist_go_to_the_package_index() -> None:
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


def test_the_plugins_archive_is_built_from_locked_files() -> None:
    text = (ROOT / "plugin_archive" / "requirements.txt").read_text(encoding="utf-8")
    entries = re.findall(r"^(\S.*?) \\\n((?:    --hash=.*\n)+)", text, re.MULTILINE)
    names = {re.split(r"[=\s]", line)[0] for line, _ in entries}

    assert {"grpcio", "pulumi", "pydantic-core", "pyinstaller", "requests"} <= names
    assert not names & {"mypy", "pytest", "ruff"}
    assert all("==" in line for line, _ in entries)
    assert "http" not in text


def test_the_tools_that_build_a_release_are_pinned_with_their_hashes() -> None:
    text = (ROOT / ".github" / "build-tools.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]

    assert any(line.startswith("hatchling==") for line in lines)
    for line in lines:
        assert re.fullmatch(r"[a-z-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}", line), line
