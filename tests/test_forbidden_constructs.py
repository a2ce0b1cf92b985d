"""The package patches nothing, uses no private names of libraries and checks no files unsafely."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.package_files import FILES, PACKAGE

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
