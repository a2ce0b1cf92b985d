"""The advice in error messages, as data: sentences, shell commands and changes to settings.

A command is never wrapped or shortened, and nothing is appended to it. A command is left out if it
cannot be pasted, because it contains a redacted value or a character that messages escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, groupby, pairwise
from operator import attrgetter
from typing import Literal, NamedTuple

from pulumi_tcimages.formatting import LABEL, REDACTED, WIDTH, escape, shell_word, wrap
from pulumi_tcimages.naming import NameStyle, mark, render_names

_ROOM = WIDTH - LABEL
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""Matches the name of an environment variable, and a key that needs no quotes in a path."""


class Command(NamedTuple):
    """A shell command. Callers must quote each variable part with `shell_word`."""

    text: str
    lead: str = ""
    """Introductory text, such as "To test the proxy, run:".

    If it is empty, the command is printed on a line of its own.
    """


class SettingChange(NamedTuple):
    """A setting that the user should set or remove.

    By default it is shown as a `pulumi config` command. Messages on the command line show a flag
    instead.
    """

    path: tuple[str | int, ...]
    """The name of an environment variable, or the keys and list indexes after `tcimages:`.

    The keys are spelled as in the stack's file.
    """
    value: str = ""
    """The new value, or "" to remove the setting."""
    source: Literal["configuration", "environment", "flag"] = "configuration"
    lead: str = ""
    """Introductory text, as for a Command."""
    stack: str = ""
    """The stack to change, or "" for the selected one."""
    is_secret: bool = False
    """Whether to store the value encrypted. Without a value, the command prompts for it."""

    @property
    def text(self) -> str:
        """The shell command that changes the setting, or "" if the key cannot be written in one."""
        if self.source == "environment":
            name = str(self.path[0])
            if not _NAME.fullmatch(name):
                return ""
            return f"export {name}={shell_word(self.value)}" if self.value else f"unset {name}"
        # Pulumi splits a key at its last colon, and interprets a backslash as an escape.
        keys = [key for key in self.path if isinstance(key, str)]
        if any(set(key) & set(":\\") or not key.isprintable() for key in keys):
            return ""
        key = shell_word(f"tcimages:{write_path(self.path)}")
        if len(self.path) > 1:
            key = f"--path {key}" if key.startswith("'") else f"--path '{key}'"
        if self.is_secret:
            key = f"--secret {key}"
        if self.stack:
            key = f"--stack {shell_word(self.stack)} {key}"
        if not self.value:
            return f"pulumi config {'set' if self.is_secret else 'rm'} {key}"
        # Without `--`, a value such as -1 would be read as a flag.
        value = shell_word(self.value)
        return f"pulumi config set {key} {'-- ' if value.startswith('-') else ''}{value}"


Part = str | Command | SettingChange
IsUnwanted = Callable[[Command | SettingChange], bool]
"""A function that returns whether to leave a command out of the advice."""


def keep_all(command: Command | SettingChange) -> bool:  # noqa: ARG001
    """Return False, so that no command is left out."""
    return False


