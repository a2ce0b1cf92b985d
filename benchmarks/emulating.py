"""Benchmark the emulator's start and its request rate."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from urllib.parse import urlsplit

from benchmarks.cloud_process import run_emulator
from benchmarks.measuring import Row, Scale, format_time
from pulumi_tcimages.core import api
from pulumi_tcimages.sources.session_images import SESSION_IMAGES

_CONNECTIONS = 4
_START_AIM_S = 0.3
_RATE_AIM_PER_S = 1000


def measure_rows(scale: Scale) -> list[Row]:
    """Measure both figures. The clients run on the same machine."""
    starts = []
    for _ in range(scale.process_rounds):
        with run_emulator() as emulator:
            starts.append(emulator.start_s)
    with run_emulator(engines=1) as emulator:
        rates = [_measure_rate(emulator.environment, scale) for _ in range(scale.process_rounds)]
    start_s, rate = median(starts), median(rates)
    return [
        Row(
            "emulator: made → listening",
            "–",
            format_time(start_s),
            f"< {_START_AIM_S:g} s",
            start_s < _START_AIM_S,
            scale.process_rounds,
        ),
        Row(
            f"emulator: signed requests a second, {_CONNECTIONS} connections",
            "–",
            f"{rate:,.0f}, all answered",
            f"≥ {_RATE_AIM_PER_S:,}",
            rate >= _RATE_AIM_PER_S,
            scale.process_rounds,
        ),
    ]


def _measure_rate(environment: Mapping[str, str], scale: Scale) -> float:
    """Return the requests per second. Raises: RuntimeError for a response without images."""
    address = urlsplit(environment["TCIMAGES_ENDPOINT_DLC"]).netloc
    request = api.build_request(
        SESSION_IMAGES.action.action,
        {"data_engine_id": "DataEngine-00000000", "framework_type": "machine-learning"},
        host=address,
        region=environment["TENCENTCLOUD_REGION"],
        language="en-US",
        keys=api.Keys(
            environment["TENCENTCLOUD_SECRET_ID"], environment["TENCENTCLOUD_SECRET_KEY"]
        ),
        sent_at_unix_s=int(time.time()),
    )
    requests_per_connection = scale.emulator_requests // _CONNECTIONS

    def send_requests(_: int) -> None:
        connection = http.client.HTTPConnection(address)
        for _number in range(requests_per_connection):
            connection.request("POST", "/", request.body, dict(request.headers))
            if b"SparkImageId" not in connection.getresponse().read():
                raise RuntimeError("the emulator did not answer with images")
        connection.close()

    began_s = time.perf_counter()
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        list(pool.map(send_requests, range(_CONNECTIONS)))
    return requests_per_connection * _CONNECTIONS / (time.perf_counter() - began_s)
