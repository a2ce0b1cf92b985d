"""`import pulumi_tcimages`: all public names, which are imported lazily."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pulumi_tcimages
from pulumi_tcimages.sdk import generated

ROOT = Path(__file__).parents[2]
FRONT_DOOR = ast.parse((ROOT / "pulumi_tcimages" / "__init__.py").read_text(encoding="utf-8"))


def loaded_after(statement: str) -> set[str]:
    """Return the top-level packages that a statement loads in a new interpreter."""
    code = f"import sys; {statement}; print(*sorted({{n.partition('.')[0] for n in sys.modules}}))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return set(result.stdout.split())


def test_import_loads_no_third_party_package() -> None:
    ours = loaded_after("import pulumi_tcimages") - loaded_after("pass")

    assert not ours & {"pulumi", "grpc", "google", "pydantic", "requests", "packaging"}


def test_program_loads_neither_requests_nor_pydantic() -> None:
    loaded = loaded_after(
        "import pulumi_tcimages; from pulumi_tcimages import *; pulumi_tcimages.Provider"
    )

    assert "pulumi" in loaded
    assert not loaded & {"requests", "pydantic"}


def test_every_public_name_is_visible_to_type_checkers() -> None:
    (for_type_checkers,) = (node for node in FRONT_DOOR.body if isinstance(node, ast.If))
    imported = {
        alias.name
        for node in for_type_checkers.body
        if isinstance(node, ast.ImportFrom) and node.module != "typing"
        for alias in node.names
    }

    hand_written = {*pulumi_tcimages.__all__} - {*generated.__all__}
    assert imported == (hand_written - {"__version__"}) | {"*"}


@pytest.mark.parametrize("name", pulumi_tcimages.__all__)
def test_every_public_name_is_imported_from_its_module(name: str) -> None:
    value = getattr(pulumi_tcimages, name)

    assert name in dir(pulumi_tcimages)
    if name != "__version__":
        module = importlib.import_module(f"pulumi_tcimages.{pulumi_tcimages._module_of(name)}")
        assert getattr(module, name) is value


def test_unknown_name_raises_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'list_images'$"):
        pulumi_tcimages.list_images  # noqa: B018


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("getPlatformImage", "get_platform_image"),
        ("get_platfrom_image", "get_platform_image"),
        ("get_platform_image_outputs", "get_platform_image_output"),
        ("platformImagePin", "PlatformImagePin"),
    ],
)
def test_misspelt_name_raises_with_a_suggestion(name: str, suggestion: str) -> None:
    with pytest.raises(
        AttributeError, match=f"has no attribute '{name}'; did you mean '{suggestion}'"
    ):
        getattr(pulumi_tcimages, name)


def test_traceback_of_a_misspelt_name_has_one_suggestion() -> None:
    requests = [sys.executable, "-c", "import pulumi_tcimages; pulumi_tcimages.getPlatformImage"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(requests, capture_output=True, text=True, check=False, env=env)

    assert result.stderr.endswith("'getPlatformImage'; did you mean 'get_platform_image'?\n")


def test_probing_for_optional_names_loads_nothing() -> None:
    assert "difflib" not in loaded_after(
        "import pulumi_tcimages; hasattr(pulumi_tcimages, '__wrapped__')"
    )


def test_version_matches_the_package_metadata() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert re.findall(r'^version = "(.*)"$', project, re.MULTILINE) == [pulumi_tcimages.__version__]


def test_package_declares_no_plugin_download() -> None:
    # The language host reads this file; without it the engine would look for a download.
    plugin = ROOT / "pulumi_tcimages" / "pulumi-plugin.json"

    assert plugin.read_text(encoding="utf-8") == '{\n  "resource": false\n}\n'
