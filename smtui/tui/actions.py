"""Every action of every screen, once: keys, footer, palette, help and settings are made from this registry."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from smtui.tui.action import KEY_NAMES, Action, Place
from smtui.tui.screen_actions import EVERYWHERE, SCREEN_ACTIONS
from smtui.tui.session_actions import SESSION_ACTIONS

__all__ = ["ACTIONS", "FOOTER_LIMIT", "KEY_NAMES", "SHIPPED", "Action", "Place", "Registry"]

ACTIONS: Sequence[Action] = (*SESSION_ACTIONS, *SCREEN_ACTIONS, *EVERYWHERE)

FOOTER_LIMIT = 7
"""Keys besides the last two (help and leave): more do not fit 80 columns."""


class Registry:
    """The actions with the keys that this operator has for them."""

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        """`keys` gives others than the shipped ones, by `place.id`."""
        own = keys or {}
        self._actions = tuple(replace(one, key=own.get(one.name, one.key)) for one in ACTIONS)

    def __iter__(self) -> Iterator[Action]:
        """All of them."""
        return iter(self._actions)

    def of(self, place: Place) -> Iterator[Action]:
        """The actions of one screen, in order; those of every screen last, without the way to where one is."""
        yield from (action for action in self._actions if action.place == place)
        if place not in ("palette", "everywhere"):
            yield from (one for one in self._actions if one.place == "everywhere" and one.id != place)

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
        fixed.sort(key=lambda action: action.id != "help")
        return (*[*front, *(action for action in shown if action not in fixed)][:FOOTER_LIMIT], *fixed)


SHIPPED = Registry()
"""The keys as they are without a settings file."""
