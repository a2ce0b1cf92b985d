"""Every command that a message advises can be pasted and does what the message says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml

from pulumi_tcimages.cli import main
from pulumi_tcimages.cli.error_rendering import in_flags, style
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.errors import ConfigurationError, TcImagesError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin.configuration import check_configuration
from tests.caller_environment import with_registry_settings
from tests.error_examples import EXAMPLES, find_error_of
from tests.machine_errors import build_slow_error
from tests.next_commands import (
    PLACEHOLDER,
    add_setting,
    find_commands,
    is_setting,
    is_tcimages,
    read_setting,
    split,
)
from tests.test_error_catalogue import CATALOGUE

pytestmark = pytest.mark.skipif(os.name == "nt", reason="commands are written for a POSIX shell")

NEEDS_PULUMI = pytest.mark.skipif(
    shutil.which("pulumi") is None, reason="needs the pulumi CLI on PATH"
)
_CONFIG_FLAG = re.compile(r"--config (?:'[^']+'|[^\s=]+=[^\s,;]*[^\s,;.])")
WRONG_SETTINGS: list[dict[str, object]] = [
    {"allowed_account_ids": "100000000001"},
    {"allowed_account_ids": "100000000001, 100000000002"},
    {"forbidden_account_ids": 100000000001},
    {"endpoints": "localhost"},
    {"endpoints": ["localhost"]},
    {"assume_role": "qcs::cam::uin/1:roleName/reader"},
    {"assume_role_with_web_identity": "token"},
    {"region": "ap-guangzhou-3"},
    {"timeout_seconds": "soon"},
]
UNUSABLE_KEYS: dict[str, dict[str, object]] = {
    "sso": {"secretId": "a", "secretKey": "b", "expiresAt": 1, "type": "sso"},
    "oauth": {"secretId": "a", "secretKey": "b", "expiresAt": 1, "type": "oauth"},
    "half": {"secretId": "a"},
    "broken": {"secretId": ["a"]},
}
CODES = ["no-match", "ambiguous"]


def catch_setting(configuration: dict[str, object]) -> TcImagesError:
    with pytest.raises(ConfigurationError) as raised:
        read_configuration(configuration)
    return raised.value


@pytest.fixture(scope="module")
def errors() -> dict[str, TcImagesError]:
    """All errors that need no machine fault, by name."""
    found = dict(CATALOGUE)
    found["network slow"] = build_slow_error()
    found |= {f"setting {case}": catch_setting(case) for case in WRONG_SETTINGS}
    with Emulator(requests_per_second=0) as cloud:
        found |= {f"example {code}": build(cloud) for code, build in EXAMPLES.items()}
        for name, content in {"none": None, **UNUSABLE_KEYS}.items():
            found[f"keys {name}"] = find_with_keys(cloud, content)
    return found


def find_with_keys(cloud: Emulator, content: dict[str, object] | None) -> TcImagesError:
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder, "default.credential")
        if content is not None:
            profile.write_text(json.dumps(content))
        endpoints = {"tione": cloud.address, "sts": cloud.address}
        return find_error_of(
            cloud,
            {"framework": "tensorflow"},
            no_environment=True,
            region="ap-guangzhou",
            endpoints=endpoints,
            shared_credentials_dir=folder,
        )


@pytest.fixture(scope="module")
def commands(errors: dict[str, TcImagesError]) -> dict[str, str]:
    """The commands of all messages in the three name styles, with the name of an error."""
    found: dict[str, str] = {}
    for name, error in errors.items():
        texts = [
            error.text("getPlatformImage", camel),
            error.text("get_platform_image", str),
            in_flags(error).text("tcimages platform-images", style),
        ]
        for text in texts:
            found |= dict.fromkeys(find_commands(text), name)
    return found


@pytest.fixture
def shell_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """A separate home, and environment variables that point to the emulator."""
    with Emulator(requests_per_second=0) as cloud:
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
        yield cloud


def test_error_catalogue_has_commands_of_every_tool(commands: dict[str, str]) -> None:
    tools = {split(command)[0] for command in commands}

    assert {"tcimages", "pulumi", "tccli"} <= tools
    assert len(commands) > 10


def test_every_advised_command_is_complete_shell_code(
    commands: dict[str, str],
) -> None:
    for command, name in commands.items():
        parsed = subprocess.run(["sh", "-n", "-c", command], capture_output=True, check=False)
        assert parsed.returncode == 0, (name, command)
        assert not re.search(r"[.,;:]$|\b(or|and|to|a|the)$", command), (name, command)


@pytest.mark.usefixtures("shell_home")
def test_every_advised_tcimages_command_succeeds(
    commands: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    advised = [
        command for command in commands if is_tcimages(command) and not PLACEHOLDER.search(command)
    ]
    assert "tcimages demo" in advised
    for command in advised:
        if command == "tcimages demo":  # covered by tests/cli/test_demo.py
            continue
        code = main(split(command)[1:])
        assert code == 0, (commands[command], command, capsys.readouterr().err)
        assert capsys.readouterr().out, command


@pytest.fixture
def recording_pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a fake `pulumi` records its arguments."""
    program = tmp_path / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\0" "$@" > {tmp_path}/noted\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "noted"


