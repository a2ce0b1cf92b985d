"""Texts with a meaning in Pulumi's property values, which no value of a response may contain.

In a map with the key `TAG`, Pulumi's engine and SDKs would see a secret, or a file to open.

Source: Pulumi's wire format for property values (sdk/proto, "special signatures").
"""

from __future__ import annotations

TAG = "4dabf18193072939515e22adb298388d"
# Pulumi sends this text for an unknown string. SDKs also send it for unknown values of other types.
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_TEXTS = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""The texts for an unknown string, boolean, number, array, asset, archive and object."""
