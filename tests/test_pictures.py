"""The documentation's pictures match the current output, and load nothing external."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

pytest.importorskip("termios", reason="a pty is needed")

from tests.doc_blocks import PAGES
from tests.pictures import FOLDER, PICTURES, draw


def test_every_picture_is_on_a_page_with_alternative_text() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    shown = re.findall(r"!\[[^\]]+\]\(\S*images/(\w+)\.svg\)", pages)

    assert set(shown) == set(PICTURES)
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.svg" for name in PICTURES}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_up_to_date(name: str) -> None:
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == draw(name)


@pytest.mark.parametrize("name", PICTURES)
def test_picture_loads_no_external_resource(name: str) -> None:
    svg = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    addresses = re.findall(r"https?://[^\s\"')]+", svg)

    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert addresses == ["http://www.w3.org/2000/svg"]


def test_chinese_characters_take_two_cells() -> None:
    svg = (FOLDER / "table.svg").read_text(encoding="utf-8")
    x, length = re.findall(r'x="([0-9.]+)"[^>]*textLength="([0-9.]+)"[^>]*>支持的核心库<', svg)[0]
    behind = re.findall(r'x="([0-9.]+)"[^>]*>:Python', svg)

    assert float(length) == pytest.approx(12 * 12.2)
    assert {float(item) for item in behind} == {float(x) + float(length)}