def list_settings(error: TcImagesError) -> list[str]:
    return [command for command in find_commands(error.text()) if is_setting(command)]


def test_every_advised_setting_is_valid_configuration(
    errors: dict[str, TcImagesError], recording_pulumi: Path
) -> None:
    advising = {name: found for name, error in errors.items() if (found := list_settings(error))}
    assert len(advising) > 5
    for commands in advising.values():
        configuration: dict[str, object] = {}
        for command in commands:
            subprocess.run(["sh", "-c", command], check=True)
            *words, _ = recording_pulumi.read_text(encoding="utf-8").split("\0")
            add_setting(configuration, *read_setting(words))
        if not PLACEHOLDER.search(" ".join(commands)):
            check_configuration(configuration)


def write_stack(folder: Path, commands: Iterable[str]) -> dict[str, object]:
    """Run commands on a new stack, and return its configuration."""
    (folder / "Pulumi.yaml").write_text("name: p\nruntime: yaml\n", encoding="utf-8")
    environ = with_registry_settings() | {
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": os.environ["PATH"],
    }
    for command in ["pulumi stack init dev", *commands]:
        subprocess.run(["sh", "-c", command], check=True, cwd=folder, env=environ, timeout=120)
    written = yaml.safe_load((folder / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    config: dict[str, object] = written["config"]
    return config


@NEEDS_PULUMI
def test_pulumi_accepts_every_advised_setting(
    errors: dict[str, TcImagesError], tmp_path: Path
) -> None:
    commands = [command for error in errors.values() for command in list_settings(error)]

    config = write_stack(tmp_path, dict.fromkeys(commands))

    names = {command.partition("tcimages:")[2].partition("[")[0] for command in commands}
    roots = {re.split(r"[.' ]", name)[0] for name in names}
    assert {f"tcimages:{root}" for root in roots} == set(config)


@pytest.mark.usefixtures("shell_home")
@pytest.mark.parametrize("code", CODES)
def test_advised_flags_leave_the_promised_images(
    code: str, errors: dict[str, TcImagesError], capsys: pytest.CaptureFixture[str]
) -> None:
    text = in_flags(errors[f"example {code}"]).text("tcimages platform-images", style)
    query = ["platform-images", "--framework", "tensorflow", "--image-range", "Train"]
    steps = re.sub(r"\n +(?=[^ ]+\))|(?<=\(chooses)\n +", " ", text)
    changes = re.findall(
        r"^ *(?:Next     )?(?:or )?try (--.+) \(leaves (\d+) image", steps, re.MULTILINE
    )
    ways = re.findall(r"^ *(--\S.*?) +-> (.+)$", text, re.MULTILINE)
    ways += re.findall(
        r"^ *(?:Next     )?(?:or )?try (--.+) \(chooses ([^ )]+)", steps, re.MULTILINE
    )

    assert changes or ways
    for flag, count in changes:
        assert main([*query, *shlex.split(flag), "--output", "ids"]) == 0
        assert len(capsys.readouterr().out.split()) == int(count)
    for flag, name in ways:
        assert main([*query, "--latest", *shlex.split(flag)]) == 0
        assert name in capsys.readouterr().out


@pytest.mark.usefixtures("shell_home")
def test_every_advised_config_flag_is_accepted(
    errors: dict[str, TcImagesError], capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [in_flags(error).text("tcimages platform-images", style) for error in errors.values()]
    flags = {flag for text in texts for flag in _CONFIG_FLAG.findall(text)}
    assert "--config timeoutSeconds=60" in flags
    assert len(flags) > 3
    for flag in flags:
        if not PLACEHOLDER.search(flag):
            main(["platform-images", *shlex.split(flag)])
            assert "Allowed  " not in capsys.readouterr().err  # printed for an invalid value
