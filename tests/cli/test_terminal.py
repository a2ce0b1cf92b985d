"""The terminal: what it can show, and how wide it is."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cli import terminal
from tests.cli.conftest import Terminal


def test_a_dumb_terminal_gets_no_control_sequence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Terminal()
    monkeypatch.setenv("TERM", "dumb")

    assert terminal.paint("text", screen, bold=True) == "text"
    assert not terminal.is_terminal(screen)
