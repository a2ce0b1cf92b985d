"""Find the code blocks in the documentation, and run them as a reader would."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pulumi_tcimages import TcImagesError
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.testing import run

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CHINESE_README = ROOT / "README.zh-CN.md"
GENERATED = {"reference.md", "shell.md", "errors.md"}
REGISTRY = {"_index.md", "installation-configuration.md"}
"""Pages for the Pulumi Registry, in its format."""
PAGES = [
    README,
    CHINESE_README,
    *sorted(page for page in (ROOT / "docs").glob("*.md") if page.name not in GENERATED | REGISTRY),
]
RUN_KINDS = {"python", "python error", "sh"}
"""Kinds of blocks whose output is compared with the text block after them."""


class Block(NamedTuple):
    """A fenced code block, and the text block with its output after it, if any."""

    page: Path
    line: int
    kind: str
    code: str
    output: str

    @property
    def place(self) -> str:
        return f"{self.page.name}:{self.line}"


def read_blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    fence = re.compile(
        r"^```([^\n]+)\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL
    )
    for match in fence.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(page, line, match[1], match[2], match[3] or "")


BLOCKS = [block for page in PAGES for block in read_blocks(page)]


def run_block(block: Block, cloud: Emulator, folder: Path) -> str:
    """Run a block and return what it prints, with a fixed address for the emulator."""
    if block.kind == "sh":
        text = "".join(_run_command(line, cloud) for line in block.code.splitlines())
    else:
        program = folder / "__main__.py"
        program.write_text(block.code, encoding="utf-8")
        text = _run_program(program, cloud, fails=block.kind == "python error")
    return text.replace(cloud.address, "127.0.0.1:8080")


def _run_command(line: str, cloud: Emulator) -> str:
    command, *words = shlex.split(line)
    assert command == "tcimages"
    result = subprocess.run(
        [sys.executable, "-m", "pulumi_tcimages.cli", *words],
        env={**os.environ, **cloud.environment, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout


def _run_program(program: Path, cloud: Emulator, *, fails: bool) -> str:
    if fails:
        with pytest.raises(TcImagesError) as raised:
            run(str(program), environment=cloud.environment)
        return f"{raised.value}\n"
    return format_exports(run(str(program), environment=cloud.environment))


def format_exports(exports: Mapping[str, Any]) -> str:
    """Format the outputs of a stack as `pulumi up` prints them."""
    # Pulumi does not print empty strings.
    exports = {name: value for name, value in exports.items() if value != ""}
    width = max(map(len, exports))
    lines = [
        f"    {name:<{width}}: {_format_output(value)}" for name, value in sorted(exports.items())
    ]
    return "\n".join(["Outputs:", *lines, ""])


def _format_output(value: Any, indent: str = "    ") -> str:
    """Format a stack output as `pulumi up` prints it."""
    inner_indent = indent + "    "
    if isinstance(value, list):
        rows = [
            f"{inner_indent}[{n}]: {_format_output(item, inner_indent)}"
            for n, item in enumerate(value)
        ]
        return "\n".join(["[", *rows, f"{indent}]"])
    if isinstance(value, dict):
        width = max(map(len, value))
        rows = [
            f"{inner_indent}{name:<{width}}: {_format_output(item, inner_indent)}"
            for name, item in sorted(value.items())
        ]
        return "\n".join(["{", *rows, f"{indent}}}"])
    return json.dumps(int(value) if isinstance(value, float) else value, ensure_ascii=False)
