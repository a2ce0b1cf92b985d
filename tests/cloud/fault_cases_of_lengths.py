"""Responses whose headers leave the end of the body unclear, or are lenient about it."""

from __future__ import annotations

from pulumi_tcimages.errors import ApiError, InvalidResponseError
from tests.cloud.fault_cases import FaultCase
from tests.cloud.faulty_server import Peer, Step, raw, silence

_REFUSAL = b'{"Response":{"Error":{"Code":"InvalidAction","Message":"no"},"RequestId":"r-1"}}'
_SIZE = len(_REFUSAL)


def _open_reply(*headers: str, body: bytes = _REFUSAL) -> Step:
    """Return a step that sends a response and leaves the connection open."""
    response = "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode("latin-1") + body

    def step(peer: Peer) -> None:
        raw(response)(peer)
        silence(peer)

    return step


def _refused(name: str, problem: str, *headers: str) -> FaultCase:
    return FaultCase(name, (_open_reply(*headers),), InvalidResponseError, 1, problem)


LENGTH_CASES = [
    *(
        _refused(f"length {length[:9]!r}", "an invalid Content-Length", f"Content-Length: {length}")
        for length in ("-1", f"-{_SIZE}", "abc", f"+{_SIZE}", f"{_SIZE}.0", "", "0_9", "9" * 5000)
    ),
    _refused("a digit that is not ASCII", "an invalid Content-Length", "Content-Length: \xb2"),
    _refused("one header, two lengths", "invalid Content", f"Content-Length: {_SIZE}, {_SIZE}"),
    _refused(
        "two lengths that differ", "that differ", f"Content-Length: {_SIZE}", "Content-Length: 3"
    ),
    _refused("two lengths, the short one first", "that differ", "Content-Length: 3, 80"),
    _refused("a packed transfer", "a transfer encoding", "Transfer-Encoding: gzip, chunked"),
    _refused("a transfer of no chunks", "a transfer encoding", "Transfer-Encoding: identity"),
    FaultCase(
        "the same length twice",
        (_open_reply(f"Content-Length: {_SIZE}", f"Content-Length: {_SIZE}"),),
        ApiError,
        1,
        "r-1",
    ),
    FaultCase(
        "chunks and a wrong length",
        (
            _open_reply(
                "Content-Length: 3",
                "Transfer-Encoding: Chunked",
                body=b"%x\r\n%s\r\n0\r\n\r\n" % (_SIZE, _REFUSAL),
            ),
        ),
        ApiError,
        1,
        "r-1",
    ),
]
