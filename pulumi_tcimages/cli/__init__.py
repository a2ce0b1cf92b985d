"""The command `tcimages`: the lookups of the provider, for people and scripts.

    app              the commands, each imported when it is used
    command          help, errors and exit codes that all commands share
    flags            criteria as flags, made from the fields of the queries
    images, output   a listing command for each source, and what it prints
    explain          the same lookup step by step
    outdated         pins of exported stacks, read by exports and configured by export_settings;
                     outdated_report writes them
    emulator, demo, doctor, plugin   one command each
    terminal, table, status, signals   text, tables, progress and Ctrl-C

The commands parse, call and print; they decide nothing. Data goes to stdout and everything else to
stderr. A pipe gets no colour, and nothing in it is cut. Exit codes: 0 success; 1 no image, or
several; 2 a mistake of the user; 3 the cloud refused; 4 the network; 130 interrupted; 141 nobody
reads the output.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line, by default the one of this process, and return its exit code."""
    try:
        if argv is None:
            return _run_process()

        from pulumi_tcimages.cli.app import run
    except ImportError as failure:
        return _report_broken(failure)
    return run(argv)


def _report_broken(failure: ImportError) -> int:
    """Report which package is missing or too old, and return the exit code of a user's mistake."""
    import sys

    from pulumi_tcimages.dependencies import explain_failure

    if explained := explain_failure(failure):
        sys.stderr.write(f"{explained.text('tcimages')}\n")
    return 2


def _run_process() -> int:
    """Run the process's own command line with less garbage collection.

    Imports create almost no garbage, and a process that ends needs no collection. This saves a
    quarter of a listing's time.
    """
    import gc

    gc.set_threshold(200_000)

    try:
        from pulumi_tcimages.cli.app import run

        code = run(None)
    except KeyboardInterrupt:  # while modules are imported
        return 130
    gc.freeze()
    return code
