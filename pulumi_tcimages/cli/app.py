"""`tcimages`: the commands, each loaded when it is named, and the way out of all of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from pulumi_tcimages import __version__
from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.command import INTERRUPTED, Command, LazyGroup, Told

_ROOM = "pulumi_tcimages.cli"
_BUG = 70
_DEBUG = "TCIMAGES_DEBUG"


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Keys and region come from the environment or a tccli profile. `tcimages doctor` says "
    "what was found; `tcimages demo` needs none.",
    lazy={
        "Ask": {
            "platform-images": (
                f"{_ROOM}.images:platform_images",
                "List or choose platform images of TIONE.",
            ),
            "session-images": (
                f"{_ROOM}.images:session_images",
                "List or choose session images of a DLC engine.",
            ),
            "explain": (f"{_ROOM}.explain:explain", "Show how a lookup goes, and why it ends so."),
        },
        "Try": {
            "demo": (f"{_ROOM}.demo:demo", "Run an example program on the emulator."),
            "emulator": (f"{_ROOM}.emulator:emulator", "Serve both image APIs on this machine."),
        },
        "Set up": {
            "doctor": (f"{_ROOM}.doctor:doctor", "Check everything a lookup needs."),
            "plugin": (f"{_ROOM}.plugin:plugin", "Put the plugin where Pulumi's engine looks."),
            "completion": (f"{_ROOM}.app:completion", "Print the completion script of a shell."),
        },
    },
)
@click.version_option(__version__, "-V", "--version", message="tcimages %(version)s")
def app() -> None:
    """Which image do I use? Asks Tencent Cloud for DLC and TIONE images."""


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    In ~/.bashrc or ~/.zshrc:  eval "$(tcimages completion bash)"
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    terminal.write(kind(app, {}, "tcimages", "_TCIMAGES_COMPLETE").source())


def run(argv: Sequence[str] | None) -> int:
    """The exit code of a command line, after everything has been printed."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not where a test has put something else there
            stream.reconfigure(errors="backslashreplace")
    try:
        return app.main(argv, prog_name="tcimages", standalone_mode=False) or 0
    except Told as told:
        told.show()
        return told.code
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as bug:
        if os.environ.get(_DEBUG):
            raise
        terminal.say(
            f"tcimages: internal error ({type(bug).__name__}). This is a bug in pulumi-tcimages; "
            f"with {_DEBUG}=1 it shows where."
        )
        return _BUG
