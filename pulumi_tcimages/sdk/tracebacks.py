"""Remove the frames of Pulumi and the standard library from the tracebacks of an error.

Their variables contain arguments and values of the program, which pytest's `--showlocals` prints.
"""

from __future__ import annotations

import os
import sysconfig
from types import FrameType, TracebackType

_PACKAGES = ("pulumi", "grpc", "google")
_STANDARD_LIBRARY = f"{sysconfig.get_path('stdlib')}{os.sep}"
_INSTALLED = tuple(
    f"{_STANDARD_LIBRARY}{folder}{os.sep}" for folder in ("site-packages", "dist-packages")
)
"""The folders of installed packages.

Outside of a virtual environment, they are inside the folder of the standard library.
"""


def drop_library_frames(error: BaseException) -> None:
    """Remove those frames from an error, its causes and contexts, and the errors of a group."""
    pending: list[object] = [error]
    changed: list[BaseException] = []
    while pending:
        part = pending.pop()
        if not isinstance(part, BaseException) or any(part is other for other in changed):
            continue
        changed.append(part)
        part.with_traceback(_without_libraries(part.__traceback__))
        members = getattr(part, "exceptions", ())
        pending += [part.__cause__, part.__context__]
        pending += members if isinstance(members, tuple) else ()


def _without_libraries(traceback: TracebackType | None) -> TracebackType | None:
    entries = []
    while traceback:
        if not _is_library(traceback.tb_frame):
            entries.append(traceback)
        traceback = traceback.tb_next
    following = None
    for entry in reversed(entries):
        following = TracebackType(following, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return following


def _is_library(frame: FrameType) -> bool:
    file = frame.f_code.co_filename
    if file.startswith(_STANDARD_LIBRARY) and not file.startswith(_INSTALLED):
        return True
    # Modules such as `runpy` are part of the interpreter.
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    return package in _PACKAGES or file.startswith("<frozen ")
