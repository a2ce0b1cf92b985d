"""The command as a whole: help, completion, mistyped commands, bugs and imports."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from generate.pages import list_commands
from pulumi_tcimages import __version__
from pulumi_tcimages.cli import images
from pulumi_tcimages.cli.app import app
from tests.cli.conftest import Shell


def test_help_names_every_command(shell: Shell) -> None:
    outcome = shell("--help")

    assert (outcome.code, outcome.err) == (0, "")
    assert [
        command[0] for command in list(list_commands()) if f"  {command[0]} " not in outcome.out
    ] == []


def test_usage_error_wraps_at_the_terminal_width(
    terminal: Callable[[int], Shell],
) -> None:
    lines = terminal(60)("platform-images", "--columns", "nme").err.splitlines()

    assert max(map(len, lines)) <= 60
    assert "there is no column 'nme'. Did you mean 'image-name'?" in " ".join(lines)


@pytest.mark.parametrize("command", list(list_commands()), ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_of_every_command_fits_80_columns(
    shell: Shell, command: list[str], flag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    outcome = shell(*command, flag)

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: tcimages {' '.join(command)} ")
    assert max(map(len, outcome.out.splitlines())) <= 80


@pytest.mark.parametrize("words", list(list_commands()), ids=" ".join)
def test_help_describes_every_argument(words: list[str]) -> None:
    command: click.Command | None = app
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    context = click.Context(command)

    records = {
        parameter.name: parameter.get_help_record(context)
        for parameter in command.get_params(context)
    }

    assert [name for name, record in records.items() if not (record and record[1])] == []


def test_version_is_one_line(shell: Shell) -> None:
    assert shell("--version").out == f"tcimages {__version__}\n"


@pytest.mark.parametrize(
    ("argv", "suggestion"),
    [
        (["platfrom-images"], "platform-images"),
        (["explain", "sesion-images"], "session-images"),
        (["plugin", "instal"], "install"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_mistyped_command_gets_a_suggestion(shell: Shell, argv: list[str], suggestion: str) -> None:
    outcome = shell(*argv)

    assert outcome.code == 2
    assert f"There is no command {argv[-1]!r}. Did you mean {suggestion!r}?" in outcome.err


@pytest.mark.parametrize("group", ["explain", "plugin"])
def test_group_help_shows_whole_sentences(shell: Shell, group: str) -> None:
    assert "..." not in shell(group, "--help").out.replace("[ARGS]...", "")


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_completion_prints_a_shell_script(shell: Shell, kind: str) -> None:
    outcome = shell("completion", kind)

    assert (outcome.code, outcome.err) == (0, "")
    assert f"_TCIMAGES_COMPLETE={kind}_complete" in outcome.out


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("tcimages plat", ["platform-images"]),
        ("tcimages platform-images --framework-v", ["--framework-version"]),
        ("tcimages platform-images --image-range tr", ["Train"]),
        ("tcimages session-images E --framework-type ", ["machine-learning", "python", "spark-ml"]),
        ("tcimages session-images E --framework sc", ["scikit-learn"]),
        ("tcimages explain platform-images --framework Tensor", ["tensorflow", "tensorrt-llm"]),
        ("tcimages platform-images --gpu a1", ["A10", "A100"]),
        ("tcimages platform-images --columns image-n", ["image-name"]),
        (
            "tcimages platform-images --columns image-id,device,image-",
            [
                "image-id,device,image-name",
                "image-id,device,image-type",
                "image-id,device,image-url",
                "image-id,device,image-range",
                "image-id,device,image-tag",
            ],
        ),
        (
            "tcimages session-images E --columns spark-image-t",
            [
                "spark-image-tag",
                "spark-image-type",
            ],
        ),
        (
            "tcimages platform-images --config endp",
            [
                "endpoints.dlc=",
                "endpoints.tione=",
                "endpoints.sts=",
                "endpoints.metadata=",
            ],
        ),
        ("tcimages doctor --config secret", []),
        ("tcimages outdated --config site=", ["site=china", "site=intl"]),
        ("tcimages platform-images --config protocol=h", ["protocol=https", "protocol=http"]),
    ],
)
def test_completion_offers_commands_flags_and_known_values(
    capsys: pytest.CaptureFixture[str],
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    offered: list[str],
) -> None:
    monkeypatch.setenv("_TCIMAGES_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))

    with pytest.raises(SystemExit):
        shell()

    lines = filter(None, capsys.readouterr().out.splitlines())
    assert [line.partition(",")[2] for line in lines] == offered


@pytest.mark.usefixtures("cloud")
def test_bug_prints_one_line_without_a_traceback(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "write_matches", None)

    outcome = shell("platform-images")

    assert (outcome.code, outcome.out) == (70, "")
    assert outcome.err == (
        "tcimages: internal error (TypeError). This is a bug in pulumi-tcimages; with "
        "TCIMAGES_DEBUG=1 it shows where.\n"
    )


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            MemoryError(),
            "tcimages: there is not enough memory.\n"
            "Next     allow this process more memory, or run less beside it.\n",
        ),
        (
            OSError(errno.EMFILE, "Too many open files"),
            "tcimages: this process has too many open files.\n"
            "Next     raise its limit of open files (ulimit -n), or run fewer lookups at once.\n",
        ),
    ],
    ids=repr,
)
def test_reached_limit_is_not_reported_as_a_bug(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def raise_error(*_: object) -> None:
        raise error

    monkeypatch.setattr(images, "write_matches", raise_error)

    outcome = shell("platform-images")

    assert (outcome.code, outcome.out, outcome.err) == (2, "", message)


@pytest.mark.usefixtures("cloud")
def test_debug_variable_shows_the_traceback_of_a_bug(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "write_matches", None)
    monkeypatch.setenv("TCIMAGES_DEBUG", "1")

    with pytest.raises(TypeError):
        shell("platform-images")


@pytest.mark.parametrize(
    ("argv", "heavy"),
    [
        (["--help"], {"pydantic", "requests", "pulumi", "grpc", "packaging"}),
        (["emulator", "--help"], {"requests", "pulumi", "grpc"}),
        (["plugin", "status"], {"pydantic", "requests", "pulumi", "grpc"}),
        (["platform-images", "--framework", "spark"], {"pulumi", "grpc", "typer"}),
        (["platform-images", "--output", "ids"], {"pulumi", "grpc", "rich", "typer"}),
        (["platform-images", "--output", "json"], {"rich"}),
        (["doctor", "--help"], {"rich"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("cloud")
def test_command_imports_only_what_it_needs(argv: list[str], heavy: set[str]) -> None:
    program = (
        "import json, sys; from pulumi_tcimages.cli import main; code = main(sys.argv[1:]); "
        "print(json.dumps([code, [name for name in sys.modules if '.' not in name]]), "
        "file=sys.stderr)"
    )

    result = subprocess.run(
        [sys.executable, "-c", program, *argv], capture_output=True, text=True, check=True
    )

    code, loaded = json.loads(result.stderr)
    assert (code, heavy & set(loaded)) == (0, set())


def test_few_modules_are_imported_before_ctrl_c_is_handled() -> None:
    program = f"""
import sys
sys.path.insert(0, {str(Path(images.__file__).parents[2])!r})
before = set(sys.modules)
import pulumi_tcimages.cli
print(*sorted(sys.modules.keys() - before))
"""
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True
    )

    assert {"typing", "re", "importlib"}.isdisjoint(result.stdout.split())


def test_ctrl_c_during_imports_exits_with_130_and_no_traceback() -> None:
    program = """
import sys
from pulumi_tcimages.cli import main

class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name.endswith("cli.app"):
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
sys.exit(main())
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert (result.returncode, result.stderr) == (130, b"")
