"""The report of `tcimages outdated`, as a table, JSON or Markdown."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.table import build_record, build_table
from pulumi_tcimages.formatting import count_of, printable
from pulumi_tcimages.plugin.outdated_pins import CheckedPin, ImageSummary

FORMATS = ("table", "json", "markdown")
_HEADER = ("stack", "pin", "image", "newer", "withdrawn")
_CHANGED = "changed"
"""The last column. It is shown only if Tencent Cloud changed a pinned image."""
_ADVICE = "To move a pin to the image that its query chooses now, change one of its `triggers`."


class Report:
    """The outdated pins, the pins that could not be checked, and the problems of exports."""

    def __init__(self, checked: Sequence[CheckedPin], problems: Sequence[str] = ()) -> None:
        self._problems = list(map(printable, problems))
        self.outdated = [result for result in checked if result.is_outdated]
        self.unchecked = [result for result in checked if result.problem]
        has_changes = any(result.changed for result in self.outdated)
        self._header = (*_HEADER, _CHANGED) if has_changes else _HEADER
        self._checked_count = len(checked) - len(self.unchecked)
        count = count_of(self._checked_count, "pin")
        verb = "is" if len(self.outdated) == 1 else "are"
        self._summary = (
            f"{len(self.outdated)} of {count} {verb} outdated"
            if self.outdated
            else f"{count}, none outdated"
        )
        if self.unchecked:
            self._summary += f"; {len(self.unchecked)} not checked"
        if problems:
            self._summary += f"; {count_of(len(problems), 'problem')}"

    def write(self, form: str) -> None:
        """Write the report to stdout."""
        if form == "json":
            terminal.write_json(self._to_document())
        elif form == "markdown":
            terminal.echo(self._to_markdown())
        else:
            self._write_table()
            terminal.echo_err(self._summary)

    def _write_table(self) -> None:
        if not self.outdated:
            return
        rows = [list(map(printable, self._cells(result))) for result in self.outdated]
        width = terminal.width_of(sys.stdout)
        if not build_table(self._header, rows, width, whole=self._header).dropped:
            header, *lines = build_table(self._header, rows).lines
            terminal.echo(header, "bold")
            for line in lines:
                terminal.echo(line)
            return
        # If the table is too wide, print records, whose values are never shortened.
        for number, row in enumerate(rows):
            fields = [(name, cell) for name, cell in zip(self._header, row, strict=True) if cell]
            terminal.echo("\n".join([*[""] * (number > 0), *build_record(fields, width)]))

    def _to_document(self) -> dict[str, Any]:
        return {
            "outdated": [
                {
                    **_name(result),
                    "image": _to_json(result.image),
                    "newer": _to_json(result.newer),
                    "withdrawn": result.is_withdrawn,
                    "changed": list(result.changed),
                }
                for result in self.outdated
            ],
            "unchecked": [
                {**_name(result), "problem": result.problem} for result in self.unchecked
            ],
            "checked": self._checked_count,
            "problems": self._problems,
        }

    def _to_markdown(self) -> str:
        lines = []
        if self.outdated:
            lines += [f"| {' | '.join(self._header)} |", "|---" * len(self._header) + "|"]
            for result in self.outdated:
                stack, pin, image, newer, *flags = self._cells(result)
                cells = [*map(_to_code, (stack, pin, image, newer)), *flags]
                lines.append(f"| {' | '.join(cells)} |")
            lines.append("")
        lines.append(f"{self._summary[0].upper()}{self._summary[1:]}.")
        if self.outdated:
            lines += ["", _ADVICE]
        if self.unchecked:
            lines += ["", "Not checked:", ""]
            lines += [
                f"- {_to_code(f'{result.pin.stack_label} {result.pin.name}')}: "
                f"{_to_code(result.problem)}"
                for result in self.unchecked
            ]
        if self._problems:
            lines += ["", "Problems:", ""]
            lines += [f"- {_to_code(problem)}" for problem in self._problems]
        return "\n".join(lines)

    def _cells(self, result: CheckedPin) -> list[str]:
        image, newer = result.image, result.newer
        cells = [
            result.pin.stack_label,
            result.pin.name,
            image.label if image else "",
            newer.label if newer else "",
            "yes" if result.is_withdrawn else "",
            ", ".join(result.changed),
        ]
        return cells[: len(self._header)]


def _name(result: CheckedPin) -> dict[str, str]:
    pin = result.pin
    return {
        "stack": pin.stack,
        "export": pin.export,
        "pin": pin.name,
        "type": pin.pin.token,
        "urn": pin.urn,
    }


def _to_json(image: ImageSummary | None) -> dict[str, str] | None:
    return image._asdict() if image else None


def _to_code(text: str) -> str:
    """Format text as Markdown code, where markup, mentions and links have no effect."""
    if not text:
        return ""
    code = printable(text).replace("|", "\\|")
    fence = "`" * (max(map(len, re.findall("`+", code)), default=0) + 1)
    pad = " " if "`" in code else ""
    return f"{fence}{pad}{code}{pad}{fence}"
