"""The maps of an image: components, libraries and attributes, read by any spelling of a name."""

from __future__ import annotations

from typing import Any


class ImageMap(dict[str, Any]):
    """A dict that finds a name by every spelling that criteria accept: `torch` is `pytorch`.

    Its keys are the spellings of the plugin. Pulumi may turn it into a plain dict, for instance in
    `pulumi.Output.all`.
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
        """Return the key for any spelling of a name, or None."""
        if not isinstance(name, str):
            return None
        if super().__contains__(name):
            return name
        from pulumi_tcimages.core.names import canonical  # few programs need it

        spelling, lower = canonical(name), name.lower()
        return next((key for key in self if key == spelling or key.lower() == lower), None)
