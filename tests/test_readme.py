"""The README is run: every program, every command, and what they print.

`python -m tests.test_readme` writes what is printed into the README; the test only compares.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pulumi_tcimages import TcImagesError
from pulumi_tcimages.cloud.setting_sources import VARIABLES
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.naming import camel
from pulumi_tcimages.testing import run
from tests.commands import COMMANDS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SCHEMA = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
REPOSITORY = metadata.metadata("pulumi-tcimages").get_all("Project-URL")[0].partition(", ")[2]
SHELL_PAGE = ROOT / "docs" / "shell.md"
REFERENCE_PAGE = ROOT / "docs" / "reference.md"
REFERENCE = """# Arguments and results

Made by `python -m tests.test_readme` from schema.json; a test compares. In Python every name is in
snake_case: `frameworkVersion` is `framework_version`. `get...Images` take the same arguments but
`latest` and `latestBy`, and answer with `images`, each a record of these fields but the `region`,
their `ids`, the `totalCount` that the cloud listed, and the `region`. A pin has such a record as
`image`.
"""
CONFIGURATION = "<!-- configuration: made from schema.json by tests/test_readme.py -->\n"


class Block(NamedTuple):
    """A fenced block: what it says it is, its text, and the text block of output behind it."""

    line: int
    kind: str
    code: str
    output: str


def read_blocks(text: str) -> Iterator[Block]:
    fence = re.compile(
        r"^```([^\n]+)\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL
    )
    for found in fence.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(line, found[1], found[2], found[3] or "")


BLOCKS = list(read_blocks(README.read_text(encoding="utf-8")))
RUN = [block for block in BLOCKS if block.kind in ("python", "python error", "sh")]


def printed_by(block: Block, cloud: Emulator, folder: Path) -> str:
    """What a block prints, with the emulator's port made a fixed one."""
    if block.kind == "sh":
        text = "".join(_shell(line, cloud) for line in block.code.splitlines())
    else:
        program = folder / "__main__.py"
        program.write_text(block.code, encoding="utf-8")
        text = _program(program, cloud, fails=block.kind == "python error")
    return text.replace(cloud.address, "127.0.0.1:8080")


