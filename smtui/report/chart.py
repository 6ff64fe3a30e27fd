"""The timeline as SVG: when smtui recorded, when each item was worked on, and the recovery time that was aimed at.

Drawn with presentation attributes and classes only, so that the page's policy needs no inline styles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from smtui.report.model import Evidence
from smtui.report.model_items import AttemptEvidence, ItemEvidence
from smtui.report.phrases import clock, duration, plural
from smtui.text import one_line

WIDTH = 960
_LABELS = 300
_ROW = 20
_TOP = 44
_PER_DRAWING = 18
"""Rows in one drawing: a printed page cannot cut it, and a tall one leaves the page before it half empty."""
_STEPS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800)


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    seconds: float

    def x(self, at: datetime) -> float:
        share = (at - self.start).total_seconds() / self.seconds
        return round(_LABELS + min(max(share, 0.0), 1.0) * (WIDTH - _LABELS - 12), 1)


def drawings(evidence: Evidence) -> Iterator[str]:
    """One SVG element for each page's worth of items that anything happened to."""
    scale = _scale(evidence)
    items = [item for item in evidence.items if item.started is not None]
    for first in range(0, max(len(items), 1), _PER_DRAWING):
        rows = items[first : first + _PER_DRAWING]
        yield _drawing(evidence, rows, scale, f"timeline-{first // _PER_DRAWING + 1}")


def _scale(evidence: Evidence) -> _Scale:
    summary = evidence.summary
    end = summary.last_event
    if summary.rto.target is not None:
        goal = (summary.declared or summary.opened) + timedelta(seconds=summary.rto.target)
        near = (goal - summary.opened) <= 2 * (end - summary.opened)
        end = max(end, goal) if near else end
    return _Scale(summary.opened, max((end - summary.opened).total_seconds(), 1.0))


def _drawing(evidence: Evidence, items: Sequence[ItemEvidence], scale: _Scale, name: str) -> str:
    height = _TOP + (len(items) + 1) * _ROW + 8
    labels = f'role="img" aria-labelledby="{name}-title {name}-words"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {labels}>',
        f'<title id="{name}-title">Timeline</title>',
        f'<desc id="{name}-words">{escape(_described(evidence, items))}</desc>',
        *_axis(scale, height),
        *_recording(evidence, scale),
    ]
    for row, item in enumerate(items, 1):
        parts += _item(item, scale, _TOP + row * _ROW)
    parts += _marks(evidence, scale, height)
    return "\n".join([*parts, "</svg>"])


def _described(evidence: Evidence, items: Sequence[ItemEvidence]) -> str:
    summary = evidence.summary
    return (
        f"{plural(len(items), 'item')} from {clock(summary.opened)} to {clock(summary.last_event)}. "
        "The table of all events says the same in words."
    )


def _axis(scale: _Scale, height: int) -> Iterator[str]:
    step = next((step for step in _STEPS if scale.seconds / step <= 8), _STEPS[-1])
    form = "%H:%M:%S" if step < 60 else "%H:%M" if scale.seconds < 86400 else "%d %b %H:%M"
    tick = scale.start.astimezone(UTC).replace(microsecond=0)
    tick += timedelta(seconds=-(tick.hour * 3600 + tick.minute * 60 + tick.second) % step)
    yield f'<text class="axis" x="0" y="16">UTC, {scale.start.astimezone(UTC):%Y-%m-%d}</text>'
    while tick <= scale.start + timedelta(seconds=scale.seconds):
        x = scale.x(tick)
        yield f'<line class="grid" x1="{x}" y1="22" x2="{x}" y2="{height - 4}"/>'
        anchor = "end" if x > WIDTH - 40 else "middle"
        yield f'<text class="axis" x="{x}" y="16" text-anchor="{anchor}">{tick:{form}}</text>'
        tick += timedelta(seconds=step)


def _recording(evidence: Evidence, scale: _Scale) -> Iterator[str]:
    yield f'<text class="label strong" x="0" y="{_TOP - 2}">smtui recorded</text>'
    for span in evidence.recording:
        left, right = scale.x(span.start), scale.x(span.end)
        words = escape(f"{clock(span.start)} to {clock(span.end)}")
        yield (
            f'<rect class="recorded" x="{left}" y="{_TOP - 12}" width="{max(right - left, 2):.1f}" height="12">'
            f"<title>{words}</title></rect>"
        )


def _item(item: ItemEvidence, scale: _Scale, y: int) -> Iterator[str]:
    label = escape(one_line(f"{item.number} {item.title}", 44))
    weight = " strong" if item.consequential else ""
    yield f'<text class="label{weight}" x="0" y="{y + 11}">{label}</text>'
    if item.started and item.closed and item.closed > item.started:
        yield f'<line class="open" x1="{scale.x(item.started)}" y1="{y + 7}" x2="{scale.x(item.closed)}" y2="{y + 7}"/>'
    for attempt in item.attempts:
        yield _attempt(attempt, scale, y)
    if item.closed:
        yield _closing(item, scale.x(item.closed), y + 7)


def _attempt(attempt: AttemptEvidence, scale: _Scale, y: int) -> str:
    left = scale.x(attempt.started)
    right = scale.x(attempt.ended) if attempt.ended else left
    outcome = attempt.outcome or "unknown"
    words = escape(one_line(f"attempt {attempt.number} on {attempt.target}: {outcome}, {duration(attempt.seconds)}"))
    return (
        f'<rect class="{outcome}" x="{left}" y="{y + 2}" width="{max(right - left, 3):.1f}" height="10">'
        f"<title>{words}</title></rect>"
    )


def _closing(item: ItemEvidence, x: float, y: int) -> str:
    words = escape(one_line(f"{item.actual}, {clock(item.closed)}"))
    if item.grade in ("verified", "executed", "sensed"):
        shape = f'<circle class="by-machine" cx="{x}" cy="{y}" r="4">'
        return f"{shape}<title>{words}</title></circle>"
    points = f"{x},{y - 5} {x + 5:.1f},{y} {x},{y + 5} {x - 5:.1f},{y}"
    return f'<polygon class="by-person" points="{points}"><title>{words}</title></polygon>'


def _marks(evidence: Evidence, scale: _Scale, height: int) -> Iterator[str]:
    summary = evidence.summary
    if summary.rto.target is not None:
        goal = (summary.declared or summary.opened) + timedelta(seconds=summary.rto.target)
        if scale.start <= goal <= scale.start + timedelta(seconds=scale.seconds):
            x = scale.x(goal)
            yield f'<line class="goal" x1="{x}" y1="22" x2="{x}" y2="{height - 4}"/>'
            yield f'<text class="goal-label" x="{x - 4}" y="{height - 6}" text-anchor="end">RTO</text>'
