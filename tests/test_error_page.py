"""docs/errors.md: a heading for each code, with a real example.

`python -m tests.test_error_page` writes the page.
"""

from __future__ import annotations

import re
from pathlib import Path

from pulumi_tcimages import errors
from pulumi_tcimages.errors import TcImagesError
from tests.error_examples import EXAMPLES, render_example

PAGE = Path(__file__).parents[1] / "docs" / "errors.md"
INTRODUCTION = """# Errors

Made by `python -m tests.test_error_page`; a test compares.

Every message has the same form. The first line says what failed and ends with a code in brackets.
Labelled lines say what was asked, where, and what was found. `Next` says what to do; a command
there can be pasted. In Python each code is a class of `pulumi_tcimages`, a message names the file
and line of the call (`At`), and arguments are spelled in snake_case. A message names the provider
if it is not the default one.
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
        "Lower `maxRequestsPerSecond`, raise `timeoutSeconds`, or run fewer programs at once.",
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


def find_class(code: str) -> type[TcImagesError]:
    classes = (found for found in vars(errors).values() if isinstance(found, type))
    return next(found for found in classes if getattr(found, "code", None) == code)


def render_page() -> str:
    parts = [INTRODUCTION]
    for code, (meaning, advice) in MEANINGS.items():
        name = find_class(code).__name__
        parts.append(f"## {code}\n\n{meaning} In Python: `{name}`.\n")
        parts.append(f"```text\n{render_example(code)}\n```\n")
        parts.append(f"**What to do.** {advice}\n")
    return "\n".join(parts)


def make_steady(text: str) -> str:
    """The text without what the speed of the machine and its random numbers decide."""
    return re.sub(r"Sent     \d+ attempts?, [\d.]+ s", "Sent", text)


def test_the_page_of_errors_has_todays_texts() -> None:
    assert make_steady(PAGE.read_text(encoding="utf-8")) == make_steady(render_page())


def test_every_class_of_error_has_a_heading_and_an_example() -> None:
    codes = {
        found.code
        for found in vars(errors).values()
        if isinstance(found, type) and issubclass(found, TcImagesError) and found.code
    }

    assert codes == set(MEANINGS) == set(EXAMPLES)


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
