"""The line on stderr: quiet at first, live on a terminal, plain elsewhere, gone in the end."""

from __future__ import annotations

import io
import signal
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from pulumi_tcimages.cli import main, status
from pulumi_tcimages.cli.status import Status, build_line
from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.formatting import cell_width
from tests.cli.conftest import lead_to
from tests.cloud.fakes import FakeTime, catalogue_of, list_all
from tests.timeouts import PATIENCE_S

pytest.importorskip("termios", reason="a pty is needed")

from tests.cli.pty_terminal import Screen

PLATFORM = "DescribePlatformImages"
CHINESE = "正在等待：腾讯云限制了请求的频率"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line comes without the second of quiet."""
    monkeypatch.setattr(status, "_QUIET_S", 0.0)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator with nine hundred images, and an environment that leads to it."""
    with Emulator(catalogue=catalogue_of(900), requests_per_second=0) as emulator:
        lead_to(emulator, monkeypatch)
        yield emulator


@pytest.mark.parametrize("text", ["", "waiting: Tencent Cloud limits the rate", CHINESE])
@pytest.mark.parametrize("came", [None, (0, 900), (300, 900), (200, 150), (10_000, 10_000)])
def test_the_line_fits_and_its_beginning_is_never_lost(
    text: str, came: tuple[int, int] | None
) -> None:
    for cells in range(17, 140):
        line = build_line(text, came, 59.6, cells)

        assert cell_width(line) <= cells
        assert f"{came[0]} of {came[1]}" in line if came else line.endswith(" (60 s)")


def test_the_bar_grows_with_what_came_and_stays_where_it_is() -> None:
    lines = [build_line("", (count, 1000), 4.0, 79) for count in (100, 500, 1000)]

    assert lines == [
        "━━━───────────────────────────   100 of 1000 images  4 s",
        "━━━━━━━━━━━━━━━───────────────   500 of 1000 images  4 s",
        "━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  1000 of 1000 images  4 s",
    ]


def test_a_narrow_line_has_a_short_bar_and_a_very_narrow_one_none() -> None:
    assert build_line("waiting", (300, 900), 4.0, 39) == "━━━━━──────────  300 of 900 images  4 s"
    assert build_line("waiting", (300, 900), 4.0, 19) == "300 of 900 images …"


def test_what_is_waited_for_stands_behind_the_count() -> None:
    line = build_line("waiting for a turn", (450, 900), 4.0, 79)

    assert line == f"{'━' * 15}{'─' * 15}  450 of 900 images  4 s  waiting for a turn"


def test_a_stream_without_these_characters_gets_plain_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))

    assert build_line("", (450, 900), 4.0, 36) == "######------  450 of 900 images  4 s"


@pytest.mark.usefixtures("cloud")
def test_what_is_done_within_the_quiet_time_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_QUIET_S", PATIENCE_S)
    with Screen(monkeypatch) as screen:
        code = main(["platform-images", "--output", "ids"])

    assert (code, screen.all) == (0, "")


@pytest.mark.parametrize("columns", [20, 80, 140])
@pytest.mark.parametrize("colours", ["", "1"])
@pytest.mark.usefixtures("at_once")
def test_a_listing_is_drawn_page_by_page_and_wiped(
    monkeypatch: pytest.MonkeyPatch, cloud: Emulator, columns: int, colours: str
) -> None:
    monkeypatch.setenv("NO_COLOR", colours)
    with Screen(monkeypatch, columns) as screen:
        for seen in ("asking", "100 of 900"):  # the next page waits until this has been seen
            cloud.faults.add(PLATFORM, Fault(before=lambda text=seen: screen.wait_for(text)))
        code = main(["platform-images", "--output", "ids"])

    assert code == 0
    assert screen.lines[-1] == ""
    assert "\n" not in screen.all
    assert max(map(cell_width, screen.lines)) <= columns - len("^C") - 1
    assert ("\x1b[36m" in screen.all) == (columns > 20 and not colours)


