"""Helpers of the tests of the cloud client: a fake clock, simple listings and files."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

from pulumi_tcimages.cloud import Client
from pulumi_tcimages.emulator import Catalogue, Emulator
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES
from pulumi_tcimages.sources.session_images import SESSION_IMAGES

REGION = "ap-guangzhou"
ENGINE = "DataEngine-b0jt6fvk"
ROLE = "qcs::cam::uin/100000000001:roleName/build"


class FakeTime:
    """A clock that advances only by waits, with 0.5 as every random number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passed_s = 0.0
        self._started_unix_s = time.time()
        self.waits: list[float] = []
        self.cancelled = False

    def monotonic_s(self) -> float:
        with self._lock:
            return self._passed_s

    def unix_s(self) -> float:
        return self._started_unix_s + self.monotonic_s()

    def wait(self, seconds: float) -> bool:
        if seconds and not self.cancelled:
            self.advance(seconds)
            self.waits.append(seconds)
        return self.cancelled

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._passed_s += seconds

    def random(self) -> float:
        return 0.5


def list_all(client: Client, **arguments: Any) -> Any:
    """List the platform images."""
    region = arguments.pop("region", REGION)
    inputs = {name: value for name, value in arguments.items() if value}
    return client.list_images(PLATFORM_IMAGES, region=region, parameters=inputs)


def list_session(client: Client, engine: str = ENGINE, framework_type: str = "machine-learning"):
    """List the session images of an engine."""
    parameters = {"data_engine_id": engine, "framework_type": framework_type}
    return client.list_images(SESSION_IMAGES, region="ap-singapore", parameters=parameters)


def last_key_id(cloud: Emulator) -> str:
    """Return the id of the key that signed the last listing of platform images."""
    return cloud.requests.of("DescribePlatformImages")[-1].secret_id


def write_file(folder: Path, name: str, content: object) -> Path:
    """Write a file with a text, or with a value as JSON."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def build_catalogue(size: int, engines: int = 0) -> Catalogue:
    """Build a catalogue with platform images, and engines with one session image each."""
    catalogue = Catalogue()
    for number in range(size):
        catalogue.add_platform_image({"ImageId": f"i-{number}", "ImageName": f"n-{number}"})
    for number in range(engines):
        catalogue.add_session_image(
            f"DataEngine-{number:08d}", "python", {"SparkImageId": "s", "SparkImageVersion": "v"}
        )
    return catalogue
