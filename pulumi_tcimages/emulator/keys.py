"""Who may call: permanent keys, temporary keys with a token and an end, and roles.

Everything here is obviously fake and the same at each start, so that it can be pasted anywhere.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

ACCOUNT_ID = "100000000001"
SECRET_ID = "AKID" + "EMULATOR" * 4
SECRET_KEY = "emulator" * 4


@dataclass(frozen=True)
class Key:
    """A key pair and whom it belongs to. A temporary one has a token and an end."""

    secret_id: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires_at_unix_s: float | None = None
    account_id: str = ACCOUNT_ID
    user_id: str = ACCOUNT_ID
    role: str = ""
    """The role's name, when the key was got by assuming one."""
    session: str = ""
    policy: str = field(default="", repr=False)
    """The session policy with which the role was assumed, as it was sent; it has no effect."""
    denied: frozenset[str] = frozenset()
    """Actions that its policies do not allow."""


@dataclass(frozen=True)
class Role:
    """A role that can be assumed; an external id, where it has one, must be given."""

    name: str
    external_id: str = ""


PERMANENT = Key(SECRET_ID, SECRET_KEY)


class Keys:
    """The keys and roles that the emulator knows; safe to change while it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys = {PERMANENT.secret_id: PERMANENT}
        self._roles: dict[str, Role] = {}
        self._issued = 0
        self.cvm_role = "tcimages-cvm-role"
        """The role of the pretended machine, for the metadata service; empty: it has none."""

    def add(self, key: Key) -> Key:
        """The key, known from now on; an older one with its id is forgotten."""
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
        """A new temporary key: an id, a key and a token, accepted until the given time."""
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
        """The key with this id, also when its end has passed."""
        with self._lock:
            return self._keys.get(secret_id)

    def revoke(self, secret_id: str) -> None:
        """Forgets a key: from now on its id is not found."""
        with self._lock:
            del self._keys[secret_id]

    def deny(self, secret_id: str, *actions: str) -> None:
        """Takes the permission for these actions from a key; with none, gives all back."""
        with self._lock:
            self._keys[secret_id] = replace(self._keys[secret_id], denied=frozenset(actions))

    def add_role(self, name: str, external_id: str = "") -> Role:
        """A role with rules of its own."""
        role = Role(name, external_id)
        with self._lock:
            self._roles[name] = role
        return role

    def find_role(self, name: str) -> Role | None:
        with self._lock:
            return self._roles.get(name)
