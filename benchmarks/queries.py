"""The lookups of the benchmarks: a typical one, and many different ones."""

from __future__ import annotations

from typing import Any

PLATFORM_IMAGE = "getPlatformImage"
QUERY: dict[str, Any] = {
    "imageRange": "Train",
    "framework": "tensorflow",
    "device": "gpu",
    "latest": True,
}
_DISTINCT_COUNT = 100


def build_queries(count: int) -> list[dict[str, Any]]:
    """Return the arguments of `count` lookups, which repeat 100 different ones."""
    queries = [{**QUERY, "frameworkVersion": f">=0.{number}"} for number in range(_DISTINCT_COUNT)]
    return [queries[number % _DISTINCT_COUNT] for number in range(count)]
