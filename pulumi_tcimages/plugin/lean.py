"""grpc, without what the plugin's libraries load and this process never uses.

`import grpc` loads the whole of asyncio for its asynchronous half: a third of the time until the
port is printed, and 2 MiB. What the others load so is a twentieth of the time until the first
answer. Here it is modules in name only, which load as soon as anybody reads something of them. The
limits: a part that is imported before anything of its whole (`import asyncio.events`) is loaded
twice, and to set something of a module that is not loaded yet is lost. Nothing here does either.

A fifth of the time until the first answer went into what is made while modules load and is never
used. Here a method of a dataclass is made when it is first called: a tenth. The shapes by which
type checkers know pydantic's schemas are not made at all: a twentieth. Patterns of some modules are
compiled when they first match: a twentieth.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

_UNUSED = (
    "asyncio",  # by grpc
    "grpc.aio",
    "pickle",  # by protobuf
    "google.protobuf.internal.python_message",  # where its messages are not native
    "difflib",  # for names that are misspelt
    "locale",
    "csv",  # for what an installed package consists of
    "mimetypes",  # for files that are uploaded
    "idna",  # by requests, for addresses that are not ASCII
    "shutil",  # for files that are removed or unpacked
    "zipfile",
    "subprocess",  # by packaging's version ranges, which come with the tags of wheels
    "packaging._manylinux",
    "packaging._musllinux",
)
_MATCH_LATE = frozenset(
    {
        "email.feedparser",
        "email.header",
        "email.utils",
        "encodings.idna",
        "fractions",
        "http.cookiejar",
        "http.cookies",
        "logging",
        "platform",
        "urllib3.util.url",
    }
)
"""Modules that do no more with a pattern of theirs than to call its methods."""
_renaming = threading.Lock()
_Make = Callable[..., Callable[..., Any]]


class _InName(ModuleType):
    """A module that is imported, and not loaded yet."""

    def __getattr__(self, name: str) -> object:
        with _renaming:  # of two that ask at once the second must not send away what the first got
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


class _Shape(dict[str, Any]):
    """What a TypedDict is when the program runs: a dict."""

    def __init_subclass__(cls, *, total: bool = True) -> None: ...


def load_pydantic_core() -> None:
    """Import it with its hundred TypedDicts as plain dicts.

    A version that wants more of them than that is imported again, as it is, by who needs it.
    """
    source: Any = import_module("typing" if sys.version_info >= (3, 12) else "typing_extensions")
    whole, source.TypedDict = source.TypedDict, _Shape
    try:
        import_module("pydantic_core")
    except Exception:
        return
    finally:
        source.TypedDict = whole


def _made_when_called(make: _Make) -> _Make:
    """The function by which dataclasses make a method of its text, putting it off."""

    def put_off(name: str, *text: Any, **context: Any) -> Callable[..., Any]:
        made: Callable[..., Any] | None = None

        def method(*args: Any, **kwargs: Any) -> Any:
            nonlocal made
            if made is None:
                made = make(name, *text, **context)
                made.__qualname__ = method.__qualname__  # by which errors name it
            return made(*args, **kwargs)

        method.__name__ = name
        return method

    return put_off


class _LatePattern:
    """A regular expression that is compiled when it is first used; `re` keeps it then."""

    def __init__(self, *text: Any, **flags: Any) -> None:
        self._compile = partial(_compile, *text, **flags)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compile(), name)


def _compile_late(*text: Any, **flags: Any) -> Any:
    """For `re.compile`."""
    is_late = sys._getframe(1).f_globals.get("__name__") in _MATCH_LATE
    return (_LatePattern if is_late else _compile)(*text, **flags)


for _name in _UNUSED:
    sys.modules.setdefault(_name, _InName(_name))
if hasattr(dataclasses, "_create_fn"):  # until Python 3.12; then a class's are made all in one go
    dataclasses._create_fn = _made_when_called(dataclasses._create_fn)
_compile, re.compile = re.compile, _compile_late

import grpc  # noqa: E402  # behind the names

__all__ = ["grpc", "load_pydantic_core"]
