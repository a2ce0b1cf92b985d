"""`python -m benchmarks.soak --minutes 10 --clients 50`: a soak test with random faults.

Many clients look up images in one plugin process, while requests to the emulator fail at random.
Each result is compared with the expected one, and each lookup time with the deadline. A lookup may
fail, but must not be wrong or late. The plugin's memory, threads and file descriptors are printed.

Exit code 1 if a lookup was wrong or late, or if the plugin ended.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import grpc

from benchmarks.cloud_process import clean_environment
from benchmarks.plugin_process import OURS, Plugin, build_invoke, resident_mib
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.plugin.property_values import deserialize

TIMEOUT_S = 5
_SESSION = {"dataEngineId": "DataEngine-e482ijv6", "frameworkType": "machine-learning"}
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("getPlatformImage", {"framework": "vllm", "latest": True}),
    ("getPlatformImage", {"imageRange": "Train", "components": {"torch": ">=2.1", "cuda": "==12.*"},
                          "latestBy": ["torch"]}),
    ("getPlatformImages", {"frameworkVersion": ">=2.5", "gpu": "A100"}),
    ("getPlatformImages", {"filters": [{"name": "ImageRange", "values": ["Train"]}]}),
    ("getPlatformImage", {"framework": "tensorflow"}),  # several images match
    ("getPlatformImages", {"region": "ap-shanghai", "framework": "pytorch"}),
    ("getSessionImage", {**_SESSION, "framework": "pytorch", "latest": True}),
    ("getSessionImages", _SESSION),
)  # fmt: skip
_PAGED = "DescribePlatformImages"
_LISTED = (_PAGED, "DescribeSessionImageVersion")


@dataclass
class Tally:
    """Counts of results by kind."""

    late_after_s: float
    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    longest_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, elapsed_s: float, example: str) -> None:
        with self.lock:
            self.counts["lookups"] += 1
            self.counts[kind] += 1
            self.longest_s = max(self.longest_s, elapsed_s)
            if elapsed_s > self.late_after_s:
                self.counts["late"] += 1
                kind = "late"
            if kind in ("wrong", "late") and len(self.examples) < 10:
                self.examples.append(f"{kind} after {elapsed_s:.1f} s: {example[:500]}")


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--clients", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument(
        "--grace", type=float, default=1.0, help="seconds behind the deadline that are not late"
    )
    options = arguments.parse_args()
    tally, stopped = Tally(TIMEOUT_S + options.grace), threading.Event()
    with Emulator(requests_per_second=0) as cloud, start_plugin(cloud) as plugin:
        expected = [send_lookup(plugin, *query) for query in QUERIES]
        workers = [
            threading.Thread(target=add_faults, args=(cloud, random.Random(options.seed), stopped)),
            *(
                threading.Thread(
                    target=look_up,
                    args=(plugin, expected, random.Random(options.seed + number), tally, stopped),
                )
                for number in range(1, options.clients + 1)
            ),
        ]
        for worker in workers:
            worker.start()
        lines = list(report_progress(plugin, tally, options.minutes * 60))
        stopped.set()
        for worker in workers:
            worker.join()
        alive = plugin.process.poll() is None
        cloud.faults.clear()
        recovered = [send_lookup(plugin, *query) for query in QUERIES] == expected
    for example in tally.examples:
        print(example)
    print(f"longest lookup {tally.longest_s:.1f} s; deadline {TIMEOUT_S} s")
    print(f"plugin {'runs' if alive else 'ended'}; right answers afterwards: {recovered}")
    failed = tally.counts["wrong"] + tally.counts["late"]
    return 0 if lines and not failed and alive and recovered else 1


def start_plugin(cloud: Emulator) -> Plugin:
    """Return a plugin without a cache, so that every lookup sends requests."""
    plugin = Plugin(OURS, clean_environment() | cloud.environment)
    plugin.configure(cacheTtlSeconds=0, timeoutSeconds=TIMEOUT_S, maxRequestsPerSecond=1000)
    return plugin


def send_lookup(plugin: Plugin, function: str, arguments: dict[str, Any]) -> tuple[str, str]:
    """Send a lookup; return the kind of result, and the result or the error's first line."""
    try:
        reply = plugin.send(build_invoke(function, arguments), TIMEOUT_S + 10)
    except grpc.RpcError as error:
        text = error.details() or ""
        is_ours = text.startswith(f"{function}: ") and "bug" not in text
        kind = "error" if is_ours else "wrong"
        return kind, f"{error.code().name}: {text.splitlines()[0] if text else ''}"
    answer = deserialize(getattr(reply, "return"))
    answer.pop("totalCount", None)  # a fault may add rows, which it counts
    return "answer", json.dumps(answer, sort_keys=True)