def _shell(line: str, cloud: Emulator) -> str:
    command, *words = shlex.split(line)
    assert command == "tcimages"
    done = subprocess.run(
        [sys.executable, "-m", "pulumi_tcimages.cli", *words],
        env={**os.environ, **cloud.environment, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _program(program: Path, cloud: Emulator, *, fails: bool) -> str:
    if fails:
        with pytest.raises(TcImagesError) as raised:
            run(str(program), environment=cloud.environment)
        return f"{raised.value}\n"
    exports = run(str(program), environment=cloud.environment)
    exports = {name: value for name, value in exports.items() if value != ""}  # Pulumi hides it
    width = max(map(len, exports))
    lines = [
        f"    {name:<{width}}: {_as_pulumi_prints(value)}"
        for name, value in sorted(exports.items())
    ]
    return "\n".join(["Outputs:", *lines, ""])


def _as_pulumi_prints(value: Any, indent: str = "    ") -> str:
    deeper = indent + "    "
    if isinstance(value, list):
        rows = [f"{deeper}[{n}]: {_as_pulumi_prints(one, deeper)}" for n, one in enumerate(value)]
        return "\n".join(["[", *rows, f"{indent}]"])
    if isinstance(value, dict):
        width = max(map(len, value))
        rows = [
            f"{deeper}{name:<{width}}: {_as_pulumi_prints(one, deeper)}"
            for name, one in sorted(value.items())
        ]
        return "\n".join(["{", *rows, f"{indent}}}"])
    return json.dumps(int(value) if isinstance(value, float) else value, ensure_ascii=False)


def variables_of(key: str) -> str:
    """The environment variables of a key and of its parts, each once."""
    names = [
        f"`{one}`"
        for path, variables in VARIABLES.items()
        if camel(path.partition(".")[0]) == key
        for one in variables
    ]
    return ", ".join(dict.fromkeys(names))


def configuration_table() -> str:
    """Every key of the provider's configuration, with its text from the schema."""
    rows = ["| key | | in the environment |", "|---|---|---|"]
    for name, one in SCHEMA["config"]["variables"].items():
        parts = SCHEMA["types"].get(one.get("$ref", "").rpartition("/")[2], {})
        inner = ", ".join(f"`{part}`" for part in parts.get("properties", {}))
        text = f"{one['description']}{f' Keys: {inner}.' if inner else ''}"
        rows.append(f"| `{name}` | {text} | {variables_of(name)} |")
    return "\n".join(["", *rows, ""])


def with_configuration(text: str) -> str:
    """The README with the table as the schema has it today: up to the empty line behind it."""
    head, _, tail = text.partition(CONFIGURATION)
    _, _, rest = tail.lstrip("\n").partition("\n\n")
    return f"{head}{CONFIGURATION}{configuration_table()}\n{rest}"


@pytest.mark.parametrize("block", RUN, ids=lambda block: f"line-{block.line}")
def test_a_block_prints_what_the_readme_says(block: Block, tmp_path: Path) -> None:
    with Emulator(requests_per_second=0) as cloud:
        assert printed_by(block, cloud, tmp_path) == block.output


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.kind == "python pytest"],
    ids=lambda block: f"line-{block.line}",
)
def test_a_block_of_test_code_passes(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    exec(compile(block.code, f"README.md:{block.line}", "exec"), {})


def test_the_first_blocks_lead_from_a_clone_to_an_installation() -> None:
    first, second = BLOCKS[:2]
    commands = [line.partition("#")[0].strip() for line in (first.code + second.code).splitlines()]

    assert commands == [
        f"git clone {REPOSITORY} && cd {REPOSITORY.rpartition('/')[2]}",
        "make demo",
        "make test",
        "python3 -m venv .venv && . .venv/bin/activate",
        "pip install .",
    ]
    assert README.read_text(encoding="utf-8").partition(first.code)[0].count("\n") < 8


def test_the_configuration_table_is_the_schemas() -> None:
    text = README.read_text(encoding="utf-8")

    assert with_configuration(text) == text


def test_every_error_class_is_in_the_readme() -> None:
    import pulumi_tcimages.errors as errors

    names = {
        name
        for name, one in vars(errors).items()
        if isinstance(one, type) and issubclass(one, errors.TcImagesError)
    }

    assert {
        name for name in names if f"`{name}`" not in README.read_text(encoding="utf-8")
    } == set()


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pages = (page.read_text(encoding="utf-8") for page in (README, ROOT / "CONTRIBUTING.md"))
    named = re.findall(r"(?:^|`)make (\w+)", "\n".join(pages), re.MULTILINE)

    assert {"test", "bench", "demo"} <= set(named)
    assert [name for name in named if f"\n{name}:" not in makefile] == []


def test_no_block_is_of_a_kind_that_nobody_checks() -> None:
    read_only = {"sh setup", "yaml", "typescript", "go", "csharp", "java"}

    assert {block.kind for block in BLOCKS} - {block.kind for block in RUN} <= read_only | {
        "python pytest"
    }


def shell_page() -> str:
    """Every command's help, as it is printed."""
    parts = ["# The shell", "", "Made by `python -m tests.test_readme`; a test compares.", ""]
    for words in ([], *COMMANDS):
        done = subprocess.run(
            [sys.executable, "-m", "pulumi_tcimages.cli", *words, "--help"],
            env={**os.environ, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=True,
        )
        heading = " ".join(["tcimages", *words])
        parts += [f"## `{heading}`", "", "```text", done.stdout.rstrip(), "```", ""]
    return "\n".join(parts)


def test_every_command_and_flag_is_on_the_page_of_the_shell() -> None:
    assert SHELL_PAGE.read_text(encoding="utf-8") == shell_page()


def reference_page() -> str:
    """Every argument and every field of an answer, with its text from the schema."""
    parts = [REFERENCE]
    for noun in ("PlatformImage", "SessionImage"):
        function = SCHEMA["functions"][f"tcimages:index:get{noun}"]
        pin = SCHEMA["resources"][f"tcimages:index:{noun}Pin"]
        required = function["inputs"].get("required", ())
        of_the_pin = {
            name: one
            for name, one in pin["properties"].items()
            if name not in function["inputs"]["properties"]
        }
        parts += [
            *_table(f"`get{noun}`: arguments", function["inputs"]["properties"], required),
            *_table(f"`get{noun}`: the image", function["outputs"]["properties"]),
            *_table(f"`{noun}Pin`: beside the same arguments", of_the_pin),
        ]
    filters = SCHEMA["types"]["tcimages:index:PlatformImageFilter"]
    parts += _table("One of the `filters`", filters["properties"], filters["required"])
    extra = SCHEMA["types"]["tcimages:index:PlatformImageExtraAttribute"]
    parts += _table("One of the `extraAttributes`", extra["properties"])
    return "\n".join(parts)


def _table(title: str, properties: dict[str, Any], required: Sequence[str] = ()) -> list[str]:
    rows = [
        f"| `{name}` | {one.get('description', '')}{' Required.' if name in required else ''} |"
        for name, one in properties.items()
    ]
    return [f"## {title}", "", "| | |", "|---|---|", *rows, ""]


def test_every_argument_and_field_is_on_the_page_of_the_reference() -> None:
    assert REFERENCE_PAGE.read_text(encoding="utf-8") == reference_page()


def write() -> None:
    """Put what is printed today into the README and the pages beside it."""
    SHELL_PAGE.write_text(shell_page(), encoding="utf-8")
    REFERENCE_PAGE.write_text(reference_page(), encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    for block in RUN:
        with Emulator(requests_per_second=0) as cloud, tempfile.TemporaryDirectory() as folder:
            said = printed_by(block, cloud, Path(folder))
        before = f"```{block.kind}\n{block.code}```\n```text\n"
        text = text.replace(f"{before}{block.output}```", f"{before}{said}```")
    README.write_text(with_configuration(text), encoding="utf-8")


if __name__ == "__main__":
    write()
