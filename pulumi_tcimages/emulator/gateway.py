"""The emulated API gateway, which checks requests, runs actions and builds responses.

The order of the checks is protocol, action, version, signature, rate, region, parameters,
permission. All API responses, including errors, have the HTTP status 200, unless a fault changes
it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pulumi_tcimages.emulator import admin, checks, metadata, parameters
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.api_call import ApiCall, build_record, measure_parameters, read_call
from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.catalogue import Catalogue
from pulumi_tcimages.emulator.fault_script import Faults
from pulumi_tcimages.emulator.framing import Delivery, HttpReply, HttpRequest
from pulumi_tcimages.emulator.journal import Journal
from pulumi_tcimages.emulator.keys import Key, Keys
from pulumi_tcimages.emulator.messages import VendorError, find_text
from pulumi_tcimages.emulator.origin_checks import explain_rejection
from pulumi_tcimages.emulator.rate_limit import FixedWindowLimiter
from pulumi_tcimages.emulator.responses import encode_response
from pulumi_tcimages.emulator.routes import ROUTES, Route
from pulumi_tcimages.emulator.signature import authenticate

_log = logging.getLogger("pulumi_tcimages.emulator")


@dataclass
class Gateway:
    """Handles all requests to the emulator."""

    catalogue: Catalogue
    keys: Keys
    journal: Journal
    faults: Faults
    assumptions: Assumptions
    clock: Callable[[], float]
    latency_s: float
    rate_limiter: FixedWindowLimiter

    def __post_init__(self) -> None:
        self._metadata = metadata.Metadata(self.keys)

    def answer(self, request: HttpRequest) -> HttpReply:
        """Handle a request to the APIs, the metadata service or the admin API."""
        if objection := explain_rejection(request.headers):
            return admin.refuse(objection, 403)
        if request.path.startswith(admin.PREFIX):
            return admin.answer(request, self.catalogue, self.faults, self.journal)
        call = read_call(request)
        is_metadata = request.path.startswith(metadata.PREFIX)
        if is_metadata:
            call.action = metadata.ACTION
        call.fault = self.faults.take(call.action)
        call.now_unix_s = self.clock() + call.fault.clock_skew_s
        if call.fault.before is not None:
            call.fault.before()
        if is_metadata:
            code, reply = "", self._metadata.answer(request.method, request.path, call.now_unix_s)
        else:
            code, reply = self._answer_call(call)
        reply = call.fault.deliver(
            replace(reply, at_unix_s=call.now_unix_s, delivery=Delivery(delay_s=self.latency_s))
        )
        if not call.parameters and not is_metadata:
            call.parameters = self._read_if_signed(call)
        record = build_record(call, code, reply)
        self.journal.add(record, measure_parameters(request) if record.body else 0)
        return reply

    def _answer_call(self, call: ApiCall) -> tuple[str, HttpReply]:
        fault = call.fault
        code, text = ("", "") if fault.replaces_answer else (fault.code, fault.message)
        try:
            response = {} if code or fault.replaces_answer else self._check_and_answer(call)
        except VendorError as error:
            code, text = error.code, error.message(call.language)
        except Exception:
            _log.exception("bug in the emulator, answered with InternalError")
            code, text = "InternalError", ""
        if code:
            text = text or find_text(code, call.language)
            response = {"Error": {"Code": code, "Message": text}}
        if call.fault.pad_bytes:
            response["Padding"] = "x" * call.fault.pad_bytes
        return code, HttpReply(encode_response(response, call.request_id))

    def _check_and_answer(self, call: ApiCall) -> dict[str, Any]:
        checks.check_protocol(call.request)
        route = checks.find_route(call)
        caller = self._authenticate(call, route)
        secret_id = caller.secret_id if caller else ""
        self.rate_limiter.admit((call.action, call.request.headers["host"], secret_id), self.clock)
        checks.check_region(call, route, self.assumptions)
        call.parameters = self._read_parameters(call.request, route)
        checked_parameters = parameters.check(call.parameters, route.parameters, route.required)
        checks.check_permission(call, route, caller)
        return route.answer(
            ActionContext(
                parameters=checked_parameters,
                region=call.region,
                caller=caller,
                now_unix_s=call.now_unix_s,
                catalogue=self.catalogue,
                keys=self.keys,
                assumptions=self.assumptions,
                fault=call.fault,
            )
        )

    def _authenticate(self, call: ApiCall, route: Route) -> Key | None:
        if not route.signed and call.request.headers.get("authorization") == "SKIP":
            return None
        return authenticate(
            call.request, route.service, self.keys, call.now_unix_s, self.assumptions
        )

    def _read_if_signed(self, call: ApiCall) -> dict[str, Any]:
        """Parse the parameters of a rejected request for the journal.

        If the signature is invalid, the result is empty: the journal has only the parameters of
        authenticated callers.
        """
        try:
            route = ROUTES[call.action]
            self._authenticate(call, route)
            return self._read_parameters(call.request, route)
        except (KeyError, VendorError):
            return {}

    def _read_parameters(self, request: HttpRequest, route: Route) -> dict[str, Any]:
        if request.method == "GET":
            return parameters.read_query(request.query, route.parameters)
        return parameters.read_body(request.body, self.assumptions.unreadable_body)
