from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from smtui.telling.statuses import LOOKS
from smtui.tui.app import SmtuiApp, Surroundings
from smtui.tui.frames import ascii_of
from smtui.tui.launch import ascii_only, mouse, theme
from smtui.tui.settings import SHIPPED_SETTINGS, THEME_NAMES, Settings, SettingsError, load_settings
from smtui.tui.widgets.keyline import KeyLine
from tests.tui.pictures import prepared
from tests.tui.recovery import recovery
from tests.tui.showing import around, show


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_nothing_is_set(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.toml") == SHIPPED_SETTINGS


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    path = written(tmp_path, 'theme = "light"\nmouse = false\nascii = true\n[keys]\n"session.run" = "z,f9"\n')
    assert load_settings(path) == Settings("light", mouse=False, ascii=True, keys={"session.run": "z,f9"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('thme = "light"', "unknown setting 'thme'; did you mean 'theme'?"),
        ('theme = "pink"', "theme 'pink' is none of dark, light, terminal, terminal-light, high-contrast"),
        ('mouse = "yes"', "mouse is true or false"),
        ("keys = 3", "keys is a table"),
        ('[keys]\n"session.rum" = "y"', "there is no action \"session.rum\"; did you mean 'session.run'?"),
        ('[keys]\n"session.run" = ""', '"session.run" needs a key'),
        ('[keys]\n"session.run" = "s"', 'key s would mean both "session.run" and "session.skip"'),
        ('[keys]\n"session.run" = "B"', "B may be left of a key that the link tore apart"),
        ("theme = ", "Invalid value"),
        ("a = " + "[" * 100_000, "larger than 64 KiB"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(written(tmp_path, text))
    assert said in str(raised.value)
    assert str(tmp_path) in str(raised.value)


def test_all_of_it_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(written(tmp_path, 'theme = "pink"\nmouse = 1\n[keys]\n"nothing" = "y"\n'))
    assert len(str(raised.value).splitlines()) == 3


async def test_a_key_of_ones_own_acts_and_is_shown_everywhere(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    own = with_keys({"session.settle": "z", "session.skip": "f9"})
    async with show(plan, (120, 40), surroundings=own) as operator:
        assert "z Settle" in operator.app.screen.query_one(KeyLine).shown
        assert "z finds out what became of it" in " ".join(operator.text().split())
        await operator.press("u")
        assert "find out what became of it?" not in operator.text()
        await operator.press("z")
        assert "find out what became of it?" in operator.text()
        await operator.press("escape", "question_mark")
        assert "z          Settle" in operator.text()


def with_keys(keys: dict[str, str]) -> Surroundings:
    return dataclasses.replace(around(), keys=keys)


@given(st.text(st.characters(exclude_categories=["C"])))
def test_ascii_keeps_every_cell(text: str) -> None:
    shown = ascii_of(text)
    assert shown.isascii()
    assert len(shown) == cell_len(text)


def test_marks_stay_different_in_ascii() -> None:
    shapes = [ascii_of(look.shape) for look in LOOKS.values()]
    assert len(set(shapes)) == len(shapes)
    assert ascii_of("→") not in shapes


def test_what_the_terminal_can_show_is_asked_of_its_surroundings() -> None:
    assert not ascii_only({})
    assert not ascii_only({"LANG": "de_DE.UTF-8", "TERM": "xterm"})
    assert ascii_only({"LANG": "de_DE.UTF-8", "LC_ALL": "C"})
    assert ascii_only({"LANG": "de_DE.ISO-8859-1"})
    assert ascii_only({"LANG": "C.UTF-8", "TERM": "linux"})
    assert not ascii_only({"LC_ALL": "C"}, Settings(ascii=False))
    assert mouse({"SSH_TTY": "/dev/pts/1"}, Settings(mouse=True))
    assert not mouse({"SMTUI_MOUSE": "0"}, Settings(mouse=True))
    assert theme({"COLORTERM": "truecolor"}, Settings(theme="high-contrast")) == "high-contrast"


@pytest.mark.parametrize("name", THEME_NAMES.values())
async def test_every_theme_shows_every_word(tmp_path: Path, name: str) -> None:
    async with show(prepared(tmp_path), theme=name) as operator:
        assert operator.app.theme == name
        for words in ("✓ done", "? unknown", "» deferred", "○ to do", "→ next 3.4"):
            assert words in operator.text()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_small_and_large_screens_show_what_is_next_and_the_way_out(tmp_path: Path, size: tuple[int, int]) -> None:
    async with show(recovery(tmp_path), size) as operator:
        shown = operator.text()
        assert "→ next 1.1" in shown
        assert "q Leave" in shown
        assert "DRILL" in shown


def test_the_app_takes_its_keys_from_outside() -> None:
    app = SmtuiApp(with_keys({"home.leave": "z"}))
    assert app.registry.key("home", "leave") == "z"
