"""Keeps keys that were typed ahead, or pasted, from answering a question that nobody has read yet."""

from __future__ import annotations

QUIET = 0.3
"""Seconds without a key that a new question waits for before it listens."""

BURST = 0.1
"""The part of `QUIET` within which keys come from a paste or from a link that held them up, not from fingers."""


class KeyGuard:
    """Decides by the times of keys alone (seconds of the monotonic clock, as Textual stamps its events).

    After a question appeared, keys are dropped until none came for `quiet` seconds; so a paste of any length falls
    through as a whole.
    """

    def __init__(self, quiet: float = QUIET) -> None:
        self.quiet = quiet
        self.dropped = 0
        """Keys dropped since the last question appeared."""
        self._deaf_until = float("-inf")
        self._last = float("-inf")
        self._enter_gap = float("inf")

    def question(self, now: float) -> None:
        """Something appeared that keys would answer."""
        self._deaf_until = now + self.quiet
        self.dropped = 0

    def admits(self, time: float, key: str = "enter") -> bool:
        """Whether a key pressed at that time is for what is on the screen."""
        gap, self._last = time - self._last, time
        if key == "enter":
            self._enter_gap = gap
        if time >= self._deaf_until:
            return True
        self._deaf_until = time + self.quiet
        self.dropped += 1
        return False

    def drop(self) -> None:
        """Count a key that was on its way elsewhere when the question appeared."""
        self.dropped += 1

    @property
    def hurried(self) -> bool:
        """Whether the latest Enter came sooner after another key than anybody reads."""
        return self._enter_gap < self.quiet

    @property
    def burst(self) -> bool:
        """Whether the latest Enter came together with the key before: as in a paste, sooner than fingers move."""
        return self._enter_gap < self.quiet * BURST
