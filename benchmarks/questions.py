"""What the benchmarks ask: a usual lookup, and as many as wanted that differ in their text."""

from __future__ import annotations

from typing import Any

PLATFORM_IMAGE = "getPlatformImage"
QUESTION: dict[str, Any] = {
    "imageRange": "Train",
    "framework": "tensorflow",
    "device": "gpu",
    "latest": True,
}
_DIFFERENT = 100


def build_questions(count: int) -> list[dict[str, Any]]:
    """So many lookups, a hundred different ones over and over."""
    different = [{**QUESTION, "frameworkVersion": f">=0.{number}"} for number in range(_DIFFERENT)]
    return [different[number % _DIFFERENT] for number in range(count)]
