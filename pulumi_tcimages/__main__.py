"""Run the plugin.

The plugin's launcher script starts this file. If a project installs the plugin from its source
code, Pulumi starts this file as described in PulumiPlugin.yaml.

The launcher passes this file's path to Python, because `python -m` would put the current folder
first on the import path. That is the folder of the user's program, where a file `grpc.py` would
shadow the package grpc.
"""

import os
import sys


def _set_import_path() -> None:
    """Add this package to the import path, and remove the current folder from it.

    PYTHONPATH may contain the current folder, also as an empty entry. If this package is in the
    current folder, that folder is moved to the end of the import path.
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
