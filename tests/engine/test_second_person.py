"""Items that take two persons: who may agree, to what exactly, for how long, and what it is to do without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from smtui.engine.approval import VALID, as_code, code_of
from smtui.engine.decisions import Refused, allowed
from smtui.engine.news import Trouble
from smtui.session import events as ev
from smtui.session.inbox import Delivered, Word
from smtui.session.state import Approval

from .conftest import UID, Bench, item, program

Make = Callable[..., Bench]
SECOND = 4002
TWICE = "approve = 2\n"
RUN = f'{TWICE}consequential = true\ncaution = "x"\nrun = {program("print(1)")}\n'


def approval_of(bench: Bench, name: str = "s.a") -> Approval:
    approval = bench.engine.state.items[name].approval
    assert approval is not None
    return approval


def says(bench: Bench, uid: int = SECOND, **more: str) -> Delivered:
    """What a second person leaves about the request of the only item."""
    approval = approval_of(bench)
    word = {
        "decision": "approved",
        "session": bench.session,
        "code": approval.code,
        "request": approval.seal,
        "deed_sha256": approval.deed_sha256,
        **more,
    }
    told = Word(**word, at=approval.asked, host="jump", origin="10.0.0.9")  # type: ignore[arg-type]
    return Delivered("file.toml", uid, f"account{uid}", told)


def run(bench: Bench) -> None:
    bench.engine.run("s.a", "this machine")
    bench.wait()


def troubles(bench: Bench) -> str:
    return " ".join(news.text for news in bench.heard if isinstance(news, Trouble))


def test_nothing_is_done_before_a_second_account_has_agreed(bench: Make) -> None:
    one = bench(item("a", RUN))
    assert "run" not in one.engine.allowed("s.a")
    with pytest.raises(Refused, match="takes 2 persons"):
        run(one)
    code = one.engine.request_approval("s.a")
    assert {"withdraw", "break-glass"} <= set(one.engine.allowed("s.a"))
    with pytest.raises(Refused, match=f"smtui approve {code}"):
        run(one)
    one.engine.hear(says(one))
    run(one)
    assert one.engine.state.items["s.a"].status == "done"
    kinds = [type(event).__name__ for event in one.events()]
    assert kinds.index("ApprovalRequested") < kinds.index("Approved") < kinds.index("Started")


@pytest.mark.parametrize(
    ("uid", "more", "why"),
    [
        (UID, {}, "the operator is not the second person"),
        (0, {}, "root is nobody's own account"),
        (SECOND, {"session": "another"}, "nobody asked"),
        (SECOND, {"code": "AAA-AAA"}, "nobody asked"),
        (SECOND, {"request": "0" * 64}, "another request"),
        (SECOND, {"deed_sha256": "0" * 64}, "another request"),
    ],
)
def test_what_does_not_count_says_why_and_changes_nothing(
    bench: Make, uid: int, more: dict[str, str], why: str
) -> None:
    one = bench(item("a", RUN))
    one.engine.request_approval("s.a")
    one.engine.hear(says(one, uid, **more))
    assert why in troubles(one)
    assert "run" not in one.engine.allowed("s.a")
    assert not any(isinstance(event, ev.Approved) for event in one.events())


def test_what_lay_there_before_is_passed_over_in_silence(bench: Make) -> None:
    one = bench(item("a", RUN))
    one.engine.request_approval("s.a")
    one.engine.hear(says(one, UID), old=True)
    assert not troubles(one)


def test_an_approval_is_used_once(bench: Make) -> None:
    one = bench(item("a", f"{TWICE}run = {program('import sys; sys.exit(3)')}\n"))
    one.engine.request_approval("s.a")
    one.engine.hear(says(one))
    run(one)
    assert one.engine.state.items["s.a"].status == "failed"
    assert "run" not in one.engine.allowed("s.a")
    old = says(one)
    one.engine.hear(old)
    assert "waits no more (used)" in troubles(one)
    one.engine.request_approval("s.a")
    one.engine.hear(old)
    assert "run" not in one.engine.allowed("s.a"), "what was said of the first request says nothing of the second"
    one.engine.hear(says(one))
    run(one)
    assert [attempt.number for attempt in one.engine.state.items["s.a"].attempts] == [1, 2]


def test_an_approval_holds_for_a_time(bench: Make) -> None:
    one = bench(item("a", RUN))
    one.engine.request_approval("s.a")
    one.engine.hear(says(one))
    state = one.engine.state
    step, asked = state.procedure.by_id["s.a"], approval_of(one).asked
    assert "run" in allowed(step, state, asked + VALID - timedelta(seconds=1))
    late = allowed(step, state, asked + VALID + timedelta(seconds=1))
    assert "run" not in late
    assert "request" in late


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (ev.EnvironmentChanged(reason="new address", sha256="0" * 64, difference=()), "environment was changed"),
        (ev.Resumed(smtui="0", machine="another", boot_id="b", uid=UID), "another machine"),
    ],
)
def test_an_approval_ends_with_what_it_was_given_for(bench: Make, event: ev.Event, why: str) -> None:
    one = bench(item("a", RUN))
    one.engine.request_approval("s.a")
    one.engine.hear(says(one))
    one.engine._recorder.append(event)
    assert why in approval_of(one).ended
    assert "run" not in one.engine.allowed("s.a")


def shift(bench: Bench, uid: int) -> None:
    bench.engine._recorder.append(ev.Resumed(smtui="0", machine="here", boot_id="b", uid=uid))


def test_who_agreed_cannot_take_the_session_up_and_run_it(bench: Make) -> None:
    one = bench(item("a", RUN))
    one.engine.request_approval("s.a")
    one.engine.hear(says(one))
    shift(one, SECOND)
    assert "run" not in one.engine.allowed("s.a")
    assert "another account" in approval_of(one).ended
    one.engine.request_approval("s.a")
    one.engine.hear(says(one, UID))
    assert "run" in one.engine.allowed("s.a"), "the operator of before is the second person now"


def test_what_a_third_account_agreed_to_holds_for_the_next_shift(bench: Make) -> None:
    one = bench(item("a", RUN))
    one.engine.request_approval("s.a")
    one.engine.hear(says(one))
    shift(one, 4003)
    assert "run" in one.engine.allowed("s.a")
    shift(one, UID)
    assert "run" in one.engine.allowed("s.a")


def test_a_broken_glass_is_of_who_broke_it(bench: Make) -> None:
    one = bench(item("a", RUN))
    one.engine.break_glass("s.a", "alone")
    shift(one, UID)
    assert "run" in one.engine.allowed("s.a"), "a crash changes no account"
    shift(one, SECOND)
    assert "run" not in one.engine.allowed("s.a")


def test_by_hand_takes_two_persons_too(bench: Make) -> None:
    one = bench(item("a", TWICE))
    with pytest.raises(Refused, match="takes 2 persons"):
        one.engine.confirm("s.a", {}, "done")
    one.engine.request_approval("s.a")
    one.engine.hear(says(one))
    one.engine.confirm("s.a", {}, "done")
    assert approval_of(one).ended == "used"
    one.engine.reopen("s.a", "again")
    assert "confirm" not in one.engine.allowed("s.a")


def test_three_persons_are_two_others(bench: Make) -> None:
    one = bench(item("a", "approve = 3\n"))
    one.engine.request_approval("s.a")
    one.engine.hear(says(one))
    one.engine.hear(says(one))
    assert "agreed already" in troubles(one)
    assert "confirm" not in one.engine.allowed("s.a")
    one.engine.hear(says(one, 4003))
    assert "confirm" in one.engine.allowed("s.a")


def test_a_second_person_may_say_no_also_after_they_agreed(bench: Make) -> None:
    one = bench(item("a", RUN))
    one.engine.request_approval("s.a")
    one.engine.hear(says(one))
    one.engine.hear(says(one, decision="refused", reason="wrong server"))
    assert approval_of(one).ended == f"account{SECOND} said no: wrong server"
    assert "run" not in one.engine.allowed("s.a")
    assert "request" in one.engine.allowed("s.a")


def test_a_request_can_be_taken_back(bench: Make) -> None:
    one = bench(item("a", RUN))
    one.engine.request_approval("s.a")
    word = says(one)
    with pytest.raises(Refused, match="reason"):
        one.engine.withdraw_approval("s.a", " ")
    one.engine.withdraw_approval("s.a", "another way was found")
    one.engine.hear(word)
    assert "waits no more" in troubles(one)
    assert "run" not in one.engine.allowed("s.a")


def test_breaking_the_glass_takes_a_reason_and_holds_for_one_attempt(bench: Make) -> None:
    one = bench(item("a", f"{TWICE}run = {program('import sys; sys.exit(3)')}\n"))
    with pytest.raises(Refused, match="reason"):
        one.engine.break_glass("s.a", "")
    one.engine.break_glass("s.a", "alone on shift, the queue is full")
    run(one)
    assert "run" not in one.engine.allowed("s.a")
    assert "break-glass" in one.engine.allowed("s.a")
    (event,) = [event for event in one.events() if isinstance(event, ev.BrokenGlass)]
    assert (event.attempt, event.reason) == (1, "alone on shift, the queue is full")


def test_it_survives_a_crash(bench: Make) -> None:
    one = bench(item("a", RUN))
    one.engine.request_approval("s.a")
    word = says(one)
    again = bench(again=one)
    again.engine.hear(word)
    assert "run" in again.engine.allowed("s.a")


def test_a_private_session_says_that_nobody_else_can_agree(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    one = bench(item("a", RUN))
    monkeypatch.setattr(one.engine._second, "_shared", False)
    with pytest.raises(Refused, match="private folder"):
        one.engine.request_approval("s.a")
    assert "break-glass" in one.engine.allowed("s.a")


def test_what_waits_for_others_is_not_asked_for(bench: Make) -> None:
    one = bench(item("first"), item("a", f'{RUN}requires = ["first"]\n'))
    assert not {"request", "break-glass", "run"} & set(one.engine.allowed("s.a"))


@pytest.mark.parametrize("typed", ["K7Q-M2P", "k7qm2p", " k7q m2p "])
def test_a_code_is_understood_as_it_is_read_aloud(typed: str) -> None:
    assert as_code(typed) == "K7Q-M2P"
    assert as_code("OIL-000") == "011-000"


def test_codes_of_one_deed_differ_from_request_to_request() -> None:
    assert len({code_of("deed", seq) for seq in range(500)}) == 500
