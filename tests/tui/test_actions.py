from __future__ import annotations

import pytest

from smtui.engine.decisions import ACTIONS as ENGINE_ACTIONS
from smtui.tui import actions
from smtui.tui.actions import ACTIONS, Action, Place
from smtui.tui.screens.base import Base
from smtui.tui.screens.findings import FindingsScreen
from smtui.tui.screens.help import HelpScreen, page
from smtui.tui.screens.history import HistoryScreen
from smtui.tui.screens.home import HomeScreen
from smtui.tui.screens.output import OutputScreen
from smtui.tui.screens.palette import PaletteScreen
from smtui.tui.screens.preview import PreviewScreen
from smtui.tui.screens.readiness import ReadinessScreen
from smtui.tui.screens.session import SessionScreen
from smtui.tui.screens.start import StartScreen
from smtui.tui.screens.targets import TargetsScreen

SCREENS: dict[Place, type[Base]] = {
    "home": HomeScreen,
    "start": StartScreen,
    "session": SessionScreen,
    "output": OutputScreen,
    "findings": FindingsScreen,
    "targets": TargetsScreen,
    "readiness": ReadinessScreen,
    "preview": PreviewScreen,
    "history": HistoryScreen,
    "palette": PaletteScreen,
    "help": HelpScreen,
}
ESCAPE_REMAINS = set("[]ABCDO~")
"""What a split escape sequence leaves behind as keys of their own."""


@pytest.mark.parametrize("action", ACTIONS, ids=lambda one: f"{one.place}.{one.id}")
def test_each_action_can_be_carried_out_and_is_explained(action: Action) -> None:
    assert callable(getattr(SCREENS.get(action.place, Base), f"do_{action.id}"))
    assert action.help.endswith(".")
    assert action.consequence.endswith(".")
    assert len(action.label) <= 10


def test_each_action_of_the_engine_has_a_key() -> None:
    assert {action.needs for action in actions.SHIPPED.of("session")} - {None, "complete"} == set(ENGINE_ACTIONS)


@pytest.mark.parametrize("place", SCREENS)
def test_no_key_means_two_things_on_one_screen(place: Place) -> None:
    keys = [key for action in actions.SHIPPED.of(place) for key in action.key.split(",")]
    assert len(keys) == len(set(keys))
    ids = [action.id for action in actions.SHIPPED.of(place)]
    assert len(ids) == len(set(ids))


def test_split_escape_sequences_do_no_harm() -> None:
    keys = {key for action in ACTIONS for key in action.key.split(",")}
    assert not keys & ESCAPE_REMAINS


def test_the_bindings_of_a_screen_are_those_of_the_registry() -> None:
    for place, screen in SCREENS.items():
        ids = {binding.id for binding in screen.BINDINGS if not isinstance(binding, tuple)}
        assert ids >= {action.name for action in actions.SHIPPED.of(place)}


def test_the_footer_shows_what_is_allowed_and_always_the_way_out() -> None:
    assert [action.id for action in actions.SHIPPED.footer("session", ())] == ["output", "help", "leave"]
    shown = [action.id for action in actions.SHIPPED.footer("session", ENGINE_ACTIONS)]
    assert shown[0] == "run"
    assert shown[-2:] == ["help", "leave"]
    assert len(shown) <= actions.FOOTER_LIMIT + 2


@pytest.mark.parametrize("place", SCREENS)
def test_the_help_page_names_every_key(place: Place) -> None:
    text = "\n".join(f"{one.label}{one.text}" for one in page(place))
    for action in actions.SHIPPED.of(place):
        assert action.shown_key in text
        assert action.help in text
        assert action.consequence in text


def test_an_unknown_action_is_an_error() -> None:
    with pytest.raises(KeyError):
        actions.SHIPPED.find("home", "run")
