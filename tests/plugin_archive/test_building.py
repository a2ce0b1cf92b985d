"""Packing and describing the archive, with small folders."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

from plugin_archive.__main__ import copy_licenses, find_glibc
from plugin_archive.components import Component
from plugin_archive.sbom import build_sbom
from plugin_archive.tarball import pack

EPOCH_S = 1_580_601_600


def component(name: str, license_: str = "MIT", texts: tuple[Path, ...] = ()) -> Component:
    return Component(name, "1.0", f"pkg:pypi/{name}@1.0", license_, texts)


def test_symlink_is_packed_as_its_target(tmp_path: Path) -> None:
    """Python's framework on macOS has symlinks, and the engine rejects archives with symlinks."""
    folder = tmp_path / "folder"
    (folder / "versions").mkdir(parents=True)
    (folder / "versions" / "library").write_text("content")
    (folder / "library").symlink_to("versions/library")
    (folder / "same").hardlink_to(folder / "versions" / "library")

    pack(folder, tmp_path / "a.tar.gz", EPOCH_S)

    with tarfile.open(tmp_path / "a.tar.gz") as tar:
        contents = {entry.name: tar.extractfile(entry) for entry in tar}
        texts = {name: file and file.read() for name, file in contents.items()}
    assert texts == dict.fromkeys(("library", "same", "versions/library"), b"content")


def test_equal_folders_give_equal_archives(tmp_path: Path) -> None:
    for name, names, time_s in (("a", "xy", 1), ("b", "yx", 2)):
        (tmp_path / name).mkdir()
        for file in names:
            (tmp_path / name / file).write_text(file)
            os.utime(tmp_path / name / file, (time_s, time_s))
        pack(tmp_path / name, tmp_path / f"{name}.tar.gz", EPOCH_S)

    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.tar.gz", "b", "b.tar.gz"]


def test_licences_with_the_same_name_are_all_copied(tmp_path: Path) -> None:
    texts = (tmp_path / "LICENSE", tmp_path / "vendored" / "LICENSE")
    texts[1].parent.mkdir()
    for text in texts:
        text.write_text(str(text))

    copy_licenses([component("thing", texts=texts)], tmp_path / "licenses")

    names = {path.name for path in (tmp_path / "licenses" / "thing").iterdir()}
    assert names == {"LICENSE", "vendored-LICENSE"}


def test_required_glibc_is_the_newest_of_all_binaries(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.so").write_bytes(b"\x7fELF\0GLIBC_2.4\0GLIBC_2.17\0")
    (tmp_path / "b.so").write_bytes(b"\x7fELF\0GLIBC_2.9\0GLIBC_PRIVATE\0")

    assert find_glibc(tmp_path) == "2.17"
    assert find_glibc(tmp_path / "absent") == ""


def test_licence_is_an_expression_only_if_it_is_valid_spdx() -> None:
    licenses = {
        "plain": "Apache-2.0 OR BSD-2-Clause",
        "exception": "GPL-2.0-or-later WITH Bootloader-exception",
        "words": "3-Clause BSD License",
        "none": "",
    }

    text = build_sbom("plugin", "1.0", [component(*pair) for pair in licenses.items()], EPOCH_S)

    assert '"timestamp": "2020-02-02T00:00:00+00:00"' in text
    for name in ("plain", "exception"):
        assert f'"expression": "{licenses[name]}"' in text
    assert f'"name": "{licenses["words"]}"' in text
    assert text.count('"licenses"') == 4  # the project's own and those of three components
