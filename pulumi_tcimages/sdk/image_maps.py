"""The dict type of an image's components, libraries and attributes."""

from __future__ import annotations

from typing import Any


class ImageMap(dict[str, Any]):
    """A dict whose keys are found by all names that criteria accept: `torch` finds `pytorch`.

    Iteration yields the keys as the plugin sent them. Pulumi may convert the map to a plain dict,
    for instance in `pulumi.Output.all`.
    """

    def __missing__(self, name: str) -> Any:
        key = self._find(name)
        if key is None:
            raise KeyError(name)
        return self[key]

    def __contains__(self, name: object) -> bool:
        return self._find(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        key = self._find(name)
        return default if key is None else self[key]

    def _find(self, name: object) -> str | None:
        """Return the key that a name or alias refers to, or None."""
        if not isinstance(name, str):
            return None
        if super().__contains__(name):
            return name
        # Imported on use, because few programs look up a key by another name.
        from pulumi_tcimages.core.components import canonical

        spelling, lower = canonical(name), name.lower()
        return next((key for key in self if key == spelling or key.lower() == lower), None)
