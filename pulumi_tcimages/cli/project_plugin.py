"""Find the plugin that a project's Pulumi.yaml requests. The engine prefers it to all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_tcimages import __version__
from pulumi_tcimages.sdk.environment import PLUGIN
from pulumi_tcimages.user_files import read_file

_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
_MOST_BYTES = 1024 * 1024
_EXECUTABLES = (PLUGIN, f"{PLUGIN}.exe", f"{PLUGIN}.cmd")


class ProjectPlugin(NamedTuple):
    """A plugin that a project's Pulumi.yaml requests, by its folder or by an address.

    Args:
        address: where Pulumi downloads the plugin from, such as github.com/owner/name@COMMIT, or
            "" if the project file contains a folder instead.
    """

    file: Path
    folder: Path
    address: str = ""

    @property
    def executable(self) -> Path | None:
        """The plugin's executable in the folder, or None if there is none."""
        places = (self.folder / name for name in _EXECUTABLES)
        return next((place for place in places if place.is_file()), None)

    @property
    def is_source(self) -> bool:
        """Whether Pulumi builds the plugin itself, from source code in the folder or a download."""
        return bool(self.address) or (self.folder / "PulumiPlugin.yaml").is_file()

    @property
    def place(self) -> str:
        """The plugin's address, executable or folder, whichever is known first, for messages."""
        return self.address or str(self.executable or self.folder)

    @property
    def problem(self) -> str:
        """The reason if the engine cannot start a plugin from the folder, as a predicate, or ""."""
        if self.executable or self.is_source:
            return ""
        return f"has no {PLUGIN}" if self.folder.is_dir() else "is no folder"


def find_project_plugin(version: str = __version__) -> ProjectPlugin | None:
    """Return the plugin that the current folder's project requests for a version, or None."""
    try:
        folder = Path.cwd()
    except OSError:  # `Path.cwd` fails if the current folder was deleted.
        return None
    for place in (folder, *folder.parents):
        for file in (place / name for name in _FILES):
            if file.is_file():
                return next(_read_plugins(file, version), None)
    return None


def _read_plugins(file: Path, version: str) -> Iterator[ProjectPlugin]:
    """Yield the plugins that a project file requests; none if the file is unreadable.

    Pulumi itself reports an unreadable file.
    """
    project = _read(file)
    providers = _get(_get(project, "plugins"), "providers")
    for entry in providers if isinstance(providers, list) else ():
        if _get(entry, "name") == "tcimages" and _get(entry, "version") in (None, version):
            path = _get(entry, "path")
            path = path if isinstance(path, str) else ""
            if "\0" not in path:
                yield ProjectPlugin(file, file.parent / path)
    entry = _get(_get(project, "packages"), "tcimages")
    source = entry if isinstance(entry, str) else _get(entry, "source")
    if not isinstance(source, str) or "\0" in source:
        return
    if source.startswith((".", "/")):
        yield ProjectPlugin(file, file.parent / source)
    elif "/" in source:  # A source without a slash is a name in a registry, not an address.
        yield ProjectPlugin(file, file.parent, address=source)


def _read(file: Path) -> Any:
    """Return the content of a project file, or None if it is unreadable."""
    import yaml  # type: ignore[import-untyped]  # it comes with Pulumi's SDK

    try:
        return yaml.safe_load(read_file(file, _MOST_BYTES).decode("utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return None


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None
