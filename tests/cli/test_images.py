"""`platform-images` and `session-images`: the functions' answers, in every form, and their ends."""

from __future__ import annotations

import json
import re
import shlex
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from pulumi_tcimages.cli.configuring import ConfigFlag, read_flags
from pulumi_tcimages.cloud import Configuration, open_client, read_settings
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.plugin.functions import answer
from pulumi_tcimages.plugin.values import build_struct, read_struct

from .conftest import ENGINE, Shell

PYTORCH = ("platform-images", "--framework", "pytorch", "--image-range", "Train")
NEWEST = "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu"
SESSION = ("session-images", ENGINE, "--framework-type", "machine-learning")


def ask(name: str, **arguments: object) -> object:
    """What a function of the provider returns."""
    client = open_client(Configuration())
    try:
        reply = answer(f"tcimages:index:{name}", build_struct(arguments), client, lambda _: None)
        return read_struct(getattr(reply, "return"))
    finally:
        client.close()


@pytest.mark.usefixtures("cloud")
def test_json_of_a_list_is_what_the_function_returns(shell: Shell) -> None:
    outcome = shell(*PYTORCH, "--output", "json")

    expected = ask("getPlatformImages", framework="pytorch", imageRange="Train")
    assert (outcome.code, json.loads(outcome.out), outcome.err) == (0, expected, "")


@pytest.mark.usefixtures("cloud")
def test_json_of_the_newest_is_what_the_function_returns(shell: Shell) -> None:
    outcome = shell(*PYTORCH, "--latest", "-o", "json")

    expected = ask("getPlatformImage", framework="pytorch", imageRange="Train", latest=True)
    assert (outcome.code, json.loads(outcome.out), outcome.err) == (0, expected, "")


@pytest.mark.usefixtures("cloud")
def test_json_of_session_images_is_what_the_function_returns(shell: Shell) -> None:
    outcome = shell(*SESSION, "-o", "json")

    expected = ask("getSessionImages", dataEngineId=ENGINE, frameworkType="machine-learning")
    assert (outcome.code, json.loads(outcome.out), outcome.err) == (0, expected, "")


@pytest.mark.usefixtures("cloud")
def test_ids_and_urls_come_one_a_line(shell: Shell) -> None:
    document = json.loads(shell(*SESSION, "-o", "json").out)

    ids, urls = shell(*SESSION, "-o", "ids"), shell(*SESSION, "-o", "url")

    assert ids.out.splitlines() == document["ids"]
    assert urls.out.splitlines() == [image["sparkImageTag"] for image in document["images"]]


@pytest.mark.usefixtures("cloud")
def test_the_newest_is_one_id(shell: Shell) -> None:
    newest = json.loads(shell(*PYTORCH, "--latest", "-o", "json").out)

    assert shell(*PYTORCH, "--latest", "-o", "ids").out == f"{newest['imageId']}\n"
    assert shell(*PYTORCH, "--latest-by", "framework-version", "-o", "url").out == (
        f"{newest['imageUrl']}\n"
    )


@pytest.mark.usefixtures("cloud")
def test_a_piped_table_is_whole_and_plain(shell: Shell) -> None:
    outcome = shell(*SESSION, "--framework", "pytorch")

    header, *rows = outcome.out.splitlines()
    assert header.split() == [
        "spark-image-id", "spark-image-version", "framework", "framework-version", "image-tag"
    ]  # fmt: skip
    assert [row.split()[1] for row in rows] == [
        "pytorch-v2.1.2", "pytorch-v2.4.1", "pytorch-v2.5.1", "pytorch-v2.6.0", "pytorch-v2.7.1"
    ]  # fmt: skip
    assert outcome.err == ""


