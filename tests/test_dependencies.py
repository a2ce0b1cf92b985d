"""Missing packages and wrong versions are reported with a fix that works."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_tcimages import dependencies
from pulumi_tcimages.emulator import Emulator
from tests.broken_environments import add_package, create_broken
from tests.timeouts import PATIENCE_S

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")

OLD_MODULE = "__version__ = 'old'\n"
KEYS = {"TENCENTCLOUD_SECRET_ID": "id", "TENCENTCLOUD_SECRET_KEY": "key"}
CASES = {
    "missing requests": (["requests"], {}, "requests is not installed, and pulumi-tcimages needs"),
    "missing packaging": (["packaging"], {}, "packaging is not installed, and pulumi-tcimages"),
    "old requests": ([], {"requests": ("2.20.0", OLD_MODULE)}, "requests 2.20.0 is installed, and"),
    "pydantic 1": ([], {"pydantic": ("1.10.26", OLD_MODULE)}, "pydantic 1.10.26 is installed, and"),
    "another core of pydantic": (
        [],
        {"pydantic_core": ("2.0.0", OLD_MODULE)},
        "pydantic-core 2.0.0 is installed, and pydantic ",
    ),
}


@pytest.fixture(params=CASES)
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """The Python of a broken environment, and the expected problem."""
    missing, replaced, problem = CASES[request.param]
    return create_broken(tmp_path / "env", missing, replaced), problem


def run(python: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(python.parents[1]), **variables}
    return subprocess.run(
        [python, *words],
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def check_message(text: str, python: Path, problem: str) -> None:
    """Check that a message has the problem, the environment and a fix."""
    joined = " ".join(text.split())
    assert problem in joined
    assert f"From Python environment {python.parents[1]}" in joined
    assert "bug" not in joined
    assert "Traceback" not in joined
    command = re.search(rf"^ +({re.escape(str(python))} -m pip install .+)$", text, re.MULTILINE)
    assert command, text
    name = problem.partition(" ")[0]
    assert [word for word in shlex.split(command[1])[4:] if word.startswith(name)]


@pytest.fixture
def plugin(broken: tuple[Path, str]) -> Iterator[grpc.Channel]:
    """A gRPC channel to the plugin of the broken environment."""
    with Emulator(requests_per_second=0) as cloud:
        process = subprocess.Popen(
            [broken[0], "-m", "pulumi_tcimages.plugin"],
            env={**cloud.environment, "HOME": "/nonexistent"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield channel
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


def test_plugin_lookup_in_a_broken_environment_explains_the_problem(
    broken: tuple[Path, str], plugin: grpc.Channel
) -> None:
    stub = provider_pb2_grpc.ResourceProviderStub(plugin)
    arguments = struct_pb2.Struct()
    arguments["framework"] = "pytorch"
    request = provider_pb2.InvokeRequest(tok="tcimages:index:getPlatformImages", args=arguments)

    with pytest.raises(grpc.RpcError) as raised:
        stub.Invoke(request)

    assert raised.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    check_message(raised.value.details(), *broken)
    if "requests" not in broken[1]:  # requests is imported at the first lookup
        with pytest.raises(grpc.RpcError) as raised:
            stub.GetPluginInfo(empty_pb2.Empty())
        check_message(raised.value.details(), *broken)


@pytest.mark.parametrize("command", ["doctor", "platform-images --region ap-guangzhou"])
def test_command_in_a_broken_environment_explains_the_problem(
    broken: tuple[Path, str], command: str
) -> None:
    result = run(broken[0], "-m", "pulumi_tcimages.cli", *command.split(), **KEYS)

    assert result.returncode == 2
    check_message(result.stderr, *broken)


def test_missing_click_is_reported_by_every_command(tmp_path: Path) -> None:
    python = create_broken(tmp_path / "env", missing=["click"])

    result = run(python, "-m", "pulumi_tcimages.cli", "doctor")

    assert (result.returncode, result.stdout) == (2, "")
    check_message(
        result.stderr, python, "click is not installed, and pulumi-tcimages needs click>="
    )


def test_doctor_names_an_old_package_that_can_still_be_imported(tmp_path: Path) -> None:
    python = create_broken(tmp_path / "env")
    (packages,) = (tmp_path / "env").rglob("site-packages")
    (info,) = packages.glob("urllib3-*.dist-info")
    info.unlink()
    metadata = packages / "urllib3-1.26.20.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(
        "Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.20\n", encoding="utf-8"
    )

    result = run(python, "-m", "pulumi_tcimages.cli", "doctor", "--config", "timeoutSeconds=1")

    lines = result.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("fail  packages"))
    assert "urllib3 1.26.20 is installed, and pulumi-tcimages needs urllib3>=2.8,<3" in lines[at]
    assert lines[at + 1].strip() == "fix: run:"
    assert lines[at + 2].strip() == f"{python} -m pip install 'urllib3>=2.8,<3'"
    assert result.returncode == 2


@pytest.mark.parametrize(
    ("version", "text", "error"),
    [
        ("3.150.0", "class RunError(Exception): pass\n", "pulumi.RunError: "),
        ("3.150.0", "raise ImportError('too old')\n", "ImportError: "),
    ],
)
def test_import_with_an_old_pulumi_sdk_explains_the_problem(
    tmp_path: Path, version: str, text: str, error: str
) -> None:
    python = create_broken(tmp_path / "env", replaced={"pulumi": (version, text)})

    result = run(python, "-c", "from pulumi_tcimages import get_platform_image")

    message = result.stderr[result.stderr.index(error) :]
    check_message(
        message, python, "pulumi 3.150.0 is installed, and pulumi-tcimages needs pulumi>="
    )


def test_package_that_requires_the_old_version_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, version, requires in (
        ("pydantic", "1.10.26", ()),
        ("legacy", "1.0", ["pydantic<2", "click"]),
        ("modern", "2.0", ["pydantic>=1.9", 'pydantic<2; extra == "old"']),
    ):
        add_package(tmp_path, name, version, requires)
    monkeypatch.syspath_prepend(tmp_path)

    (conflict,) = dependencies.find_conflicts()
    text = dependencies.explain_conflicts([conflict]).text()

    assert conflict.rivals == (("legacy", "legacy 1.0 needs pydantic<2"),)
    assert "use another environment for this program, because here legacy" in text


def test_valid_environment_has_no_conflict() -> None:
    assert dependencies.find_conflicts() == []
    assert dependencies.explain_failure(ValueError()) is None


def test_damaged_package_gets_reinstall_advice() -> None:
    error = dependencies.explain_failure(ImportError("half an upgrade"))

    assert error is not None
    assert "cannot be imported: ImportError: half an upgrade" in error.problem
    assert str(error.fix).endswith(f"run: {dependencies.write_reinstall()}")


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ('{"url": "file:///a/my%20checkout", "dir_info": {}}', "'/a/my checkout'"),
        ('{"url": "file:///a/b", "dir_info": {"editable": true}}', "--editable /a/b"),
        (
            '{"url": "https://host/x.git", "vcs_info": {"vcs": "git", "commit_id": "5ca1ab1e"}}',
            "git+https://host/x.git@5ca1ab1e",
        ),
        ('{"url": "https://host/x.whl", "archive_info": {}}', "https://host/x.whl"),
        ("", "pulumi-tcimages"),
        ("[]", "pulumi-tcimages"),
        ('{"url": "file:///a", "dir_info": []}', "pulumi-tcimages"),
        (None, "pulumi-tcimages"),
    ],
)
def test_reinstall_advice_names_where_the_package_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str | None, words: str
) -> None:
    folder = tmp_path / "pulumi_tcimages-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: pulumi-tcimages\nVersion: 1.0\n", encoding="utf-8")
    if origin is not None:
        (folder / "direct_url.json").write_text(origin, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    command = dependencies.write_reinstall()

    assert command.endswith(f" install --force-reinstall {words}")
