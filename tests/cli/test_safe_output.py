"""Control characters in foreign text are escaped in every output format."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_tcimages.cli import terminal
from pulumi_tcimages.emulator import Catalogue, Emulator, Fault
from tests.cli.conftest import Shell, Terminal, use_emulator

CONTROLS = {
    "escape": "\x1b[31mred\x1b[2J\x1b]0;title\x07",
    "conceal": "\x1b[8mhidden",
    "backspace": "abc\x08\x08\x08xyz",
    "delete": "\x7f",
    "C1": "\x9b31m\x90\x85\x9d",
    "bidi": "\u202eoverride\u2066isolate\u2069\u200f",
    "invisible": "zero\u200bwidth\ufeff\u00ad",
    "tag": "\U000e0041",
}
ENDS_OF_LINES = [
    "\n",
    "\r",
    "\r\n",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
]
FORMS = ["table", "json", "ids", "url"]


def is_safe(text: str) -> bool:
    return text.replace("\n", "").isprintable()


@pytest.fixture
def start_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Emulator]]:
    """A function that starts an emulator with only these images, for commands to use."""
    clouds: list[Emulator] = []

    def start(*images: dict[str, object]) -> Emulator:
        catalogue = Catalogue()
        for number, image in enumerate(images):
            catalogue.add_platform_image(
                {"ImageId": f"id-{number}", "ImageName": f"name-{number}", "ImageUrl": "u", **image}
            )
        cloud = Emulator(catalogue=catalogue, requests_per_second=0).start()
        clouds.append(cloud)
        use_emulator(cloud, monkeypatch)
        return cloud

    yield start
    for cloud in clouds:
        cloud.stop()


def build_image(text: str) -> dict[str, object]:
    """Return an image with this text in every field."""
    names = ("ImageId", "ImageName", "ImageUrl", "Framework", "FrameworkVersion", "Description")
    return dict.fromkeys(names, f"x{text}y") | {"ImageRange": [f"Train{text}"]}


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("columns", [None, 80], ids=["pipe", "terminal"])
def test_list_output_is_safe_in_every_format(
    start_emulator,
    shell: Shell,
    terminal: Callable[[int], Shell],
    text: str,
    form: str,
    columns: int | None,
) -> None:
    if "\x85" in text and form in ("ids", "url"):
        text = text.replace("\x85", "")  # a line separator, which other tests cover
    start_emulator(build_image(text), {})

    outcome = (terminal(columns) if columns else shell)("platform-images", "-o", form)

    assert outcome.code == 0
    out, err = (printed.replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\x1b[2m", "")
                for printed in (outcome.out, outcome.err))  # fmt: skip
    assert is_safe(out), out
    assert is_safe(err), err


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS)
def test_json_keeps_the_original_characters(start_emulator, shell: Shell, text: str) -> None:
    start_emulator(build_image(text))

    outcome = shell("platform-images", "-o", "json")

    assert json.loads(outcome.out)["images"][0]["imageId"] == f"x{text}y"


@pytest.mark.parametrize(
    ("form", "field", "noun"), [("ids", "ImageId", "id"), ("url", "ImageUrl", "url")]
)
def test_escaped_id_or_url_warns_on_stderr(
    start_emulator, shell: Shell, form: str, field: str, noun: str
) -> None:
    start_emulator({field: "a\x1b[31mb"}, {field: "plain"})

    outcome = shell("platform-images", "-o", form)

    assert (outcome.code, outcome.out.split()) == (0, ["a\\x1b[31mb", "plain"])
    assert outcome.err == (
        f"warning: 1 {noun} with control characters, which are escaped here. --output json has "
        "them as they were sent.\n"
    )


@pytest.mark.parametrize("line_break", ENDS_OF_LINES, ids=ascii)
@pytest.mark.parametrize(
    ("form", "field", "noun"), [("ids", "ImageId", "id"), ("url", "ImageUrl", "url")]
)
@pytest.mark.parametrize("place", ["a{}b", "a{}", "{}b"])
def test_id_or_url_with_a_line_break_is_rejected_before_output(
    start_emulator, shell: Shell, line_break: str, form: str, field: str, noun: str, place: str
) -> None:
    start_emulator({field: "plain"}, {field: place.format(line_break), "Framework": "PyTorch"})

    listing = shell("platform-images", "-o", form)
    single = shell("platform-images", "-o", form, "--framework", "pytorch", "--latest-by", "torch")

    assert (listing.code, listing.out) == (1, "")
    assert listing.err.startswith(f'Error: the {noun} "')
    assert listing.err.endswith("a script would take it for two. Use --output json.\n")
    assert listing.err.count("\n") == 1
    assert is_safe(listing.err)
    assert single.out == ""


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS)
def test_errors_and_explanations_are_safe(start_emulator, shell: Shell, text: str) -> None:
    cloud = start_emulator(build_image(text), {**build_image(text), "ImageId": f"2{text}"})
    fault = Fault(code="InvalidParameter", message=f"no{text}")

    for argv in (
        ("explain", "platform-images", "--name-regex", "x", "--latest"),
        ("explain", "platform-images", "--image-id", f"2{text}"),
        ("platform-images", "--image-name", "another", "--latest"),
        ("platform-images", "--framework", f"another{text}"),
        ("platform-images", f"--bogus{text}"),
        (f"bogus{text}",),
        ("platform-images", "--columns", f"bogus{text}"),
        ("emulator", "--script", f"/nowhere/{text}"),
        ("demo", "--keep", f"/nowhere/{text}"),
    ):
        outcome = shell(*argv)
        assert is_safe(outcome.out + outcome.err), argv
    cloud.faults.add("DescribePlatformImages", fault)
    outcome = shell("platform-images", "--ti-project-id", "another")
    assert outcome.code == 3
    assert is_safe(outcome.err)


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS)
@pytest.mark.parametrize(
    "argv", [("plugin", "status"), ("plugin", "install"), ("doctor",), ("doctor", "-o", "json")]
)
def test_local_paths_are_safe(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, argv: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / f"x{text}y"))
    monkeypatch.setenv("TENCENTCLOUD_PROFILE", f"x{text}y")

    outcome = shell(*argv)

    assert is_safe(outcome.out + outcome.err)


def test_echo_escapes_control_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)

    terminal.echo_parts(("blue\x1b[31m", "blue"), (" [b]\x1b[2J\u202e\ttab\nnext", ""))
    terminal.echo_err("\x1b[8m\x9b")

    assert out.getvalue() == "\x1b[34mblue\\x1b[31m\x1b[0m [b]\\x1b[2J\\u202e\ttab\nnext\n"
    assert err.getvalue() == "\\x1b[8m\\x9b\n"


def test_colour_code_in_data_is_escaped_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", out := io.StringIO())

    terminal.echo("\x1b[31mred")

    assert out.getvalue() == "\\x1b[31mred\n"
