"""The cloud client: all code that uses the network, environment variables or files.

    client                                      lists the images of a data source
    cache, listing, page_reader, page_fetcher   share listings among lookups; fetch all their pages
    sender, api_requests, limiter               requests with retries; the rate limit
    failed_attempts, error_mapping              convert failed attempts to errors
    transport, connections, cancellation        HTTP
    proxies, certificates, connection_errors    HTTP: proxies, trusted certificates, failures
    settings, setting_*, variables, endpoints   the settings' values and their sources
    credentials, credential_provider, roles     API keys
    profiles, account_allowlist                 API keys: tccli's files, allowed accounts
    deadline                                    time limit, waits and progress

`open_client` creates a client without reading a file or sending a request.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from pulumi_tcimages.cloud.client import Client
from pulumi_tcimages.cloud.deadline import Clock, OnMessage, OnProgress, ProgressReporter
from pulumi_tcimages.cloud.settings import read_settings
from pulumi_tcimages.core.configuration_keys import Configuration

__all__ = ["Client", "open_client", "read_settings"]


def open_client(
    configuration: Configuration,
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    on_message: OnMessage = lambda _text: None,
    on_progress: OnProgress | None = None,
    cancelled: threading.Event | None = None,
    clock: Clock | None = None,
) -> Client:
    """Create a client. It reads the keys and the region only when it sends its first request.

    Args:
        environ: environment variables; by default those of this process.
        home: the user's home folder; by default from the environment.
        on_message: called with a line of progress if a lookup takes longer than two seconds.
        on_progress: called after every page with the rows received and the rows in total, instead
            of reporting them to `on_message`.
        cancelled: set this event to interrupt all waits and lookups.
        clock: the source of time and random numbers, which tests replace.
    """
    clock = clock or Clock.of_system(cancelled or threading.Event())
    settings = read_settings(configuration, environ, home)
    return Client(settings, clock, ProgressReporter(on_message, clock, on_progress))
