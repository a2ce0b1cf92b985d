"""The advice of an error, as data: sentences, shell commands and changes of settings.

A command is never broken or cut, and nothing is appended to it. A command that cannot be pasted is
left out: one with a redacted value, or with a character that messages escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain, groupby, pairwise
from typing import Literal, NamedTuple

from pulumi_tcimages.formatting import LABEL, REDACTED, WIDTH, escape, shell_word, wrap
from pulumi_tcimages.naming import NameStyle, mark, render_names

_ROOM = WIDTH - LABEL
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""Matches the name of an environment variable, and a key that needs no quotes in a path."""


class Command(NamedTuple):
    """A shell command. Each word in it that comes from elsewhere is quoted by `shell_word`."""

    text: str
    lead: str = ""
    """The words before the command, such as "To test the proxy, run:".

    Without them, the command stands below the text before it.
    """


class SettingChange(NamedTuple):
    """A setting to write or remove. The reader's tool determines the command."""

    path: tuple[str | int, ...]
    """The keys and list indexes below `tcimages:`, as they stand in the stack's file, or the name
    of an environment variable.
    """
    value: str = ""
    """The new value, or "" to remove the setting."""
    source: Literal["configuration", "environment", "flag"] = "configuration"
    lead: str = ""
    """The words before the command, as for a Command."""

    @property
    def text(self) -> str:
        """The shell command that changes the setting, or "" if the key is too unusual for one."""
        if self.source == "environment":
            name = str(self.path[0])
            if not _NAME.fullmatch(name):
                return ""
            return f"export {name}={shell_word(self.value)}" if self.value else f"unset {name}"
        # Pulumi reads a key up to its last colon, and a backslash as the start of an escape.
        keys = [key for key in self.path if isinstance(key, str)]
        if any(set(key) & set(":\\") or not key.isprintable() for key in keys):
            return ""
        key = shell_word(f"tcimages:{write_path(self.path)}")
        if len(self.path) > 1:
            key = f"--path {key}" if key.startswith("'") else f"--path '{key}'"
        if not self.value:
            return f"pulumi config rm {key}"
        # Without `--`, a value such as -1 would be read as a flag.
        value = shell_word(self.value)
        return f"pulumi config set {key} {'-- ' if value.startswith('-') else ''}{value}"


Part = str | Command | SettingChange
IsUnwanted = Callable[[Command | SettingChange], bool]
"""A function that returns whether to leave out a command."""


def keep_all(command: Command | SettingChange) -> bool:  # noqa: ARG001
    """Return False for every command."""
    return False


class Advice(tuple[Part, ...]):
    """The steps that fix an error. Names in backticks are converted to the reader's style.

    A step without a lead, such as a SettingChange, stands on its own line below the text before it.
    """

    __slots__ = ()

    def __new__(cls, *parts: Part | Advice) -> Advice:
        flat = (part if isinstance(part, Advice) else (part,) for part in parts if part)
        return super().__new__(cls, _drop_unusable([*chain.from_iterable(flat)]))

    def __getnewargs__(self) -> tuple[Part, ...]:
        return tuple(self)

    def __str__(self) -> str:
        return self.on_one_line(mark)

    @property
    def settings(self) -> tuple[SettingChange, ...]:
        """The changes of settings among the steps."""
        return tuple(part for part in self if isinstance(part, SettingChange))

    def on_one_line(self, style: NameStyle = str) -> str:
        """Return the advice as one line."""
        return _join(_write_leads(self), style)

    def lines(self, style: NameStyle = str) -> list[str]:
        """Return the advice as wrapped lines, with commands on lines of their own."""
        lines: list[str] = []
        for is_below, parts in groupby(_write_leads(self), _is_below):
            if is_below:
                indent = "  " if lines else ""
                lines += [f"{indent}{part.text}" for part in parts if not isinstance(part, str)]
            else:
                lines += _wrap(list(parts), style)
        return lines

    def without(self, is_unwanted: IsUnwanted) -> Advice:
        """Return the advice without some of its commands."""
        return Advice(
            *(part if isinstance(part, str) or not is_unwanted(part) else _DROPPED for part in self)
        )

    def map_text(self, convert: Callable[[str], str]) -> Advice:
        """Return the advice with each sentence converted, and the commands as they are."""
        return Advice(
            *(
                convert(part) if isinstance(part, str) else part._replace(lead=convert(part.lead))
                for part in self
            )
        )

    def with_flags(self, write_flags: Callable[[Sequence[SettingChange]], str]) -> Advice:
        """Return the advice with flags in place of the changes of the configuration.

        If `write_flags` returns "", the changes are left out.
        """
        parts: list[Part] = []
        for is_change, group in groupby(self, _is_configuration):
            if not is_change:
                parts += group
                continue
            flags = write_flags([part for part in group if isinstance(part, SettingChange)])
            lead = parts[-1] if parts and isinstance(parts[-1], str) else ""
            parts = parts[:-1] if lead else parts
            if flags:
                parts.append(Command(flags, _lead_to(lead, "write") if lead else "write"))
            elif lead:
                parts.append(_end(lead))
        return Advice(*parts)


