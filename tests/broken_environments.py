"""Python environments in which some packages are missing or have another version."""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.fresh_environments import create_environment


def create_broken(
    folder: Path, missing: Sequence[str] = (), replaced: Mapping[str, tuple[str, str]] = {}
) -> Path:
    """Create an environment that shares the packages of this one, and return its Python.

    Args:
        missing: packages that it does not have.
        replaced: a package's name -> the version in its metadata, and the text of its module.
    """
    python = create_environment(folder)
    (packages,) = folder.rglob("site-packages")
    absent = re.compile(rf"({'|'.join([*missing, *replaced, '__pycache__'])})([.-].*)?")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not absent.fullmatch(path.name):
            (packages / path.name).symlink_to(path)
    for name, (version, text) in replaced.items():
        add_package(packages, name, version, text=text)
    return python


def add_package(
    packages: Path, name: str, version: str, requires: Sequence[str] = (), text: str = ""
) -> None:
    """Add a package of one module, with metadata as pip writes it."""
    (packages / f"{name}.py").write_text(text, encoding="utf-8")
    metadata = packages / f"{name}-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    metadata.write_text("\n".join(lines) + "\n", encoding="utf-8")
