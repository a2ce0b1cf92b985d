"""The cloud client: everything that touches the network, the environment or a file.

    settings   where each value comes from        endpoints  where a request goes
    places, values, variables, sections   the parts of it
    credentials, roles, profiles, keyring         guard      whose account it may be
    transport, proxies   HTTP and nothing else    limiter    turns, so many a second
    connections, watching   sockets that are closed when their lookup is over
    sender     one call until it is answered      refusals   its failure, told
    attempts   why one attempt at it failed
    listing    all pages, each row once           cache      one listing for many lookups
    client     the two questions                  deadline   time, waits, and who is told

`open_client` puts them together. It reads no file and sends nothing.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pulumi_tcimages.cloud.client import Client
from pulumi_tcimages.cloud.credentials import build_credential_provider
from pulumi_tcimages.cloud.deadline import Clock, OnMessage, OnProgress, ProgressReporter
from pulumi_tcimages.cloud.proxies import NetworkEnvironment
from pulumi_tcimages.cloud.sender import Sender
from pulumi_tcimages.cloud.settings import read_settings
from pulumi_tcimages.cloud.transport import Transport
from pulumi_tcimages.core.configuration_keys import Configuration

__all__ = ["Client", "open_client", "read_settings"]


def _say_nothing(_text: str) -> None:
    """The default for `tell`."""


def open_client(
    configuration: Configuration,
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    tell: OnMessage = _say_nothing,
    draw: OnProgress | None = None,
    cancelled: threading.Event | None = None,
    unix_s: Callable[[], float] = time.time,
    monotonic_s: Callable[[], float] = time.monotonic,
    wait: Callable[[float], bool] | None = None,
    random: Callable[[], float] = random.random,
) -> Client:
    """A client for this configuration, whose keys and region are looked for at the first question.

    Args:
        environ: instead of the process's environment.
        home: instead of the folder that the environment names.
        tell: is given a line of text when something takes longer than two seconds.
        draw: is given the rows that came and their total, page by page, instead of such a line.
        cancelled: ends every wait and every question when it is set.
        unix_s, monotonic_s, wait, random: time and random numbers, for tests. `wait` returns True,
        at
            once, when the client is cancelled.
    """
    wait = wait or (cancelled or threading.Event()).wait
    clock = Clock(unix_s, monotonic_s, wait, random)
    settings = read_settings(configuration, environ, home)
    transport = Transport(NetworkEnvironment(settings.environ), clock.check_cancelled)
    sender = Sender(settings, transport, clock)
    credential_provider = build_credential_provider(settings, sender, clock)
    progress = ProgressReporter(tell, clock, draw)
    return Client(settings, transport, sender, credential_provider, clock, progress)
