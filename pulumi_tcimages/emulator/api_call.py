"""Parse an API call from a request, without verifying its signature."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from pulumi_tcimages.emulator.faults import PASS, Fault
from pulumi_tcimages.emulator.framing import HttpReply, HttpRequest
from pulumi_tcimages.emulator.journal import MAX_BODY_BYTES, MAX_TEXT, RecordedRequest, redact
from pulumi_tcimages.emulator.messages import CHINESE
from pulumi_tcimages.emulator.signature import read_claim


@dataclass
class ApiCall:
    """An API call. The gateway sets the fault, the time and the parameters after construction."""

    request: HttpRequest
    action: str
    version: str
    region: str
    language: str
    request_id: str = field(default_factory=lambda: str(uuid4()))
    fault: Fault = PASS
    now_unix_s: float = 0.0
    parameters: dict[str, Any] = field(default_factory=dict)
    """The parameters of the action. They are empty until the gateway parses them."""


def read_call(request: HttpRequest) -> ApiCall:
    """Parse a call from a request's headers, or from its query in the API's signature version 1."""
    headers = request.headers
    query = {} if "x-tc-action" in headers else _read_query(request.query)
    return ApiCall(
        request=request,
        action=headers.get("x-tc-action", query.get("Action", "")),
        version=headers.get("x-tc-version", query.get("Version", "")),
        region=headers.get("x-tc-region", query.get("Region", "")),
        language=headers.get("x-tc-language", query.get("Language", CHINESE)),
    )


def measure_parameters(request: HttpRequest) -> int:
    """Return the size of a request's parameters in bytes."""
    return len(request.body) + len(request.query)


def build_record(call: ApiCall, code: str, reply: HttpReply) -> RecordedRequest:
    """Build the journal entry for a call. Values that the caller sent are shortened."""
    headers = call.request.headers
    claim = read_claim(headers.get("authorization", ""))
    return RecordedRequest(
        method=call.request.method,
        path=call.request.path[:MAX_TEXT],
        action=call.action[:MAX_TEXT],
        version=call.version[:MAX_TEXT],
        region=call.region[:MAX_TEXT],
        secret_id=claim.secret_id if claim else "",
        language=call.language[:MAX_TEXT],
        client=headers.get("x-tc-requestclient", "")[:MAX_TEXT],
        body=redact(call.parameters) if measure_parameters(call.request) <= MAX_BODY_BYTES else {},
        at_unix_s=call.now_unix_s,
        request_id=call.request_id,
        status=0 if reply.delivery.close or reply.delivery.reset else reply.status,
        answer=code,
        faulty=call.fault != PASS,
    )


def _read_query(query: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(query, max_num_fields=200))
    except ValueError:
        return {}
