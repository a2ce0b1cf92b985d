"""Build, unpack and serve the plugin's archive for this system."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages import __version__
from tests import caller_environment

ROOT = Path(__file__).parents[1]
NAME = "pulumi-resource-tcimages"


def build_archive(lock: Path) -> Path:
    """Run `make plugin`, which does nothing while the archive is newer than the code."""
    if not shutil.which("make"):
        pytest.skip("NOT PROVEN: no make on PATH, so no plugin was frozen")
    import fcntl  # not at the top, because the other helpers also run on Windows

    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        result = subprocess.run(
            ["make", "--no-print-directory", "plugin", f"PYTHON={sys.executable}"],
            cwd=ROOT,
            env=caller_environment.with_registry_settings(),
            capture_output=True,
            text=True,
        )
    output = result.stdout + result.stderr
    if result.returncode and "PythonLibraryNotFoundError" in output:
        text = "NOT PROVEN: this Python has no shared library, so no plugin was frozen"
        if caller_environment.get_variable("TCIMAGES_REQUIRE_ARCHIVE") == "1":
            pytest.fail(text, pytrace=False)
        pytest.skip(text)
    assert result.returncode == 0, output
    (archive,) = (ROOT / "dist").glob(f"{NAME}-v{__version__}-*.tar.gz")
    return archive


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive and return the plugin's executable."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / NAME


class _QuietHandler(SimpleHTTPRequestHandler):
    """A request handler that serves files without logging."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Override the method, which logs to stderr."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder over HTTP, and yield the server's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
