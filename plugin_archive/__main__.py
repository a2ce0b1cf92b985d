"""The command `python -m plugin_archive`: freeze the plugin, pack it, and print a summary.

It must run in an environment with exactly the packages in requirements.txt, as in `make plugin`.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from plugin_archive.components import Component, find_components
from plugin_archive.sbom import build_sbom
from plugin_archive.tarball import pack, write_checksum
from pulumi_tcimages import __version__

ROOT = Path(__file__).parents[1]
NAME = "pulumi-resource-tcimages"
BUILD = ROOT / "build" / "plugin"
DIST = ROOT / "dist"
_SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_EPOCH_S = int(os.environ.get("SOURCE_DATE_EPOCH", "1580601600"))  # The wheels have it too.


def main() -> None:
    """Build the archive, and print a summary."""
    archive = DIST / f"{NAME}-v{__version__}-{name_platform()}.tar.gz"
    folder = freeze()
    sources = json.loads((BUILD / "plugin" / "sources.json").read_text(encoding="utf-8"))
    components = find_components(sources["python"], sources["binaries"])
    copy_licenses(components, folder / "licenses")
    sbom = build_sbom(NAME, __version__, components, _EPOCH_S)
    (folder / "sbom.cdx.json").write_text(sbom, encoding="utf-8", newline="\n")
    DIST.mkdir(exist_ok=True)
    entries = pack(folder, archive, _EPOCH_S)
    checksum = write_checksum(archive)
    sbom_copy = archive.with_name(f"{archive.name.removesuffix('.tar.gz')}.cdx.json")
    shutil.copyfile(folder / "sbom.cdx.json", sbom_copy)
    for line in report(archive, [checksum, sbom_copy], entries, components, folder):
        print(line)


def name_platform() -> str:
    """Return the engine's name for this machine's system and processor, such as `linux-amd64`.

    Raises: SystemExit if the engine has none.
    """
    system, machine = _SYSTEMS.get(sys.platform), _MACHINES.get(platform.machine().lower())
    if not system or not machine:
        sys.exit(f"Pulumi has no plugins for {sys.platform} on {platform.machine()}")
    return f"{system}-{machine}"


def freeze() -> Path:
    """Run PyInstaller and return the folder with the frozen plugin."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
    command += [f"--distpath={BUILD / 'frozen'}", f"--workpath={BUILD}"]
    environment = {
        **os.environ,
        "PYINSTALLER_CONFIG_DIR": str(BUILD / "cache"),
        "PYTHONHASHSEED": "0",  # Otherwise the order of names in compiled code would differ.
        "SOURCE_DATE_EPOCH": str(_EPOCH_S),
    }
    spec = Path(__file__).with_name("plugin.spec")
    subprocess.run([*command, str(spec)], check=True, env=environment, cwd=ROOT)
    return BUILD / "frozen" / "plugin"


def copy_licenses(components: Sequence[Component], folder: Path) -> None:
    """Copy the licences of this project and of all components into a folder."""
    folder.mkdir()
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    for component in components:
        for number, text in enumerate(component.texts):
            # A distribution may have several licence files of the same name in different folders.
            is_taken = text.name in (other.name for other in component.texts[:number])
            name = f"{text.parent.name}-{text.name}" if is_taken else text.name
            target = folder / component.name / name
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(text, target)


def report(
    archive: Path,
    side_files: Sequence[Path],
    entries: Sequence[tarfile.TarInfo],
    components: Sequence[Component],
    folder: Path,
) -> list[str]:
    """Return the lines of the summary."""
    packed, unpacked = archive.stat().st_size, sum(entry.size for entry in entries)
    missing = [component.name for component in components if not component.texts]
    glibc = find_glibc(folder)
    return [
        str(archive.relative_to(ROOT)),
        f"  packed    {packed / 1e6:.1f} MB",
        f"  unpacked  {unpacked / 1e6:.1f} MB in {len(entries)} files",
        f"  Python    {platform.python_version()}",
        *([f"  needs     glibc {glibc} or newer"] if glibc else []),
        f"  contains  {len(components)} components of others",
        *([f"  warning   no licence text found for {', '.join(missing)}"] if missing else []),
        *(f"  beside    {path.relative_to(ROOT)}" for path in side_files),
    ]


def find_glibc(folder: Path) -> str:
    """Return the newest version of glibc that a binary in the folder needs, or ""."""
    versions = {
        (int(major), int(minor))
        for path in folder.rglob("*")
        if path.is_file()
        for major, minor in re.findall(rb"\0GLIBC_(\d+)\.(\d+)", path.read_bytes())
    }
    return ".".join(map(str, max(versions))) if versions else ""


if __name__ == "__main__":
    main()
