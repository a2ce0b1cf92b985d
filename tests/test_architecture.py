"""The architecture: which package or module may import which, checked in the source code."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pulumi_tcimages"
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
    "redaction": ({"formatting"}, {"pydantic", "requests", "pulumi", "grpc", "os", "socket"}),
    "user_files": (set(), {"pydantic", "requests", "pulumi", "grpc", "socket"}),
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
            "core.names",
            "core.patterns",
            "core.placeholders",
            "core.setting_patterns",
            "core.value_checks",
            "core.versions",
            "user_files",
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

FILES = sorted(PACKAGE.rglob("*.py"))


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


# No patching, and no use of private names of other libraries

UNLOADS_MODULES = "testing/programs.py"  # so that each run of a program imports its own modules
DOCUMENTED_UNDERSCORES = {
    "_asdict",
    "_fields",
    "_make",
    "_replace",
}  # of named tuples
REPLACEABLE = {"sys.stdout", "sys.stderr"}  # documented as replaceable
VALUES = {"str", "bytes", "int", "bool", "float", "None", "frozenset", "tuple", "_State"}


def parse(source: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(source)))


def imported_names(nodes: list[ast.AST]) -> set[str]:
    """Return the names that import statements define."""
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [alias.asname or alias.name for node in imports for alias in node.names]
    return {name.partition(".")[0] for name in names}


def find_patches(source: str) -> list[str]:
    """Return imported names whose attributes are assigned or deleted."""
    nodes = parse(source)
    imported = imported_names(nodes)
    changed = [
        node.value
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del)
        if ast.unparse(node) not in REPLACEABLE
    ]
    changed += [
        node.args[0]
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("setattr", "delattr")
    ]
    roots = [ast.unparse(node).partition(".")[0] for node in changed]
    return [root for root in roots if root in imported]


def find_private_names(source: str) -> list[str]:
    """Return private names that are used but not defined in the file."""
    nodes = parse(source)
    defined = {name for node in nodes for name in _defined_names(node)} | DOCUMENTED_UNDERSCORES
    used = [
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and ast.unparse(node) != "os._exit"
    ]
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            used += [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        elif isinstance(node, ast.Import):
            used += [part for alias in node.names for part in alias.name.split(".")]
    return [name for name in used if _is_private(name) and name not in defined]


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def _defined_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    is_own = isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "cls")
    return [node.attr] if is_own and isinstance(node.ctx, ast.Store) else []


RAISING_CHECKS = {"exists", "is_file", "is_dir", "is_symlink", "is_fifo", "is_mount", "samefile"}


def find_raising_checks(source: str) -> list[str]:
    """Methods of `Path` that raise an error for a path in a folder that may not be searched."""
    return [
        node.func.attr
        for node in parse(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if not ast.unparse(node.func).startswith("os.path.")  # these never raise
        if node.func.attr in RAISING_CHECKS or ast.unparse(node).endswith(".resolve()")
    ]


def find_module_table(source: str) -> list[str]:
    return [
        ast.unparse(node)
        for node in parse(source)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.modules"
    ]


def find_cached_objects(source: str) -> list[str]:
    """Return cached functions with parameters that are not plain values, and weak references."""
    nodes = parse(source)
    found = sorted({"weakref"} & imported_names(nodes))
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            names = [text.partition("(")[0].removeprefix("functools.") for text in decorators]
            if {"lru_cache", "cache"} & set(names):
                found += [node.name for arg in node.args.args if not _is_value(arg.annotation)]
    return found


def _is_value(annotation: ast.expr | None) -> bool:
    return annotation is not None and set(re.findall(r"\w+", ast.unparse(annotation))) <= VALUES


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_patching_and_no_private_names_of_libraries(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    checks = [find_patches, find_private_names, find_cached_objects]
    if str(path.relative_to(PACKAGE)) != UNLOADS_MODULES:
        checks.append(find_module_table)

    assert [name for find in checks for name in find(source)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_check_raises_an_error(path: Path) -> None:
    assert find_raising_checks(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("find", "source", "found"),
    [
        (find_patches, "import re\nre.compile = print", ["re"]),
        (find_patches, "import a.b\na.b.c += 1", ["a"]),
        (find_patches, "from json import dumps as d\ndel d.x", ["d"]),
        (find_patches, "import re\nsetattr(re, 'compile', print)", ["re"]),
        (find_patches, "import re\nthing.compile = re", []),
        (find_private_names, "import grpc\ngrpc._cython", ["_cython"]),
        (find_private_names, "from pydantic._internal import x", ["_internal"]),
        (find_private_names, "from grpc import _server", ["_server"]),
        (find_private_names, "class A:\n _x = 1\n def f(self, o): return o._x + self._y", ["_y"]),
        (find_raising_checks, "Path('a').exists()", ["exists"]),
        (find_raising_checks, "[path.resolve() for path in paths]", ["resolve"]),
        (find_raising_checks, "path_exists('a'), path.resolve(strict=True)", []),
        (find_module_table, "import sys\nsys.modules['re'] = 1", ["sys.modules"]),
        (find_cached_objects, "import weakref", ["weakref"]),
        (find_cached_objects, "@lru_cache(maxsize=1)\ndef f(a: Client): ...", ["f"]),
        (find_cached_objects, "@functools.cache\ndef f(self, a: str): ...", ["f"]),
        (find_cached_objects, "@cache\ndef f(a: str | None, b: frozenset[str]): ...", []),
    ],
)
def test_each_forbidden_construct_is_detected(
    find: Callable[[str], list[str]], source: str, found: list[str]
) -> None:
    assert find(source) == found
