"""`python -m benchmarks.soak --minutes 10 --clients 50`: random faults under many clients.

One plugin process, an emulator whose requests fail at random, and clients that look up images as
fast as they are answered. Every answer is compared with the right one, and every lookup with its
deadline. A lookup may end in an error; it may never be wrong or late. The plugin's memory, threads
and file descriptors are printed as they grow.

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
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("getPlatformImage", {"framework": "vllm", "latest": True}),
    ("getPlatformImage", {"imageRange": "Train", "components": {"torch": ">=2.1", "cuda": "==12.*"},
                          "latestBy": ["torch"]}),
    ("getPlatformImages", {"frameworkVersion": ">=2.5", "gpu": "A100"}),
    ("getPlatformImages", {"filters": [{"name": "ImageRange", "values": ["Train"]}]}),
    ("getPlatformImage", {"framework": "tensorflow"}),  # ambiguous
    ("getPlatformImages", {"region": "ap-shanghai", "framework": "pytorch"}),
    ("getSessionImage", {**_SESSION, "framework": "pytorch", "latest": True}),
    ("getSessionImages", _SESSION),
)  # fmt: skip
_PAGED = "DescribePlatformImages"
_LISTED = (_PAGED, "DescribeSessionImageVersion")


@dataclass
class Tally:
    """Counts of answers so far, by kind."""

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
    chosen = arguments.parse_args()
    tally, done = Tally(TIMEOUT_S + chosen.grace), threading.Event()
    with Emulator(requests_per_second=0) as cloud, start_plugin(cloud) as plugin:
        expected = [ask(plugin, *question) for question in QUESTIONS]
        workers = [
            threading.Thread(target=play_faults, args=(cloud, random.Random(chosen.seed), done)),
            *(
                threading.Thread(
                    target=look_up,
                    args=(plugin, expected, random.Random(chosen.seed + number), tally, done),
                )
                for number in range(1, chosen.clients + 1)
            ),
        ]
        for worker in workers:
            worker.start()
        lines = list(watch(plugin, tally, chosen.minutes * 60))
        done.set()
        for worker in workers:
            worker.join()
        alive = plugin.process.poll() is None
        cloud.faults.clear()
        recovered = [ask(plugin, *question) for question in QUESTIONS] == expected
    for example in tally.examples:
        print(example)
    print(f"longest lookup {tally.longest_s:.1f} s; deadline {TIMEOUT_S} s")
    print(f"plugin {'runs' if alive else 'ended'}; right answers afterwards: {recovered}")
    failed = tally.counts["wrong"] + tally.counts["late"]
    return 0 if lines and not failed and alive and recovered else 1


def start_plugin(cloud: Emulator) -> Plugin:
    """Return a plugin that keeps no answers, so that every lookup meets the faults."""
    plugin = Plugin(OURS, clean_environment() | cloud.environment)
    plugin.configure(cacheTtlSeconds=0, timeoutSeconds=TIMEOUT_S, maxRequestsPerSecond=1000)
    return plugin


def ask(plugin: Plugin, function: str, arguments: dict[str, Any]) -> tuple[str, str]:
    """Return the kind of an answer, and the answer or the first line of the error."""
    try:
        reply = plugin.send(build_invoke(function, arguments), TIMEOUT_S + 10)
    except grpc.RpcError as error:
        text = error.details() or ""
        is_ours = text.startswith(f"{function}: ") and "bug" not in text
        kind = "error" if is_ours else "wrong"
        return kind, f"{error.code().name}: {text.splitlines()[0] if text else ''}"
    answer = deserialize(getattr(reply, "return"))
    answer.pop("totalCount", None)  # it also counts the rows that a fault adds
    return "answer", json.dumps(answer, sort_keys=True)


def look_up(
    plugin: Plugin,
    expected: list[tuple[str, str]],
    chance: random.Random,
    tally: Tally,
    done: threading.Event,
) -> None:
    """Look up images until the end, and compare each answer."""
    while not done.is_set():
        number = chance.randrange(len(QUESTIONS))
        began_s = time.monotonic()
        kind, text = ask(plugin, *QUESTIONS[number])
        if kind == "answer" and (kind, text) != expected[number]:
            kind, text = "wrong", compare(text, expected[number][1])
        tally.add(kind, time.monotonic() - began_s, f"{QUESTIONS[number]} -> {text}")


def compare(text: str, expected: str) -> str:
    """Return which ids are missing and which were not expected; the answer if it has no ids."""
    if not expected.startswith("{"):
        return f"{text} instead of {expected}"
    ids, right = (set(json.loads(one).get("ids", ())) for one in (text, expected))
    return f"missing {sorted(right - ids)}, unexpected {sorted(ids - right)}" if right else text


def play_faults(cloud: Emulator, chance: random.Random, done: threading.Event) -> None:
    """Keep a few faults waiting for the next requests; about half of the requests meet none."""
    while not done.wait(0.005):
        waiting = cloud.faults.left()
        for action in _LISTED:
            if len(waiting.get(action, ())) < 4:
                fault = Fault() if chance.random() < 0.5 else draw_fault(chance)
                # A shorter list is seen only where there are pages.
                cloud.faults.add(action, fault if action == _PAGED else replace(fault, page_cap=0))


def draw_fault(chance: random.Random) -> Fault:
    """Return one of the ways in which a cloud and a network fail."""
    return chance.choice(
        (
            Fault(code=chance.choice(("InternalError", "RequestLimitExceeded", "FailedOperation"))),
            Fault(code=chance.choice(("AuthFailure.SignatureExpire", "InvalidParameter"))),
            Fault(status=chance.choice((429, 500, 502, 503, 504))),
            Fault(close=True),
            Fault(reset=True),
            Fault(truncate=True),
            Fault(delay_s=chance.uniform(0, 2 * TIMEOUT_S)),
            Fault(drip_s=chance.uniform(0, 1)),
            Fault(body=chance.choice(("", "null", "[]", "{", "<html>", '{"Response": {}}'))),
            Fault(pad_bytes=chance.randrange(1_000_000)),
            Fault(drift=chance.choice((-150, -1, 1, 150))),
            Fault(total=chance.choice(("null", "zero", "page"))),
            Fault(repeat_page=True),
            Fault(page_cap=chance.randrange(1, 100)),
            Fault(rows=(None, {"ImageId": 7}, {})),
            Fault(clock_skew_s=chance.uniform(-600, 600)),
        )
    )


def watch(plugin: Plugin, tally: Tally, seconds: float) -> list[str]:
    """Print and return a line of figures, twenty times in all."""
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
