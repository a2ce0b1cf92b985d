"""Find the commands that messages advise, and those that a test can run.

`tcimages` is run with the emulator. `pulumi config set` is run with a fake command that records its
arguments, and with the real command if it is installed. Other commands are only parsed:

- `tccli` opens a login in the cloud, and `curl` needs the network.
- pip and uv change the environment. `cat`, `chmod`, `mv` and `rm` read or change files of the user.
- `export` and `unset` change only the user's shell.
- Other commands of `pulumi` need a project of the user.
- A word in capitals is a placeholder.
"""

from __future__ import annotations

import re
import shlex

from pulumi_tcimages.advice import write_path
from pulumi_tcimages.errors import TcImagesError

_TOOLS = (
    r"(?:tcimages|pulumi|tccli|openssl|uv|curl|cat|chmod|mv|rm|export|unset|[\w/.-]*python[\d.]*) "
    r"(?!(?:in|and)\b)"
)
_RUN = re.compile(rf"(?:^|run: )({_TOOLS}[^;]*?)(?:[.;]? *$|[;.] )")
PLACEHOLDER = re.compile(r"\b[A-Z][A-Z_]{3,}\b")


def find_commands(text: str) -> list[str]:
    """Return the commands in the `Next` lines of a message."""
    _, _, next_steps = text.partition("\nNext     ")
    lines = (line.strip() for line in next_steps.splitlines())
    return [found[1] for line in lines if (found := _RUN.search(line))]


def list_settings(error: TcImagesError) -> list[tuple[str, str]]:
    """Return the path and the new value of each setting that an error advises to change."""
    return [(write_path(change.path), change.value) for change in error.advice.settings]


def is_tcimages(command: str) -> bool:
    return command.startswith("tcimages ")


def is_setting(command: str) -> bool:
    return command.startswith("pulumi config set ")


def read_setting(words: list[str]) -> tuple[list[str], str]:
    """Return the path and value in the arguments of `pulumi config set`, without `tcimages:`."""
    assert words[:2] == ["config", "set"]
    key, value = [word for word in words[2:] if word != "--path"]
    prefix, colon, path = key.partition("tcimages:")
    assert (prefix, colon) == ("", "tcimages:")
    is_path = "--path" in words
    return (re.split(r"\.|\[(?=\d)", path.replace("]", "")) if is_path else [path]), value


def add_setting(configuration: dict[str, object], path: list[str], value: str) -> None:
    """Add a setting to a configuration, as `pulumi` adds it to a stack's file."""
    name, *rest = path
    if not rest:
        configuration[name] = value
    elif rest[0].isdigit():
        items = configuration.setdefault(name, [])
        assert isinstance(items, list)
        assert len(items) == int(rest[0]), "pulumi sets items one after the other"
        items.append(value)
    else:
        section = configuration.setdefault(name, {})
        assert isinstance(section, dict)
        add_setting(section, rest, value)


def split(command: str) -> list[str]:
    return shlex.split(command)
