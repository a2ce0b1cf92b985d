"""A real error of the provider for each error code, for docs/errors.md."""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi_tcimages import lookup
from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.cloud.deadline import Clock
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import CancelledError, TcImagesError
from pulumi_tcimages.sources.platform_images import PlatformImageQuery
from tests.cloud.fakes import FakeTime

TENSORFLOW = {"framework": "tensorflow", "image_range": "Train", "latest": True}


def find_error_of(
    cloud: Emulator, arguments: dict[str, Any], **configuration: Any
) -> TcImagesError:
    """Return the error of a lookup in the emulator, with a fake clock."""
    time = FakeTime()
    environ = {} if configuration.pop("no_environment", False) else cloud.environment
    with tempfile.TemporaryDirectory() as home:
        client = open_client(
            read_configuration(configuration),
            environ=environ,
            home=Path(home),
            clock=Clock(time.unix_s, time.monotonic_s, time.wait, time.random),
        )
        try:
            lookup.find_image(client, read_query(PlatformImageQuery, arguments))
        except TcImagesError as error:
            return error
        finally:
            client.close()
    raise AssertionError("the lookup found an image")


def reject_with(code: str, message: str) -> Callable[[Emulator], TcImagesError]:
    def find_error(cloud: Emulator) -> TcImagesError:
        fault = Fault(code=code, message=message)
        cloud.faults.add("DescribePlatformImages", *[fault] * 300)
        return find_error_of(cloud, TENSORFLOW)

    return find_error


def reject_argument(cloud: Emulator) -> TcImagesError:
    try:
        return find_error_of(cloud, {**TENSORFLOW, "framework_version": "^2.5"})
    except TcImagesError as error:
        return error


def respond_with_html(cloud: Emulator) -> TcImagesError:
    fault = Fault(body="<html>Please log in</html>", content_type="text/html")
    cloud.faults.add("DescribePlatformImages", *[fault] * 300)
    return find_error_of(cloud, TENSORFLOW)


def refuse_connections(cloud: Emulator) -> TcImagesError:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return find_error_of(cloud, TENSORFLOW, endpoints={"tione": f"http://127.0.0.1:{port}"})


EXAMPLES: dict[str, Callable[[Emulator], TcImagesError]] = {
    "no-match": lambda cloud: find_error_of(cloud, {**TENSORFLOW, "framework_version": ">=3"}),
    "ambiguous": lambda cloud: find_error_of(cloud, TENSORFLOW),
    "invalid-argument": reject_argument,
    "configuration": lambda cloud: find_error_of(cloud, TENSORFLOW, no_environment=True),
    "auth": reject_with(
        "AuthFailure.UnauthorizedOperation",
        "You are not authorized to perform this operation. Check your CAM policies, and ensure "
        "that you are using the correct access keys.",
    ),
    "throttled": reject_with(
        "RequestLimitExceeded", "Your current request times exceed the limit."
    ),
    "api": reject_with("ResourceUnavailable.BalanceInsufficient", "Insufficient account balance."),
    "network": refuse_connections,
    "invalid-response": respond_with_html,
    "cancelled": lambda _: CancelledError(),
}


def render_example(code: str) -> str:
    """Return the text of an example, with addresses and ids like those of the cloud."""
    with Emulator(requests_per_second=0) as cloud:
        error = EXAMPLES[code](cloud)
    assert error.code == code
    text = error.text("getPlatformImage")
    is_configured = "To use the vendor's address instead" in text
    host = "tione.example.com" if is_configured else "tione.tencentcloudapi.com"
    text = re.sub(r"http://(?=127)", "https://", text)
    text = re.sub(r"127\.0\.0\.1:\d+", host, text)
    text = re.sub(r"Request  \S+", "Request  8a3942be-0e3c-4efd-bf03-422e0410afa9", text)
    return re.sub(r"/\S*/(?=\.t)", "~/", text)