@pytest.mark.usefixtures("cloud")
def test_a_table_on_a_terminal_fits_it_and_says_what_is_hidden(
    terminal: Callable[[int], Shell],
) -> None:
    outcome = terminal(80)(*PYTORCH)

    assert (
        max(map(len, outcome.out.replace("\x1b[1m", "").replace("\x1b[0m", "").split("\n"))) <= 80
    )
    assert outcome.out.startswith("\x1b[1mimage-id ")
    assert "hidden: framework, framework-version, image-range, device" in outcome.err
    assert "66 of 205 images in ap-guangzhou" in outcome.err


@pytest.mark.usefixtures("cloud")
def test_no_color_means_none(
    terminal: Callable[[int], Shell], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    outcome = terminal(140)(*PYTORCH)

    assert "\x1b" not in outcome.out + outcome.err


@pytest.mark.usefixtures("cloud")
def test_the_newest_is_shown_as_a_record(shell: Shell) -> None:
    lines = shell(*PYTORCH, "--latest").out.splitlines()

    assert lines[1].split() == ["image-name", NEWEST]
    assert lines[-1].split() == ["region", "ap-guangzhou"]


@pytest.mark.usefixtures("cloud")
def test_columns_are_chosen_in_any_spelling(shell: Shell) -> None:
    outcome = shell(*PYTORCH, "--latest", "--columns", "imageName, support-gpu-list,training_modes")

    header, row = outcome.out.splitlines()
    assert header.split() == ["image-name", "support-gpu-list", "training-modes"]
    assert row.startswith(f"{NEWEST}  A100, A800")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--columns", "image-nam"], "Did you mean 'image-name'?"),
        (["--columns", "image-id", "-o", "ids"], "--columns is for --output table"),
        (["--framewrk", "x"], "--framework"),
        (["--output", "xml"], "'xml' is not one of"),
        (["surplus"], "unexpected extra argument"),
    ],
)
@pytest.mark.usefixtures("cloud")
def test_a_wrong_command_line_ends_with_2_and_what_was_meant(
    shell: Shell, argv: list[str], said: str
) -> None:
    outcome = shell("platform-images", *argv)

    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (
            ["platform-images", "--framework-version", "2.5"],
            "tcimages platform-images: the question cannot be asked.\n"
            'Argument --framework-version "2.5"\n',
        ),
        (["platform-images", "--latest"], "say what it must be, for instance --framework,"),
        (
            ["session-images", ENGINE, "--framework-type", "pytorch"],
            'write --framework-type "machine-learning" and --framework "pytorch"',
        ),
        (
            ["session-images", ENGINE],
            "Argument --framework-type\nProblem  this argument is required\n"
            "Next     give the framework type: machine-learning, python or spark-ml\n",
        ),
        (["session-images"], "Missing argument 'ENGINE'"),
        (["platform-images", "--region", "Guang zhou"], "this is not the name of a region"),
        (
            ["platform-images", "--profile", "a/b"],
            "Key      tcimages:profile\nFrom     the --profile",
        ),
    ],
)
@pytest.mark.usefixtures("cloud")
def test_a_question_that_cannot_be_asked_ends_with_2_in_the_shells_words(
    shell: Shell, argv: list[str], said: str
) -> None:
    outcome = shell(*argv)

    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


@pytest.mark.usefixtures("cloud")
def test_no_image_ends_with_1_the_funnel_and_an_empty_answer(shell: Shell) -> None:
    outcome = shell(*PYTORCH, "--components", "pytorch>=9", "--output", "json")

    assert outcome.code == 1
    assert json.loads(outcome.out) == {
        "images": [], "ids": [], "totalCount": 205, "region": "ap-guangzhou"
    }  # fmt: skip
    assert outcome.err.startswith("tcimages platform-images: no image matches.\n")
    assert "  0 left by --components pytorch\n" in outcome.err


