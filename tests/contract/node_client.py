"""Install the vendor's Node client, which test_node_client.py runs against the emulator.

`python -m tests.contract.node_client` is part of `make test`. The client is optional: if it
cannot be installed in time, one line says why, and its tests are skipped. TCIMAGES_REQUIRE_NODE=1
makes that an error instead.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
LIMIT_S = 45.0
"""Time for an installation; a good connection needs a few seconds."""

_INSTALL = (
    *("install", "--json", "--loglevel=silent"),
    *("--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"),
    # By default, npm would wait 15 minutes for a server that does not respond.
    *("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=20000"),
)


class NotInstalledError(Exception):
    """The client cannot be installed; the text is a reason of one line."""


def is_installed(folder: Path = FOLDER) -> bool:
    """Return whether an installation of this package.json is complete."""
    try:
        return _finished(folder).read_bytes() == (folder / "package.json").read_bytes()
    except FileNotFoundError:
        return False


def install(folder: Path = FOLDER, limit_s: float = LIMIT_S) -> None:
    """Install the client, or raise NotInstalledError; a half-finished installation is repaired."""
    if is_installed(folder):
        return
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        raise NotInstalledError("npm and node are not both on PATH")
    _finished(folder).unlink(missing_ok=True)
    print(f"Installing the Node client, for at most {limit_s:g} s ...", flush=True)
    process = subprocess.Popen(
        [npm, *_INSTALL],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # a process group, so that npm's children end with it
    )
    try:
        output, _ = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"npm did not finish within {limit_s:g} s") from None
    finally:
        if process.returncode is None:  # after the time limit, or at Ctrl-C
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        raise NotInstalledError(_reason(output) or f"npm ended with code {process.returncode}")
    _finished(folder).parent.mkdir(exist_ok=True)
    shutil.copyfile(folder / "package.json", _finished(folder))


def _finished(folder: Path) -> Path:
    return folder / "node_modules" / "finished-package.json"


def _reason(output: str) -> str:
    """Return the first line of npm's error message, or "" without one."""
    try:
        error = json.loads(output)["error"]
        return str(error["summary"] or error["code"]).strip().splitlines()[0]
    except (ValueError, LookupError, TypeError):
        return ""


def main() -> int:
    try:
        install()
    except NotInstalledError as error:
        print(f"The Node client is skipped, with its tests: {error}", file=sys.stderr)
        return int(os.environ.get("TCIMAGES_REQUIRE_NODE") == "1")
    except KeyboardInterrupt:
        return 130  # the exit code of shells, which ends make
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
