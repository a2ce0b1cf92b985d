"""`platform-images` and `session-images`: the results of the functions in each format."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable

import pytest

from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.emulator import Catalogue, Emulator, Fault
from pulumi_tcimages.plugin.functions import answer
from pulumi_tcimages.plugin.property_values import deserialize, serialize
from tests.cli.conftest import ENGINE, NEWEST, PYTORCH, SESSION, Shell, use_emulator


def call_function(name: str, **arguments: object) -> object:
    """Return the result of a function of the provider."""
    client = open_client(Configuration())
    try:
        response = answer(f"tcimages:index:{name}", serialize(arguments), client, lambda _: None)
        return deserialize(getattr(response, "return"))
    finally:
        client.close()


@pytest.mark.usefixtures("cloud")
def test_json_of_a_list_equals_the_result_of_the_function(shell: Shell) -> None:
    outcome = shell(*PYTORCH, "--output", "json")

    expected = call_function("getPlatformImages", framework="pytorch", imageRange="Train")
    assert (outcome.code, json.loads(outcome.out), outcome.err) == (0, expected, "")


@pytest.mark.usefixtures("cloud")
def test_json_of_the_newest_equals_the_result_of_the_function(shell: Shell) -> None:
    outcome = shell(*PYTORCH, "--latest", "-o", "json")

    expected = call_function(
        "getPlatformImage", framework="pytorch", imageRange="Train", latest=True
    )
    assert (outcome.code, json.loads(outcome.out), outcome.err) == (0, expected, "")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "gbk", "cp1252"])
def test_json_is_valid_in_every_output_encoding(encoding: str) -> None:
    newest = "91c8dd73-d3b5-5ded-a963-bd7dbd75f08e"
    with Emulator() as cloud:
        cloud.catalogue.change_platform_image(newest, Description="é × 🚀 支持")
        result = subprocess.run(
            [sys.executable, "-m", "pulumi_tcimages.cli", *PYTORCH, "--latest", "-o", "json"],
            env={**os.environ, **cloud.environment, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=True,
        )

    assert json.loads(result.stdout)["description"] == "é × 🚀 支持"


@pytest.mark.usefixtures("cloud")
def test_json_of_session_images_equals_the_result_of_the_function(shell: Shell) -> None:
    outcome = shell(*SESSION, "-o", "json")

    expected = call_function(
        "getSessionImages", dataEngineId=ENGINE, frameworkType="machine-learning"
    )
    assert (outcome.code, json.loads(outcome.out), outcome.err) == (0, expected, "")


@pytest.mark.usefixtures("cloud")
def test_ids_and_urls_are_printed_one_per_line(shell: Shell) -> None:
    document = json.loads(shell(*SESSION, "-o", "json").out)

    ids, urls = shell(*SESSION, "-o", "ids"), shell(*SESSION, "-o", "url")

    assert ids.out.splitlines() == document["ids"]
    assert urls.out.splitlines() == [image["sparkImageTag"] for image in document["images"]]


def test_image_without_a_url_is_skipped_with_a_warning(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator() as cloud:
        use_emulator(cloud, monkeypatch)
        cloud.catalogue.change_platform_image("sglang-v0.3.6", ImageUrl=None)

        listed = shell("platform-images", "--image-id", "sglang-v0.3.6", "-o", "url")
        outcome = shell("platform-images", "--image-id", "sglang-v0.3.6", "--latest", "-o", "url")

    warning = "warning: 1 image without a url left out\n"
    assert (listed, outcome) == ((0, "", warning), (1, "", warning))


@pytest.mark.usefixtures("cloud")
def test_latest_prints_one_id(shell: Shell) -> None:
    newest = json.loads(shell(*PYTORCH, "--latest", "-o", "json").out)

    assert shell(*PYTORCH, "--latest", "-o", "ids").out == f"{newest['imageId']}\n"
    assert shell(*PYTORCH, "--latest-by", "framework-version", "-o", "url").out == (
        f"{newest['imageUrl']}\n"
    )


@pytest.mark.usefixtures("cloud")
def test_piped_table_is_untruncated_and_uncoloured(shell: Shell) -> None:
    outcome = shell(*SESSION, "--framework", "pytorch")

    header, *rows = outcome.out.splitlines()
    assert header.split() == [
        "spark-image-version", "framework-version", "framework", "image-tag", "spark-image-id"
    ]  # fmt: skip
    assert [row.split()[0] for row in rows] == [
        "pytorch-v2.1.2", "pytorch-v2.4.1", "pytorch-v2.5.1", "pytorch-v2.6.0", "pytorch-v2.7.1"
    ]  # fmt: skip
    assert outcome.err == ""


@pytest.mark.usefixtures("cloud")
def test_table_fits_the_terminal_and_lists_hidden_columns(
    terminal: Callable[[int], Shell],
) -> None:
    outcome = terminal(80)(*PYTORCH)

    assert (
        max(map(len, outcome.out.replace("\x1b[1m", "").replace("\x1b[0m", "").split("\n"))) <= 80
    )
    assert outcome.out.startswith("\x1b[1mimage-name ")
    names = [line.split()[0] for line in outcome.out.splitlines()]
    assert not any(name.endswith("…") for name in names)
    assert "hidden: framework, image-range, device, image-id (choose: --columns)" in outcome.err
    assert "66 of 205 images in ap-guangzhou" in outcome.err


@pytest.mark.usefixtures("cloud")
def test_no_color_disables_colours(
    terminal: Callable[[int], Shell], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    outcome = terminal(140)(*PYTORCH)

    assert "\x1b" not in outcome.out + outcome.err


@pytest.mark.usefixtures("cloud")
def test_latest_is_shown_as_a_record(shell: Shell) -> None:
    lines = shell(*PYTORCH, "--latest").out.splitlines()

    assert lines[1].split() == ["image-name", NEWEST]
    assert lines[-1].split() == ["region", "ap-guangzhou"]


@pytest.mark.usefixtures("cloud")
def test_columns_are_accepted_in_any_spelling(shell: Shell) -> None:
    outcome = shell(*PYTORCH, "--latest", "--columns", "imageName, support-gpu-list,training_modes")

    header, row = outcome.out.splitlines()
    assert header.split() == ["image-name", "support-gpu-list", "training-modes"]
    assert row.startswith(f"{NEWEST}  A100, A800")


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    "criteria",
    [
        ["--framework", "tensorflow", "--latest"],
        ["--image-range", "Train", "--components", "cuda==12.*", "--latest"],
        ["--name-regex", "tf2.4"],
        ["--components", "cuda==12.*", "--latest-by", "cuda"],
    ],
)
def test_suggested_flags_choose_the_named_image(shell: Shell, criteria: list[str]) -> None:
    """For a list, `explain` suggests flags that choose a single image."""
    text = shell("explain", "platform-images", *criteria).out
    advice = re.findall(r"^ {11}(--.+?)(?: {2}|\n {13})-> (\S+)$", text, re.MULTILINE)

    assert advice
    for flags, name in advice:
        outcome = shell("explain", "platform-images", *criteria, *shlex.split(flags))
        assert (outcome.code, f"Chosen   {name}\n" in outcome.out) == (0, True), outcome.out


@pytest.mark.usefixtures("cloud")
def test_unlisted_value_is_sent_with_a_warning(shell: Shell) -> None:
    outcome = shell("platform-images", "--image-range", "Trian")

    assert outcome.code == 1
    assert outcome.err.startswith('warning: --image-range "Trian" is not on the known list')


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("command", [(), ("explain",)])
def test_ranking_by_a_missing_component_warns(shell: Shell, command: tuple[str, ...]) -> None:
    outcome = shell(*command, *PYTORCH, "--latest-by", "cudaa", "--latest-by", "torch")

    assert (outcome.code, NEWEST in outcome.out) == (0, True)
    assert outcome.err == (
        'warning: --latest-by "cudaa" ranks nothing: of 205 images none has this component; did '
        'you mean "cuda"?\n'
        "warning: not considered, because it cannot be read: "
        "7db47e4a-c43d-5fa7-968d-9f06166156b6 (--components pytorch (no name))\n"
    )


@pytest.mark.parametrize("command", [(), ("explain",)])
@pytest.mark.parametrize("criteria", ["latest", "imageId", "list"])
def test_unreadable_rows_are_reported(
    monkeypatch: pytest.MonkeyPatch, shell: Shell, command: tuple[str, ...], criteria: str
) -> None:
    good = {"ImageId": "i-1", "ImageName": "torch2.3", "Framework": "PYTORCH"}
    with Emulator(catalogue=Catalogue()) as cloud:
        cloud.catalogue.add_platform_image({**good, "FrameworkVersion": "2.3"})
        bad = {"ImageId": "i-9", "ImageName": "torch9.0", "FrameworkVersion": 9.0}
        cloud.faults.add("DescribePlatformImages", Fault(rows=(bad, None), times=9))
        use_emulator(cloud, monkeypatch)
        arguments = {
            "latest": ["--framework", "pytorch", "--latest"],
            "imageId": ["--image-id", "i-9"],
        }
        outcome = shell(*command, "platform-images", *arguments.get(criteria, []))

    text = " ".join((outcome.err + (outcome.out if command else "")).split())
    assert outcome.code == (1 if criteria == "imageId" else 0)
    assert text.count("2 of 3 listed images were left out") == 1
    assert '"torch9.0" (FrameworkVersion: expected a string, got a number), row 2' in text


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (
            [*("preset-images", "--libraries", "transformers>=4.50"),
             *("--chip-type", "NVIDIA GPU", "--latest-stable")],
            [*("llamafactory0.9.3-torch2.5-py3.11-cuda12.4-gpu", "torch2.7-py3.12-cuda12.8-gpu"),
             *(NEWEST, "vllm(0.20.2)")],
        ),
        (
            ["engine-image-versions", "StandardSpark"],
            ["1.0", "1.1", "1.9", "1.10", "1.10-team", "1.11"],
        ),
        (["ray-images", "--type", "Ray", "--ray-version", ">=2.50"], ["xpark-0.0.0.dev0-ray2.54.0"
          "-py312-cpu", "tcray-2.55.1-cu125-serve", "tcray-2.55.1-py311-cpu"]),
    ],
    ids=["preset", "engine", "ray"],
)  # fmt: skip
def test_tables_of_other_listings_fit_80_columns(
    terminal: Callable[[int], Shell], argv: list[str], names: list[str]
) -> None:
    outcome = terminal(80)(*argv)

    lines = outcome.out.replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()
    assert outcome.code == 0
    assert max(map(len, lines)) <= 80
    rows = [line.removeprefix("Standard-S ").split()[0] for line in lines[1:]]
    assert rows[: len(names)] == names
