"""The two lines at the top of a session, and the line that says what is next. Pure."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len
from textual.content import Content

from smtui.session.state import SessionState
from smtui.telling.ports import Header
from smtui.telling.statuses import Tally, duration, tally
from smtui.tui.shown import content, fit

BANNERS = {"drill": "DRILL ON SIMULATED HOSTS", "exercise": "EXERCISE", "recovery": "RECOVERY"}


def banner(mode: str, width: int) -> str:
    """What kind of session it is, in the words that fit; never nothing."""
    text = f" {BANNERS[mode]} "
    return text if len(text) <= max(0, width - 8) else f" {mode.upper()} "


def top_line(header: Header, width: int) -> Content:
    """Title and session on the left, the mode on the right, always."""
    flag = banner(header.mode, width)
    left = max(0, width - cell_len(flag))
    where = f"{header.title}   {header.session}"
    if cell_len(where) >= left:
        where = header.title
    style = {"drill": "bold reverse $warning", "exercise": "bold reverse $secondary"}.get(
        header.mode, "bold reverse $error"
    )
    return content((fit(f" {where}", left), "bold"), (flag[:width], style))


def progress_line(state: SessionState, now: datetime, width: int) -> Content:
    """`12 of 33 closed  1 failed  1 unknown` and the time against the objective."""
    count = tally(state)
    parts: list[str | tuple[str, str]] = [(f" {count.closed} of {count.total} closed", "bold")]
    parts += _troubles(count)
    if state.halted:
        parts.append((f"  HALTED: {state.halted}", "bold $error"))
    if state.completed:
        parts.append((f"  {state.completed.upper()}", "bold $success"))
    clock, style = elapsed(state, now)
    left = Content.assemble(content(*parts)).truncate(max(0, width - len(clock) - 1), ellipsis=True, pad=True)
    return Content.assemble(left, content((clock, style)), " ")


def _troubles(count: Tally) -> list[str | tuple[str, str]]:
    shown = (
        (count.running, "running", "bold $secondary"),
        (count.failed, "failed", "bold $error"),
        (count.unknown, "unknown", "bold $warning"),
        (count.reverted, "reverted", "bold $error"),
        (count.aside, "set aside", ""),
    )
    parts: list[str | tuple[str, str]] = []
    for number, word, style in shown:
        if number:
            parts.append((f"  {number} {word}", style) if style else f"  {number} {word}")
    return parts


def elapsed(state: SessionState, now: datetime) -> tuple[str, str]:
    """Time since the session was opened against its recovery time objective, and how to colour it."""
    end = state.at if state.completed else now
    seconds = max(0.0, (end - state.opened).total_seconds())
    if state.rto is None:
        return f"{duration(seconds)} elapsed", ""
    if seconds > state.rto:
        return f"{duration(seconds)}, {duration(seconds - state.rto)} over the RTO", "bold $error"
    return f"{duration(seconds)} of {duration(state.rto)} RTO", ""


def next_line(state: SessionState, title: str) -> Content:
    """What is next; it stands there whatever the list shows."""
    item = state.next_item
    if state.completed:
        return content((f" {state.completed}: nothing more is done here", "bold"))
    if item is None:
        return content((" → nothing is open any more: w wraps the session up", "bold"))
    number = state.procedure.by_id[item].number
    return content((f" → next {number}  {title}", "bold"))
