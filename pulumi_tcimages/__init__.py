"""Which image do I use? Tencent Cloud DLC and TIONE images as Pulumi data sources.

Public names are loaded when they are first used. Importing the package loads no third-party
package, so that the command and the plugin can share it with programs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pulumi_tcimages.sdk import generated

if TYPE_CHECKING:
    from pulumi_tcimages.errors import (
        AmbiguousMatchError,
        ApiError,
        AuthError,
        CancelledError,
        ConfigurationError,
        InvalidArgumentError,
        InvalidResponseError,
        NetworkError,
        NoMatchError,
        TcImagesError,
        ThrottledError,
    )
    from pulumi_tcimages.sdk.generated import *  # noqa: F403

__version__ = "0.1.0"

__all__ = [
    "AmbiguousMatchError",
    "ApiError",
    "AuthError",
    "CancelledError",
    "ConfigurationError",
    "InvalidArgumentError",
    "InvalidResponseError",
    "NetworkError",
    "NoMatchError",
    "TcImagesError",
    "ThrottledError",
    "__version__",
]
__all__ += generated.__all__


def _module_of(name: str) -> str:
    module = generated.MODULES.get(name)
    return f"sdk.generated.{module}" if module else "errors"


def __getattr__(name: str) -> Any:
    if name not in __all__:
        told = f"module {__name__!r} has no attribute {name!r}{_meant(name)}"
        # Without the module, or Python ends a traceback with a guess of its own.
        raise AttributeError(told, name=name, obj=None)
    value = getattr(importlib.import_module(f"{__name__}.{_module_of(name)}"), name)
    globals()[name] = value
    return value


def _meant(name: str) -> str:
    """Return a suggestion for a misspelled name, or empty."""
    # The import system and inspect ask for names of these forms, modules of ours among them, and
    # expect to fail: no reason to look for similar ones.
    if name.startswith("__") or (name.islower() and "_" not in name):
        return ""
    import difflib

    from pulumi_tcimages.naming import normalize_name

    names = {normalize_name(one): one for one in __all__}
    near = difflib.get_close_matches(normalize_name(name), names, n=1, cutoff=0.8)
    return f"; did you mean {names[near[0]]!r}?" if near else ""


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
