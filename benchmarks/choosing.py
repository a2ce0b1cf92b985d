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

from benchmarks.measuring import freeze_garbage_collector
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
_PARSING = "read the rows"
_WHERE = Where("ap-guangzhou", "tione.tencentcloudapi.com")
_ALL_CRITERIA = {
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

    case: str
    best_ms: float
    peak_mib: float
    ratio: float
    """The time relative to parsing the same rows."""


class _Workload(NamedTuple):
    """A function to measure, and a function that prepares a new argument for each run."""

    prepare: Callable[[], Any]
    run: Callable[[Any], object]


def measure_figures() -> list[Figure]:
    """Measure the best time and the peak memory of parsing rows and of choosing an image."""
    mixed, passing = _build_pages(mixed=True), _build_pages(mixed=False)
    workloads = {
        _PARSING: _Workload(lambda: None, lambda _: _parse_pages(mixed)),
        "read components out of the names": _prepare_name_parsing(mixed),
        "choose, mixed catalogue": _prepare_choosing(mixed, _ALL_CRITERIA),
        "choose, every image passes": _prepare_choosing(passing, _ALL_CRITERIA),
        "no match, with hints": _prepare_choosing(mixed, {**_ALL_CRITERIA, "gpu": "H999"}),
        "ambiguous, with hints": _prepare_choosing(mixed, {"framework": "pytorch"}),
    }
    freeze_garbage_collector()  # so that collecting the prepared objects costs no time
    # In turns, because the speed of the machine varies over time.
    rounds = [
        {case: _time_ms(workload) for case, workload in workloads.items()} for _ in range(ROUNDS)
    ]
    best_ms = {case: min(times_ms[case] for times_ms in rounds) for case in workloads}
    return [
        Figure(case, best_ms[case], _peak_mib(workload), best_ms[case] / best_ms[_PARSING])
        for case, workload in workloads.items()
    ]


def _prepare_choosing(body: list[bytes], arguments: dict[str, Any]) -> _Workload:
    query = read_query(PlatformImageQuery, arguments)
    images = _parse_pages(body)
    return _Workload(lambda: _copy_unparsed(images), lambda images: _choose_image(images, query))


def _prepare_name_parsing(body: list[bytes]) -> _Workload:
    names = [image.image_name for image in _parse_pages(body)]
    return _Workload(lambda: None, lambda _: [read_name(name) for name in names])


def _build_pages(*, mixed: bool) -> list[bytes]:
    """Return the pages of a listing with 10,000 rows whose names differ."""
    return [
        json.dumps(
            {
                "Response": {
                    "RequestId": "0",
                    "TotalCount": IMAGES,
                    "PlatformImageInfos": [
                        _build_row(number, mixed=mixed) for number in range(first, first + _PAGE)
                    ],
                }
            }
        ).encode()
        for first in range(0, IMAGES, _PAGE)
    ]


def _build_row(number: int, *, mixed: bool) -> dict[str, Any]:
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


def _parse_pages(pages: list[bytes]) -> list[PlatformImage]:
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


def _copy_unparsed(images: list[PlatformImage]) -> list[PlatformImage]:
    """Copy images without the values that an image caches when they are first parsed."""
    return [
        PlatformImage.model_construct(
            **{name: getattr(image, name) for name in type(image).model_fields}
        )
        for image in images
    ]


def _choose_image(images: list[PlatformImage], query: BaseQuery) -> object:
    try:
        return choose_image(images, query, _WHERE)
    except (NoMatchError, AmbiguousMatchError) as error:
        return error


def _time_ms(workload: _Workload) -> float:
    """Return the processor time of one run."""
    prepared = workload.prepare()
    gc.collect()
    began_s = time.process_time()
    workload.run(prepared)
    return (time.process_time() - began_s) * 1000


def _peak_mib(workload: _Workload) -> float:
    prepared = workload.prepare()
    tracemalloc.start()
    workload.run(prepared)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


if __name__ == "__main__":
    print(f"{IMAGES} images, every criterion set")
    for figure in measure_figures():
        print(
            f"{figure.case:<28} {figure.best_ms:8.1f} ms {figure.peak_mib:8.1f} MiB"
            f" {figure.ratio:8.2f} x reading"
        )
