"""The architecture: which room (a package or module) may import which, read out of the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pulumi_tcimages"
OURS = "pulumi_tcimages"

# What a room may import of ours, and of others what it may not.
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "errors": (
        {"formatting", "naming", "redaction", "diagnostics"},
        {"pydantic", "requests", "pulumi", "grpc", "os", "socket"},
    ),
    "diagnostics": (
        {"formatting", "naming", "redaction"},
        {"pydantic", "requests", "pulumi", "grpc", "os", "socket"},
    ),
    "formatting": (set(), {"pydantic", "requests", "pulumi", "grpc", "os", "socket"}),
    "naming": (set(), {"pydantic", "requests", "pulumi", "grpc", "os", "socket"}),
    "redaction": ({"formatting"}, {"pydantic", "requests", "pulumi", "grpc", "os", "socket"}),
    "core": (
        {"core", "errors", "diagnostics", "formatting", "naming", "redaction"},
        {"requests", "pulumi", "grpc", "os", "time", "random", "socket", "logging"},
    ),
    "sources": (
        {"sources", "core", "errors", "diagnostics", "formatting", "naming", "redaction"},
        {"requests", "pulumi", "grpc", "os", "time", "random", "socket", "logging"},
    ),
    "cloud": (
        {"cloud", "sources", "core", "errors", "diagnostics", "formatting", "naming", "redaction"},
        {"pulumi", "grpc"},
    ),
    "lookup": ({"sources", "core", "errors", "diagnostics"}, {"requests", "pulumi", "os"}),
    "plugin": (
        {
            "plugin",
            "lookup",
            "sources",
            "core",
            "errors",
            "diagnostics",
            "formatting",
            "naming",
            "redaction",
            "",
            "cloud",
        },
        {"requests"},
    ),
    "sdk": ({"sdk", "errors", "formatting", "naming", "redaction", ""}, {"pydantic", "requests"}),
    "": ({"sdk", "errors", "formatting", "naming", "redaction"}, {"pydantic", "requests", "grpc"}),
    "__main__": ({"plugin"}, {"pydantic", "requests", "pulumi"}),
    "cli": (
        {
            "cli",
            "lookup",
            "sources",
            "core",
            "cloud",
            "errors",
            "diagnostics",
            "formatting",
            "naming",
            "redaction",
            "emulator",
            "",
            "sdk",
            "testing",
        },
        {"requests", "grpc"},
    ),
    "testing": ({"testing", "sdk", ""}, {"pydantic", "requests"}),
    "emulator": ({"emulator", "core.signing"}, {"requests", "pulumi", "grpc"}),
}

# Narrower than a whole room: the only files that may import this.
ONLY = {
    ("cloud", "os"): {"settings"},
    ("cloud", "requests"): {"transport", "connections", "connection_errors"},
    ("plugin", "pulumi_tcimages.cloud"): {"configuration"},
    ("cli", "pulumi_tcimages.sdk"): {"plugin", "doctor", "scratch"},
}

FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from {_module_of(node.module or "", alias.name) for alias in node.names}


def _module_of(module: str, name: str) -> str:
    """What `from module import name` imports: the module itself, or the module of that name."""
    inner = PACKAGE.joinpath(*module.split(".")[1:], name)
    is_ours = module.split(".")[0] == OURS
    return (
        f"{module}.{name}"
        if is_ours and (inner.is_dir() or inner.with_suffix(".py").exists())
        else module
    )


def ours(module: str) -> str | None:
    """`core.signing` of `pulumi_tcimages.core.signing`; empty for the front door itself."""
    return module[len(OURS) :].lstrip(".") if module.split(".")[0] == OURS else None


def test_every_file_lives_in_a_room_of_the_design() -> None:
    assert {room_of(path) for path in FILES} <= ROOMS.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    may, may_not = ROOMS[room_of(path)]
    wrong = []
    for module in imports_of(path):
        inner = ours(module)
        if inner is None:
            wrong += [module] if module.split(".")[0] in may_not else []
        elif inner.split(".")[0] not in may and inner not in may:
            wrong.append(module)

    assert wrong == []


@pytest.mark.parametrize(("room", "module"), ONLY, ids=str)
def test_what_only_one_file_may_import_is_imported_nowhere_else(room: str, module: str) -> None:
    importers = {
        path.stem
        for path in FILES
        if room_of(path) == room
        and any(one == module or one.startswith(f"{module}.") for one in imports_of(path))
    }

    assert importers == ONLY[room, module]


@pytest.mark.parametrize("library", ["click", "rich"])
def test_only_the_command_imports_its_libraries(library: str) -> None:
    rooms = {
        room_of(path)
        for path in FILES
        if any(module.split(".")[0] == library for module in imports_of(path))
    }

    assert rooms == {"cli"}


def test_the_vendors_spelling_stays_in_wire_and_emulator() -> None:
    words = ("PlatformImageInfos", "EngineSessionImages", "SparkImageId", "SupportGpuList")
    users = {
        str(path.relative_to(PACKAGE).with_suffix(""))
        for path in FILES
        if any(f'"{word}"' in path.read_text(encoding="utf-8") for word in words)
    }

    assert users <= {"core/api"} | {name for name in users if name.startswith("emulator/")}
