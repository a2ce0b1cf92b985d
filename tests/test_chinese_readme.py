"""The Chinese README has the structure, the code and the links of the English one."""

from __future__ import annotations

import re
from pathlib import Path

from tests.doc_blocks import CHINESE_README, README, read_blocks


def read_prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.M)


def outline(page: Path) -> list[str]:
    """Return the starts of headings, table rows and list items, in order."""
    return re.findall(r"^(#+ |\||- |!\[)", read_prose(page), re.MULTILINE)


def inline_code(page: Path) -> set[str]:
    """Return all inline code as a set, because a translation may change its order."""
    return set(re.findall(r"`([^`\n]+)`", read_prose(page)))


def link_targets(page: Path) -> set[str]:
    return set(re.findall(r"https?://[^\s)]+", read_prose(page)))


def test_both_readmes_have_the_same_headings_tables_and_lists() -> None:
    assert outline(CHINESE_README) == outline(README)


def test_both_readmes_have_the_same_code_and_outputs() -> None:
    english, chinese = (
        [(block.kind, block.code, block.output) for block in read_blocks(page)]
        for page in (README, CHINESE_README)
    )

    assert chinese == english


def test_both_readmes_name_the_same_commands_and_classes() -> None:
    assert inline_code(CHINESE_README) == inline_code(README)


def test_both_readmes_have_the_same_links_and_link_to_each_other() -> None:
    english, chinese = link_targets(README), link_targets(CHINESE_README)
    (to_chinese,), (to_english,) = english - chinese, chinese - english

    assert to_chinese.endswith("/blob/main/README.zh-CN.md")
    assert to_english.endswith("/blob/main/README.md")
    assert "[zh]" in README.read_text(encoding="utf-8").splitlines()[0]
    assert "[en]" in CHINESE_README.read_text(encoding="utf-8").splitlines()[0]
