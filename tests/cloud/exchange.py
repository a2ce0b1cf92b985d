"""One exchange over a transport: the response, or an error without secrets."""

from __future__ import annotations

import traceback

import pytest

from pulumi_tcimages.cloud.connection_errors import TransportError
from pulumi_tcimages.cloud.transport import Answer, Transport
from tests.cloud.faulty_server import reply

_SIGNED = {"Authorization": "canary"}
OK = reply(b"{}", "Set-Cookie: canary=1")


def post(transport: Transport, url: str, timeout_s: float = 5) -> Answer:
    return transport.send("POST", f"{url}/", _SIGNED, b"{}", timeout_s=timeout_s)


def catch_error(transport: Transport, url: str, timeout_s: float = 5) -> TransportError:
    with pytest.raises(TransportError) as caught:
        post(transport, url, timeout_s)
    assert caught.value.__context__ is None
    assert "canary" not in "".join(traceback.format_exception(caught.value))
    return caught.value
