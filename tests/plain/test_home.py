from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest

from smtui.plain.home import Home
from smtui.plain.voice import Silence, Voice
from tests.plain.speaking import heard
from tests.tui.pictures import prepared, sessions
from tests.tui.recovery import START, SmallDesk, recovery


def home(desk: SmallDesk, *answers: str) -> tuple[Home, io.StringIO]:
    sink = io.StringIO()
    voice = Voice(io.StringIO("".join(f"{answer}\n" for answer in answers)), sink, echo=True)
    return Home(desk, voice, lambda: START + timedelta(minutes=12)), sink


def test_an_unfinished_session_is_offered_first_with_what_it_waits_for(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    talk, sink = home(SmallDesk(tmp_path, sessions(), plan), "1")
    assert talk.pick() is plan.engine
    assert "1 unfinished sessions" in sink.getvalue()
    assert "waits for 3.4 Stop Microsoft Monitoring Agent (unknown)" in " ".join(sink.getvalue().split())


def test_a_checklist_asks_its_questions_and_starts_on_a_yes(tmp_path: Path) -> None:
    desk = SmallDesk(tmp_path)
    talk, _ = home(desk, "1", "2", "", "yes")
    engine = talk.pick()
    assert engine is not None
    assert desk.started == [{"promoted": "SM02", "former": "SM01"}]


@pytest.mark.parametrize("answers", [("1", "", ""), ("1", "2", "1", "no", ""), ("7", "x", "")])
def test_going_back_makes_no_session(tmp_path: Path, answers: tuple[str, ...]) -> None:
    desk = SmallDesk(tmp_path)
    talk, _ = home(desk, *answers)
    assert talk.pick() is None
    assert desk.started == []


def test_that_passwords_can_be_read_is_said_first(tmp_path: Path) -> None:
    desk = SmallDesk(tmp_path)
    desk.insecure = ("SM02: its certificate is not checked",)
    talk, sink = home(desk, "")
    assert talk.pick() is None
    assert "INSECURE: passwords can be read on the network (SM02: its certificate is not" in sink.getvalue()
    _, said = heard(recovery(tmp_path / "open", insecure=desk.insecure), "quit")
    assert "INSECURE: passwords can be read on the network (SM02: its certificate is not" in said


def test_the_end_of_the_input_is_noticed(tmp_path: Path) -> None:
    talk, _ = home(SmallDesk(tmp_path))
    with pytest.raises(Silence):
        talk.pick()


def test_what_the_desk_cannot_do_is_said(tmp_path: Path) -> None:
    talk, sink = home(SmallDesk(tmp_path, sessions()), "1", "")
    assert talk.pick() is None
    assert "Not done: 2026-03-14T0240Z-promote-management-server is held by another process" in " ".join(
        sink.getvalue().split()
    )
