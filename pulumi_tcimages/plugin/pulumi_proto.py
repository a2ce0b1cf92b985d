"""Import Pulumi's protobuf messages without the rest of Pulumi.

The modules in `pulumi.runtime.proto` are generated code that needs only protobuf. The usual import
also runs `pulumi/__init__`, which adds 80 ms to the start of every preview. So this module sets its
`__path__` to the folder of these modules, and `from ...pulumi_proto import provider_pb2` loads a
file from there.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
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

_pulumi = find_spec("pulumi")
if _pulumi is None or _pulumi.origin is None:
    raise ModuleNotFoundError("pulumi is not installed", name="pulumi")
__path__ = [str(Path(_pulumi.origin).parent / "runtime" / "proto")]
