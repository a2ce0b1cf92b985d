"""The layers of the package: which modules each module may import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.package_files import FILES, PACKAGE

PACKAGE_NAME = "pulumi_tcimages"
# For each package or module: our modules that it may import, and others that it may not.
ALLOWED_IMPORTS: dict[str, tuple[set[str], set[str]]] = {
    "errors": (
        {"advice", "formatting", "naming", "redaction", "diagnostics", "shell_commands"},
        {"pydantic", "requests", "pulumi", "grpc", "os", "socket"},
    ),
    "advice": (
        {"formatting", "naming"},
        {"pydantic", "requests", "pulumi", "grpc", "os", "socket"},
    ),
    "diagnostics": (
        {"formatting", "naming", "redaction"},
        {"pydantic", "requests", "pulumi", "grpc", "os", "socket"},
    ),
    "formatting": (set(), {"pydantic", "requests", "pulumi", "grpc", "os", "socket"}),
    "naming": (set(), {"pydantic", "requests", "pulumi", "grpc", "os", "socket"}),
    "shell_commands": (
        {"formatting", "diagnostics"},
        {"pydantic", "requests", "pulumi", "grpc", "os", "socket"},
    ),
    "dependencies": (
        {"advice", "errors", "formatting"},
        {"pydantic", "requests", "pulumi", "grpc", "os"},
    ),
    "redaction": (
        {"formatting", "naming"},
        {"pydantic", "requests", "pulumi", "grpc", "os", "socket"},
    ),
    "user_files": (set(), {"pydantic", "requests", "pulumi", "grpc", "socket"}),
    "resource_limits": (set(), {"pydantic", "requests", "pulumi", "grpc", "socket"}),
    "core": (
        {"core", "advice", "errors", "diagnostics", "formatting", "naming", "redaction"},
        {"requests", "pulumi", "grpc", "os", "time", "random", "socket", "logging"},
    ),
    "sources": (
        {"sources", "core", "advice", "errors", "diagnostics", "formatting", "naming", "redaction"},
        {"requests", "pulumi", "grpc", "os", "time", "random", "socket", "logging"},
    ),
    "cloud": (
        {
            "cloud",
            "sources",
            "core",
            "errors",
            "advice",
            "diagnostics",
            "formatting",
            "naming",
            "redaction",
            "user_files",
            "resource_limits",
        },
        {"pulumi", "grpc"},
    ),
    "lookup": (
        {"sources", "core", "advice", "errors", "diagnostics"},
        {"requests", "pulumi", "os"},
    ),
    "plugin": (
        {
            "plugin",
            "lookup",
            "sources",
            "core",
            "dependencies",
            "errors",
            "advice",
            "diagnostics",
            "formatting",
            "naming",
            "redaction",
            "shell_commands",
            "user_files",
            "resource_limits",
            "",
            "cloud",
        },
        {"requests"},
    ),
    "sdk": (
        {
            "sdk",
            "errors",
            "advice",
            "formatting",
            "naming",
            "redaction",
            "core.components",
            "core.patterns",
            "core.placeholders",
            "core.setting_patterns",
            "core.value_checks",
            "core.versions",
            "user_files",
            "resource_limits",
            "",
        },
        {"pydantic", "requests"},
    ),
    "": (
        {"sdk", "dependencies", "advice", "errors", "formatting", "naming", "redaction"},
        {"pydantic", "requests", "grpc"},
    ),
    "__main__": ({"plugin"}, {"pydantic", "requests", "pulumi"}),
    "cli": (
        {
            "cli",
            "dependencies",
            "lookup",
            "sources",
            "core",
            "cloud",
            "errors",
            "advice",
            "diagnostics",
            "formatting",
            "naming",
            "redaction",
            "shell_commands",
            "user_files",
            "resource_limits",
            "emulator",
            "plugin",
            "",
            "sdk",
            "testing",
        },
        {"requests", "grpc"},
    ),
    "testing": ({"testing", "sdk", "user_files", ""}, {"pydantic", "requests"}),
    "emulator": ({"emulator", "core.signing", "user_files"}, {"requests", "pulumi", "grpc"}),
}
# Imports that are limited to these files of a package.
RESTRICTED_IMPORTS = {
    ("cloud", "os"): {"settings"},
    ("cloud", "requests"): {"transport", "connections", "connection_errors"},
    ("plugin", "pulumi_tcimages.cloud"): {"configuration"},
    ("cli", "pulumi_tcimages.plugin"): {
        "export_settings",
        "exports",
        "outdated",
        "outdated_report",
    },
    ("cli", "pulumi_tcimages.sdk"): {"plugin", "plugin_checks", "project_plugin", "scratch"},
}


def top_module_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, at any level."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from {_module_of(node.module or "", alias.name) for alias in node.names}


def _module_of(module: str, name: str) -> str:
    """Return the module that `from module import name` imports: `module` or `module.name`."""
    inner = PACKAGE.joinpath(*module.split(".")[1:], name)
    is_ours = module.split(".")[0] == PACKAGE_NAME
    return (
        f"{module}.{name}"
        if is_ours and (inner.is_dir() or inner.with_suffix(".py").exists())
        else module
    )


def strip_package(module: str) -> str | None:
    """Return a module's name without `pulumi_tcimages.`, or None for other packages."""
    return module[len(PACKAGE_NAME) :].lstrip(".") if module.split(".")[0] == PACKAGE_NAME else None


def test_every_file_belongs_to_a_listed_module() -> None:
    assert {top_module_of(path) for path in FILES} <= ALLOWED_IMPORTS.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_import_only_what_they_may(path: Path) -> None:
    allowed, forbidden = ALLOWED_IMPORTS[top_module_of(path)]
    wrong = []
    for module in imports_of(path):
        inner = strip_package(module)
        if inner is None:
            wrong += [module] if module.split(".")[0] in forbidden else []
        elif inner.split(".")[0] not in allowed and inner not in allowed:
            wrong.append(module)

    assert wrong == []


@pytest.mark.parametrize(("top_module", "module"), RESTRICTED_IMPORTS, ids=str)
def test_restricted_imports_appear_only_in_their_file(top_module: str, module: str) -> None:
    importers = {
        path.stem
        for path in FILES
        if top_module_of(path) == top_module
        and any(item == module or item.startswith(f"{module}.") for item in imports_of(path))
    }

    assert importers == RESTRICTED_IMPORTS[top_module, module]


@pytest.mark.parametrize("library", ["click", "rich"])
def test_only_the_command_imports_click_and_rich(library: str) -> None:
    top_modules = {
        top_module_of(path)
        for path in FILES
        if any(module.split(".")[0] == library for module in imports_of(path))
    }

    assert top_modules == {"cli"}


def test_api_field_names_appear_only_in_api_and_emulator() -> None:
    words = ("PlatformImageInfos", "EngineSessionImages", "SparkImageId", "SupportGpuList")
    users = {
        str(path.relative_to(PACKAGE).with_suffix(""))
        for path in FILES
        if any(f'"{word}"' in path.read_text(encoding="utf-8") for word in words)
    }

    assert users <= {"core/api"} | {name for name in users if name.startswith("emulator/")}
