"""Run every program and command in the README and docs/, and compare their output.

`python -m tests.test_readme` writes the current output into the pages.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from pulumi_tcimages.cloud.setting_sources import VARIABLES
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.naming import camel
from tests.doc_blocks import BLOCKS, PAGES, README, ROOT, RUN_KINDS, Block, read_blocks, run_block

SCHEMA = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
REPOSITORY = metadata.metadata("pulumi-tcimages").get_all("Project-URL")[0].partition(", ")[2]
GUIDE = ROOT / "docs" / "guide.md"
CONFIGURATION_PAGE = ROOT / "docs" / "configuration.md"
CONFIGURATION = "<!-- configuration: made from schema.json by tests/test_readme.py -->\n"


def list_variables(key: str) -> str:
    """Return the environment variables of a key and its parts, without duplicates."""
    names = [
        f"`{variable}`"
        for path, variables in VARIABLES.items()
        if camel(path.partition(".")[0]) == key
        for variable in variables
    ]
    return ", ".join(dict.fromkeys(names))


def configuration_table() -> str:
    """Return the table of configuration keys, with their descriptions in the schema."""
    rows = ["| Key | Description | Environment variables |", "|---|---|---|"]
    for name, declared in SCHEMA["config"]["variables"].items():
        parts = SCHEMA["types"].get(declared.get("$ref", "").rpartition("/")[2], {})
        inner = ", ".join(f"`{part}`" for part in parts.get("properties", {}))
        text = f"{declared['description']}{f' Keys: {inner}.' if inner else ''}"
        rows.append(f"| `{name}` | {text} | {list_variables(name)} |")
    return "\n".join(["", *rows, ""])


def update_table(text: str) -> str:
    """Return a page with an updated configuration table, which ends at an empty line."""
    head, _, tail = text.partition(CONFIGURATION)
    _, _, rest = tail.lstrip("\n").partition("\n\n")
    return f"{head}{CONFIGURATION}{configuration_table()}\n{rest}"


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.kind in RUN_KINDS],
    ids=lambda block: block.place,
)
def test_code_block_prints_the_documented_output(block: Block, tmp_path: Path) -> None:
    with Emulator(requests_per_second=0) as cloud:
        assert run_block(block, cloud, tmp_path) == block.output


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.kind == "python pytest"],
    ids=lambda block: block.place,
)
def test_test_code_block_passes(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    exec(compile(block.code, block.place, "exec"), {})


def test_readme_starts_with_clone_demo_and_tests() -> None:
    first = BLOCKS[0]
    commands = [line.partition("#")[0].strip() for line in first.code.splitlines()]

    assert commands == [
        f"git clone {REPOSITORY} && cd {REPOSITORY.rpartition('/')[2]}",
        "make demo",
        "make test",
    ]
    assert first.line < 12


def test_readme_creates_a_virtual_environment_before_installing() -> None:
    readme = [block.code for block in BLOCKS if block.page == README]
    (install,) = [code for code in readme if "\npip install" in code]

    assert install.splitlines() == [
        "python3 -m venv .venv && . .venv/bin/activate",
        "pip install .",
    ]


def test_readme_has_at_most_220_lines() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 220


LINK = re.compile(r"(?:\]\(|^\[[^\]]+\]: )([^)\s]+)", re.MULTILINE)
REPOSITORY_LINK = re.compile(
    r"https://(?:github|raw\.githubusercontent)\.com/pulumi-tcimages/pulumi-tcimages"
    r"(?:/(?:blob|tree))?/main/"
)
LINKED = [
    *PAGES,
    *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "examples/README.md")),
]


def read_local_links(page: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield each link into this repository, with the file and the anchor that it names."""
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link_match := REPOSITORY_LINK.match(link):
            target, folder = link[link_match.end() :], ROOT
        elif "//" in link:
            continue
        else:
            target, folder = link, page.parent
        name, _, anchor = target.partition("#")
        yield link, folder / name if name else page, anchor


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that GitHub generates for a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_local_link_has_a_target(page: Path) -> None:
    for link, file, anchor in read_local_links(page):
        assert file.exists(), link
        assert not anchor or anchor in anchors_of(file), link


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {file.resolve() for _, file, _ in read_local_links(index)}

    assert [
        page.name for page in (ROOT / "docs").glob("*.md") if page not in {*listed, index}
    ] == []


def test_readme_links_are_absolute() -> None:
    relative = [
        link for link in LINK.findall(README.read_text(encoding="utf-8")) if "//" not in link
    ]

    assert [link for link in relative if not link.startswith("#")] == []


def test_every_readme_program_is_in_the_guide() -> None:
    rows = re.findall(r"^\| ([^|`]+) \| `(\w+=[^`]+)` \|$", README.read_text("utf-8"), re.MULTILINE)
    guide = GUIDE.read_text(encoding="utf-8")

    assert len(rows) >= 6
    for title, arguments in rows:
        section = guide.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        code = re.sub(r"\s+|,(?=\s*\))", "", section)
        assert re.sub(r"\s+", "", arguments) in code, title


def test_configuration_table_is_up_to_date() -> None:
    text = CONFIGURATION_PAGE.read_text(encoding="utf-8")

    assert update_table(text) == text


def test_readme_names_every_error_class() -> None:
    import pulumi_tcimages.errors as errors

    names = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.TcImagesError)
    }

    assert {
        name for name in names if f"`{name}`" not in README.read_text(encoding="utf-8")
    } == set()


def test_readme_names_every_dependency() -> None:
    metadata = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^dependencies = \[\n(.*?)^\]", metadata, re.MULTILINE | re.DOTALL)
    names = {*re.findall(r'^  "(\w+)', listed, re.MULTILINE)}

    assert {
        name for name in names if f"`{name}`" not in README.read_text(encoding="utf-8")
    } == set()


def test_documented_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pages = (page.read_text(encoding="utf-8") for page in (*PAGES, ROOT / "CONTRIBUTING.md"))
    named = re.findall(r"(?:^|`)make (\w+)", "\n".join(pages), re.MULTILINE)

    assert {"test", "bench", "demo"} <= set(named)
    assert [name for name in named if f"\n{name}:" not in makefile] == []


def test_every_code_block_has_a_known_kind() -> None:
    only_read = {"sh setup", "yaml", "typescript", "go", "csharp", "java"}

    kinds = {block.kind for block in BLOCKS}
    assert kinds <= RUN_KINDS | {"python pytest"} | only_read


def test_java_blocks_do_not_unwrap_required_strings() -> None:
    pages = (ROOT / "docs").glob("*.md")
    blocks = [block for page in pages for block in read_blocks(page) if block.kind == "java"]

    assert len(blocks) >= 2
    assert [block.place for block in blocks if ".orElse(" in block.code] == []


def write_outputs() -> None:
    """Write the current outputs into the README and the pages of docs/."""
    text = CONFIGURATION_PAGE.read_text(encoding="utf-8")
    CONFIGURATION_PAGE.write_text(update_table(text), encoding="utf-8")
    for block in BLOCKS:
        if block.kind not in RUN_KINDS:
            continue
        with Emulator(requests_per_second=0) as cloud, tempfile.TemporaryDirectory() as folder:
            printed = run_block(block, cloud, Path(folder))
        text = block.page.read_text(encoding="utf-8")
        before = f"```{block.kind}\n{block.code}```\n```text\n"
        text = text.replace(f"{before}{block.output}```", f"{before}{printed}```")
        block.page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_outputs()