class Advice(tuple[Part, ...]):
    """The steps that fix an error: sentences and commands, in the order in which they are printed.

    Names in backticks are rendered in the naming style of the user's language, such as snake_case.
    """

    __slots__ = ()

    def __new__(cls, *parts: Part | Advice) -> Advice:
        flat = (part if isinstance(part, Advice) else (part,) for part in parts if part)
        return super().__new__(cls, _drop_unusable([*chain.from_iterable(flat)]))

    def __getnewargs__(self) -> tuple[Part, ...]:
        return tuple(self)

    def __str__(self) -> str:
        return self.as_text(mark)

    @property
    def settings(self) -> tuple[SettingChange, ...]:
        """The steps that change a setting."""
        return tuple(part for part in self if isinstance(part, SettingChange))

    def as_text(self, style: NameStyle = str) -> str:
        """Return the advice as text, with a line break after each command."""
        pairs = self._pair(style)
        lines = (f"{text} {command.text if command else ''}" for text, command in pairs)
        return "\n".join(map(str.strip, lines))

    def steps(self, style: NameStyle = mark) -> Iterator[str | Command]:
        """Yield texts, which may be wrapped, and commands, which need lines of their own."""
        for text, command in self._pair(style):
            if text:
                yield text
            if command:
                yield Command(command.text)

    def lines(self, style: NameStyle = str) -> list[str]:
        """Return the advice as wrapped lines. Each command ends its line.

        A command is on a line of its own if it has no introductory text or does not fit beside it.
        """
        lines: list[str] = []
        indent = ""
        for text, command in self._pair(style):
            indent = "  " if text else indent
            if command and command.lead and len(f"{text} {command.text}") <= _ROOM:
                lines.append(f"{text} {command.text}")
                continue
            lines += wrap(text) if text else []
            lines += [f"{indent}{command.text}"] if command else []
        return lines

    def _pair(self, style: NameStyle) -> Iterator[tuple[str, Command | SettingChange | None]]:
        """Yield each command with the sentences before it, which end with its introductory text.

        Sentences at the end have no command.
        """
        texts: list[str] = []
        for part in _write_leads(self):
            if isinstance(part, str):
                texts.append(part)
                continue
            yield _join([*texts, part.lead], style), part
            texts = []
        if texts:
            yield _join(texts, style), None

    def without(self, is_unwanted: IsUnwanted) -> Advice:
        """Return the advice without the commands for which `is_unwanted` returns True."""
        return Advice(
            *(part if isinstance(part, str) or not is_unwanted(part) else _DROPPED for part in self)
        )

    def map_text(self, convert: Callable[[str], str]) -> Advice:
        """Return the advice with its sentences and introductory texts converted by a function."""
        return Advice(
            *(
                convert(part) if isinstance(part, str) else part._replace(lead=convert(part.lead))
                for part in self
            )
        )

    def for_stack(self, stack: str, secret_keys: Collection[str] = ()) -> Advice:
        """Return the advice with commands that change this stack, even if another is selected.

        Args:
            secret_keys: the keys whose new values must be stored encrypted, as the old ones are.
        """

        def adapt(part: Part) -> Part:
            if isinstance(part, (str, Command)):
                return part
            is_secret = part.is_secret or (bool(part.value) and part.path[0] in secret_keys)
            return part._replace(stack=stack, is_secret=is_secret)

        return Advice(*map(adapt, self))

    def replace_settings(self, write: Callable[[Sequence[SettingChange]], str | Command]) -> Advice:
        """Return the advice with its changes to Pulumi's configuration written by a function.

        The command line and explicit providers need this, because they do not read the
        configuration.

        Args:
            write: converts adjacent changes to a phrase or command, or to "" to omit them.
        """
        parts: list[Part] = []
        for is_change, group in groupby(self, _is_configuration):
            if not is_change:
                parts += group
                continue
            for lead, changes in groupby(group, attrgetter("lead")):
                step = write([part for part in changes if isinstance(part, SettingChange)])
                sentence = parts.pop() if not lead and parts and isinstance(parts[-1], str) else ""
                parts.append(_introduce(step, lead, str(sentence)))
        return Advice(*parts)


_DROPPED = Command(REDACTED)


def as_advice(fix: str | Advice) -> Advice:
    """Wrap a sentence in an Advice. An Advice is returned unchanged."""
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
    """Remove the commands that cannot be pasted, with their introductory texts.

    A sentence that introduced a removed command then ends with a full stop.
    """
    usable: list[Part] = []
    for part in parts:
        command = "" if isinstance(part, str) else part.text
        is_pasteable = command and REDACTED not in command and escape(command) == command
        if isinstance(part, str) or is_pasteable:
            usable.append(part)
        elif usable and isinstance(usable[-1], str):
            usable[-1] = _end(usable[-1])
    return usable


def _end(text: str) -> str:
    """Replace a colon or comma at the end of a text by a full stop."""
    text = text.rstrip(" ,:;")
    return text if text.endswith((".", "?")) else f"{text}."


def _is_configuration(part: Part) -> bool:
    return isinstance(part, SettingChange) and part.source != "environment"


def _introduce(step: str | Command, lead: str, sentence: str) -> Part:
    """Return a step that replaces changes of settings, with its introductory text.

    Args:
        lead: the introductory text of the changes, such as `or run:`.
        sentence: the sentence before the changes if they have no introductory text.
    """
    if not step:
        return _end(sentence) if sentence else ""
    before = lead.removesuffix("run:").rstrip()
    if isinstance(step, Command):
        written_lead = _lead_to(sentence, "write") if sentence else f"{before} write".strip()
        return step._replace(lead=written_lead)
    return f"{_lead_to(sentence, '') if sentence else before} {step}".strip()


def _write_leads(parts: Sequence[Part]) -> list[Part]:
    """Make each sentence before a command on its own line introduce it, usually with a colon."""
    result: list[Part] = list(parts)
    for place, (part, following) in enumerate(pairwise(parts)):
        if isinstance(part, str) and not isinstance(following, str) and not following.lead:
            result[place] = _lead_to(part, "run")
    return result


def _lead_to(text: str, verb: str) -> str:
    """Make a text introduce a command: `Set the region.` becomes `Set the region:`.

    A question is followed by a phrase such as `Then run:`.
    """
    if text.endswith("?"):
        return f"{text} Then {verb}{':' if verb == 'run' else ''}".rstrip()
    return f"{text.rstrip('.:')}:"


def _join(texts: Sequence[str], style: NameStyle) -> str:
    """Join texts into one line. Sentences are separated by full stops."""
    joined = ""
    for text in filter(None, texts):
        words = render_names(text, style)
        is_new_sentence = joined and words[0].isupper()
        if is_new_sentence and not joined.endswith((".", "?", ":", ";", ",")):
            joined += "."
        joined = f"{joined} {words}".lstrip()
    return joined
