"""`python -m generate`: write every generated file."""

from __future__ import annotations

from generate import ROOT, render_all
from generate.pages import render_shell


def main() -> None:
    folder = ROOT / "pulumi_tcimages" / "sdk" / "generated"
    files = render_all()
    for old in folder.glob("*.py"):
        if f"pulumi_tcimages/sdk/generated/{old.name}" not in files:
            old.unlink()
    folder.mkdir(exist_ok=True)
    for path, text in files.items():
        (ROOT / path).write_text(text, encoding="utf-8")
    # The help of the commands is printed by the command itself, with what was just written.
    (ROOT / "docs" / "shell.md").write_text(render_shell(), encoding="utf-8")


if __name__ == "__main__":
    main()
