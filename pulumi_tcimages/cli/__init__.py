"""The shell: `tcimages`, the functions' questions for people and scripts.

    app          the commands, each loaded when it is named
    command      what all commands share: sections in the help, errors, exit codes
    flags        the criteria, made from the fields of the questions
    images       platform-images, session-images     explain   how such a lookup goes
    show, table  answers as table, JSON, ids, urls   terminal  colour, width, Ctrl-C
    status       what is going on, with a bar
    emulator, demo, doctor, plugin                   one command each

Rules: it parses, calls and prints, and decides nothing; data goes to stdout, all else
to stderr; what is piped has no colour and is never cut. Exit codes: 0; 1 no image or several;
2 yours; 3 the cloud refused; 4 the network; 130 interrupted; 141 nobody read the output.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of a command line; the process's own unless given."""
    if argv is None:
        return _run_alone()

    from pulumi_tcimages.cli.app import run

    return run(argv)


def _run_alone() -> int:
    """The process's own command line, without looking for garbage: loading makes none to speak of.

    Nor is there any use in what the end would find. Together that is a quarter of a listing's time.
    """
    import gc

    gc.set_threshold(200_000)

    try:
        from pulumi_tcimages.cli.app import run

        code = run(None)
    except KeyboardInterrupt:  # while it was still loading
        return 130
    gc.freeze()
    return code
