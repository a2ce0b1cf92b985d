"""Choosing one image of 10,000 with every criterion set, against reading the same rows.

Two catalogues: a mixed one, as a cloud would list it, and the worst one, where every image passes
every criterion, so that nothing is narrowed early and every version is compared. And the two ways
to fail, because that is where the work on hints is done.
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
    """How much of the time that reading the same rows takes."""


class _Way(NamedTuple):
    """What is measured, and what it needs, made anew each time."""

    prepare: Callable[[], Any]
    run: Callable[[Any], object]


def figures() -> list[Figure]:
    """The best time of a few rounds, and peak memory: of reading rows and of choosing from them."""
    mixed, passing = _body(mixed=True), _body(mixed=False)
    ways = {
        _READING: _Way(lambda: None, lambda _: _read(mixed)),
        "read components out of the names": _reading_names(mixed),
        "choose, mixed catalogue": _choosing(mixed, _EVERYTHING),
        "choose, every image passes": _choosing(passing, _EVERYTHING),
        "no match, with hints": _choosing(mixed, {**_EVERYTHING, "gpu": "H999"}),
        "ambiguous, with hints": _choosing(mixed, {"framework": "pytorch"}),
    }
    freeze()  # what is only held ready is no work of any of them
    # In turns, because a machine is not as fast in one minute as in the next.
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
    """Return pages of 10,000 rows in all; names differ, as in a catalogue that has grown."""
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
    """The same images with nothing read out of them yet: what is read is kept on the image."""
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
    """The processor's time for one run."""
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
