"""The lookups of the benchmarks: a typical one, and many different ones."""

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
    """Return the arguments of `count` lookups, which repeat 100 different ones."""
    different = [{**QUESTION, "frameworkVersion": f">=0.{number}"} for number in range(_DIFFERENT)]
    return [different[number % _DIFFERENT] for number in range(count)]