@pytest.mark.usefixtures("at_once")
def test_every_page_is_drawn_by_itself(monkeypatch: pytest.MonkeyPatch, cloud: Emulator) -> None:
    """One page at a time, each held back until the one before is on the screen."""
    monkeypatch.setattr("pulumi_tcimages.cloud.client._AT_ONCE", 1)
    monkeypatch.setattr(status, "_STEP_S", 60.0)
    with Screen(monkeypatch) as screen:
        cloud.faults.add(PLATFORM, Fault())
        for count in range(100, 900, 100):
            seen = f"{count} of 900 images"
            cloud.faults.add(PLATFORM, Fault(before=lambda text=seen: screen.wait_for(text)))
        main(["platform-images", "--output", "ids"])

    drawn = [line for line in screen.lines if "images" in line]
    assert [line.split()[1] for line in drawn][:8] == [str(n) for n in range(100, 900, 100)]
    assert all(before <= after for before, after in pairwise(line.count("━") for line in drawn))


@pytest.mark.usefixtures("at_once")
def test_a_rate_limit_is_told_behind_the_bar_until_the_next_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeTime()
    told = "waiting for a turn: at most 1 request a second"

    def wait(seconds: float) -> bool:
        if seconds and fake.monotonic_s() > 1:  # the first waits are too short to be told
            screen.wait_for(told)
        return fake.wait(seconds)

    with (
        Emulator(catalogue=catalogue_of(850), clock=fake.unix_s, requests_per_second=1) as limited,
        Screen(monkeypatch, 140) as screen,
        Status("asking", fake.monotonic_s) as line,
    ):
        client = open_client(
            read_configuration({"max_requests_per_second": 1}),
            environ=limited.environment,
            home=tmp_path,
            tell=line.tell,
            draw=line.draw,
            unix_s=fake.unix_s,
            monotonic_s=fake.monotonic_s,
            wait=wait,
        )
        list_all(client)
        screen.wait_for("850 of 850 images  8 s")
        client.close()

    waiting = [one for one in screen.lines if told in one]
    assert "of 850 images" in waiting[0]
    assert screen.lines[-2:] == [f"{'━' * 30}  850 of 850 images  8 s", ""]


@pytest.mark.usefixtures("at_once")
def test_an_error_wipes_the_bar_before_it_is_told(
    monkeypatch: pytest.MonkeyPatch, cloud: Emulator
) -> None:
    with Screen(monkeypatch) as screen:
        refuse = Fault(
            code="AuthFailure.UnauthorizedOperation",
            before=lambda: screen.wait_for("100 of 900"),
            times=8,
        )
        cloud.faults.add(PLATFORM, Fault(), refuse)
        code = main(["platform-images", "--output", "ids"])

    assert code == 3
    assert screen.lines[-1].startswith("tcimages platform-images: ")
    assert "━" not in screen.lines[-1]


@pytest.mark.usefixtures("at_once")
def test_ctrl_c_wipes_the_bar_and_says_no_word(
    monkeypatch: pytest.MonkeyPatch, cloud: Emulator
) -> None:
    def press() -> None:
        screen.wait_for("100 of 900")
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    with Screen(monkeypatch) as screen:
        presses = threading.Thread(target=press)
        cloud.faults.add(PLATFORM, Fault(), Fault(delay_s=60, before=presses.start))
        code = main(["platform-images", "--output", "ids"])
        presses.join()

    assert (code, screen.lines[-1]) == (130, "\r\n")  # after the ^C


@pytest.mark.usefixtures("at_once")
def test_the_bar_goes_by_the_width_of_its_own_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stdout is a pipe here, and nobody's width."""
    with Screen(monkeypatch, 40) as screen, Status("x" * 100):
        screen.wait_for("x…")

    assert cell_width(screen.lines[0]) == 37


@pytest.mark.usefixtures("at_once")
def test_without_a_terminal_only_what_is_told_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Status("asking") as line:
        line.tell("listing images: 100 of 200")

    assert capsys.readouterr().err == "tcimages: listing images: 100 of 200\n"
    assert not line.is_live
