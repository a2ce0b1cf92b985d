"""Run the emulator in a separate process, so that it does not slow down the measured process.

    with run_emulator(images=300) as emulator:
        emulator.environment, emulator.requests()

The process is `python -m benchmarks.cloud_process IMAGES ENGINES LATENCY_S PER_SECOND`. It prints
its environment variables, and ends when its standard input is closed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rows import build_engine_rows, build_platform_rows
from pulumi_tcimages.emulator import Catalogue, Emulator

_CHECKOUT = Path(__file__).parents[1]
_CONFIGURATION_PREFIXES = ("TENCENTCLOUD_", "TCCLI_", "TKE_", "TCIMAGES_", "PULUMI_")


@dataclass(frozen=True)
class EmulatorProcess:
    """A running emulator in another process."""

    environment: dict[str, str]
    start_s: float
    """The time from creating the emulator to listening, measured in its process."""

    @property
    def endpoint(self) -> str:
        return self.environment["TCIMAGES_ENDPOINT_TIONE"]

    def requests(self) -> list[dict[str, Any]]:
        """Return the last 10,000 requests to the emulator."""
        with urllib.request.urlopen(f"{self.endpoint}/_emulator/requests") as reply:
            entries: list[dict[str, Any]] = json.load(reply)
        return [entry for entry in entries if entry["action"]]


@contextmanager
def run_emulator(
    *, images: int = 0, engines: int = 0, latency_s: float = 0.0, per_second: int = 0
) -> Iterator[EmulatorProcess]:
    """Run an emulator. `images=0` uses its default catalogue; `per_second=0` means no limit."""
    arguments = map(str, (images, engines, latency_s, per_second))
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.cloud_process", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    )
    assert process.stdout is not None
    try:
        started = json.loads(process.stdout.readline())
        yield EmulatorProcess(clean_environment() | started["environment"], started["start_s"])
    finally:
        process.communicate()


def clean_environment() -> dict[str, str]:
    """Return this process's environment without variables that configure the plugin."""
    environment = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(_CONFIGURATION_PREFIXES)
    }
    path = os.pathsep.join([str(_CHECKOUT), *filter(None, [environment.get("PYTHONPATH")])])
    # Otherwise each process would compile the modules of this folder again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment | {"HOME": os.devnull, "PYTHONPATH": path}


def main() -> None:
    images, engines = map(int, sys.argv[1:3])
    latency_s, per_second = float(sys.argv[3]), int(sys.argv[4])
    began_s = time.perf_counter()
    catalogue = Catalogue.load() if not images else Catalogue()
    for row in build_platform_rows(images):
        catalogue.add_platform_image(row)
    for number in range(engines):
        for row in build_engine_rows():
            catalogue.add_session_image(f"DataEngine-{number:08d}", "machine-learning", row)
    with Emulator(
        catalogue=catalogue, latency_s=latency_s, requests_per_second=per_second
    ) as emulator:
        started_s = time.perf_counter() - began_s
        print(json.dumps({"environment": emulator.environment, "start_s": started_s}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
