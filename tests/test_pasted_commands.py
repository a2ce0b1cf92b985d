"""Advised commands that contain a word of the user's, pasted into a shell."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_tcimages.advice import Advice, SettingChange
from pulumi_tcimages.cloud.certificates import Authorities, Peer, explain_certificate_error
from pulumi_tcimages.cloud.credential_errors import advise_tccli
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.diagnostics import Criterion, Listing
from pulumi_tcimages.errors import ConfigurationError, TcImagesError
from pulumi_tcimages.naming import snake
from pulumi_tcimages.sdk.path_owners import advise_mode
from pulumi_tcimages.sdk.pulumi_home import relative_home
from pulumi_tcimages.shell_commands import write_listing
from tests.test_next_commands import write_stack

pytestmark = pytest.mark.skipif(os.name == "nt", reason="commands are written for a POSIX shell")
NEEDS_PULUMI = pytest.mark.skipif(
    shutil.which("pulumi") is None, reason="needs the pulumi CLI on PATH"
)
UNKNOWN_ISSUER = 20
WORDS = st.lists(
    st.sampled_from([*"'\"`=~-!*)\n\t", ". ", "; ", " (", "$(touch pwned)", "run: "])
    | st.text(st.characters(exclude_characters="\0\\/", exclude_categories=["Cs"]), max_size=5),
    min_size=1,
    max_size=4,
).map(lambda parts: f"{''.join(parts)}x")


def advise_bundle(word: str) -> Advice:
    error = ssl.SSLCertVerificationError()
    error.verify_code = UNKNOWN_ISSUER
    peer = Peer("example.com", "the line Where", "openssl s_client")
    return explain_certificate_error(error, peer, Authorities(word, "SSL_CERT_FILE"), 0.0).fix


def advise_profile(word: str) -> Advice:
    folder = Path("/no-such-folder")
    return advise_tccli("tccli configure", folder / f"{word}.credential", folder, "run:")


def advise_home(word: str) -> Advice:
    fix = relative_home(word).fix
    assert isinstance(fix, Advice)
    return fix


def write_list_command(word: str) -> str:
    return write_listing(Listing("images", "", (word,), (Criterion("framework", f'"{word}"'),)))


def first_command(advice: Advice) -> str:
    return next(part.text for part in advice if not isinstance(part, str))


COMMANDS: dict[str, Callable[[str], str]] = {
    "chmod": lambda word: advise_mode(Path(word), os.stat_result([0] * 10)).text,
    "append": lambda word: first_command(advise_bundle(word)).replace(
        "{ echo; cat CA_FILE; } >>", "chmod"
    ),
    "profile": lambda word: first_command(advise_profile(word)),
    "home": lambda word: first_command(advise_home(word)),
    "configuration": lambda word: SettingChange(("profile",), word).text,
    "stack": lambda word: SettingChange(("profile",), "x", stack=word).text,
    "variable": lambda word: SettingChange(("X",), word, "environment").text,
    "listing": write_list_command,
}
STUBS = "".join(
    f'{name}() {{ printf "%s\\0" "$@"; }}; ' for name in ("chmod", "tccli", "pulumi", "tcimages")
)


@pytest.mark.parametrize("kind", COMMANDS)
@settings(derandomize=True, deadline=None, max_examples=60)
@given(word=WORDS)
def test_pasted_command_contains_the_whole_word(kind: str, word: str) -> None:
    command = COMMANDS[kind](word)

    script = f'{STUBS} {command}; printf "%s\\0" "$X" "$PULUMI_HOME"'
    result = subprocess.run(
        ["sh", "-c", script], capture_output=True, check=True, cwd="/", env={"HOME": "/home/user"}
    )
    arguments = os.fsdecode(result.stdout).split("\0")
    homes = {f"//{word}", f"/home/user/{word[2:]}"}  # The folder / is $PWD.
    expected = {word, f"./{word}", f"--profile={word}"} | homes
    assert command.isprintable()
    assert expected & set(arguments), (command, arguments)


def catch_setting(key: str, value: object) -> TcImagesError:
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({snake(key): value}, "the stack's configuration")
    return caught.value


@NEEDS_PULUMI
@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("endpoints", {"a.b": "x", "tione": "h"}, {"tione": "h"}),
        ("endpoints", {"ZzYy": "x", "tione": "h"}, {"tione": "h"}),
        ("endpoints", {"zz_x": "x", "tione": "h"}, {"tione": "h"}),
        ("endpoints", {'q"x': "x", "tione": "h"}, {"tione": "h"}),
        ("endpoints", {"u[v]'; w": "x", "tione": "h"}, {"tione": "h"}),
        (
            "assumeRole",
            {"role_arn": "r", "session_duration": 0, "policy": "p"},
            {"role_arn": "r", "session_duration": 7200, "policy": "p"},
        ),
        (
            "assumeRole",
            {"roleArn": "r", "sessionDuration": "soon"},
            {"roleArn": "r", "sessionDuration": 7200},
        ),
        ("assumeRole", '{"roleArn": "r", "policy": "p"', '{"roleArn": "r", "policy": "p"'),
        ("assumeRole", '{"roleArn": "r", "x": "p"}', '{"roleArn": "r", "x": "p"}'),
        ("endpoints", '{"a.b": "x", "tione": "h"}', '{"a.b": "x", "tione": "h"}'),
        ("forbiddenAccountIds", '["1", "2 3"]', '["1", "2 3"]'),
        ("forbiddenAccountIds", ["1", "2 3"], ["1", "2 3"]),
        ("_home", "x", None),
        ("zz.yy", "x", None),
        ("timeoutSeconds", "soon", 60),
    ],
)
def test_pasted_commands_change_only_the_wrong_value(
    key: str, value: object, expected: object, tmp_path: Path
) -> None:
    others = {"other:endpoints": {"a.b": "x"}, "tcimages:region": "ap-guangzhou"}
    config = {**others, f"tcimages:{key}": value}
    (tmp_path / "before.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    advice = catch_setting(key, value).advice
    commands = [part.text for part in advice if not isinstance(part, str)]

    changed = write_stack(tmp_path, ["cp before.yaml Pulumi.dev.yaml", *commands])

    assert changed.pop(f"tcimages:{key}", None) in (expected, str(expected))
    assert changed == others
    assert commands or value == expected


@NEEDS_PULUMI
def test_pasted_commands_move_a_key_to_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"endpoints.tione": "gateway.example.com"}, "the stack's configuration")
    commands = [part.text for part in caught.value.advice if not isinstance(part, str)]

    changed = write_stack(tmp_path, ["pulumi config set tcimages:endpoints.tione x", *commands])

    assert changed == {"tcimages:endpoints": {"tione": "VALUE"}}
