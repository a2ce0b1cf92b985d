"""Network checks of `tcimages doctor`: certificates, addresses, clock and keys.

A failed check is returned as a finding and never raised. A finding never contains a secret. The
keys are tested with a small signed request.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

from pulumi_tcimages.advice import Advice, SettingChange, as_advice
from pulumi_tcimages.cli.command import EXIT_USAGE, NETWORK, exit_code
from pulumi_tcimages.cli.error_rendering import in_flags, style, write_advice
from pulumi_tcimages.cloud.account_allowlist import send_caller_identity
from pulumi_tcimages.cloud.connection_errors import TransportError
from pulumi_tcimages.cloud.credentials import build_credential_provider
from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from pulumi_tcimages.cloud.endpoints import choose_endpoint
from pulumi_tcimages.cloud.error_mapping import ACCEPTED_DRIFT_S, read_date
from pulumi_tcimages.cloud.proxies import NetworkEnvironment
from pulumi_tcimages.cloud.sender import Sender
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.cloud.transport import Transport
from pulumi_tcimages.errors import ApiError, NetworkError, TcImagesError
from pulumi_tcimages.naming import render_names

State = Literal["ok", "note", "fail"]

_SERVICES = ("dlc", "tione", "sts")
_ADDRESS_S = 5.0
_KEYS_S = 10.0
_LIMIT_S = 15.0
"""The time limit for all checks together, unless the lookup timeout is shorter."""
_WARNED_DRIFT_S = 60.0


@dataclass(frozen=True)
class Finding:
    """A line of the doctor's report."""

    check: str
    state: State
    found: str
    fix: str | Advice = ""
    code: int = 0
    """The exit code if the check failed, otherwise 0."""

    @property
    def advice(self) -> Advice:
        return as_advice(self.fix)


def choose_limit_s(settings: Settings) -> float:
    """Return the time limit for all checks, which is the lookup timeout but at most `_LIMIT_S`."""
    return min(float(_get(settings, "timeout_seconds") or _LIMIT_S), _LIMIT_S)


def check_cloud(settings: Settings, clock: Clock, limit_s: float) -> list[Finding]:
    """Check the trusted certificates, addresses, clock and keys, with concurrent requests."""
    network_environment = NetworkEnvironment(settings.environ)
    transport = Transport(network_environment, clock.check_cancelled)
    try:
        with ThreadPoolExecutor(len(_SERVICES) + 1) as pool:
            keys = pool.submit(_check_keys, settings, transport, clock, limit_s)
            requests = [
                pool.submit(
                    _check_address, settings, network_environment, transport, service, limit_s
                )
                for service in _SERVICES
            ]
            addresses = [request.result() for request in requests]
            clocks = [
                _check_clock(service, drift_s)
                for service, (_, drift_s) in zip(_SERVICES, addresses, strict=True)
                if drift_s is not None
            ]
            return [
                _check_ca(network_environment),
                *(finding for finding, _ in addresses),
                *clocks[:1],
                keys.result(),
            ]
    finally:
        transport.close()


def failed(check: str, error: TcImagesError) -> Finding:
    """Convert an error to a finding that names the source of an invalid value."""
    if isinstance(error, ApiError):
        problem, source = f"{error.cloud_code}: {error.message}", error.call.key_source
    else:
        problem, source = getattr(error, "problem", error.headline), getattr(error, "source", "")
    if source:
        problem = f"{problem.removesuffix('.')}, from {source}"
    # Remove the advice to raise the lookup timeout, because doctor has its own time limit.
    if isinstance(error, NetworkError):
        error = replace(error, more_time=Advice())
    advised = in_flags(error)
    advice = as_advice(advised.fix)
    if all(isinstance(part, SettingChange) for part in advice):
        advice = Advice(getattr(advised, "allowed", ""), advice)
    return Finding(check, "fail", problem, _name_flags(advice), exit_code(error))


def _name_flags(advice: Advice) -> Advice:
    """Convert argument names in the advice, which are in backticks, to flags."""
    return advice.map_text(lambda text: render_names(text, style))


def _check_ca(network_environment: NetworkEnvironment) -> Finding:
    try:
        path = network_environment.choose_ca()
    except TcImagesError as error:
        return failed("certificates", error)
    source = f"{path}, from environment {network_environment.name_ca()}"
    return Finding("certificates", "ok", source if path else "the usual authorities (certifi)")


def _check_address(
    settings: Settings,
    network_environment: NetworkEnvironment,
    transport: Transport,
    service: str,
    limit_s: float,
) -> tuple[Finding, float | None]:
    """Send an unsigned request to a service's address.

    Also return the seconds by which this machine's clock is ahead of the server's, or None if
    unknown.
    """
    check = f"address {service}"
    try:
        endpoint = choose_endpoint(settings, service, _get(settings, "region"))
        proxy = network_environment.find_proxy(endpoint.url)
        exception = network_environment.name_exception(endpoint.url)
        route = f" through {proxy.name}" if proxy else f" ({exception})" if exception else ""
        started_s = time.monotonic()
        answer = transport.send("GET", f"{endpoint.url}/", {}, timeout_s=min(_ADDRESS_S, limit_s))
    except TcImagesError as error:
        return failed(check, error), None
    except TransportError as error:
        route = "" if proxy and proxy.name in error.problem else route
        text = f"{endpoint.host}{route}: {error.problem}"
        advise = endpoint.advise_wrong_reply if error.answered else endpoint.advise_unreached
        fix = _name_flags(write_advice(as_advice(error.fix or advise(proxy))))
        return Finding(check, "fail", text, fix, NETWORK), None
    took_ms = (time.monotonic() - started_s) * 1000
    source = f", from {endpoint.source}" if endpoint.source else ""
    text = f"{endpoint.host}{route} answers in {took_ms:.0f} ms{source}"
    cloud_time = read_date(answer.headers.get("date", ""))
    drift_s = time.time() - cloud_time.timestamp() if cloud_time else None
    return Finding(check, "ok", text), drift_s


def _check_clock(service: str, drift_s: float) -> Finding:
    side = "ahead of" if drift_s > 0 else "behind"
    drift = f"{abs(drift_s):.0f} s {side} {service}"
    fix = "set this machine's clock right: the cloud refuses signatures five minutes off"
    if abs(drift_s) > ACCEPTED_DRIFT_S:
        return Finding("clock", "fail", drift, fix, EXIT_USAGE)
    if abs(drift_s) >= _WARNED_DRIFT_S:
        return Finding("clock", "note", drift, fix)
    return Finding("clock", "ok", f"agrees with {service} within {abs(drift_s) + 1:.0f} s")


def _check_keys(settings: Settings, transport: Transport, clock: Clock, limit_s: float) -> Finding:
    try:
        sender = Sender(settings, transport, clock)
        credential_provider = build_credential_provider(settings, sender, clock)
        deadline = Deadline(
            clock, min(_KEYS_S, limit_s), ProgressReporter(lambda _text: None, clock)
        )
        credential = credential_provider.current(deadline)
        region = _get(settings, "region")
        if region is None:
            text = f"found in {credential.source}; not tried without a region"
            return Finding("credentials", "note", text)
        account = send_caller_identity(settings, sender, credential, region, deadline)
    except TcImagesError as error:
        return failed("credentials", error)
    return Finding("credentials", "ok", f"of account {account}, from {credential.source}")


def _get(settings: Settings, name: str) -> Any:
    try:
        return settings.get(name)
    except TcImagesError:  # `check_settings` reports an invalid setting.
        return None
