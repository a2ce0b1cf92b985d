"""The SDK finds the plugin's console script in pip's RECORD file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_tcimages.sdk import environment


def test_console_script_is_found_where_pip_installed_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{environment.PLUGIN}.exe" if os.name == "nt" else environment.PLUGIN
    site = tmp_path / "lib" / "site-packages"
    record = site / "pulumi_tcimages-9.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: pulumi-tcimages\nVersion: 9\n")
    (record / "RECORD").write_text(f"../../bin/{name},,\npulumi_tcimages/__init__.py,,\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / name).touch()
    monkeypatch.syspath_prepend(str(site))

    assert environment.find_script() == tmp_path / "bin" / name
