"""A folder is created with all its files, or nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pulumi_tcimages.cli.new_folder import write_new_folder

resource = pytest.importorskip("resource", reason="limits of files are POSIX's")
FILES = {"small.txt": b"a", "large.txt": b"b" * 100}


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let each write beyond this size fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", ["project", "new/parents/project"])
def test_folder_is_created_with_its_files_and_parents(tmp_path: Path, name: str) -> None:
    write_new_folder(tmp_path / name, FILES)

    assert {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} == FILES


@pytest.mark.parametrize("name", ["project", "new/parents/project"])
def test_failed_write_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match="File too large"), largest_file(50):
        write_new_folder(tmp_path / name, FILES)

    assert list(tmp_path.iterdir()) == []


def test_failed_write_leaves_the_parent_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()

    with pytest.raises(OSError, match="File too large"), largest_file(50):
        write_new_folder(tmp_path / "own" / "project", FILES)

    assert [path.name for path in tmp_path.rglob("*")] == ["own"]


def test_failed_write_leaves_a_file_of_another_program(tmp_path: Path) -> None:
    class Files(dict[str, bytes]):
        def items(self) -> object:
            (tmp_path / "project" / "notes.txt").touch()
            return super().items()

    with pytest.raises(OSError, match="File too large"), largest_file(50):
        write_new_folder(tmp_path / "project", Files(FILES))

    assert [path.name for path in (tmp_path / "project").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("is_link", [False, True])
def test_existing_folder_is_not_touched(tmp_path: Path, is_link: bool) -> None:
    folder = tmp_path / "project"
    if is_link:
        folder.symlink_to("missing")
    else:
        folder.mkdir()
        (folder / "small.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(FileExistsError):
        write_new_folder(folder, FILES)

    assert folder.is_symlink() == is_link
    assert is_link or (folder / "small.txt").read_text(encoding="utf-8") == "mine"
