from __future__ import annotations

from pathlib import Path

import pytest

from smtui.engine.decisions import Refused
from smtui.session.events import Left
from smtui.session.store import Store
from smtui.telling.readonly import LookOnlyError, ReadOnly
from smtui.tui.opened import OpenedSessions
from tests.tui.recovery import Recovery, recovery


def left(root: Path) -> list[Left]:
    store = Store(root)
    return [record.event for record in store.read(store.ids()[0]).records if isinstance(record.event, Left)]


def test_parting_is_written_once(tmp_path: Path) -> None:
    opened = OpenedSessions()
    opened.add(recovery(tmp_path).engine)
    opened.part("left by the operator")
    opened.part("ended by SIGTERM")
    assert [event.reason for event in left(tmp_path)] == ["left by the operator"]


def test_a_complete_session_is_not_left(tmp_path: Path) -> None:
    plan = recovery(tmp_path)
    plan.close_all_but()
    plan.engine.complete()
    opened = OpenedSessions()
    opened.add(plan.engine)
    opened.part("left by the operator")
    assert left(tmp_path) == []
    assert opened.unfinished() == ()
    assert opened.exit_code() == 4


def test_the_exit_code_is_that_of_the_latest_session(plan: Recovery) -> None:
    opened = OpenedSessions()
    assert opened.exit_code() == 0
    opened.add(plan.engine)
    assert opened.exit_code() == 75
    assert opened.find(plan.engine.state.session) is plan.engine
    assert opened.find("another") is None


def test_what_opens_after_the_stop_starts_nothing(plan: Recovery) -> None:
    opened = OpenedSessions()
    opened.stop()
    opened.add(plan.engine)
    with pytest.raises(Refused, match="nothing more is started"):
        plan.engine.sense("baseline.target-identity")


def test_a_session_that_is_looked_at_refuses_everything(plan: Recovery) -> None:
    engine = ReadOnly(plan.engine.state, "damaged at event 12")
    item = "baseline.announce"
    tries = (
        lambda: engine.run(item), lambda: engine.sense(item), lambda: engine.settle(item),
        lambda: engine.cancel(item, "r"),
        lambda: engine.confirm(item, {}), lambda: engine.accept_sensed(item), lambda: engine.skip(item, "r"),
        lambda: engine.defer(item, "r"), lambda: engine.override(item, "r"), lambda: engine.reopen(item, "r"),
        lambda: engine.choose(item, "b"), lambda: engine.note("text"), engine.complete,
    )  # fmt: skip
    for attempt in tries:
        try:
            attempt()
        except LookOnlyError as error:
            assert "damaged at event 12" in str(error)  # noqa: PT017 - each of them must raise
        else:
            raise AssertionError("it was not refused")
    assert engine.allowed(item) == ()
    assert "{promoted.fqdn}" in engine.preview(item).by_hand
