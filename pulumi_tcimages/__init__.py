"""Which image do I use? Tencent Cloud DLC and TIONE images as Pulumi data sources.

Public names are imported on first use. Importing the package itself imports no other package, so
the command line and the plugin start fast.
"""

from __future__ import annotations

from pulumi_tcimages.sdk import generated

# Do not import `typing` at run time: it is slow, and pressing Ctrl-C during these first imports
# prints a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
        message = f"module {__name__!r} has no attribute {name!r}{_suggest(name)}"
        # Do not pass the module as `obj`: Python would append its own suggestion to the message.
        raise AttributeError(message, name=name, obj=None)
    broken: Exception | None = None
    import importlib

    try:
        value = getattr(importlib.import_module(f"{__name__}.{_module_of(name)}"), name)
    # Catch all exceptions, because an incompatible version of Pulumi's SDK may raise any.
    except Exception as failure:
        broken = _explain(failure)
        if broken is None:
            raise
    if broken:
        raise broken
    globals()[name] = value
    return value


def _explain(failure: Exception) -> Exception | None:
    """Return an error if a dependency is missing or incompatible, else None."""
    from pulumi_tcimages.dependencies import explain_failure

    explained = explain_failure(failure)
    if explained is None:
        return None
    try:
        from pulumi import RunError  # Pulumi prints a RunError without a traceback.
    except Exception:  # If Pulumi's SDK is missing, use an ImportError.
        return ImportError(str(explained))
    return RunError(str(explained))


def _suggest(name: str) -> str:
    """Return a suggestion for a misspelled name, or "" if no public name is similar."""
    # Python's import system and `inspect` look up names such as `__path__` and `sdk`, which are not
    # misspelled.
    if name.startswith("__") or (name.islower() and "_" not in name):
        return ""
    import difflib

    from pulumi_tcimages.naming import normalize_name

    names = {normalize_name(public): public for public in __all__}
    near = difflib.get_close_matches(normalize_name(name), names, n=1, cutoff=0.8)
    return f"; did you mean {names[near[0]]!r}?" if near else ""


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
