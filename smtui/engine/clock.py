"""When: the clocks that stamp events, passed in so that tests own the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

from smtui.session.events import Stamp


class Clock(Protocol):
    """Wall clock and the seconds since boot, suspends included."""

    def now(self) -> datetime:
        """The time in UTC."""

    def boottime(self) -> float:
        """Seconds since this machine started."""


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """The time in UTC, to the microsecond."""
        return datetime.now(UTC)

    def boottime(self) -> float:
        """CLOCK_BOOTTIME, in seconds."""
        return round(time.clock_gettime(time.CLOCK_BOOTTIME), 3)

    def utc_offset(self) -> int:
        """Seconds that the local time of this machine is ahead of UTC now."""
        offset = self.now().astimezone().utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0

    def asleep(self) -> float:
        """Seconds since boot for which the machine was suspended."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


class Operator(Struct, frozen=True):
    """Who sits at the program: an account, not a person; and where they come from, as the environment tells it."""

    account: str
    """`account@host`."""
    origin: str
    """Address of the SSH client, or `local`."""
    uid: int | None = None
    """The account by its number: names can be given anew, and files are owned by numbers."""

    def stamp(self, clock: Clock) -> Stamp:
        """The stamp of an event that happens now."""
        return Stamp(at=clock.now(), boottime=clock.boottime(), by=self.account, origin=self.origin)
