"""The vendor's envelope: `{"Response": {...}}` in bytes.

A row of the catalogue is written out once and then pasted, so that a page of a hundred is cheap.
"""

from __future__ import annotations

import json
from typing import Any

from pulumi_tcimages.emulator.store import Row


def build_error(code: str, message: str) -> dict[str, Any]:
    """A refusal, as it stands in the envelope."""
    return {"Error": {"Code": code, "Message": message}}


def encode_response(response: dict[str, Any], request_id: str) -> bytes:
    """The body of a reply."""
    fields = {**response, "RequestId": request_id}.items()
    inside = ",".join(f"{_write(name)}:{_write(value)}" for name, value in fields)
    # A lone surrogate has no UTF-8; its escape, which JSON knows, has.
    return f'{{"Response":{{{inside}}}}}'.encode("utf-8", "backslashreplace")


def _write(value: Any) -> str:
    if isinstance(value, Row):
        return value.json
    if isinstance(value, list):
        return f"[{','.join(map(_write, value))}]"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
