"""How advice is laid out, and which commands it may contain."""

from __future__ import annotations

import copy
import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_tcimages.advice import Advice, Command, SettingChange
from pulumi_tcimages.formatting import LABEL, WIDTH, path_word, shell_word

LONG = f"do {'this ' * 12}first."
RUN = Command("pulumi up", "To finish, run:")
CHINA = SettingChange(("site",), "china")
NEEDS_SHELL = pytest.mark.skipif(os.name == "nt", reason="commands are written for a POSIX shell")


def test_short_advice_has_its_command_on_the_same_line() -> None:
    assert Advice(Command("unset X", "run:")).lines() == ["run: unset X"]
    assert Advice("wait.", RUN, "Else stop.").lines() == [
        "wait. To finish, run: pulumi up",
        "Else stop.",
    ]


def test_long_advice_has_each_command_on_a_line_of_its_own() -> None:
    advice = Advice(LONG, Command("curl 'a. b; c'", "To test it, run:"), LONG, RUN)

    assert advice.lines() == [
        "do this this this this this this this this this this this this",
        "first. To test it, run:",
        "  curl 'a. b; c'",
        "do this this this this this this this this this this this this",
        "first. To finish, run:",
        "  pulumi up",
    ]


def test_a_setting_stands_below_the_text_before_it() -> None:
    assert Advice("use it", CHINA).lines() == ["use it:", "  pulumi config set tcimages:site china"]
    assert Advice("is it?", CHINA).lines() == [
        "is it? Then run:",
        "  pulumi config set tcimages:site china",
    ]
    assert Advice(CHINA).lines() == ["pulumi config set tcimages:site china"]


def test_a_full_stop_separates_sentences_and_does_not_follow_the_last_command() -> None:
    assert (
        str(Advice("check it", "To go on", RUN)) == "check it. To go on. To finish, run: pulumi up"
    )
    assert (
        str(Advice("check it, and", "use it.", "Then wait.")) == "check it, and use it. Then wait."
    )


def test_each_command_ends_its_line() -> None:
    removal = SettingChange(("site",))

    assert str(Advice("replace it:", removal, CHINA)) == (
        "replace it: pulumi config rm tcimages:site\npulumi config set tcimages:site china"
    )


def test_names_in_backticks_are_converted_except_in_commands() -> None:
    advice = Advice(
        "give `image_range`,", Command("echo '`image_range`'", "or `image_range`, run:")
    )

    assert advice.as_text(str.upper) == (
        "give IMAGE_RANGE, or IMAGE_RANGE, run: echo '`image_range`'"
    )


@pytest.mark.parametrize("unusable", ["echo '[secret]'", "echo 'a\nb'", "echo '<{%red%}>'"])
def test_a_command_that_cannot_be_pasted_is_left_out_with_its_lead(unusable: str) -> None:
    step = Command(unusable, "To test it, run:")

    assert Advice("check it.", step, RUN).lines() == ["check it. To finish, run: pulumi up"]
    assert Advice("add it to the list:", Command(unusable)).lines() == ["add it to the list."]
    assert Advice("check it,", Command(unusable, "then run:")).lines() == ["check it."]
    assert not Advice(step)


def test_a_command_with_a_secret_is_left_out() -> None:
    change = SettingChange(("allowedAccountIds",), '["canary"]')
    advice = Advice("add it to the list:", change, RUN)

    assert advice.without(lambda part: "canary" in part.text) == Advice("add it to the list.", RUN)


