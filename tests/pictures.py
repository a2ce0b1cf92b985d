"""SVG pictures of real output on a terminal of 100 columns.

`python -m tests.pictures`, or `make pictures`, writes them, and a test compares them.
"""

from __future__ import annotations

import fcntl
import html
import io
import os
import re
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from pulumi_tcimages.emulator import Emulator

FOLDER = Path(__file__).parent.parent / "docs" / "images"
COLUMNS = 100
PICTURES = {
    "table": "tcimages platform-images --components 'torch>=2.7' "
    "--columns image-name,device,description",
    "error": "tcimages platform-images --framework pytorch --components 'torch>=2.9' --latest",
}

_CELL = 12.2
"""The width of a cell in Rich's SVG: 0.61 of its height of 20 pixels."""
_RUN = re.compile(r"[^\x00-\u2e7f]+|  +")
"""Wide characters, and the gaps between columns."""
_FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def draw(name: str) -> str:
    """Return a picture of a command and its output."""
    with Emulator(requests_per_second=0) as cloud:
        printed = _run(PICTURES[name], cloud.environment)
        printed = printed.replace(cloud.address, "127.0.0.1:8080")
    text = Text.from_ansi(f"\x1b[2m$\x1b[0m {PICTURES[name]}\n{printed}")
    for run in _RUN.finditer(text.plain):  # so that the next text starts at its cell
        text.stylize(Style(meta={"run": True}), *run.span())
    console = Console(file=io.StringIO(), record=True, width=COLUMNS, legacy_windows=False)
    console.print(text, no_wrap=True, overflow="crop")
    return _widen(console.export_svg(title="", code_format=_FORMAT, unique_id=name))


def _run(line: str, environment: Mapping[str, str]) -> str:
    """Run a command on a pseudo-terminal, and return its output with colours."""
    controller, terminal_fd = os.openpty()
    fcntl.ioctl(terminal_fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "pulumi_tcimages.cli", *shlex.split(line)[1:]],
        env={**inherited, **environment, "TERM": "xterm", "PYTHONUTF8": "1"},
        stdout=terminal_fd,
        stderr=terminal_fd,
    )
    os.close(terminal_fd)
    pieces = []
    with process, os.fdopen(controller, "rb", buffering=0) as terminal:
        try:
            while piece := terminal.read(4096):
                pieces.append(piece)
        except OSError:  # EIO after the other end is closed
            pass
    return b"".join(pieces).decode().replace("\r\n", "\n")


def _widen(svg: str) -> str:
    """Give wide characters the width of two cells, which Rich places correctly but draws as one."""

    def widen(found: re.Match[str]) -> str:
        cells = cell_len(html.unescape(found[2]).replace("\n", " "))
        return f'textLength="{cells * _CELL:g}"{found[1]}>{found[2]}</text>'

    return re.sub(r'textLength="[^"]*"([^>]*)>([^<]*)</text>', widen, svg)


def write_pictures() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(draw(name), encoding="utf-8")


if __name__ == "__main__":
    write_pictures()
