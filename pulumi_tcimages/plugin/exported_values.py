"""Read the values of a stack export as property values.

Secrets in an export are encrypted, so they are read as secrets with an unknown value. With
`--show-secrets`, the export contains them as plain text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pulumi_tcimages.core.reserved_texts import TAG
from pulumi_tcimages.plugin.property_values import SECRET_TAG, UNKNOWN, Secret, read_tagged

_MOST_LEVELS = 100
"""Maximum depth of nested values. The engine cannot send deeper values either, because protobuf has
the same limit.
"""
_TOO_DEEP = f"a value of a pin or provider has more than {_MOST_LEVELS} levels"


class ExportError(ValueError):
    """The document is not a stack export, or has a part that this version cannot read."""


def read_object(value: Any) -> dict[str, Any]:
    """Convert a JSON object to properties. Any other value has none."""
    if not isinstance(value, dict):
        return {}
    return {
        name: _read(part, _MOST_LEVELS) for name, part in value.items() if not name.startswith("__")
    }


def _read(value: Any, levels: int) -> Any:
    """Convert a JSON value. Raises: ExportError if it has more than `levels` nested levels."""
    if not isinstance(value, (list, Mapping)):
        return value
    if not levels:
        raise ExportError(_TOO_DEEP)
    if isinstance(value, list):
        return [_read(part, levels - 1) for part in value]
    if value.get(TAG) == SECRET_TAG and "value" not in value:
        return Secret(_read_plaintext(value.get("plaintext"), levels - 1))
    properties = {name: _read(part, levels - 1) for name, part in value.items()}
    return read_tagged(properties) if TAG in properties else properties


def _read_plaintext(text: Any, levels: int) -> Any:
    """Parse a secret that `--show-secrets` printed as JSON. Return UNKNOWN if it is encrypted."""
    try:
        value = json.loads(text) if isinstance(text, str) else UNKNOWN
    except RecursionError:
        raise ExportError(_TOO_DEEP) from None
    except ValueError:
        return UNKNOWN
    return _read(value, levels)