@pytest.mark.parametrize(
    ("change", "command"),
    [
        (SettingChange(("site",)), "pulumi config rm tcimages:site"),
        (SettingChange(("_x",)), "pulumi config rm tcimages:_x"),
        (SettingChange(("a.b",)), "pulumi config rm tcimages:a.b"),
        (SettingChange(("HOME",)), "pulumi config rm tcimages:HOME"),
        (SettingChange(("two words",)), "pulumi config rm 'tcimages:two words'"),
        (
            SettingChange(("allowedAccountIds", 1), "10"),
            "pulumi config set --path 'tcimages:allowedAccountIds[1]' 10",
        ),
        (
            SettingChange(("assumeRole", "roleArn"), "-1"),
            "pulumi config set --path 'tcimages:assumeRole.roleArn' -- -1",
        ),
        (
            SettingChange(("endpoints", "a.b")),
            "pulumi config rm --path 'tcimages:endpoints[\"a.b\"]'",
        ),
        (
            SettingChange(("endpoints", 'q"x')),
            'pulumi config rm --path \'tcimages:endpoints["q\\"x"]\'',
        ),
        (SettingChange(("endpoints", "a:b")), ""),
        (SettingChange(("endpoints", "a\\b")), ""),
        (SettingChange(("endpoints", "a\nb")), ""),
        (SettingChange(("TCIMAGES_SITE",), "a b", "environment"), "export TCIMAGES_SITE='a b'"),
        (SettingChange(("TCIMAGES_SITE",), "", "environment"), "unset TCIMAGES_SITE"),
        (SettingChange(("x; touch y",), "", "environment"), ""),
    ],
)
def test_a_setting_is_changed_by_the_key_as_it_is_written(
    change: SettingChange, command: str
) -> None:
    assert change.text == command


def test_settings_can_be_replaced_by_other_commands() -> None:
    advice = Advice("use it:", CHINA, "Or not?", SettingChange(("X",), "1", "environment"))

    replaced = advice.replace_settings(
        lambda changes: Command(f"--config {changes[0].path[0]}=...")
    )

    assert replaced.lines() == [
        "use it: --config site=...",
        "Or not? Then run:",
        "  export X=1",
    ]
    assert Advice("use it:", CHINA).replace_settings(lambda _: "") == Advice("use it.")
    assert Advice(CHINA).replace_settings(lambda _: "") == Advice()


@pytest.mark.parametrize(
    ("advice", "text"),
    [
        (Advice(CHINA), "set site"),
        (Advice("use it:", CHINA, "Then wait."), "use it: set site. Then wait."),
        (Advice("use it?", CHINA), "use it? Then set site"),
        (
            Advice("wait,", CHINA._replace(lead="or run:"), RUN),
            "wait, or set site. " + str(Advice(RUN)),
        ),
        (Advice("wait.", CHINA._replace(lead="Or run:")), "wait. Or set site"),
    ],
)
def test_settings_can_be_replaced_by_sentences(advice: Advice, text: str) -> None:
    assert str(advice.replace_settings(lambda changes: f"set {changes[0].path[0]}")) == text


def test_advice_can_be_copied() -> None:
    advice = Advice("wait.", RUN, CHINA)

    assert copy.deepcopy(advice) == advice


FOREIGN = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
ODD = st.lists(
    st.sampled_from(
        [
            ". ",
            "; ",
            " (",
            ")",
            "'",
            '"',
            "$(touch pwned)",
            "`",
            "\n",
            "-",
            "=",
            "~",
            "\\",
            "!",
            "*",
        ]
    )
    | FOREIGN,
    min_size=1,
    max_size=4,
).map("".join)


@NEEDS_SHELL
@settings(derandomize=True, deadline=None)
@given(ODD)
def test_a_foreign_word_comes_back_whole_from_the_shell(word: str) -> None:
    quoted = shell_word(word)

    assert quoted.isprintable() or word.endswith("\n")
    script = f"printf '%s\\0' {quoted} {path_word(word)}"
    printed = subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout
    first, second = os.fsdecode(printed).split("\0")[:2]
    assert first == word
    assert second == (f"./{word}" if word.startswith("-") else word)


@settings(derandomize=True, deadline=None)
@given(ODD, st.integers(0, 80))
def test_no_command_is_cut_or_joined_with_text(word: str, length: int) -> None:
    command = f"rm {path_word(word)}"
    advice = Advice("x" * length, Command(command, "run:"), "Then `go` on.", Command(command))

    lines = advice.lines(str.upper)

    if "\n" in command or not command.isprintable():
        assert command not in "\n".join(lines)
        return
    below = f"  {command}"
    inline = [line for line in lines if line.endswith(f"run: {command}")]
    assert lines.count(below) + len(inline) == 2
    assert all(len(line) <= WIDTH - LABEL for line in inline)
