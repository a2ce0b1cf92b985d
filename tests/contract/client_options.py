"""Options of the vendor's Python client that change its requests, and its own warnings."""

from __future__ import annotations

from typing import Any

import pytest

IGNORED_WARNINGS = [
    # The vendor's client uses a method of `datetime` that newer Pythons deprecate.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning"),
    # Like a filter of the client itself, which the fixture `vendor` undoes: fields unknown to it.
    pytest.mark.filterwarnings("ignore:.* fileds are useless:UserWarning"),
]

FORMS: list[dict[str, Any]] = [
    {},
    {"reqMethod": "GET"},
    {"keepAlive": True},
    {"language": "zh-CN"},
    {"unsigned_payload": True},
]
