"""Draw the growth of time and requests as a small SVG, with a line for the limit.

Both axes are logarithmic, so that proportional growth is a straight line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 772, 300
_PANEL, _TOP, _BOTTOM = 300, 58, 240
_LEFTS = (60, 440)
_OURS, _LIMIT = "#1f6feb", "#8b949e"


@dataclass(frozen=True)
class Point:
    """The time and requests for a number of lookups or images."""

    count: int
    seconds: float
    requests: int


@dataclass(frozen=True)
class Growth:
    """A series of points, and functions for the lines of the limit."""

    title: str
    x_label: str
    points: Sequence[Point]
    limit: str
    limit_s: Callable[[float], float]
    limit_requests: Callable[[float], float]


def draw(growth: Growth) -> str:
    """Return an SVG with the time on the left and the requests on the right."""
    counts = [float(point.count) for point in growth.points]
    times = [point.seconds for point in growth.points]
    requests = [float(point.requests) for point in growth.points]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            f'font-family="sans-serif" font-size="11" fill="#57606a">',
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
            _text(_LEFTS[0], 20, growth.title, 'font-size="13" font-weight="bold"'),
            *_panel(
                _LEFTS[0], "seconds", counts, times, [growth.limit_s(count) for count in counts]
            ),
            *_panel(
                _LEFTS[1],
                "requests",
                counts,
                requests,
                [growth.limit_requests(count) for count in counts],
            ),
            _text(_WIDTH / 2, 272, growth.x_label, 'text-anchor="middle"'),
            f'<path d="M60 288h24" stroke="{_OURS}" stroke-width="2"/>',
            _text(90, 292, "measured"),
            f'<path d="M180 288h24" stroke="{_LIMIT}" stroke-dasharray="4 3"/>',
            _text(210, 292, growth.limit),
            "</svg>\n",
        ]
    )


def _panel(
    left: float, unit: str, counts: list[float], ours: list[float], limit: list[float]
) -> list[str]:
    x_axis = _Axis(min(counts), max(counts), left, left + _PANEL)
    y_axis = _Axis(min(*ours, *limit), max(*ours, *limit), _BOTTOM, _TOP)
    lines = [
        f'<path d="M{left} {_TOP}V{_BOTTOM}H{left + _PANEL}" fill="none" stroke="#d0d7de"/>',
        _text(left, _TOP - 12, unit),
    ]
    for tick in x_axis.ticks():
        lines.append(
            _text(x_axis.position(tick), _BOTTOM + 16, f"{tick:,.0f}", 'text-anchor="middle"')
        )
    for tick in y_axis.ticks():
        lines.append(_text(left - 6, y_axis.position(tick) + 4, f"{tick:,g}", 'text-anchor="end"'))
    for values, style in (
        (limit, f'stroke="{_LIMIT}" stroke-dasharray="4 3"'),
        (ours, f'stroke="{_OURS}" stroke-width="2"'),
    ):
        path = "L".join(
            f"{x_axis.position(x):.1f} {y_axis.position(y):.1f}"
            for x, y in zip(counts, values, strict=True)
        )
        lines.append(f'<path d="M{path}" fill="none" {style}/>')
    for x, y in zip(counts, ours, strict=True):
        cx, cy = x_axis.position(x), y_axis.position(y)
        lines.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="3" fill="{_OURS}"/>')
    return lines


class _Axis:
    """A logarithmic axis between the powers of ten that enclose all values."""

    def __init__(self, smallest: float, largest: float, start: float, end: float) -> None:
        self._low = math.floor(math.log10(smallest))
        self._high = max(self._low + 1, math.ceil(math.log10(largest)))
        self._start, self._end = start, end

    def position(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self._low, self._high + 1)]


def _text(x: float, y: float, text: str, style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'
