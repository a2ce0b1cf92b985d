"""Options of the vendor's Python client that change its requests, and its own warnings."""

from __future__ import annotations

from typing import Any

import pytest

IGNORED_WARNINGS = [
    # The vendor's client asks for the time in a way that newer Pythons warn about.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning"),
    # Its own filter for this, contained by `vendor`: the cloud may send fields it does not know.
    pytest.mark.filterwarnings("ignore:.* fileds are useless:UserWarning"),
]

FORMS: list[dict[str, Any]] = [
    {},
    {"reqMethod": "GET"},
    {"keepAlive": True},
    {"language": "zh-CN"},
    {"unsigned_payload": True},
]
