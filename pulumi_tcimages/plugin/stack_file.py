"""Find the keys that the stack's file stores encrypted.

While the engine checks a configuration, it does not say which values are secret. It runs the plugin
in the project's folder, and `pulumi config set --secret` writes to the stack's file there.
"""

from __future__ import annotations

import re
from pathlib import Path

from pulumi_tcimages.user_files import find_project_file, read_start

_MOST_BYTES = 1024 * 1024
_KEY = re.compile(r"""([ \t]*)["']?tcimages:(?:config:)?(\w+)[^:]*:(.*)""")
_ENCRYPTED = re.compile(r"""[\s{,"']secure["']?:""")
_COMMENT = re.compile(r"\s*(#.*)?")


def find_encrypted_keys(stack: str) -> frozenset[str]:
    """Return the keys of this package with an encrypted value or part, such as `region`.

    The file is not parsed, because the YAML parser is not part of the plugin. If it cannot be
    read, the result is empty.
    """
    try:
        project = find_project_file(Path.cwd())
        if project is None or not stack:
            return frozenset()
        # Both files have the same extension: .yaml, .yml or .json.
        content = read_start(project.with_name(f"Pulumi.{stack}{project.suffix}"), _MOST_BYTES)
    # A ValueError means that the stack's name has a slash, which a forged request may contain.
    except (OSError, ValueError):
        return frozenset()
    return _find_encrypted(content.decode("utf-8", "replace"))


def _find_encrypted(text: str) -> frozenset[str]:
    encrypted: set[str] = set()
    key, indent = "", 0
    for line in text.splitlines():
        if _COMMENT.fullmatch(line):
            continue
        if found := _KEY.fullmatch(line):
            key, indent = found[2], len(found[1])
            line = f" {found[3]}"
        elif len(line) - len(line.lstrip()) <= indent:
            key = ""
        if key and _ENCRYPTED.search(line):
            encrypted.add(key)
    return frozenset(encrypted)
