"""The command `python -m generate`, which writes all generated files."""

from __future__ import annotations

import subprocess
import sys

from generate import ROOT, render_all


def main() -> None:
    folder = ROOT / "pulumi_tcimages" / "sdk" / "generated"
    files = render_all()
    for old in folder.glob("*.py"):
        if f"pulumi_tcimages/sdk/generated/{old.name}" not in files:
            old.unlink()
    folder.mkdir(exist_ok=True)
    for path, text in files.items():
        (ROOT / path).write_text(text, encoding="utf-8")
    # A new process imports the list of commands that has just been written.
    code = "from generate.pages import render_shell; print(render_shell(), end='')"
    shell = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE).stdout
    (ROOT / "docs" / "shell.md").write_bytes(shell)


if __name__ == "__main__":
    main()
