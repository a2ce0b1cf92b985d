"""Catalogues of any size, with repeated images of the emulator in increasing versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from pulumi_tcimages.emulator.catalogue import DEFAULT_FILE


def build_platform_rows(count: int) -> Iterator[dict[str, Any]]:
    """Yield platform images in the format of the API, with unique ids and names."""
    images = _load_default_catalogue()["platform_images"]
    for number in range(count):
        series, index = divmod(number, len(images))
        image = images[index]["image"]
        if series:
            version = image.get("FrameworkVersion")
            image = {
                **image,
                "ImageId": f"{series:08d}{str(image['ImageId'])[8:]}",
                "ImageName": f"{image.get('ImageName') or 'image'}-r{series}",
                "FrameworkVersion": f"{version}.{series}" if version else version,
            }
        yield image


def build_engine_rows() -> list[dict[str, Any]]:
    """Return the images of one DLC engine."""
    entries = _load_default_catalogue()["session_images"]
    first = entries[0]
    return [
        entry["image"]
        for entry in entries
        if (entry["engine"], entry["framework_type"]) == (first["engine"], first["framework_type"])
    ]


@cache
def _load_default_catalogue() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    return document
