"""The commands in the last lines of messages, and which of them a test can run.

`tcimages` is run against the emulator. `pulumi config set` is run with a program that notes its
arguments, and with the real command where there is one. Other commands are only parsed:

- `tccli` opens a login in the cloud, and `curl` needs the network.
- pip and uv change the environment. `cat`, `chmod`, `mv` and `rm` change files of the user's.
- `export` and `unset` change only the user's own shell.
- Other commands of `pulumi` need a project of the user's.
- A word in capitals must be replaced by the user first.
"""

from __future__ import annotations

import re
import shlex

_TOOLS = (
    r"(?:tcimages|pulumi|tccli|openssl|uv|curl|cat|chmod|mv|rm|export|unset|[\w/.-]*python[\d.]*) "
    r"(?!(?:in|and)\b)"
)
_RUN = re.compile(rf"(?:^|run: )({_TOOLS}[^;]*?)(?:[.;]? *$|[;.] )")
PLACEHOLDER = re.compile(r"\b[A-Z][A-Z_]{3,}\b")


def find_commands(text: str) -> list[str]:
    """Return the commands of a message's next steps, as they can be pasted."""
    _, _, next_steps = text.partition("\nNext     ")
    lines = (line.strip() for line in next_steps.splitlines())
    return [found[1] for line in lines if (found := _RUN.search(line))]


def is_ours(command: str) -> bool:
    return command.startswith("tcimages ")


def is_setting(command: str) -> bool:
    return command.startswith("pulumi config set ")


def read_setting(words: list[str]) -> tuple[list[str], str]:
    """Return the path and the value that the arguments of `pulumi` set, below `tcimages:`."""
    assert words[:2] == ["config", "set"]
    key, value = [word for word in words[2:] if word != "--path"]
    prefix, colon, path = key.partition("tcimages:")
    assert (prefix, colon) == ("", "tcimages:")
    has_parts = "--path" in words
    return (re.split(r"\.|\[(?=\d)", path.replace("]", "")) if has_parts else [path]), value


def add_setting(configuration: dict[str, object], path: list[str], value: str) -> None:
    """Add a setting to a configuration, as `pulumi` does in a stack's file."""
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
