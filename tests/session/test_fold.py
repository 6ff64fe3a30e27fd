"""State is what the records add up to: each rule of design 2 and 7, one story at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from smtui.checklist.model import Action, Checklist, Condition, Item, Section, Sense
from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.session import events as ev
from smtui.session.events import Event, Record, Stamp
from smtui.session.fold import Fold
from smtui.session.state import ItemState, SessionState

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
RUN = Action(on="sm02", script="service-stop.ps1")
LOOK = Sense(on="sm02", script="service-status.ps1", expect={"status": Condition(equal="Stopped")})


def item(name: str, **more: object) -> Item:
    return Item(id=name, title=name, by_hand="By hand.", **more)  # type: ignore[arg-type]


ITEMS = {
    "stop": item("stop", run=RUN, sense=LOOK),
    "blind": item("blind", run=RUN),
    "check": item("check", sense=LOOK),
    "hand": item("hand"),
    "route": item("route", choose={"rebuild": "Rebuild", "promote": "Promote"}),
    "rebuild": item("rebuild"),
    "start": item("start", run=RUN, sense=LOOK),
    "lab": item("lab", modes=("exercise",)),
}
WHEN = {"rebuild": ("s.route = rebuild",)}
HOLDS = {"stop": "s.start"}


def procedure() -> Procedure:
    steps = tuple(
        Step(
            id=f"s.{name}",
            number=f"1.{number}",
            section="s",
            item=one,
            requires=(),
            when=WHEN.get(name, ()),
            holds_until=HOLDS.get(name),
            undo_of=None,
            inputs={},
        )
        for number, (name, one) in enumerate(ITEMS.items(), 1)
    )
    section = Section(id="s", title="S", items=tuple(ITEMS.values()))
    checklist = Checklist(id="c", title="C", version="1", source="test", sections=(section,))
    return Procedure(checklist=checklist, headings=(Heading("s", "1", "S", None),), steps=steps, scripts={})


OPENED = ev.Opened(
    format=1, session="x", checklist="c", title="C", version="1", mode="drill", environment="lab", files=(),
    smtui="0", machine="m", boot_id="b",
)  # fmt: skip


def fold(*events: Event) -> SessionState:
    folded = Fold(procedure())
    for seq, event in enumerate((OPENED, *events), 1):
        at = START + timedelta(seconds=seq)
        folded.feed(
            Record(seq=seq, sha256="0" * 64, stamp=Stamp(at=at, boottime=1.0, by="op@m", origin="local"), event=event)
        )
    return folded.state()


def after(name: str, *events: Event) -> ItemState:
    return fold(*events).items[f"s.{name}"]


def started(name: str, target: str = "SM02", of: int = 1, token: str = "t1") -> ev.Started:
    return ev.Started(
        item=f"s.{name}", attempt=1, target=target, token=token, action_sha256="0" * 64, output="o.txt", of=of
    )


def ended(
    name: str, outcome: ev.Outcome = "ok", target: str = "SM02", token: str = "t1", *, settled: bool = False
) -> ev.Ended:
    return ev.Ended(item=f"s.{name}", target=target, token=token, outcome=outcome, reason="why", settled=settled)


def sensed(name: str, answer: ev.Answer, target: str = "SM02", of: int = 1) -> ev.Sensed:
    return ev.Sensed(item=f"s.{name}", target=target, answer=answer, why="seen", of=of)


RESUMED = ev.Resumed(smtui="0", machine="m", boot_id="b")


@pytest.mark.parametrize(
    ("events", "status", "grade"),
    [
        ((), "todo", None),
        ((started("stop"),), "running", None),
        ((started("stop"), ended("stop")), "running", None),
        ((started("stop"), ended("stop"), sensed("stop", "agrees")), "done", "verified"),
        ((started("stop"), ended("stop"), sensed("stop", "differs")), "failed", None),
        ((started("stop"), ended("stop"), sensed("stop", "cannot-tell")), "done", "executed"),
        ((started("stop"), ended("stop"), sensed("stop", "in-progress")), "running", None),
        ((started("stop"), ended("stop", "failed")), "failed", None),
        ((started("stop"), ended("stop", "failed"), sensed("stop", "agrees")), "failed", None),
        ((started("stop"), ended("stop", "unknown")), "unknown", None),
        ((started("stop"), ended("stop", "unknown"), sensed("stop", "agrees")), "unknown", None),
        ((started("stop"), ended("stop", "unknown", settled=True)), "unknown", None),
        ((started("stop"), ended("stop", "unknown", settled=True), sensed("stop", "agrees")), "done", "sensed"),
        ((started("stop"), ended("stop", "unknown", settled=True), sensed("stop", "differs")), "todo", None),
        ((started("stop"), ended("stop", "unknown", settled=True), sensed("stop", "cannot-tell")), "unknown", None),
        ((started("stop"), RESUMED), "unknown", None),
        ((started("stop"), RESUMED, ended("stop"), sensed("stop", "agrees")), "done", "verified"),
        ((started("stop"), ended("stop"), RESUMED), "unknown", None),
        ((started("stop"), ended("stop"), RESUMED, sensed("stop", "agrees")), "done", "verified"),
        ((sensed("stop", "agrees"),), "todo", None),
        ((sensed("stop", "agrees"), ev.Confirmed(item="s.stop", grade="sensed")), "done", "sensed"),
        ((ev.Skipped(item="s.stop", reason="r"),), "skipped", None),
        ((ev.Deferred(item="s.stop", reason="r"),), "deferred", None),
        ((sensed("stop", "differs"), ev.Overridden(item="s.stop", reason="r")), "done", "overridden"),
        ((ev.Skipped(item="s.stop", reason="r"), ev.Reopened(item="s.stop", reason="r")), "todo", None),
        ((started("stop"), ended("stop", "failed"), ev.Reopened(item="s.stop", reason="r")), "todo", None),
    ],
)
def test_an_automatic_item(events: tuple[Event, ...], status: str, grade: str | None) -> None:
    state = after("stop", *events)
    assert (state.status, state.grade) == (status, grade)


@pytest.mark.parametrize(
    ("events", "status", "grade"),
    [
        ((started("blind"), ended("blind")), "done", "executed"),
        ((started("blind"), ended("blind", "unknown", settled=True)), "unknown", None),
    ],
)
def test_an_automatic_item_that_nobody_can_look_at(events: tuple[Event, ...], status: str, grade: str | None) -> None:
    state = after("blind", *events)
    assert (state.status, state.grade) == (status, grade)


@pytest.mark.parametrize(
    ("answers", "status", "grade"),
    [
        (("agrees",), "done", "sensed"),
        (("differs",), "failed", None),
        (("cannot-tell",), "todo", None),
        (("differs", "agrees"), "done", "sensed"),
        (("agrees", "differs"), "reverted", None),
    ],
)
def test_a_check_is_done_when_the_state_agrees(answers: tuple[ev.Answer, ...], status: str, grade: str | None) -> None:
    state = after("check", *(sensed("check", answer) for answer in answers))
    assert (state.status, state.grade) == (status, grade)


def test_a_done_item_that_is_so_no_more_is_reverted() -> None:
    done = (started("stop"), ended("stop"), sensed("stop", "agrees"))
    assert after("stop", *done, sensed("stop", "differs")).status == "reverted"


def test_what_the_procedure_itself_undoes_is_not_reverted() -> None:
    done = (started("stop"), ended("stop"), sensed("stop", "agrees"))
    assert after("stop", *done, started("start", token="t2"), sensed("stop", "differs")).status == "done"


def test_effect_lost_is_never_verified() -> None:
    state = after("stop", started("stop"), ended("stop"), sensed("stop", "differs"), RESUMED)
    assert (state.status, state.grade) == ("failed", None)


def test_a_fan_out_is_as_bad_as_its_worst_target() -> None:
    first = (started("stop", "SM01", 2, "a"), started("stop", "SM02", 2, "b"))
    both = (*first, ended("stop", "ok", "SM01", "a"), ended("stop", "failed", "SM02", "b"))
    assert after("stop", *both).status == "failed"


def test_a_fan_out_is_done_only_when_every_target_was_tried_and_looked_at() -> None:
    one = (started("stop", "SM01", 2, "a"), ended("stop", "ok", "SM01", "a"), RESUMED)
    assert after("stop", *one).status == "todo"
    two = (*one, started("stop", "SM02", 2, "b"), ended("stop", "ok", "SM02", "b"))
    half = (*two, sensed("stop", "agrees", "SM01", 2))
    assert after("stop", *half).status == "running"
    assert after("stop", *half, sensed("stop", "agrees", "SM02", 2)).grade == "verified"


def test_a_branch_rules_out_the_items_of_the_others() -> None:
    assert after("rebuild").status == "todo"
    assert after("rebuild", ev.Chosen(item="s.route", branch="rebuild")).status == "todo"
    other = after("rebuild", ev.Chosen(item="s.route", branch="promote"))
    assert (other.status, other.reason) == ("not-applicable", "s.route is promote")
    assert after("route", ev.Chosen(item="s.route", branch="promote")).status == "done"


def test_an_item_of_another_mode_does_not_apply() -> None:
    assert after("lab").status == "not-applicable"


def test_the_next_item_is_the_first_that_is_open() -> None:
    assert fold().next_item == "s.stop"
    assert fold(ev.Skipped(item="s.stop", reason="r")).next_item == "s.blind"


def test_folding_twice_gives_the_same() -> None:
    story = (started("stop"), RESUMED, ended("stop", "unknown", settled=True), sensed("stop", "differs"))
    assert fold(*story) == fold(*story)


def test_events_of_items_that_the_procedure_lacks_change_nothing_else() -> None:
    assert fold(ev.Skipped(item="gone.item", reason="r")).items == fold().items


def test_evidence_and_actor_are_kept() -> None:
    state = after("hand", ev.Confirmed(item="s.hand", grade="attested", evidence={"who": "Ada"}))
    assert (state.status, state.grade, state.evidence, state.actor) == ("done", "attested", {"who": "Ada"}, "op@m")


def test_completed_is_taken_back_by_reopening() -> None:
    assert fold(ev.Completed(verdict="complete")).completed == "complete"
    assert fold(ev.Completed(verdict="complete"), ev.Reopened(item="s.hand", reason="r")).completed is None
