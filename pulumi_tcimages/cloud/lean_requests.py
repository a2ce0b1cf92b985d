"""requests without the libraries that guess how a text is encoded, which no reply here needs.

They are a twentieth of the time until a plugin's first answer, and 3 MiB. requests does without
them from 2.32 on, with a warning, because who packages it may leave them out.
"""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_GUESSING = ("chardet", "charset_normalizer")
_loading = threading.Lock()  # modules and warnings are the whole process's


def load_requests() -> None:
    """Import requests, ahead of the first exchange: it takes a fifth of a second."""
    with _loading, _absent(_GUESSING), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import requests.adapters  # noqa: F401


@contextmanager
def _absent(names: tuple[str, ...]) -> Iterator[None]:
    """Those of these modules that are not loaded cannot be imported for now."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not to be had
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
