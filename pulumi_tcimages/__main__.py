"""Run the plugin.

The launcher starts this file. If a project requests the plugin as source code, Pulumi starts it as
described in PulumiPlugin.yaml.

The launcher starts this file by its path, because `python -m` would put the current folder first on
the import path. That is the folder of the user's program, and a file `grpc.py` in it would be
imported instead of the real grpc.
"""

import os
import sys


def _set_import_path() -> None:
    """Make this package importable, and remove the user's current folder from the import path.

    PYTHONPATH may contain the current folder, possibly as an empty entry. If the package itself is
    in that folder, the folder goes to the end of the import path.
    """
    package = __file__.rpartition(os.sep)[0]
    parent = package.rpartition(os.sep)[0]
    try:
        current = os.getcwd()  # noqa: PTH109 (to import pathlib takes 10 ms)
    except OSError:  # `getcwd` fails if the current folder was deleted.
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
