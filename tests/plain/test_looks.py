"""What the screens around a session show, as lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plain.speaking import heard
from tests.plain.test_home import home
from tests.tui.pictures import prepared, sessions
from tests.tui.recovery import SmallDesk


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("ready", "reboot-pending, SM02: Windows Update waits for a restart. To mend it: restart SM02"),
        ("ready", "NOT READY: 2 problems."),
        ("targets", "at 127.0.0.1 port 1 is NOT reachable: No route to host."),
        ("history", "1.1 baseline.announce: 60 s."),
        ("report", "INCOMPLETE: The session is not finished"),
    ],
)
def test_a_session_can_be_looked_at_from_around(tmp_path: Path, word: str, said: str) -> None:
    plan = prepared(tmp_path)
    before = plan.engine.state.items
    _, text = heard(plan, word, "", desk=SmallDesk(tmp_path, (), plan))
    assert said in flat(text)
    assert plan.engine.state.items == before


def test_the_report_goes_where_one_says(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    desk = SmallDesk(tmp_path, (), plan)
    _, text = heard(plan, "report", "~/evidence", desk=desk)
    assert desk.exported == (plan.engine.state.session, "~/evidence")
    assert "~/evidence.zip" in text


def test_without_a_desk_the_commands_are_named(tmp_path: Path) -> None:
    _, text = heard(prepared(tmp_path), "ready")
    assert "use smtui check, smtui report and smtui history" in flat(text)


def test_before_any_session_the_deployment_is_looked_at(tmp_path: Path) -> None:
    desk = SmallDesk(tmp_path, sessions(), prepared(tmp_path))
    talk, sink = home(desk, "3", "4", "5", "")
    assert talk.pick() is None
    for said in ("NOT READY: 2 problems.", "port 3 is reachable.", "median of 2: 55 min."):
        assert said in flat(sink.getvalue())
    assert desk.readied == [None]


def test_what_a_session_is_for_is_asked_on_request(tmp_path: Path) -> None:
    desk = SmallDesk(tmp_path)
    talk, sink = home(desk, "1", "2", "", "more", "-", "fire in hall 2", "", "observer=Carl", "2h", "", "", "", "yes")
    assert talk.pick() is not None
    said = desk.said
    assert (said.ticket, said.scenario, said.people, said.rto) == ("", "fire in hall 2", "observer=Carl", "2h")
    assert "Ticket, of the incident or change (INC-4711)?" in sink.getvalue()