_DROPPED = Command(REDACTED)


def as_advice(fix: str | Advice) -> Advice:
    """Convert a sentence without commands to advice."""
    return fix if isinstance(fix, Advice) else Advice(fix)


def write_path(path: Sequence[str | int]) -> str:
    """Write a path in Pulumi's syntax, such as `endpoints["a.b"]` or `allowedAccountIds[0]`."""
    root, *others = path
    return str(root) + "".join(map(_write_key, others))


def _write_key(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    if _NAME.fullmatch(key):
        return f".{key}"
    escaped = key.replace('"', r"\"")
    return f'["{escaped}"]'


def _drop_unusable(parts: Sequence[Part]) -> list[Part]:
    """Drop the commands that cannot be pasted.

    A command with a lead takes its lead along. A text before other commands is ended, so that it
    can stand alone.
    """
    kept: list[Part] = []
    for part in parts:
        if isinstance(part, str) or _is_pasteable(part.text):
            kept.append(part)
        elif kept and isinstance(kept[-1], str):
            kept[-1] = _end(kept[-1])
    return kept


def _is_pasteable(command: str) -> bool:
    return bool(command) and REDACTED not in command and escape(command) == command


def _end(text: str) -> str:
    """End a text that a command followed as a sentence."""
    text = text.rstrip(" ,:;")
    return text if text.endswith((".", "?")) else f"{text}."


def _is_below(part: Part) -> bool:
    """Return whether a part stands below the text before it."""
    return not isinstance(part, str) and not part.lead


def _is_configuration(part: Part) -> bool:
    return isinstance(part, SettingChange) and part.source != "environment" and not part.lead


def _write_leads(parts: Sequence[Part]) -> list[Part]:
    """End each text before a command that stands below it with a colon."""
    result: list[Part] = list(parts)
    for place, (part, following) in enumerate(pairwise(parts)):
        if isinstance(part, str) and _is_below(following):
            result[place] = _lead_to(part, "run")
    return result


def _lead_to(text: str, verb: str) -> str:
    """End a text that a command follows."""
    if text.endswith("?"):
        return f"{text} Then {verb}{':' if verb == 'run' else ''}"
    return f"{text.rstrip('.:')}:"


def _wrap(parts: Sequence[Part], style: NameStyle) -> list[str]:
    text = _join(parts, style)
    commands = [(place, part) for place, part in enumerate(parts) if not isinstance(part, str)]
    if not commands or len(text) <= _ROOM:
        return wrap(text)
    place, command = commands[0]
    before = _join([*parts[:place], command.lead], style)
    return [*wrap(before), f"  {command.text}", *_wrap(parts[place + 1 :], style)]


def _join(parts: Sequence[Part], style: NameStyle) -> str:
    """Join parts to one line. A full stop separates sentences, but does not end the line."""
    text = ""
    previous: Part = ""
    for part in parts:
        if isinstance(part, str):
            words = render_names(part, style)
        else:
            words = f"{render_names(part.lead, style)} {part.text}".strip()
        if text:
            text += _separate(text, previous, part, words)
        text += words
        previous = part
    return text


def _separate(text: str, previous: Part, part: Part, words: str) -> str:
    """Return the separator between a text and the words of the next part."""
    if _is_below(previous) and _is_below(part):
        return " && "
    is_ended = isinstance(previous, str) and (
        not words[0].isupper() or text.endswith((".", "?", ":", ";", ","))
    )
    return " " if is_ended else ". "
