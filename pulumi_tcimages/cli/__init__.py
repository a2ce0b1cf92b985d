"""The command line `tcimages`: the provider's lookups, for people and scripts.

    app                                the commands, each imported when it is used
    command                            help, errors and exit codes of all commands
    flags                              flags for criteria, generated from the query fields
    images, output                     the list commands and their output
    explain                            a lookup shown step by step
    outdated                           outdated pins of exported stacks: exports reads them,
                                       export_settings configures their lookups, and
                                       outdated_report prints them
    emulator, demo, doctor, plugin     one command each
    terminal, table, status, signals   output, tables, progress and Ctrl-C

Commands parse arguments, call other modules and print the result. Data goes to stdout and
everything else to stderr. Output to a pipe is neither coloured nor shortened.

Exit codes: 0 success; 1 no image or several images; 2 user error; 3 rejected by the cloud;
4 network error; 130 interrupted; 141 output pipe closed. The help of `outdated` explains its codes.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code. The default is this process's command line."""
    try:
        try:
            if argv is None:
                return _run_process()

            from pulumi_tcimages.cli.app import run
        except ImportError as failure:
            return _report_broken(failure)
    except KeyboardInterrupt:  # The user pressed Ctrl-C during an import.
        return 130
    return run(argv)


def _report_broken(failure: ImportError) -> int:
    """Report a missing or incompatible dependency. Return the exit code for a user error."""
    import sys

    from pulumi_tcimages.dependencies import explain_failure

    if explained := explain_failure(failure):
        sys.stderr.write(f"{explained.text('tcimages')}\n")
    return 2


def _run_process() -> int:
    """Run this process's command line with less garbage collection.

    Imports create almost no garbage, and a short-lived process needs no collection. This makes a
    list command a quarter faster.
    """
    import gc
    import signal

    gc.set_threshold(200_000)

    from pulumi_tcimages.cli.app import run

    try:
        code = run(None)
    finally:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            # Ignore Ctrl-C while Python exits, because it would print a traceback.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    return code
