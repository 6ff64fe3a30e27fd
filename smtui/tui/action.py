"""One thing that a key does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal[
    "home", "start", "session", "output", "findings", "targets", "readiness", "preview", "history", "palette", "help",
    "everywhere",
]  # fmt: skip
"""The screens; `everywhere` is each of them but the palette."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a key does. `consequence` says what the key itself changes, and what it does not."""

    id: str
    place: Place
    key: str
    """As Textual names it; several are separated by commas, the first is shown."""
    label: str
    """For the footer: one or two words."""
    help: str
    consequence: str
    needs: str | None = None
    """The name under which the engine allows it for an item; None: always there."""
    footer: bool = True
    """Whether the key line shows it."""
    offered: str | None = None
    """The name under which a screen brings it to the front of the key line; None: it has its fixed place."""

    @property
    def name(self) -> str:
        """`session.run`: the name in settings and key maps."""
        return f"{self.place}.{self.id}"

    @property
    def keys(self) -> tuple[str, ...]:
        """All of them, as Textual names them."""
        return tuple(self.key.split(","))

    @property
    def shown_key(self) -> str:
        """The first key as it is printed on a keyboard."""
        first = self.keys[0]
        return KEY_NAMES.get(first, first)


KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "full_stop": ".",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "space": "Space",
    "left": "Left",
    "right": "Right",
    "colon": ":",
    "ctrl+p": "Ctrl-P",
    "ctrl+l": "Ctrl-L",
    "f5": "F5",
    **{f"f{number}": f"F{number}" for number in (1, 2, 3, 4, 6, 7, 8, 12)},
    "ctrl+q": "Ctrl-Q",
    "ctrl+c": "Ctrl-C",
}

ASKS_FIRST = "Opens a bar that asks; nothing happens before you answer it."
ASKS_REASON = "Opens a bar that asks for the reason; recorded with your name once you press Enter."
LOOKS_ONLY = "Changes nothing."
