"""The vendor's error codes and messages, in English and Chinese.

The header X-TC-Language selects the language. The default is Chinese. The texts are in
messages.json by error code. If a code has several texts, the key also contains the case:
`InvalidParameter/body`. Texts with the key `seen` come from published responses of the real
gateway, in one or both languages. All other texts imitate their style.
"""

from __future__ import annotations

import json
from pathlib import Path

CHINESE = "zh-CN"
ENGLISH = "en-US"

_TEXTS = json.loads(Path(__file__).with_name("messages.json").read_text(encoding="utf-8"))


class VendorError(Exception):
    """An error response, with the vendor's error code and the values for its message."""

    def __init__(self, code: str, case: str = "", **values: object) -> None:
        super().__init__(code)
        self.code = code
        self._case = case
        self._values = values

    def message(self, language: str) -> str:
        """Return the message in the caller's language."""
        entry = f"{self.code}/{self._case}" if self._case else self.code
        return _choose_text(entry, language).format(**self._values)


def find_text(code: str, language: str) -> str:
    """Return the usual message for a code.

    If it is missing, or contains placeholders for values, return a generic message.
    """
    text = _choose_text(code, language) if code in _TEXTS else ""
    return text if text and "{" not in text else f"{code} (scripted)"


def _choose_text(entry: str, language: str) -> str:
    text: str = _TEXTS[entry][ENGLISH if language == ENGLISH else CHINESE]
    return text
