"""What the clocks say between two events: the wall clock was set, the machine was started anew, or it slept."""

from __future__ import annotations

from smtui.session.events import ClockStepped, Event, Noted, Opened, Rebooted, Record, Resumed, Stamp

TOLERANCE = 1.0
"""Seconds by which two clocks may differ; slewing stays below, whoever sets a clock does not."""


def stepped(before: Stamp, after: Stamp) -> ClockStepped | None:
    """The step of the wall clock against the time since boot, which counts suspends too."""
    drift = (after.at - before.at).total_seconds() - (after.boottime - before.boottime)
    return ClockStepped(seconds=round(drift, 3)) if abs(drift) > TOLERANCE else None


def slept(before: float, after: float) -> Noted | None:
    """A suspend; both are seconds asleep since boot."""
    return Noted(text=f"this machine was suspended for {after - before:.0f} s") if after - before > TOLERANCE else None


def since(records: list[Record], now: Stamp, *, machine: str, boot_id: str) -> list[Event]:
    """What became of the clocks while nobody had the session open; nothing where another machine had it last."""
    last_here = next((r.event for r in reversed(records) if isinstance(r.event, (Opened, Resumed))), None)
    if last_here is None or last_here.machine != machine:
        return []
    if last_here.boot_id != boot_id:
        return [Rebooted(boot_id=boot_id)]
    step = stepped(records[-1].stamp, now)
    return [step] if step else []
