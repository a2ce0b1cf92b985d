"""The plugin, for the launcher and for hosts that run the package (PulumiPlugin.yaml).

The launcher starts this file by its path. `python -m` would put the current folder, which is that
of the user's program, first on the import path: a `grpc.py` there would be imported for grpc.
"""

import os
import sys


def _set_import_path() -> None:
    """Find the package where this file is, and import nothing from the user's current folder.

    The current folder may also come from PYTHONPATH, where an empty entry means it. It is left out
    unless the package itself is there, and then it comes last.
    """
    package = __file__.rpartition(os.sep)[0]
    parent = package.rpartition(os.sep)[0]
    try:
        current = os.getcwd()  # noqa: PTH109 (to import pathlib takes 10 ms)
    except OSError:  # it was deleted
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
