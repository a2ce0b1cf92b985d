"""grpc without what it and protobuf load and this process never uses.

`import grpc` loads `grpc.aio`, and with it the whole of asyncio: a third of the time until the port
is printed, and 2 MiB; protobuf loads pickle, half a MiB. Here they are modules in name only, which
load as soon as anybody reads something of them.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType


class _InName(ModuleType):
    """A module that is imported, and not loaded yet."""

    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


for _name in ("asyncio", "grpc.aio", "pickle"):
    sys.modules.setdefault(_name, _InName(_name))

import grpc  # noqa: E402  # behind the names

__all__ = ["grpc"]
