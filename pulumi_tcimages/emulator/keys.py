"""The keys and roles that the emulator accepts.

The permanent key is obviously fake. It is the same at every start, so that users can store it in a
configuration.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

ACCOUNT_ID = "100000000001"


@dataclass(frozen=True)
class Key:
    """A key pair and its owner. A temporary key has a token and expires."""

    secret_id: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires_at_unix_s: float | None = None
    account_id: str = ACCOUNT_ID
    user_id: str = ACCOUNT_ID
    role: str = ""
    """The name of the assumed role, or "" for a permanent key."""
    session: str = ""
    policy: str = field(default="", repr=False)
    """The session policy in the AssumeRole request. It has no effect."""
    denied: frozenset[str] = frozenset()
    """Actions that this key may not use."""


PERMANENT = Key(secret_id="AKID" + "EMULATOR" * 4, secret_key="emulator" * 4)


class Keys:
    """The keys and roles that the emulator accepts. All methods are thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys = {PERMANENT.secret_id: PERMANENT}
        self._external_ids: dict[str, str] = {}
        self._issued = 0
        self.cvm_role = "tcimages-cvm-role"
        """The role that the metadata service reports, or "" to emulate a machine without one."""

    def add(self, key: Key) -> Key:
        """Accept a key and return it. It replaces any key with the same id."""
        with self._lock:
            self._keys[key.secret_id] = key
        return key

    def issue(
        self,
        expires_at_unix_s: float,
        *,
        account_id: str = ACCOUNT_ID,
        role: str = "",
        session: str = "",
        policy: str = "",
    ) -> Key:
        """Issue a temporary key that is accepted until the given time."""
        with self._lock:
            self._issued += 1
            number = self._issued
        return self.add(
            Key(
                secret_id=f"AKIDTEMPORARY{number:023d}",
                secret_key=f"temporary{number:023d}",
                token=f"emulator-session-token-{number:08d}",
                expires_at_unix_s=expires_at_unix_s,
                account_id=account_id,
                role=role,
                session=session,
                policy=policy,
            )
        )

    def find(self, secret_id: str) -> Key | None:
        """Return the key with a secret id, even if it has expired, or None if it is unknown."""
        with self._lock:
            return self._keys.get(secret_id)

    def revoke(self, secret_id: str) -> None:
        """Stop accepting a key."""
        with self._lock:
            del self._keys[secret_id]

    def deny(self, secret_id: str, *actions: str) -> None:
        """Set the actions that a key may not use. Without `actions`, it may use all."""
        with self._lock:
            self._keys[secret_id] = replace(self._keys[secret_id], denied=frozenset(actions))

    def add_role(self, name: str, external_id: str = "") -> None:
        """Add a role that can be assumed. If it has an external id, requests must contain it."""
        with self._lock:
            self._external_ids[name] = external_id

    def find_external_id(self, role: str) -> str | None:
        """Return a role's external id, which may be empty, or None for an unknown role."""
        with self._lock:
            return self._external_ids.get(role)
