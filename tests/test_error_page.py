"""docs/errors.md has a heading and a real example for each error code.

`python -m tests.test_error_page` writes the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from pulumi_tcimages import errors
from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.cloud.proxies import NetworkEnvironment
from pulumi_tcimages.errors import ConfigurationError, NetworkError, TcImagesError
from tests.error_examples import EXAMPLES, render_example
from tests.machine_errors import (
    CERTIFICATE_CODES,
    URL,
    build_certificate_error,
    build_open_folder_error,
    build_unreached_proxy_error,
    catch_error,
)

PAGE = Path(__file__).parents[1] / "docs" / "errors.md"
INTRODUCTION = """# Errors

Made by `python -m tests.test_error_page`; a test compares.

Every message has the same form. The first line says what failed and ends with a code in brackets.
Labelled lines say what was asked, where, and what was found. `Next` says what to do; a command
there can be pasted. In Python each code is a class of `pulumi_tcimages`, a message names the file
and line of the call (`At`), and arguments are spelled in snake_case. A message names the provider
if it is not the default one. During a deployment, a `pulumi config` command names the stack with
`--stack`, because another stack may be selected. In Pulumi Cloud, give ORGANIZATION/STACK there if
the stack does not belong to your default organization.

A pin is registered through Pulumi's engine, which does not tell the plugin the line of the program.
So only an error that is found before that, as in a constant, has `At`. The first line of any other
names the pin: `PlatformImagePin train`. Pulumi prints its URN above it.
"""
MEANINGS = {
    "no-match": (
        "No image satisfies all criteria.",
        "`Looked` shows which criterion left none. Take one of the changes under `Next`: each was "
        "tried, and the number says how many images it leaves.",
    ),
    "ambiguous": (
        "Several images satisfy the criteria, and nothing prefers one of them.",
        "Add one of the criteria under `Next`. `latest` takes the newest version.",
    ),
    "invalid-argument": (
        "An argument has an unknown name, a wrong type or a value that cannot be right. "
        "Nothing was sent.",
        "Correct the argument as `Next` says.",
    ),
    "configuration": (
        "A setting is missing or cannot be right: a region, keys, a file, a proxy.",
        "`From` names the place of the value, `Looked` every place that was tried. "
        "`tcimages doctor` checks all settings at once.",
    ),
    "auth": (
        "The cloud refused the keys, or the keys lack a permission.",
        "`Keys` says where they came from. Ask for the CAM action that `Next` names, or use other "
        "keys.",
    ),
    "throttled": (
        "The cloud refused too many requests until the deadline.",
        "Run fewer programs of the account at once, or raise `timeoutSeconds`. Lower "
        "`maxRequestsPerSecond` if it is above the cloud's 20.",
    ),
    "api": (
        "The cloud refused the request for another reason, in its own words.",
        "`Code` is the cloud's code. `Sent` says whether it was tried again. The vendor's support "
        "asks for the `Request`.",
    ),
    "network": (
        "The cloud was not reached, or did not answer in time.",
        "`Problem` tells proxies, certificates, names and time apart. "
        "`tcimages doctor` tries every address.",
    ),
    "invalid-response": (
        "Something answered, but not as the cloud's API does. Often it is a proxy or a login page.",
        "`Received` shows the beginning of the answer. Check the proxy and `endpoints`.",
    ),
    "cancelled": ("The engine stopped the lookup.", "Run the command again."),
}


LOOKUP = "getPlatformImage"
EXTRA_EXAMPLES: dict[
    str, list[tuple[str, str, Callable[[], ConfigurationError | NetworkError]]]
] = {
    "configuration": [
        (
            "A proxy's address that cannot be right:",
            LOOKUP,
            lambda: catch_error(NetworkEnvironment({"HTTPS_PROXY": "proxy:99999"}).find_proxy, URL),
        ),
        (
            "A folder for the plugin that other users may write:",
            "tcimages plugin install",
            build_open_folder_error,
        ),
    ],
    "network": [
        ("A proxy that cannot be reached:", LOOKUP, build_unreached_proxy_error),
        *(
            (
                f"A certificate that is {reason}:",
                LOOKUP,
                partial(build_certificate_error, CERTIFICATE_CODES[reason], {}),
            )
            for reason in ("expired", "of an unknown issuer", "self-signed", "for another host")
        ),
    ],
}
"""More examples of a code: a sentence, the function or command, and a function for the error."""


def make_portable(text: str) -> str:
    """Replace the folders and the user name of this machine."""
    text = re.sub(r"\S*/certifi/", "/venv/lib/python3/site-packages/certifi/", text)
    text = re.sub(r"/[^\s`]*(?=/plugins)", "~/.pulumi", text)
    text = re.sub(r"\S+ \(uid \d+\)", "user (uid 1000)", text)
    return re.sub(r"/\S*/bin(?=:)", "/venv/bin", text)


def render_extra_example(
    build: Callable[[], ConfigurationError | NetworkError], subject: str
) -> str:
    error = build()
    fix = (
        Command(make_portable(part.text), make_portable(part.lead))
        if isinstance(part, Command)
        else make_portable(str(part))
        for part in error.advice
    )
    return replace(error, problem=make_portable(error.problem), fix=Advice(*fix)).text(subject)


def find_class(code: str) -> type[TcImagesError]:
    classes = (found for found in vars(errors).values() if isinstance(found, type))
    return next(found for found in classes if getattr(found, "code", None) == code)


def render_page() -> str:
    parts = [INTRODUCTION]
    for code, (meaning, advice) in MEANINGS.items():
        name = find_class(code).__name__
        parts.append(f"## {code}\n\n{meaning} In Python: `{name}`.\n")
        parts.append(f"```text\n{render_example(code)}\n```\n")
        for sentence, subject, build in EXTRA_EXAMPLES.get(code, []):
            example = render_extra_example(build, subject)
            parts.append(f"{sentence}\n\n```text\n{example}\n```\n")
        parts.append(f"**What to do.** {advice}\n")
    return "\n".join(parts)


def remove_timing(text: str) -> str:
    """Remove the number and the time of attempts, which differ between runs."""
    return re.sub(r"Sent     \d+ attempts?, [\d.]+ s", "Sent", text)


def test_error_page_is_up_to_date() -> None:
    assert remove_timing(PAGE.read_text(encoding="utf-8")) == remove_timing(render_page())


def test_every_error_class_has_a_heading_and_an_example() -> None:
    codes = {
        found.code
        for found in vars(errors).values()
        if isinstance(found, type) and issubclass(found, TcImagesError) and found.code
    }

    assert codes == set(MEANINGS) == set(EXAMPLES)


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