def look_up(
    plugin: Plugin,
    expected: list[tuple[str, str]],
    rng: random.Random,
    tally: Tally,
    stopped: threading.Event,
) -> None:
    """Look up images until `stopped` is set, and compare each result."""
    while not stopped.is_set():
        number = rng.randrange(len(QUERIES))
        began_s = time.monotonic()
        kind, text = send_lookup(plugin, *QUERIES[number])
        if kind == "answer" and (kind, text) != expected[number]:
            kind, text = "wrong", compare(text, expected[number][1])
        tally.add(kind, time.monotonic() - began_s, f"{QUERIES[number]} -> {text}")


def compare(text: str, expected: str) -> str:
    """Return the missing and the unexpected ids, or the result if it has no ids."""
    if not expected.startswith("{"):
        return f"{text} instead of {expected}"
    ids, expected_ids = (set(json.loads(result).get("ids", ())) for result in (text, expected))
    if not expected_ids:
        return text
    return f"missing {sorted(expected_ids - ids)}, unexpected {sorted(ids - expected_ids)}"


def add_faults(cloud: Emulator, rng: random.Random, stopped: threading.Event) -> None:
    """Keep a few faults queued for the next requests, about half of which succeed."""
    while not stopped.wait(0.005):
        waiting = cloud.faults.left()
        for action in _LISTED:
            if len(waiting.get(action, ())) < 4:
                fault = Fault() if rng.random() < 0.5 else choose_fault(rng)
                # The client can detect a shortened list only if it has pages.
                cloud.faults.add(action, fault if action == _PAGED else replace(fault, page_cap=0))


def choose_fault(rng: random.Random) -> Fault:
    """Return a random fault of a cloud or a network."""
    return rng.choice(
        (
            Fault(code=rng.choice(("InternalError", "RequestLimitExceeded", "FailedOperation"))),
            Fault(code=rng.choice(("AuthFailure.SignatureExpire", "InvalidParameter"))),
            Fault(status=rng.choice((429, 500, 502, 503, 504))),
            Fault(close=True),
            Fault(reset=True),
            Fault(truncate=True),
            Fault(delay_s=rng.uniform(0, 2 * TIMEOUT_S)),
            Fault(drip_s=rng.uniform(0, 1)),
            Fault(body=rng.choice(("", "null", "[]", "{", "<html>", '{"Response": {}}'))),
            Fault(pad_bytes=rng.randrange(1_000_000)),
            Fault(drift=rng.choice((-150, -1, 1, 150))),
            Fault(total=rng.choice(("null", "zero", "page"))),
            Fault(repeat_page=True),
            Fault(page_cap=rng.randrange(1, 100)),
            Fault(rows=(None, {"ImageId": 7}, {})),
            Fault(clock_skew_s=rng.uniform(-600, 600)),
        )
    )


def report_progress(plugin: Plugin, tally: Tally, seconds: float) -> list[str]:
    """Print a line of figures 20 times, and return the lines."""
    header = "  minute  lookups  answers   errors  wrong  late   MiB  threads  descriptors"
    print(header, flush=True)
    lines = []
    began_s = time.monotonic()
    for number in range(1, 21):
        time.sleep(max(0.0, began_s + seconds * number / 20 - time.monotonic()))
        if plugin.process.poll() is not None:
            break
        process = Path(f"/proc/{plugin.process.pid}")
        counts = tally.counts
        lines.append(
            f"{seconds * number / 1200:8.1f} {counts['lookups']:8} {counts['answer']:8} "
            f"{counts['error']:8} {counts['wrong']:6} {counts['late']:5} "
            f"{resident_mib(plugin.process.pid):5.0f} {len(list((process / 'task').iterdir())):8} "
            f"{len(list((process / 'fd').iterdir())):12}"
        )
        print(lines[-1], flush=True)
    return lines


if __name__ == "__main__":
    sys.exit(main())