@pytest.mark.usefixtures("cloud")
def test_several_images_end_with_1_and_flags_that_tell_them_apart(shell: Shell) -> None:
    outcome = shell(
        "platform-images", "--framework", "tensorflow", "--image-range", "Train", "--latest"
    )

    assert (outcome.code, outcome.out) == (1, "")
    assert "--device cpu  -> tf2.15-py3.10-cpu" in outcome.err


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    "asked",
    [
        ["--framework", "tensorflow", "--latest"],
        ["--image-range", "Train", "--components", "cuda==12.*", "--latest"],
        ["--name-regex", "tf2.4"],
        ["--components", "cuda==12.*", "--latest-by", "cuda"],
    ],
)
def test_what_is_advised_can_be_pasted_and_chooses_what_it_says(
    shell: Shell, asked: list[str]
) -> None:
    """A list is explained where a single image would be ambiguous."""
    told = shell("explain", "platform-images", *asked).out
    advice = re.findall(r"^ {11}(--.+?)(?: {2}|\n {13})-> (\S+)$", told, re.MULTILINE)

    assert advice
    for flags, name in advice:
        chosen = shell("explain", "platform-images", *asked, *shlex.split(flags))
        assert (chosen.code, f"Chosen   {name}\n" in chosen.out) == (0, True), chosen.out


def test_a_refusal_ends_with_3(
    shell: Shell, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "not-the-key-that-belongs-to-it")

    outcome = shell("platform-images")

    assert (outcome.code, outcome.out) == (3, "")
    assert "Code     AuthFailure.SignatureFailure" in outcome.err
    assert "not-the-key" not in outcome.err
    assert cloud.secret_id not in outcome.err


@pytest.mark.usefixtures("cloud")
def test_an_unknown_engine_ends_with_3_and_speaks_of_the_argument(shell: Shell) -> None:
    outcome = shell("session-images", "DataEngine-none", "--framework-type", "python")

    assert (outcome.code, outcome.out) == (3, "")
    assert "check ENGINE" in outcome.err


