"""Reject JSON objects that repeat a key. By default, `json` silently uses the last value."""

from __future__ import annotations


class RepeatedKeyError(ValueError):
    """A JSON object contains the same key twice."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def build_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build a JSON object from its pairs, as an `object_pairs_hook` for `json.loads`.

    Raises: RepeatedKeyError.
    """
    values = dict(pairs)
    if len(values) == len(pairs):
        return values
    keys = [key for key, _ in pairs]
    raise RepeatedKeyError(next(key for key in keys if keys.count(key) > 1))
