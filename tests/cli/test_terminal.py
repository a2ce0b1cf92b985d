"""The terminal: its colours and its width."""

from __future__ import annotations

import os
import sys

import pytest

from pulumi_tcimages.cli import terminal
from tests.cli.conftest import Terminal


@pytest.mark.parametrize(
    ("variable", "value", "is_live"),
    [("TERM", "dumb", False), ("NO_COLOR", "1", True)],
)
def test_terminal_without_colour_gets_plain_text(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, is_live: bool
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv(variable, value)

    terminal.echo("text", "bold red")

    assert screen.getvalue() == "text\n"
    assert terminal.is_terminal(screen) == is_live


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such terminals")
def test_terminal_with_zero_columns_counts_as_80(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdout__", None)
    controller, terminal_fd = os.openpty()  # a new pseudo-terminal has 0 columns

    with os.fdopen(controller), os.fdopen(terminal_fd, "w") as screen:
        assert terminal.width_of(screen) == 80
