"""Write errors about settings: keys of the stack, or arguments of an explicit provider.

An explicit provider does not read the stack's configuration. But the errors are built for the
default provider, and commands such as `pulumi config set` would change that provider's settings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from pulumi_tcimages.advice import Advice, IsUnwanted, SettingChange
from pulumi_tcimages.core.configuration import field_names
from pulumi_tcimages.errors import ConfigurationError, TcImagesError, convert_advice
from pulumi_tcimages.formatting import printable, quote
from pulumi_tcimages.naming import (
    SettingPhrase,
    camel,
    camel_path,
    mark,
    mark_path,
    render_settings,
    snake,
)


def _list_keys() -> list[str]:
    """Return the names of all settings and their parts that contain an underscore."""
    return sorted({name for path in field_names() for name in path.split(".") if "_" in name})


def _match_camel_keys() -> re.Pattern[str]:
    """Return a pattern for keys outside of paths, and for keys in JSON: `{"roleArn": "ROLE"}`.

    A credential file such as `{"secretId": "ID"}` is not an object of the configuration.
    """
    keys = _list_keys()
    parts = sorted({path.partition(".")[2] for path in field_names()} & set(keys))
    return re.compile(
        rf"(?<![\w/\"'])({'|'.join(map(camel, keys))})(?![\w/\"'])"
        rf"|(?<=\")({'|'.join(map(camel, parts))})(?=\":)"
    )


def write_for_stack(
    error: TcImagesError, stack: str, secret_keys: Collection[str] = ()
) -> TcImagesError:
    """Return a copy of an error in which settings are keys of the stack's configuration.

    Args:
        stack: the stack that advised commands change, or "" if it is not known.
        secret_keys: the keys in camelCase whose values the stack's file encrypts.
    """
    marked_keys = re.compile(rf"`((?:{'|'.join(_list_keys())})[a-z_.]*)`")

    def write_keys(text: str) -> str:
        return marked_keys.sub(lambda found: camel_path(found[1]), text)

    return convert_advice(
        error, lambda advice: advice.map_text(write_keys).for_stack(stack, secret_keys)
    )


def write_for_provider(
    error: TcImagesError, provider: str, is_unwanted: IsUnwanted
) -> TcImagesError:
    """Return a copy of an error in which settings are arguments of an explicit provider.

    Commands that are unwanted, for instance because they contain a secret, are left out.
    """
    writer = _Writer(printable(provider), is_unwanted)
    if isinstance(error, ConfigurationError):
        error = replace(
            error,
            problem=writer.write_text(error.problem),
            allowed=writer.write_text(error.allowed),
            searched=list(map(writer.write_text, error.searched)),
            is_argument=True,
        )
    return convert_advice(error, writer.write_advice)


class _Writer:
    """Writes settings as arguments of one provider."""

    def __init__(self, provider: str, is_unwanted: IsUnwanted) -> None:
        self._place = f" of the provider {provider}"
        self._is_unwanted = is_unwanted
        self._camel_keys = _match_camel_keys()

    def write_advice(self, advice: Advice) -> Advice:
        """Replace the commands that change the stack's configuration by sentences."""
        usable = advice.without(self._is_unwanted)
        return usable.map_text(self.write_text).replace_settings(self._write_changes)

    def write_text(self, text: str) -> str:
        """Replace configuration keys by arguments of the provider.

        For a provider named `eu`, `tcimages:site` becomes `site of the provider eu`.
        """

        def write(phrase: SettingPhrase) -> str:
            name = f"{phrase.verb}{mark_path(snake(phrase.path))}"
            if phrase.value and not phrase.link:
                return f"{name} {quote(phrase.value)}{self._place}"
            return f"{name}{self._place} {phrase.link}{phrase.value}".rstrip()

        written = render_settings(text, write)
        return self._camel_keys.sub(lambda found: mark(snake(found[0])), written)

    def _write_changes(self, changes: Sequence[SettingChange]) -> str:
        """Return a phrase such as `set region of the provider eu to "ap-guangzhou"`."""
        values = _write_values(changes)
        removed = [name for name, value in values.items() if not value]
        added = [f"{name} to {value}" for name, value in values.items() if value]
        phrases = [f"leave out {' and '.join(removed)}"] if removed else []
        phrases += [f"set {' and '.join(added)}"] if added else []
        # Name the provider only once, after the first setting.
        first = (removed or [*values])[0]
        return " and ".join(phrases).replace(first, f"{first}{self._place}", 1)


def _write_values(changes: Sequence[SettingChange]) -> dict[str, str]:
    """Map each setting's name, in backticks, to its new value, or to "" to remove the setting.

    A value is written as in a program: a string in quotes, a list in brackets.
    """
    values: dict[str, str] = {}
    items: dict[str, list[str]] = {}
    for change in changes:
        name = mark_path(".".join(snake(key) for key in change.path if isinstance(key, str)))
        if isinstance(change.path[-1], int):
            items.setdefault(name, []).append(quote(change.value))
            values[name] = f"[{', '.join(items[name])}]"
        else:
            # Numbers, lists and objects have no quotes.
            is_bare = re.fullmatch(r"[0-9.]*|[\[{].*", change.value)
            values[name] = change.value if is_bare else quote(change.value)
    return values
