"""The content of the plugin's archive, its SBOM and its checksum file."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.archives import NAME, unpack

MAX_PACKED, MAX_UNPACKED = 25_000_000, 60_000_000


@pytest.fixture(scope="module")
def entries(archive: Path) -> list[tarfile.TarInfo]:
    with tarfile.open(archive) as tar:
        return tar.getmembers()


@pytest.fixture(scope="module")
def sbom(archive: Path) -> dict[str, Any]:
    path = archive.with_name(f"{archive.name.removesuffix('.tar.gz')}.cdx.json")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_archive_has_only_regular_files_and_the_executable(
    entries: list[tarfile.TarInfo],
) -> None:
    top = {entry.name: oct(entry.mode) for entry in entries if "/" not in entry.name}

    assert [entry.name for entry in entries if not entry.isfile()] == []
    assert top == {NAME: "0o755", "sbom.cdx.json": "0o644"}


def test_archive_is_within_the_size_limit(archive: Path, entries: list[tarfile.TarInfo]) -> None:
    assert archive.stat().st_size <= MAX_PACKED
    assert sum(entry.size for entry in entries) <= MAX_UNPACKED


def test_checksum_file_matches_the_archive(archive: Path) -> None:
    checksum = archive.with_name(f"{archive.name}.sha256").read_text(encoding="ascii")

    digest = hashlib.sha256(archive.read_bytes()).hexdigest()

    assert checksum == f"{digest}  {archive.name}\n"


def test_every_sbom_component_has_its_licence_in_the_archive(
    entries: list[tarfile.TarInfo], sbom: dict[str, Any]
) -> None:
    licensed = {entry.name.split("/")[1] for entry in entries if entry.name.startswith("licenses/")}
    components = {component["name"] for component in sbom["components"]}

    assert licensed == {"LICENSE", *components}


def test_sbom_lists_only_what_the_plugin_imports(
    sbom: dict[str, Any],
) -> None:
    names = {component["name"].lower().replace("_", "-") for component in sbom["components"]}

    assert names >= {
        *("cpython", "grpcio", "packaging", "protobuf", "pulumi", "pydantic", "pydantic-core"),
        *("certifi", "idna", "pyinstaller", "requests", "urllib3"),
    }
    assert not names & {"click", "debugpy", "dill", "opentelemetry-api", "pyyaml", "rich", "pip"}


def test_unpacked_plugin_runs_without_python_on_path(archive: Path, tmp_path: Path) -> None:
    executable = unpack(archive, tmp_path)

    shown = subprocess.run([executable, "--help"], env={"PATH": ""}, capture_output=True, text=True)

    assert shown.stdout.startswith("usage: pulumi-resource-tcimages [ENGINE_ADDRESS]\n")
