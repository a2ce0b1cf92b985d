"""The emulator's main class."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.catalogue import DEFAULT_FILE, Catalogue
from pulumi_tcimages.emulator.fault_script import Faults
from pulumi_tcimages.emulator.gateway import Gateway
from pulumi_tcimages.emulator.journal import Journal
from pulumi_tcimages.emulator.keys import PERMANENT, Keys
from pulumi_tcimages.emulator.rate_limit import FixedWindowLimiter
from pulumi_tcimages.emulator.server import LOOPBACK, Server

REGION = "ap-guangzhou"


class Emulator:
    """A loopback emulator of the image APIs, the token service and a CVM's metadata service.

    with Emulator() as cloud:
        os.environ.update(cloud.environment)
    """

    def __init__(
        self,
        port: int = 0,
        catalogue: Catalogue | str | Path | None = None,
        latency_s: float = 0.0,
        clock: Callable[[], float] = time.time,
        requests_per_second: int = 20,
        choices: Assumptions | None = None,
    ) -> None:
        """Create an emulator. Call `start` to listen.

        Args:
            port: the TCP port, or 0 for any free port.
            catalogue: a file, or a Catalogue, which several emulators may share. The default is the
                catalogue in this package.
            latency_s: the delay of every response, in seconds.
            clock: returns the time in Unix seconds, for signatures, keys and the rate limit.
            requests_per_second: the rate limit for each action, host and key, or 0 for no limit.
            choices: the behaviour in cases that the vendor's documentation does not cover.
        """
        if not isinstance(catalogue, Catalogue):
            catalogue = Catalogue.load(catalogue or DEFAULT_FILE)
        self.catalogue = catalogue
        self.keys = Keys()
        self.requests = Journal()
        self.faults = Faults()
        self._port = port
        self._gateway = Gateway(
            catalogue=catalogue,
            keys=self.keys,
            journal=self.requests,
            faults=self.faults,
            assumptions=choices or Assumptions(),
            clock=clock,
            latency_s=latency_s,
            rate_limiter=FixedWindowLimiter(requests_per_second),
        )
        self._server: Server | None = None

    def start(self) -> Emulator:
        """Start listening and return the emulator."""
        if self._server is not None:
            raise RuntimeError("the emulator is running already")
        self._server = Server(self._port, self._gateway.answer)
        return self

    def stop(self) -> None:
        """Stop all threads and close all sockets. Further calls have no effect."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """The emulator's address, in the form 127.0.0.1:PORT."""
        if self._server is None:
            raise RuntimeError("the emulator is not running: use `with Emulator() as cloud`")
        return f"{LOOPBACK}:{self._server.port}"

    @property
    def endpoint(self) -> str:
        """The emulator's address as a URL."""
        return f"http://{self.address}"

    @property
    def secret_id(self) -> str:
        """The id of a permanent key that the emulator accepts. It is always the same."""
        return PERMANENT.secret_id

    @property
    def secret_key(self) -> str:
        """The secret key that belongs to `secret_id`."""
        return PERMANENT.secret_key

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that make a program use the emulator."""
        return {
            "TENCENTCLOUD_SECRET_ID": self.secret_id,
            "TENCENTCLOUD_SECRET_KEY": self.secret_key,
            "TENCENTCLOUD_REGION": REGION,
            "TCIMAGES_ENDPOINT_DLC": self.endpoint,
            "TCIMAGES_ENDPOINT_TIONE": self.endpoint,
            "TCIMAGES_ENDPOINT_STS": self.endpoint,
            "TCIMAGES_ENDPOINT_METADATA": self.endpoint,
        }
