"""grpc, without what the plugin's libraries load and this process never uses.

`import grpc` loads the whole of asyncio for its asynchronous half: a third of the time until the
port is printed, and 2 MiB. What the others load so is a twentieth of the time until the first
answer. Here it is modules in name only, which load as soon as anybody reads something of them. One
limit: a part that is imported before anything of its whole (`import asyncio.events`) is loaded
twice. Nothing in this process does that.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from types import ModuleType

_UNUSED = (
    "asyncio",  # by grpc
    "grpc.aio",
    "pickle",  # by protobuf
    "google.protobuf.internal.python_message",  # where its messages are not native
    "locale",
    "idna",  # by requests, for addresses that are not ASCII
    "shutil",  # for files that are removed or unpacked
    "zipfile",
    "subprocess",  # by packaging's version ranges, which come with the tags of wheels
    "packaging._manylinux",
    "packaging._musllinux",
)
_renaming = threading.Lock()


class _InName(ModuleType):
    """A module that is imported, and not loaded yet."""

    def __getattr__(self, name: str) -> object:
        with _renaming:  # of two that ask at once the second must not send away what the first got
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


for _name in _UNUSED:
    sys.modules.setdefault(_name, _InName(_name))

import grpc  # noqa: E402  # behind the names

__all__ = ["grpc"]
