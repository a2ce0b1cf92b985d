"""The terminal: what it can show, and how wide it is."""

from __future__ import annotations

import os
import sys

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


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such terminals")
def test_a_terminal_that_says_it_has_no_columns_is_a_usual_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "__stdout__", None)
    ours, theirs = os.openpty()  # of 0 columns, until somebody says otherwise

    with os.fdopen(ours), os.fdopen(theirs, "w") as screen:
        assert terminal.width_of(screen) == 80
