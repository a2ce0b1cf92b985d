"""Pack a folder into a reproducible archive that the engine can unpack."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from pathlib import Path


def pack(folder: Path, archive: Path, epoch_s: int) -> list[tarfile.TarInfo]:
    """Write a folder's files into an archive, and return its entries.

    Symlinks are stored as the files that they point to, because the engine rejects an archive with
    links. Folders are not stored, because the engine creates them. Order, owners and times do not
    depend on the machine.
    """
    draft = archive.with_name(f"{archive.name}.draft")
    with (
        draft.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=epoch_s) as compressed,
        tarfile.open(fileobj=compressed, mode="w", dereference=True) as tar,
    ):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = tar.gettarinfo(path, path.relative_to(folder).as_posix())
            entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", path.stat().st_size
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = epoch_s
            entry.mode = 0o755 if entry.mode & 0o100 else 0o644
            with path.open("rb") as content:
                tar.addfile(entry, content)
        entries = tar.getmembers()
    draft.replace(archive)
    return entries


def write_checksum(archive: Path) -> Path:
    """Write the archive's SHA-256 into a file beside it, in the format of `sha256sum --check`."""
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    path = archive.with_name(f"{archive.name}.sha256")
    path.write_text(f"{digest}  {archive.name}\n", encoding="ascii")
    return path
