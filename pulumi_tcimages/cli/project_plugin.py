"""Find the plugin that a project's Pulumi.yaml requests. The engine prefers it to all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_tcimages import __version__
from pulumi_tcimages.sdk.environment import PLUGIN
from pulumi_tcimages.sdk.path_owners import describe_weak_point, is_trusted
from pulumi_tcimages.user_files import find_project_file, is_file, is_folder, read_start

_NAME = "tcimages"
_SECTIONS = (b"plugins", b"packages")
_MOST_BYTES = 1024 * 1024
_MOST_PARSED_BYTES = 64 * 1024
"""Larger files are not parsed, because the YAML parser takes up to 12 s for 1 MiB."""
_SOURCE = "PulumiPlugin.yaml"
"""The file that marks a folder with a plugin's source code."""
_EXECUTABLES = (PLUGIN, f"{PLUGIN}.exe", f"{PLUGIN}.cmd")


class ProjectPlugin(NamedTuple):
    """A plugin that a project's Pulumi.yaml requests, by its folder or by an address.

    Args:
        address: the address from which Pulumi downloads the plugin, such as
            github.com/owner/name@COMMIT, or "" if the project file contains a folder instead.
        unread_reason: why the project file was not parsed although it mentions the plugin, or "".
        weak_point: why another user could change the project file or the plugin, or "". If another
            user could change the project file, it is not parsed.
    """

    file: Path
    folder: Path
    address: str = ""
    unread_reason: str = ""
    weak_point: str = ""

    @property
    def executable(self) -> Path | None:
        """The plugin's executable in the folder, or None if it is missing."""
        places = (self.folder / name for name in _EXECUTABLES)
        return next(filter(is_file, places), None)

    @property
    def is_source(self) -> bool:
        """Whether Pulumi builds the plugin from source code in the folder or from a download."""
        return bool(self.address) or is_file(self.folder / _SOURCE)

    @property
    def place(self) -> str:
        """The plugin's name for messages: its address, its executable or its folder."""
        return self.address or str(self.executable or self.folder)

    @property
    def problem(self) -> str:
        """Why the engine cannot start a plugin from the folder, or "" if it can.

        The text completes a sentence that begins with the folder's path.
        """
        if self.executable or self.is_source:
            return ""
        return f"has no {PLUGIN}" if is_folder(self.folder) else "is no folder"


def find_project_plugin(version: str = __version__) -> ProjectPlugin | None:
    """Return the plugin that the current folder's project requests, or None.

    Args:
        version: the requested version. Entries for other versions are skipped.
    """
    try:
        folder = Path.cwd()
    except OSError:  # `Path.cwd` fails if the current folder was deleted.
        return None
    file = find_project_file(folder)
    if file is None:
        return None
    # Pulumi also reads a project file in a parent folder, which another user may have written.
    if weak_point := find_weak_point(file):
        # Accept a file of this user that does not mention the plugin: on some file systems, such
        # as Windows drives in WSL, any user can write to every file.
        is_harmless = _NAME.encode() not in _read(file) and _is_own(file)
        return None if is_harmless else ProjectPlugin(file, file.parent, weak_point=weak_point)
    plugin = next(_read_plugins(file, version), None)
    if plugin is None or plugin.address or plugin.unread_reason or plugin.problem:
        return plugin
    started = plugin.executable or plugin.folder / _SOURCE
    return plugin._replace(weak_point=find_weak_point(started))


def _is_own(file: Path) -> bool:
    try:
        return is_trusted(file.stat())
    except OSError:
        return False


def find_weak_point(path: Path) -> str:
    """Return why another user could change a program, or "" if nobody else can."""
    try:
        # Trust the owner of the folder /, because in some containers it is not the user root.
        return describe_weak_point(path, also_trusted=Path(path.anchor).stat().st_uid)
    except OSError as error:
        return f"{path} cannot be inspected ({error.strerror})"


def _read_plugins(file: Path, version: str) -> Iterator[ProjectPlugin]:
    """Yield the plugins that a project file requests.

    An unreadable file counts as empty, because Pulumi itself reports it.
    """
    content = _read(file)
    if _NAME.encode() not in content or not any(name in content for name in _SECTIONS):
        return
    if len(content) > _MOST_PARSED_BYTES:
        limit = f"larger than {_MOST_PARSED_BYTES // 1024} KiB"
        reason = f"{file} is {limit}, so a plugin that it may name is not checked"
        yield ProjectPlugin(file, file.parent, unread_reason=reason)
        return
    project = _parse(content)
    providers = _get(_get(project, "plugins"), "providers")
    for entry in providers if isinstance(providers, list) else ():
        if _get(entry, "name") == _NAME and _get(entry, "version") in (None, "", version):
            path = _get(entry, "path")
            path = path if isinstance(path, str) else ""
            if "\0" not in path:
                yield ProjectPlugin(file, file.parent / path)
    entry = _get(_get(project, "packages"), _NAME)
    source = entry if isinstance(entry, str) else _get(entry, "source")
    if not isinstance(source, str) or "\0" in source:
        return
    if source.startswith((".", "/")):
        yield ProjectPlugin(file, file.parent / source)
    elif "/" in source:  # A source without a slash is a name in a registry, not an address.
        yield ProjectPlugin(file, file.parent, address=source)


def _read(file: Path) -> bytes:
    """Return the first bytes of a project file, or b"" if it is unreadable."""
    try:
        return read_start(file, _MOST_BYTES)
    except OSError:
        return b""


def _parse(content: bytes) -> Any:
    """Return the values in a project file, or None if it is not valid YAML."""
    import yaml  # type: ignore[import-untyped]  # it comes with Pulumi's SDK

    try:
        return yaml.safe_load(content.decode("utf-8"))
    # If a tag does not fit its value, PyYAML raises errors of many classes besides its own.
    # Examples are a KeyError for `!!bool maybe` and an IndexError for `!!float ""`.
    except Exception:
        return None


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None
