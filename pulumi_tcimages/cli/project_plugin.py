"""Find the plugin that a project's Pulumi.yaml names. The engine prefers it to all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_tcimages import __version__
from pulumi_tcimages.sdk.environment import PLUGIN

_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
_MOST_BYTES = 1024 * 1024
_EXECUTABLES = (PLUGIN, f"{PLUGIN}.exe", f"{PLUGIN}.cmd")


class ProjectPlugin(NamedTuple):
    """A plugin folder that is named in a project's Pulumi.yaml."""

    file: Path
    folder: Path

    @property
    def executable(self) -> Path | None:
        """The plugin's executable in the folder, or None."""
        places = (self.folder / name for name in _EXECUTABLES)
        return next((place for place in places if place.is_file()), None)

    @property
    def is_source(self) -> bool:
        """Whether the folder contains source code that Pulumi builds and starts."""
        return (self.folder / "PulumiPlugin.yaml").is_file()


def find_project_plugin(folder: Path) -> ProjectPlugin | None:
    """Return the plugin that the project file for a folder names, or None."""
    for place in (folder, *folder.parents):
        for file in (place / name for name in _FILES):
            if file.is_file():
                paths = _read_paths(file)
                return next(
                    (ProjectPlugin(file, place / path) for path in paths if "\0" not in path), None
                )
    return None


def _read_paths(file: Path) -> Iterator[str]:
    """Yield the plugin folders that a project file names. Pulumi reports an unreadable file."""
    project = _read(file)
    providers = _get(_get(project, "plugins"), "providers")
    for entry in providers if isinstance(providers, list) else ():
        path, version = _get(entry, "path"), _get(entry, "version")
        if _get(entry, "name") == "tcimages" and version in (None, __version__):
            yield path if isinstance(path, str) else ""
    source = _get(_get(project, "packages"), "tcimages")
    if isinstance(source, str) and source.startswith((".", "/")):
        yield source


def _read(file: Path) -> Any:
    """Return the content of a project file, or None."""
    import yaml  # type: ignore[import-untyped]  # it comes with Pulumi's SDK

    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        return yaml.safe_load(data.decode("utf-8")) if len(data) <= _MOST_BYTES else None
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return None


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None
