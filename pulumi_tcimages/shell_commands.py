"""Format criteria as `tcimages` flags, and whole `tcimages` commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from pulumi_tcimages.diagnostics import Criterion, Listing
from pulumi_tcimages.formatting import shell_word


def name_flag(name: str) -> str:
    """Convert a snake_case name to a flag: image_range -> --image-range."""
    return f"--{kebab(name)}"


def kebab(name: str) -> str:
    """Convert a snake_case name to kebab-case: image_range -> image-range."""
    return name.replace("_", "-")


def write_flags(
    criteria: Iterable[Criterion], name_of: Callable[[str], str] = name_flag
) -> list[str]:
    """Format each criterion as a flag with its shell-quoted value."""
    return [_write_flag(criterion, name_of(criterion.argument)) for criterion in criteria]


def write_listing(listing: Listing, *, explain: bool = False) -> str:
    """Format the command that lists images, or with `explain` one that explains a lookup."""
    region = [Criterion("region", f'"{listing.region}"')] if listing.region else []
    flags = write_flags([*listing.sent, *region, *listing.criteria])
    words = ["tcimages", *(["explain"] if explain else []), listing.command]
    return " ".join([*words, *map(shell_word, listing.operands), *flags])


def _write_flag(criterion: Criterion, flag: str) -> str:
    if criterion.value in ("", "true"):
        return flag
    if criterion.value == "false":
        return f"--no-{kebab(criterion.argument)}"
    is_list = criterion.value.startswith("[")
    value = json.loads(criterion.value) if is_list else criterion.value[1:-1]
    if isinstance(value, list):
        words = [part if isinstance(part, str) else json.dumps(part) for part in value]
        return " ".join(f"{flag} {shell_word(word)}" for word in words)
    if criterion.key:
        value = criterion.key + (value if value[0] in "<>=!~" else f"={value}")
    return f"{flag} {shell_word(value)}"
