"""Reject JSON objects in which a key occurs twice. The standard library keeps the last value."""

from __future__ import annotations


class RepeatedKeyError(ValueError):
    """An object in a JSON text has a key twice."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def build_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object, as the `object_pairs_hook` of `json`. Errors: RepeatedKeyError."""
    values = dict(pairs)
    if len(values) == len(pairs):
        return values
    keys = [key for key, _ in pairs]
    raise RepeatedKeyError(next(key for key in keys if keys.count(key) > 1))
