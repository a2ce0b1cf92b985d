"""The plugin, for the launcher and for hosts that run the package (PulumiPlugin.yaml).

The launcher starts this file by its path. `python -m` would put the current folder, which is that
of the user's program, first on the import path: a `grpc.py` there would be imported for grpc.
"""

import os
import sys


def _set_import_path() -> None:
    """Import the package from this file's folder, and nothing from the user's current folder.

    PYTHONPATH may contain the current folder, also as an empty entry. It is removed unless the
    package itself is there. Then it comes last.
    """
    package = __file__.rpartition(os.sep)[0]
    parent = package.rpartition(os.sep)[0]
    try:
        current = os.getcwd()  # noqa: PTH109 (to import pathlib takes 10 ms)
    except OSError:  # the current folder was deleted
        current = ""
    unwanted = {package, current, ""}
    sys.path[:] = [entry for entry in sys.path if entry.rstrip(os.sep) not in unwanted]
    if parent == current:
        sys.path.append(parent)
    elif parent not in sys.path:
        sys.path.insert(0, parent)


if not __package__:
    _set_import_path()

from pulumi_tcimages.plugin.__main__ import main  # noqa: E402  # after the import path is set

if __name__ == "__main__":
    main()
