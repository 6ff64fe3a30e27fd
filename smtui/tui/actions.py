"""Every action of every screen, once: keys, footer and help screen are made from this registry."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Place = Literal["home", "start", "session", "output", "findings", "targets", "palette", "help"]


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
    def shown_key(self) -> str:
        """The first key as it is printed on a keyboard."""
        first = self.key.split(",")[0]
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
    "ctrl+q": "Ctrl-Q",
    "ctrl+c": "Ctrl-C",
}

_ASKS_FIRST = "Opens a bar that asks; nothing happens before you answer it."
_ASKS_REASON = "Opens a bar that asks for the reason; recorded with your name once you press Enter."
_LOOKS_ONLY = "Changes nothing."

ACTIONS: Sequence[Action] = (
    Action(
        "run",
        "session",
        "r",
        "Run",
        "Run the item on its targets.",
        "Opens a bar with targets and exact command; Enter there runs it. What cannot be taken back asks for the "
        "target's name.",
        needs="run",
    ),
    Action(
        "accept",
        "session",
        "a",
        "Already so",
        "Close the item because the latest look found it already so.",
        _ASKS_FIRST,
        needs="sensed",
    ),
    Action(
        "settle",
        "session",
        "u",
        "Settle",
        "Find out what became of an attempt whose end was not seen.",
        "Opens a bar that asks; then looks for the command on its target, waits for its end, or ends it. It is never "
        "run again by that.",
        needs="settle",
    ),
    Action(
        "choose",
        "session",
        "c",
        "Choose",
        "Decide which branch is taken.",
        _ASKS_FIRST,
        needs="choose",
    ),
    Action(
        "by_hand",
        "session",
        "h",
        "By hand",
        "Say that you have done the item by hand.",
        "Opens a bar with what must be typed as evidence; it starts on Go back.",
        needs="confirm",
    ),
    Action(
        "sense",
        "session",
        "e,S",
        "Sense",
        "Look at the real state of the item's targets.",
        "Looks at once, read-only; the answer is recorded.",
        needs="sense",
    ),
    Action(
        "cancel",
        "session",
        "x",
        "Cancel",
        "Ask what runs to stop.",
        _ASKS_REASON,
        needs="cancel",
    ),
    Action(
        "override",
        "session",
        "v",
        "Override",
        "Count the item as done although the look differs.",
        _ASKS_REASON,
        needs="override",
    ),
    Action(
        "reopen",
        "session",
        "p",
        "Reopen",
        "Take back what closed the item.",
        _ASKS_REASON,
        needs="reopen",
    ),
    Action("skip", "session", "s", "Skip", "Leave the item out.", _ASKS_REASON, needs="skip"),
    Action(
        "defer",
        "session",
        "d",
        "Defer",
        "Leave the item for after this session.",
        _ASKS_REASON,
        needs="defer",
    ),
    Action(
        "complete",
        "session",
        "w",
        "Wrap up",
        "End the session with its verdict, once nothing is open.",
        _ASKS_FIRST,
        needs="complete",
    ),
    Action(
        "note",
        "session",
        "n",
        "Note",
        "Write a remark about the item into the session.",
        "Opens a bar to type it; recorded with your name once you press Enter.",
        needs="note",
        footer=False,
    ),
    Action("output", "session", "o", "Output", "Show the item's output on the whole screen.", _LOOKS_ONLY),
    Action(
        "zoom",
        "session",
        "enter",
        "Details",
        "Show the item on the whole screen; Esc brings the checklist back.",
        _LOOKS_ONLY,
        footer=False,
    ),
    Action("unzoom", "session", "escape", "Checklist", "Show the checklist again.", _LOOKS_ONLY, footer=False),
    Action(
        "next",
        "session",
        "full_stop",
        "Next",
        "Go to the item that is next.",
        _LOOKS_ONLY,
        footer=False,
        offered="next",
    ),
    Action("fold", "session", "left", "Fold", "Fold the section away.", _LOOKS_ONLY, footer=False, offered="fold"),
    Action(
        "unfold", "session", "right", "Unfold", "Show the section's items.", _LOOKS_ONLY, footer=False, offered="unfold"
    ),
    Action(
        "bridge",
        "session",
        "b",
        "Bridge",
        "Say in one sentence where the session stands, to be read out to others.",
        _LOOKS_ONLY,
        footer=False,
    ),
    Action(
        "find",
        "session",
        "slash",
        "Find",
        "Find an item by a word of its title or id; again: the next one.",
        _LOOKS_ONLY,
        footer=False,
    ),
    Action("jump", "session", "g", "Go to", "Go to an item by its number, as 2.3.", _LOOKS_ONLY, footer=False),
    Action(
        "filter",
        "session",
        "f",
        "Filter",
        "Show all items, then only the open ones, those in trouble, those by hand.",
        _LOOKS_ONLY,
        footer=False,
    ),
    Action(
        "pane",
        "session",
        "tab",
        "Pane",
        "Move between the checklist and the details, to scroll them.",
        _LOOKS_ONLY,
        footer=False,
    ),
    Action(
        "findings",
        "session",
        "i",
        "Findings",
        "Show what is to be mended after the recovery, and add to it.",
        _LOOKS_ONLY,
        footer=False,
    ),
    Action(
        "targets",
        "session",
        "t",
        "Targets",
        "Show the servers and databases, and whether they can be reached from here.",
        "Opens one connection to each port and closes it at once; nobody logs on.",
        footer=False,
    ),
    Action(
        "report",
        "session",
        "m",
        "Report",
        "Write the evidence of the session as files.",
        "Opens a bar that asks for the folder; the session stays as it is.",
        footer=False,
    ),
    Action("palette", "session", "colon,ctrl+p", "Palette", "Choose an action by its name.", _LOOKS_ONLY, footer=False),
    Action("help", "session", "question_mark", "Keys", "Show this page.", _LOOKS_ONLY),
    Action(
        "leave",
        "session",
        "q,ctrl+q,ctrl+c",
        "Leave",
        "Leave the session; it goes on where it is when you come back.",
        "Always safe: says what happens to what runs, and asks.",
    ),
    Action(
        "open",
        "home",
        "enter",
        "Open",
        "Open the session, or begin with the checklist.",
        "An unfinished session is taken up again; nothing runs by that.",
    ),
    Action("look", "home", "v", "View", "Look at a session without taking it up.", _LOOKS_ONLY),
    Action("reload", "home", "f5,l", "Reload", "Read the sessions and checklists again.", _LOOKS_ONLY),
    Action(
        "targets",
        "home",
        "t",
        "Targets",
        "Show the servers and databases of the deployment, and whether they can be reached from here.",
        "Opens one connection to each port and closes it at once; nobody logs on.",
    ),
    Action("palette", "home", "colon,ctrl+p", "Palette", "Choose an action by its name.", _LOOKS_ONLY, footer=False),
    Action("help", "home", "question_mark", "Keys", "Show this page.", _LOOKS_ONLY),
    Action(
        "leave",
        "home",
        "q,ctrl+q,ctrl+c",
        "Leave",
        "Leave smtui.",
        "Always safe: says what happens to what runs, and asks.",
    ),
    Action("back", "start", "escape", "Go back", "Go back; no session is made.", _LOOKS_ONLY),
    Action("leave", "start", "ctrl+q,ctrl+c", "Go back", "Go back; no session is made.", _LOOKS_ONLY, footer=False),
    Action("pause", "output", "p,space", "Pause", "Stop following the output, or follow it again.", _LOOKS_ONLY),
    Action("find", "output", "slash", "Find", "Find a text in the output.", _LOOKS_ONLY),
    Action("again", "output", "n", "Next hit", "Find the same text again, further down.", _LOOKS_ONLY),
    Action(
        "save",
        "output",
        "s",
        "Save",
        "Write what is shown into a file.",
        "Opens a bar that asks for the file; nothing is written over.",
    ),
    Action("back", "output", "escape,q,o,ctrl+q,ctrl+c", "Back", "Go back to the session.", _LOOKS_ONLY),
    Action(
        "add",
        "findings",
        "n",
        "New",
        "Write down something to be mended, who does it and until when.",
        "Opens a bar to type it; recorded with your name once you press Enter.",
    ),
    Action("back", "findings", "escape,q,i,ctrl+q,ctrl+c", "Back", "Go back to the session.", _LOOKS_ONLY),
    Action(
        "again",
        "targets",
        "f5,l",
        "Look again",
        "Try every port again.",
        "Opens one connection to each port and closes it at once; nobody logs on.",
    ),
    Action("back", "targets", "escape,q,t,ctrl+q,ctrl+c", "Back", "Go back.", _LOOKS_ONLY),
    Action(
        "take",
        "palette",
        "enter",
        "Take it",
        "Do what is marked.",
        "As its own key would; what changes anything asks.",
    ),
    Action("down", "palette", "down", "Down", "To the next action.", _LOOKS_ONLY, footer=False),
    Action("up", "palette", "up", "Up", "To the action before.", _LOOKS_ONLY, footer=False),
    Action("back", "palette", "escape,ctrl+q,ctrl+c", "Back", "Go back; nothing is done.", _LOOKS_ONLY),
    Action("back", "help", "escape,q,question_mark,ctrl+q,ctrl+c", "Back", "Go back.", _LOOKS_ONLY),
)

FOOTER_LIMIT = 7
"""Keys besides the last two (help and leave): more do not fit 80 columns."""


class Registry:
    """The actions with the keys that this operator has for them."""

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        """`keys` gives others than the shipped ones, by `place.id`."""
        own = keys or {}
        self._actions = tuple(replace(one, key=own.get(one.name, one.key)) for one in ACTIONS)

    def of(self, place: Place) -> Iterator[Action]:
        """The actions of one screen, in order."""
        return (action for action in self._actions if action.place == place)

    def find(self, place: Place, action_id: str) -> Action:
        """One action; raises KeyError."""
        for action in self.of(place):
            if action.id == action_id:
                return action
        raise KeyError(action_id)

    def key(self, place: Place, action_id: str) -> str:
        """The key of an action as it is printed on a keyboard."""
        return self.find(place, action_id).shown_key

    def possible(self, place: Place, allowed: Collection[str]) -> tuple[Action, ...]:
        """What can be done now, given what the engine allows for the item at hand."""
        return tuple(action for action in self.of(place) if action.needs is None or action.needs in allowed)

    def footer(self, place: Place, allowed: Collection[str]) -> tuple[Action, ...]:
        """The keys to show: what the item's state is about comes first, help and leave always."""
        front = [action for action in self.of(place) if action.offered in allowed and action.offered is not None]
        shown = [action for action in self.possible(place, allowed) if action.footer]
        fixed = [action for action in shown if action.id in ("help", "leave", "back")]
        return (*[*front, *(action for action in shown if action not in fixed)][:FOOTER_LIMIT], *fixed)


SHIPPED = Registry()
"""The keys as they are without a settings file."""
