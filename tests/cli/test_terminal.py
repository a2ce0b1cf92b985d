"""The status line: quiet at first, live on a terminal, plain lines elsewhere, gone in the end."""

from __future__ import annotations

import threading

import pytest

from pulumi_tcimages.cli import terminal

from .conftest import Terminal


def open_screen(monkeypatch: pytest.MonkeyPatch, quiet_s: float) -> Terminal:
    """A terminal on stderr; opened in the test, since pytest has stderr of its own before."""
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr(terminal, "_QUIET_S", quiet_s)
    monkeypatch.setattr(terminal, "_STEP_S", 0.01)
    monkeypatch.setenv("COLUMNS", "30")
    return screen


def wait_until(screen: Terminal, text: str) -> None:
    step = threading.Event()
    for _ in range(500):
        if text in screen.getvalue():
            return
        step.wait(0.01)
    raise AssertionError(screen.getvalue())


def test_what_is_done_within_a_second_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = open_screen(monkeypatch, quiet_s=1.0)

    with terminal.Status("asking") as status:
        status.tell("listing")

    assert screen.getvalue() == ""


def test_what_takes_long_is_shown_on_one_line_and_wiped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = open_screen(monkeypatch, quiet_s=0.0)

    with terminal.Status("asking") as status:
        wait_until(screen, "asking (0 s)")
        status.tell("listing images: 100 of 2000 and more")
        wait_until(screen, "\r\x1b[2Klisting images: 100 of 2000 a")

    assert "\n" not in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[2K")


def test_without_a_terminal_only_what_is_told_is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "_QUIET_S", 0.0)

    with terminal.Status("asking") as status:
        status.tell("listing images: 100 of 200")

    assert capsys.readouterr().err == "tcimages: listing images: 100 of 200\n"


def test_a_dumb_terminal_gets_no_control_sequence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Terminal()
    monkeypatch.setenv("TERM", "dumb")

    assert terminal.paint("text", screen, bold=True) == "text"
    assert not terminal.is_terminal(screen)
