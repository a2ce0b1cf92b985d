"""Build response bodies, which have the form `{"Response": {...}}`.

The JSON of each image is cached, so that large pages are built quickly.
"""

from __future__ import annotations

import json
from typing import Any

from pulumi_tcimages.emulator.store import Row


def encode_response(response: dict[str, Any], request_id: str) -> bytes:
    """Serialize a response body."""
    fields = {**response, "RequestId": request_id}.items()
    content = ",".join(f"{_serialize(name)}:{_serialize(value)}" for name, value in fields)
    # Write an unpaired surrogate, which UTF-8 cannot encode, as a JSON escape.
    return f'{{"Response":{{{content}}}}}'.encode("utf-8", "backslashreplace")


def _serialize(value: Any) -> str:
    if isinstance(value, Row):
        return value.json
    if isinstance(value, list):
        return f"[{','.join(map(_serialize, value))}]"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
