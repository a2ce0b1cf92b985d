"""The progress line: delayed, live on a terminal, plain text elsewhere, erased at the end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from rich.cells import cell_len

from pulumi_tcimages.cli import main, status
from pulumi_tcimages.cli.status import Status
from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.cloud.deadline import Clock
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.emulator import Emulator, Fault
from tests.cli.conftest import use_emulator
from tests.cloud.fakes import FakeTime, build_catalogue, list_all
from tests.timeouts import PATIENCE_S

pytest.importorskip("termios", reason="a pty is needed")

from tests.cli.pty_terminal import Screen

PLATFORM = "DescribePlatformImages"
CHINESE = "正在等待：腾讯云限制了请求的频率"


@pytest.fixture
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the progress line without its delay of a second."""
    monkeypatch.setattr(status, "_QUIET_S", 0.0)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator with 900 images, with environment variables that point to it."""
    with Emulator(catalogue=build_catalogue(900), requests_per_second=0) as emulator:
        use_emulator(emulator, monkeypatch)
        yield emulator


@pytest.mark.parametrize("columns", [20, 49, 50, 80, 140])
@pytest.mark.parametrize("message", ["", "waiting: Tencent Cloud limits the rate", CHINESE])
@pytest.mark.usefixtures("no_delay")
def test_progress_line_is_cut_at_its_end_to_fit(
    monkeypatch: pytest.MonkeyPatch, message: str, columns: int
) -> None:
    for count, total in ((0, 900), (300, 900), (200, 150), (10_000, 10_000)):
        with Screen(monkeypatch, columns) as screen, Status("asking") as line:
            screen.wait_for("0 s")
            line.on_progress(count, total)
            line.on_message(message)
            screen.wait_for(f"{count} of {total}")

        assert max(map(cell_len, screen.lines)) <= columns - len("^C")
        assert ("━" in screen.plain) == (columns >= 50)


@pytest.mark.usefixtures("no_delay")
def test_message_follows_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with Screen(monkeypatch) as screen, Status("asking", lambda: 4.0) as line:
        line.on_progress(450, 900)
        line.on_message("waiting for a turn")
        screen.wait_for("turn")

    assert screen.lines[-1] == f"{'━' * 15}╺{'━' * 14}  450 of 900 images  0 s  waiting for a turn"


@pytest.mark.usefixtures("no_delay")
def test_control_characters_and_markup_in_a_message_are_inert(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Screen(monkeypatch) as screen, Status("[red]x\x1b[2J\n[/red] :rocket:"):
        screen.wait_for("rocket")

    assert screen.lines[0] == "0 s  [red]x\\x1b[2J\\n[/red] :rocket:"
    assert "\x1b[2J" not in screen.output


@pytest.mark.usefixtures("cloud")
def test_fast_command_shows_no_progress(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(status, "_QUIET_S", PATIENCE_S)
    with Screen(monkeypatch) as screen:
        code = main(["platform-images", "--output", "ids"])

    assert (code, screen.output) == (0, "")


@pytest.mark.parametrize("columns", [20, 80, 140])
@pytest.mark.parametrize("no_colour", ["", "1"])
@pytest.mark.usefixtures("no_delay")
def test_listing_progress_is_drawn_per_page_and_erased(
    monkeypatch: pytest.MonkeyPatch, cloud: Emulator, columns: int, no_colour: str
) -> None:
    monkeypatch.setenv("NO_COLOR", no_colour)
    with Screen(monkeypatch, columns) as screen:
        for text in ("asking", "100 of 900"):  # a page is sent after this text was shown
            cloud.faults.add(PLATFORM, Fault(before=lambda text=text: screen.wait_for(text)))
        code = main(["platform-images", "--output", "ids"])

    assert code == 0
    assert (screen.visible, screen.has_cursor) == ("", True)
    assert ("\x1b[36m" in screen.output) == (columns > 20 and not no_colour)


@pytest.mark.usefixtures("no_delay")
def test_each_page_updates_the_bar(monkeypatch: pytest.MonkeyPatch, cloud: Emulator) -> None:
    """Each page is sent only after the progress of the previous one has been shown."""
    monkeypatch.setattr("pulumi_tcimages.cloud.client._AT_ONCE", 1)
    monkeypatch.setattr(status, "_REFRESHES_PER_SECOND", 0.01)
    with Screen(monkeypatch) as screen:
        cloud.faults.add(PLATFORM, Fault(before=lambda: screen.wait_for("asking")))
        for count in range(100, 900, 100):
            text = f"{count} of 900 images"
            cloud.faults.add(PLATFORM, Fault(before=lambda text=text: screen.wait_for(text)))
        main(["platform-images", "--output", "ids"])

    counts = [int(line.split()[1]) for line in screen.lines if "images" in line]
    assert sorted(set(counts))[:8] == list(range(100, 900, 100))
    assert all(before <= after for before, after in pairwise(counts))


@pytest.mark.usefixtures("no_delay")
def test_rate_limit_message_is_shown_until_the_next_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_time = FakeTime()
    message = "waiting for a turn: at most 1 request a second"

    def wait(seconds: float) -> bool:
        if seconds and fake_time.monotonic_s() > 1:  # the first waits are too short for a message
            screen.wait_for(message)
        return fake_time.wait(seconds)

    with (
        Emulator(
            catalogue=build_catalogue(850), clock=fake_time.unix_s, requests_per_second=1
        ) as emulator,
        Screen(monkeypatch, 140) as screen,
        Status("asking", fake_time.monotonic_s) as line,
    ):
        client = open_client(
            read_configuration({"max_requests_per_second": 1}),
            environ=emulator.environment,
            home=tmp_path,
            on_message=line.on_message,
            on_progress=line.on_progress,
            clock=Clock(fake_time.unix_s, fake_time.monotonic_s, wait, fake_time.random),
        )
        screen.wait_for("asking")
        list_all(client)
        screen.wait_for("850 of 850 images  8 s")
        client.close()

    waiting = [line for line in screen.lines if message in line]
    assert "of 850 images" in waiting[0]
    assert screen.lines[-1] == f"{'━' * 30}  850 of 850 images  8 s"


@pytest.mark.usefixtures("no_delay")
def test_error_replaces_the_bar(monkeypatch: pytest.MonkeyPatch, cloud: Emulator) -> None:
    with Screen(monkeypatch) as screen:
        fault = Fault(
            code="AuthFailure.UnauthorizedOperation",
            before=lambda: screen.wait_for("100 of 900"),
            times=8,
        )
        cloud.faults.add(PLATFORM, Fault(), fault)
        code = main(["platform-images", "--output", "ids"])

    assert code == 3
    assert screen.visible.startswith("tcimages platform-images: ")
    assert "━" not in screen.visible


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.usefixtures("no_delay")
def test_signal_erases_the_bar_and_restores_the_cursor(
    monkeypatch: pytest.MonkeyPatch, cloud: Emulator, number: int, code: int
) -> None:
    def interrupt() -> None:
        screen.wait_for("100 of 900")
        signal.pthread_kill(threading.main_thread().ident or 0, number)

    with Screen(monkeypatch) as screen:
        interrupts = threading.Thread(target=interrupt)
        cloud.faults.add(PLATFORM, Fault(), Fault(delay_s=60, before=interrupts.start))
        try:
            ended = main(["platform-images", "--output", "ids"])
        except SystemExit as stopped:
            ended = stopped.code
        interrupts.join()

    assert (ended, screen.visible, screen.has_cursor) == (code, "", True)


@pytest.mark.usefixtures("no_delay")
def test_progress_line_uses_the_width_of_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stdout is a pipe, which has no width."""
    with Screen(monkeypatch, 40) as screen, Status("x" * 100):
        screen.wait_for("x…")

    assert cell_len(screen.lines[0]) == 37


@pytest.mark.usefixtures("no_delay")
def test_unencodable_bar_is_drawn_in_ascii(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        Screen(monkeypatch) as screen,
        os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="latin-1") as latin,
        monkeypatch.context() as patch,
    ):
        patch.setattr("sys.stderr", latin)
        with Status("asking") as line:
            line.on_progress(450, 900)
            screen.wait_for("450 of 900")

    assert "-" * 15 in screen.plain


@pytest.mark.usefixtures("no_delay")
def test_progress_without_a_terminal_prints_only_messages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Status("asking") as line:
        line.on_message("listing images: 100 of 200")

    assert capsys.readouterr().err == "tcimages: listing images: 100 of 200\n"
    assert not line.is_live
