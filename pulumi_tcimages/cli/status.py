"""A progress line on stderr with the current activity, or a bar once the total is known.

On a terminal, the line appears after a second and is removed at the end. If stderr is not a
terminal, each message is written on its own line instead.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pulumi_tcimages.cli.terminal import echo_err, is_terminal, shows_colour, width_of
from pulumi_tcimages.formatting import escape_controls

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

_QUIET_S = 1.0
"""The delay in seconds before the progress line appears."""
_REFRESHES_PER_SECOND = 4
_CTRL_C_CELLS = 3
"""The number of columns that stay free for the `^C` that a terminal prints.

If `^C` wrapped to the next line, it could not be erased.
"""
_BAR_CELLS = 30
_NARROW = 50
"""The minimum terminal width for a progress bar."""


class Status:
    """A progress line that is shown during its `with` block. Thread-safe."""

    def __init__(self, message: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.is_live = is_terminal(sys.stderr)
        self._message = message
        self._progress: tuple[int, int] | None = None
        self._clock_s = clock_s
        self._started_s = clock_s()
        self._lock = threading.Lock()
        self._is_over = False
        self._live: Live | None = None
        self._timer = threading.Timer(_QUIET_S, self._start)
        self._timer.daemon = True

    def __enter__(self) -> Status:
        if self.is_live:
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            if self._live:
                self._live.stop()

    def on_message(self, text: str) -> None:
        """Show a message, such as the reason for a wait."""
        if self.is_live:
            self._message = text
            self._refresh()
        else:
            echo_err(f"tcimages: {text}")

    def on_progress(self, count: int, total: int) -> None:
        """Show the number of received images instead of a message."""
        self._progress, self._message = (count, total), ""
        self._refresh()

    def _start(self) -> None:
        live = self._build_live()
        with self._lock:
            if not self._is_over:
                live.start(refresh=True)
                self._live = live

    def _refresh(self) -> None:
        with self._lock:  # Wait if another thread is starting the progress line.
            if self._live and not self._is_over:
                self._live.refresh()

    def _build_live(self) -> Live:
        from rich.console import Console
        from rich.live import Live

        columns = width_of(sys.stderr) or 0
        console = Console(
            file=sys.stderr,
            width=max(columns - _CTRL_C_CELLS, 1),
            force_terminal=True,
            color_system="standard" if shows_colour(sys.stderr) else None,
            no_color=not shows_colour(sys.stderr),
        )
        return Live(
            get_renderable=self._render,
            console=console,
            transient=True,
            refresh_per_second=_REFRESHES_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def _render(self) -> Table:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        parts = [f"{self._clock_s() - self._started_s:.0f} s", escape_controls(self._message)]
        cells: list[Any] = []
        if self._progress:
            count, total = self._progress
            parts.insert(0, f"{count:>{len(str(total))}} of {total} images")
            if (width_of(sys.stderr) or 0) >= _NARROW:
                cells.append(
                    ProgressBar(
                        total,
                        count,
                        _BAR_CELLS,
                        style="bright_black",
                        complete_style="cyan",
                        finished_style="cyan",
                    )
                )
        line = Table.grid(padding=(0, 2))
        text = "  ".join(filter(None, parts))
        line.add_row(*cells, Text(text, no_wrap=True, overflow="ellipsis"))
        return line
