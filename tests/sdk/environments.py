"""Fake environments with an installed package, for launchers to start."""

from __future__ import annotations

import os
from pathlib import Path

from pulumi_tcimages import __version__
from pulumi_tcimages.sdk import discovery
from pulumi_tcimages.sdk.environment import PLUGIN
from pulumi_tcimages.sdk.launcher import Target

FOLDER = f"resource-tcimages-v{__version__}"
NAME = f"{PLUGIN}.cmd" if os.name == "nt" else PLUGIN


def make_environment(folder: Path, version: str = __version__) -> Target:
    """Create an environment with an interpreter and the package, and return its target."""
    folder.mkdir()
    target = Target(folder / "python", folder / "__main__.py")
    target.python.write_text("#!/bin/sh\n")
    target.python.chmod(0o755)
    target.main.touch()
    (folder / "__init__.py").write_text(f'__version__ = "{version}"\n')
    return target


def find_problem(project: str = "") -> str:
    """Register the plugin, and return the problem of the warning, or ""."""
    failure = discovery.register(project)
    return failure.problem if failure else ""