def test_an_answer_that_is_none_ends_with_4(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator() as cloud:
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        cloud.faults.add("DescribePlatformImages", Fault(status=404, times=9))
        outcome = shell("platform-images")

    assert (outcome.code, outcome.out) == (4, "")
    assert "the answer is not what Tencent Cloud documents." in outcome.err


def test_no_region_ends_with_2_and_every_place_that_was_looked_at(shell: Shell) -> None:
    outcome = shell("platform-images")

    assert (outcome.code, outcome.out) == (2, "")
    assert "environment TENCENTCLOUD_REGION" in outcome.err


@pytest.mark.usefixtures("cloud")
def test_a_value_on_no_list_is_asked_with_a_warning(shell: Shell) -> None:
    outcome = shell("platform-images", "--image-range", "Trian")

    assert outcome.code == 1
    assert outcome.err.startswith('warning: --image-range "Trian" is not on the known list')


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("command", [(), ("explain",)])
def test_a_component_to_rank_by_that_no_image_has_is_a_warning(
    shell: Shell, command: tuple[str, ...]
) -> None:
    outcome = shell(*command, *PYTORCH, "--latest-by", "cudaa", "--latest-by", "torch")

    assert (outcome.code, NEWEST in outcome.out) == (0, True)
    assert outcome.err == (
        'warning: --latest-by "cudaa" ranks nothing: of 205 images none has this component; did '
        'you mean "cuda"?\n'
    )


def test_the_profile_flag_chooses_keys_and_region(
    shell: Shell, cloud: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_REGION"):
        monkeypatch.delenv(name)
    folder = tmp_path / ".tccli"
    folder.mkdir()
    keys = {"secretId": cloud.secret_id, "secretKey": cloud.secret_key}
    (folder / "work.credential").write_text(json.dumps(keys), encoding="utf-8")
    settings = {"_sys_param": {"region": "ap-shanghai"}}
    (folder / "work.configure").write_text(json.dumps(settings), encoding="utf-8")

    outcome = shell(*SESSION, "--profile", "work", "-o", "json")

    assert (outcome.code, json.loads(outcome.out)["region"]) == (0, "ap-shanghai")


@pytest.mark.parametrize(
    ("pair", "in_force"),
    [
        ("tcimages:language=zh-CN", ("language", "zh-CN")),
        ("max-requests-per-second=2", ("max_requests_per_second", 2)),
        ("timeoutSeconds=10", ("timeout_seconds", 10.0)),
        ("endpoints.STS=localhost:1", ("endpoints.sts", "localhost:1")),
        ('endpoints={"sts": "localhost:1"}', ("endpoints.sts", "localhost:1")),
        ("allowedAccountIds=[1, 2]", ("allowed_account_ids", ["1", "2"])),
    ],
)
def test_config_is_written_as_for_the_engine(pair: str, in_force: tuple[str, object]) -> None:
    flag = ConfigFlag()
    context = click.Context(click.Command("any", params=[flag]))

    configuration = read_flags(flag.process_value(context, (pair,)))

    name, value = in_force
    assert read_settings(configuration).get(name) == value


def test_the_config_flag_reaches_the_cloud(
    shell: Shell, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TCIMAGES_ENDPOINT_DLC")
    monkeypatch.delenv("TENCENTCLOUD_REGION")
    host = cloud.environment["TCIMAGES_ENDPOINT_DLC"]

    outcome = shell(
        *SESSION, "-o", "ids", "--config", f"endpoints.dlc={host}", "--config", "region=ap-beijing"
    )
    refused = shell(*SESSION, "--config", f"endpoints.dlc={host}", "--config", "site=mars")

    assert (outcome.code, outcome.err, len(outcome.out.splitlines())) == (0, "", 11)
    assert (refused.code, refused.out) == (2, "")
    assert 'Problem  the value "mars" is not one that is allowed.\n' in refused.err
    assert "Key      tcimages:site\nFrom     the --config flag\n" in refused.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--config", "site"], "'site' has no value: write KEY=VALUE"),
        (["--config", "site=intl", "--config", "tcimages:site=china"], "site is given twice"),
        (["--config", "endpoints.dlc=a", "--config", "endpoints={}"], "endpoints is given twice"),
        (["--config", "endpoints={}", "--config", "endpoints.dlc=a"], "endpoints.dlc is given"),
        (["--profile", "a", "--config", "profile=b"], "by --profile and --config"),
        (
            ["--config", "allowedAccountIds=100,200"],
            """Next     write --config 'allowedAccountIds=["100", "200"]'\n""",
        ),
        (["--config", "timeoutSecond=9"], "did you mean timeoutSeconds?"),
        (
            ["--profile", "a/b", "--config", "site=intl"],
            "Key      tcimages:profile\nFrom     the --profile or --config flag\n",
        ),
        (["--config", "secretKey=canary"], "set TENCENTCLOUD_SECRET_KEY"),
        (["--config", "assumeRole.externalId=canary"], "set TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID"),
        (
            ["--config", 'assumeRoleWithWebIdentity={"webIdentityToken": "canary"}'],
            "Key      tcimages:assumeRoleWithWebIdentity.webIdentityToken",
        ),
    ],
)
@pytest.mark.usefixtures("cloud")
def test_a_wrong_config_flag_ends_with_2_and_shows_no_secret(
    shell: Shell, argv: list[str], said: str
) -> None:
    for command in ("platform-images", "doctor"):
        outcome = shell(command, *argv)

        assert (outcome.code, outcome.out) == (2, "")
        assert said in outcome.err
        assert "canary" not in outcome.err


def test_ctrl_c_ends_a_waiting_listing_with_130_and_no_word(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator() as cloud:
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        press = threading.Timer(0.1, _press_ctrl_c)
        cloud.faults.add("DescribePlatformImages", Fault(delay_s=60, before=press.start))
        outcome = shell("platform-images")
        press.join()

    assert (outcome.code, outcome.out, outcome.err.strip()) == (130, "", "")


def _press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)
