"""Reading of user-chosen files, which may be pipes, devices, folders or very large."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_tcimages.cli.project_plugin import find_project_plugin
from pulumi_tcimages.cloud.certificates import check_authorities
from pulumi_tcimages.cloud.profiles import read_ini_keys, read_profile_keys
from pulumi_tcimages.cloud.settings import read_settings
from pulumi_tcimages.core.configuration import Configuration
from pulumi_tcimages.emulator import Catalogue, CatalogueError, Emulator
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.user_files import find_project_file, read_file, read_start
from tests.cli.conftest import Shell

MIB = 1024 * 1024
posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX pipes and devices")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_device_link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100 * 1024 * MIB)


def make_folder(path: Path) -> None:
    path.mkdir()


UNREADABLE = [make_pipe, make_device_link, make_sparse, make_folder]
each_unreadable = pytest.mark.parametrize("make", UNREADABLE, ids=lambda make: make.__name__)


@pytest.fixture(autouse=True)
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_tcimages.user_files._WRITER_WAIT_S", 0.5)


@posix
@each_unreadable
@pytest.mark.parametrize("option", ["--catalogue", "--script"])
def test_emulator_rejects_a_file_that_it_cannot_read(
    shell: Shell, tmp_path: Path, make: Callable[[Path], None], option: str
) -> None:
    path = tmp_path / "file.json"
    make(path)

    outcome = shell("emulator", option, str(path))

    assert outcome.code == 2
    assert option in outcome.err
    assert "file.json" in outcome.err
    assert "Errno" not in outcome.err


@posix
@pytest.mark.parametrize("make", UNREADABLE[:3], ids=lambda make: make.__name__)
def test_unreadable_catalogue_is_an_error(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "catalogue.json"
    make(path)

    with pytest.raises(CatalogueError, match=r"catalogue\.json: "):
        Catalogue.load(path)


@posix
def test_catalogue_and_script_can_be_pipes(tmp_path: Path) -> None:
    texts = {
        "catalogue": '{"platform_images": []}',
        "script": '{"DescribePlatformImages": [{"status": 502}]}',
    }
    for name in texts:
        os.mkfifo(tmp_path / name)
    writer = threading.Thread(
        target=lambda: [(tmp_path / name).write_text(text) for name, text in texts.items()]
    )
    writer.start()

    cloud = Emulator(catalogue=Catalogue.load(tmp_path / "catalogue"))
    cloud.faults.load(tmp_path / "script")
    writer.join()

    assert cloud.catalogue.platform_images() == []
    assert cloud.faults.left()["DescribePlatformImages"][0].status == 502


@posix
@pytest.mark.parametrize("make", UNREADABLE[:3], ids=lambda make: make.__name__)
def test_unreadable_ca_bundle_is_an_error(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "authorities.pem"
    make(path)

    with pytest.raises(ConfigurationError, match=r"neither a file nor a folder|larger than 16 MiB"):
        check_authorities(str(path), "SSL_CERT_FILE")


@posix
@each_unreadable
def test_unreadable_credentials_file_is_an_error(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "x.credential"
    make(path)

    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_profile_keys(tmp_path, "x")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_ini_keys(path)


@posix
@each_unreadable
def test_unreadable_project_file_names_no_plugin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "Pulumi.yaml")

    assert find_project_plugin() is None


@posix
@each_unreadable
def test_read_stops_at_the_limit_of_a_regular_file(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "file"
    make(path)

    if make is make_sparse:
        assert read_start(path, 10) == bytes(10)
    else:
        with pytest.raises(OSError, match=r"regular file|directory"):
            read_start(path, 10)


@pytest.mark.parametrize("name", ["a\0b", "~nobody\0"], ids=ascii)
def test_text_that_cannot_be_a_path_is_an_unreadable_file(tmp_path: Path, name: str) -> None:
    settings = read_settings(Configuration(shared_credentials_dir=name), {}, tmp_path)

    with pytest.raises(OSError, match="not a valid path"):
        read_file(name, MIB)
    with pytest.raises(OSError, match="not a valid path"):
        read_start(name, MIB)
    with pytest.raises(CatalogueError, match="not a valid path"):
        Catalogue.load(name)
    with pytest.raises(ConfigurationError) as caught:
        read_profile_keys(settings.profile_folder, "x")
    assert "cannot be read: not a valid path" in caught.value.problem


def test_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * MIB)

    assert len(read_file(path, MIB)) == MIB
    with pytest.raises(OSError, match="larger than 0 MiB"):
        read_file(path, MIB - 1)


def test_catalogue_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_tcimages.emulator.store.MOST_BYTES", 3000)
    catalogue = Catalogue()
    for number in range(50):  # withdrawn images take no space
        catalogue.add("platform_images", {"ImageId": f"i-{number}", "Description": "x" * 900})
        catalogue.withdraw("platform_images", f"i-{number}")
    for number in range(3):
        catalogue.add("platform_images", {"ImageId": f"i-{number}", "Description": "x" * 900})

    with pytest.raises(CatalogueError, match="i-3: all images together are above"):
        catalogue.add("platform_images", {"ImageId": "i-3", "Description": "x" * 900})
    with pytest.raises(CatalogueError, match="i-2: all images together are above"):
        catalogue.change("platform_images", "i-2", Description="x" * 1500)
    assert len(catalogue.platform_images()) == 3


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"])
def test_project_file_is_found_in_the_nearest_folder(tmp_path: Path, name: str) -> None:
    program = tmp_path / "project" / "src" / "program"
    program.mkdir(parents=True)
    (program / "Pulumi.yaml").mkdir()
    (tmp_path / "project" / "src" / "Pulumi.yaml").symlink_to("Pulumi.yaml")
    (tmp_path / "Pulumi.yaml").touch()
    nearest = tmp_path / "project" / name
    nearest.touch()

    assert find_project_file(program) == nearest
