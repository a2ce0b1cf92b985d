"""Pulumi's protobuf messages, without the rest of Pulumi.

`pulumi.runtime.proto` is generated code that needs only protobuf, but importing it the usual way
runs `pulumi/__init__`, which costs the start of every preview about 80 ms more than the messages
do. So the folder is given a second, private package name: its modules import each other relatively.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        engine_pb2,
        engine_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
    )

__all__ = ["engine_pb2", "engine_pb2_grpc", "plugin_pb2", "provider_pb2", "provider_pb2_grpc"]
_ALIAS = "_pulumi_tcimages_proto"


def __getattr__(name: str) -> ModuleType:
    """Each when it is asked for: most plugins have nothing to log, and need no messages for it."""
    if name not in __all__:
        raise AttributeError(name)
    # Where Pulumi is loaded already (testing, the shell) its modules are the ones to use.
    loaded = sys.modules.get(f"pulumi.runtime.proto.{name}")
    return loaded or importlib.import_module(f"{_ALIAS}.{name}")


def _alias_package() -> None:
    pulumi = find_spec("pulumi")
    if pulumi is None or pulumi.origin is None:
        raise ModuleNotFoundError("pulumi is not installed", name="pulumi")
    package = ModuleType(_ALIAS)
    package.__path__ = [str(Path(pulumi.origin).parent / "runtime" / "proto")]
    sys.modules[_ALIAS] = package


_alias_package()
