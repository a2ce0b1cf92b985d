"""Benchmark choosing one of 10,000 images with all criteria, relative to parsing the rows.

There are two catalogues: a mixed one, and a worst case. In the worst case, every image satisfies
every criterion, so all versions are compared. The two kinds of failure are also measured, because
errors need hints.
"""

from __future__ import annotations

import gc
import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.measuring import freeze
from pulumi_tcimages.core.api import Reply, read_reply
from pulumi_tcimages.core.names import read_name
from pulumi_tcimages.core.query import BaseQuery, read_query
from pulumi_tcimages.core.responses import Page, read_page
from pulumi_tcimages.core.selection import choose_image
from pulumi_tcimages.diagnostics import Where
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError
from pulumi_tcimages.sources.platform_images import (
    PLATFORM_IMAGES,
    PlatformImage,
    PlatformImageQuery,
)

IMAGES = 10_000
_PAGE = 1_000
ROUNDS = 5
_READING = "read the rows"
_WHERE = Where("ap-guangzhou", "tione.tencentcloudapi.com")
_EVERYTHING = {
    "name_regex": "(?i)torch",
    "tag_regex": "^24",
    "framework": "pytorch",
    "framework_version": ">=1.0",
    "image_range": "Train",
    "gpu": "A100",
    "device": "gpu",
    "image_type": "tcr",
    "support_data_pipeline": True,
    "allow_save_all_content": True,
    "support_distributed_deploy": True,
    "attributes": {"TrainingModes": "DDP"},
    "components": {"pytorch": ">=1.0", "cuda": "==12.*", "python": ">=3.8", "vllm": "none"},
    "latest_by": ["frameworkVersion", "tilearn-llm"],
}


class Figure(NamedTuple):
    """One line of the table."""

    what: str
    best_ms: float
    peak_mib: float
    to_reading: float
    """The time relative to parsing the same rows."""


class _Way(NamedTuple):
    """A function to measure, and a function that prepares a new argument for each run."""

    prepare: Callable[[], Any]
    run: Callable[[Any], object]


def figures() -> list[Figure]:
    """Measure the best time and the peak memory of parsing rows and of choosing an image."""
    mixed, passing = _body(mixed=True), _body(mixed=False)
    ways = {
        _READING: _Way(lambda: None, lambda _: _read(mixed)),
        "read components out of the names": _reading_names(mixed),
        "choose, mixed catalogue": _choosing(mixed, _EVERYTHING),
        "choose, every image passes": _choosing(passing, _EVERYTHING),
        "no match, with hints": _choosing(mixed, {**_EVERYTHING, "gpu": "H999"}),
        "ambiguous, with hints": _choosing(mixed, {"framework": "pytorch"}),
    }
    freeze()  # so that collecting garbage among the prepared objects costs no time
    # In turns, because the speed of the machine varies over time.
    rounds = [{what: _time_ms(way) for what, way in ways.items()} for _ in range(ROUNDS)]
    best_ms = {what: min(one[what] for one in rounds) for what in ways}
    return [
        Figure(what, best_ms[what], _peak_mib(way), best_ms[what] / best_ms[_READING])
        for what, way in ways.items()
    ]


def _choosing(body: list[bytes], arguments: dict[str, Any]) -> _Way:
    query = read_query(PlatformImageQuery, arguments)
    images = _read(body)
    return _Way(lambda: _fresh(images), lambda fresh: _choose(fresh, query))


def _reading_names(body: list[bytes]) -> _Way:
    names = [image.image_name for image in _read(body)]
    return _Way(lambda: None, lambda _: [read_name(name) for name in names])


def _body(*, mixed: bool) -> list[bytes]:
    """Return the pages of a listing with 10,000 rows whose names differ."""
    return [
        json.dumps(
            {
                "Response": {
                    "RequestId": "0",
                    "TotalCount": IMAGES,
                    "PlatformImageInfos": [
                        _row(number, mixed=mixed) for number in range(first, first + _PAGE)
                    ],
                }
            }
        ).encode()
        for first in range(0, IMAGES, _PAGE)
    ]


def _row(number: int, *, mixed: bool) -> dict[str, Any]:
    kind = number % 7 if mixed else 0
    version = f"2.{number % 40}.{number % 9}"
    name = f"tilearn-llm0.{number}-torch{version}-py3.10-cuda12.{number % 9}-gpu"
    flag = "true" if kind != 5 else "false"
    return {
        "Framework": "TENSORFLOW" if kind == 1 else "PYTORCH",
        "FrameworkVersion": version,
        "ImageType": "TCR",
        "ImageUrl": f"tione.tencentcloudcr.com/qcloud-ti-platform/llm-train:24.{number}-gpu",
        "ImageName": name.replace("torch", "tf") if kind == 1 else name,
        "ImageId": f"00000000-0000-4000-8000-{number:012}",
        "SupportGpuList": ["V100", "T4"] if kind == 3 else ["A10", "A100"],
        "Description": "支持的卡型：A10、A100",
        "ExtraAttributes": [
            {"Type": "List", "Key": "TrainingModes", "Value": "", "Values": ["DDP", "MPI"]},
            {"Type": "", "Key": "SupportDataPipeline", "Value": flag, "Values": None},
            {"Type": "", "Key": "AllowSaveAllContent", "Value": "true", "Values": None},
        ],
        "ImageRange": ["Notebook"] if kind == 2 else ["Train", "Notebook"],
        "SupportDistributedDeploy": kind != 4,
        "RegistryRegion": "",
        "RegistryId": "",
        "RegionScope": "all",
    }


def _read(pages: list[bytes]) -> list[PlatformImage]:
    images: list[PlatformImage] = []
    for body in pages:
        reply = read_reply(body)
        page = (
            read_page(reply, PLATFORM_IMAGES.action, PlatformImage, _PAGE)
            if isinstance(reply, Reply)
            else reply
        )
        if not isinstance(page, Page):
            raise TypeError(page)
        images += [row for row in page.rows if isinstance(row, PlatformImage)]
    return images


def _fresh(images: list[PlatformImage]) -> list[PlatformImage]:
    """Copy images without the values that an image caches when they are first parsed."""
    return [
        PlatformImage.model_construct(**{n: getattr(one, n) for n in type(one).model_fields})
        for one in images
    ]


def _choose(images: list[PlatformImage], query: BaseQuery) -> object:
    try:
        return choose_image(images, query, _WHERE)
    except (NoMatchError, AmbiguousMatchError) as undecided:
        return undecided


def _time_ms(way: _Way) -> float:
    """Return the processor time of one run."""
    prepared = way.prepare()
    gc.collect()
    begun = time.process_time()
    way.run(prepared)
    return (time.process_time() - begun) * 1000


def _peak_mib(way: _Way) -> float:
    prepared = way.prepare()
    tracemalloc.start()
    way.run(prepared)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


if __name__ == "__main__":
    print(f"{IMAGES} images, every criterion set")
    for figure in figures():
        print(
            f"{figure.what:<28} {figure.best_ms:8.1f} ms {figure.peak_mib:8.1f} MiB"
            f" {figure.to_reading:8.2f} x reading"
        )
