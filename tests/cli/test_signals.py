"""Signals that ask a command to exit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack

import pytest

from pulumi_tcimages.cli import signals
from tests.timeouts import PATIENCE_S

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")


def test_delayed_signals_are_delivered_after_the_block() -> None:
    steps = []
    before = signal.signal(signal.SIGTERM, lambda *_: steps.append("signal"))
    try:
        with signals.delayed():
            os.kill(os.getpid(), signal.SIGTERM)
            steps.append("block")
    finally:
        signal.signal(signal.SIGTERM, before)

    assert steps == ["block", "signal"]


@pytest.mark.parametrize("number", signals.ENDING, ids=lambda number: number.name)
def test_signal_ignored_by_the_caller_stays_ignored(
    number: signal.Signals,
) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with signals.interrupting(threading.Event()), signals.stopping() as stop:
            os.kill(os.getpid(), number)
            assert not stop.is_set()
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("number", signals.ENDING, ids=lambda number: number.name)
def test_every_termination_signal_cancels_a_wait(number: signal.Signals) -> None:
    cancelled = threading.Event()

    with pytest.raises((KeyboardInterrupt, SystemExit)) as ended, signals.interrupting(cancelled):
        signal.raise_signal(number)

    assert cancelled.wait(PATIENCE_S)
    if number != signal.SIGINT:
        assert ended.value.args == (128 + number,)


def test_only_the_first_signal_raises_an_exception() -> None:
    steps = []

    def clean_up() -> None:
        for number in signals.ENDING:
            signal.raise_signal(number)
        steps.append("cleanup")

    cleanup = ExitStack()
    cleanup.callback(clean_up)
    with pytest.raises(SystemExit), signals.interrupting(threading.Event()), cleanup:
        signal.raise_signal(signal.SIGTERM)

    assert steps == ["cleanup"]


@pytest.mark.parametrize(("argv", "exit_code"), [(["--version"], 0), (["no-such-command"], 2)])
def test_ctrl_c_while_python_exits_prints_no_traceback(argv: list[str], exit_code: int) -> None:
    code = (
        "import atexit, signal, sys; atexit.register(signal.raise_signal, signal.SIGINT); "
        "from pulumi_tcimages.cli import main; sys.exit(main())"
    )

    result = subprocess.run(
        [sys.executable, "-c", code, *argv], capture_output=True, text=True, check=False
    )

    assert result.returncode == exit_code
    assert "Traceback" not in result.stderr
