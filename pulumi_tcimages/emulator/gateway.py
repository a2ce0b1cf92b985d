"""The vendor's gateway: every check in its order, then the action, then the envelope.

Order: protocol, action, version, signature, rate, region, parameters, permission, then the action.
Whatever goes wrong, the answer is the vendor's envelope under HTTP 200; other statuses come from
scripted faults only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pulumi_tcimages.emulator import admin, checks, metadata, parameters
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.actions import ACTIONS, Action
from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.call import Call, build_entry, measure_parameters, read_call
from pulumi_tcimages.emulator.catalogue import Catalogue
from pulumi_tcimages.emulator.fault_script import Faults
from pulumi_tcimages.emulator.framing import Delivery, Reply, Request
from pulumi_tcimages.emulator.journal import Journal
from pulumi_tcimages.emulator.keys import Key, Keys
from pulumi_tcimages.emulator.messages import ScriptedError, VendorError, text_of
from pulumi_tcimages.emulator.origin_checks import find_objection
from pulumi_tcimages.emulator.rate_limit import FixedWindowLimiter
from pulumi_tcimages.emulator.responses import build_error, encode_response
from pulumi_tcimages.emulator.signature import authenticate

_log = logging.getLogger("pulumi_tcimages.emulator")


@dataclass
class Gateway:
    """What answers every request of the emulator."""

    catalogue: Catalogue
    keys: Keys
    journal: Journal
    faults: Faults
    choices: Assumptions
    clock: Callable[[], float]
    latency_s: float
    window: FixedWindowLimiter

    def __post_init__(self) -> None:
        self._metadata = metadata.Metadata(self.keys)

    def answer(self, request: Request) -> Reply:
        """The reply to any request: the APIs, the metadata service or the admin API."""
        if objection := find_objection(request.headers):
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
        entry = build_entry(call, code, reply)
        self.journal.add(entry, measure_parameters(request) if entry.body else 0)
        return reply

    def _answer_call(self, call: Call) -> tuple[str, Reply]:
        code = ""
        try:
            response = {} if call.fault.stands_before else self._check_and_answer(call)
        except VendorError as error:
            code = error.code
            response = build_error(code, error.message(call.language))
        except Exception:
            _log.exception("the emulator has a bug; it answers InternalError")
            code = "InternalError"
            response = build_error(code, text_of(code, call.language))
        if call.fault.pad_bytes:
            response["Padding"] = "x" * call.fault.pad_bytes
        return code, Reply(encode_response(response, call.request_id))

    def _check_and_answer(self, call: Call) -> dict[str, Any]:
        if call.fault.code:
            raise ScriptedError(call.fault.code, call.fault.message)
        checks.check_protocol(call.request)
        action = checks.find_action(call)
        caller = self._authenticate(call, action)
        who = (call.action, call.request.headers["host"], caller.secret_id if caller else "")
        self.window.admit(who, self.clock)
        checks.check_region(call, action, self.choices)
        call.parameters = self._read_parameters(call.request, action)
        checked = parameters.check(call.parameters, action.parameters, action.required)
        checks.check_permission(call, action, caller)
        return action.answer(
            ActionContext(
                parameters=checked,
                region=call.region,
                caller=caller,
                now_unix_s=call.now_unix_s,
                catalogue=self.catalogue,
                keys=self.keys,
                choices=self.choices,
                fault=call.fault,
            )
        )

    def _authenticate(self, call: Call, action: Action) -> Key | None:
        if not action.signed and call.request.headers.get("authorization") == "SKIP":
            return None
        return authenticate(call.request, action.service, self.keys, call.now_unix_s, self.choices)

    def _read_if_signed(self, call: Call) -> dict[str, Any]:
        """Read the parameters of a request that was refused early, for the journal.

        Only if a key that the emulator knows has signed it: nobody else can have anything kept.
        """
        try:
            action = ACTIONS[call.action]
            self._authenticate(call, action)
            return self._read_parameters(call.request, action)
        except (KeyError, VendorError):
            return {}

    def _read_parameters(self, request: Request, action: Action) -> dict[str, Any]:
        if request.method == "GET":
            return parameters.read_query(request.query, action.parameters)
        return parameters.read_body(request.body, self.choices.unreadable_body)
