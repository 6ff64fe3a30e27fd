"""The two lines at the top of a session, and the line that says what is next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.cells import cell_len
from textual.content import Content

from smtui.session.state import SessionState
from smtui.telling.pace import NOTHING_KNOWN, Pace, outlook, pace
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


def progress_line(
    state: SessionState, now: datetime, width: int, usual: Mapping[str, float] = NOTHING_KNOWN
) -> Content:
    """`12 of 33 closed  1 failed  1 unknown` and the time against the objective."""
    count = tally(state)
    parts: list[str | tuple[str, str]] = [(f" {count.closed} of {count.total} closed", "bold")]
    parts += _troubles(count)
    if state.halted:
        parts.append((f"  HALTED: {state.halted}", "bold $error"))
    if state.completed:
        parts.append((f"  {state.completed.upper()}", "bold $success"))
    said = content(*parts)
    ways, style = elapsed(state, now, usual)
    clock = next((way for way in ways if cell_len(way) + 2 <= width - cell_len(said.plain)), ways[-1])
    left = said.truncate(max(0, width - cell_len(clock) - 1), ellipsis=True, pad=True)
    return Content.assemble(left, content((clock, style)), " ")


def times_line(state: SessionState, now: datetime, width: int, usual: Mapping[str, float] = NOTHING_KNOWN) -> Content:
    """Where the time went so far, and how much work is left by the estimates."""
    time = pace(state, now, usual)
    spent = state.spent
    open_ended = 0.0 if state.completed else max(0.0, (now - state.at).total_seconds())
    running = any(item.status == "running" for item in state.items.values())
    machine, waiting = (open_ended, 0.0) if running else (0.0, open_ended)
    parts = [
        f"hands-on {duration(spent.hands_on)}",
        f"machine {duration(spent.machine + machine)}",
        f"waiting {duration(spent.waiting + waiting)}",
    ]
    if spent.away:
        parts.append(f"nobody there {duration(spent.away)}")
    if not state.completed:
        source = "past sessions" if time.remembered else "the estimates"
        parts.append(f"left {duration(time.remaining)} by {source}")
    return content((fit(" " + "   ".join(parts), width), "dim"))


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


def elapsed(
    state: SessionState, now: datetime, usual: Mapping[str, float] = NOTHING_KNOWN
) -> tuple[Sequence[str], str]:
    """Time against the objective and what becomes of it by the estimates, in more and fewer words; how to colour it."""
    time = pace(state, now, usual)
    if time.objective is None or time.margin is None:
        return (f"{duration(time.elapsed)} elapsed",), ""
    if time.counted > time.objective:
        over = f"{duration(time.counted)}, {duration(time.counted - time.objective)} over the RTO"
        return (f"{over} {bar(time)}", over), "bold $error"
    clock = f"{duration(time.counted)} of {duration(time.objective)} RTO"
    if state.completed:
        return (clock,), ""
    ending = outlook(time)
    return (f"{clock} {bar(time)} {ending}", f"{clock}, {ending}", clock), "bold $error" if time.margin < 0 else ""


def bar(time: Pace, width: int = 16) -> str:
    """`[####====....]`: used, still to be used by the estimates, to spare; `!` stands beyond the objective."""
    whole = max(time.forecast, time.objective or 0.0) or 1.0
    used = min(width, round(time.counted / whole * width))
    planned = min(width, round(time.forecast / whole * width))
    limit = min(width, round((time.objective or whole) / whole * width))
    cells = ["#" if at < used else "=" if at < planned else "." for at in range(width)]
    return "[" + "".join("!" if at >= limit and cell != "#" else cell for at, cell in enumerate(cells)) + "]"


def next_line(state: SessionState, title: str, shown: str = "", *, wrap_up: str = "w", report: str = "m") -> Content:
    """What is next, whatever the list shows; `shown` says what it shows when that is not everything.

    `wrap_up` is the key that ends the session, `report` the one that shows its report.
    """
    before = f" [{shown}]" if shown else ""
    item = state.next_item
    if state.completed:
        return content((f"{before} {state.completed}: nothing more is done here; {report} shows the report", "bold"))
    if item is None:
        return content((f"{before} → nothing is open any more: {wrap_up} wraps the session up", "bold"))
    number = state.procedure.by_id[item].number
    return content((f"{before} → next {number}  {title}", "bold"))
