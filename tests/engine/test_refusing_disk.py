"""A disk that refuses: outcomes wait until they are durable, nothing new starts, outputs may be lost, results not."""

from __future__ import annotations

import hashlib
import resource
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from smtui.engine.decisions import Refused
from smtui.engine.news import Trouble
from smtui.session import events as ev

from .conftest import PATIENCE, Bench, item, program

Make = Callable[..., Bench]
WAITS = "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)\nprint('done')"


@contextmanager
def no_byte_more(bench: Bench) -> Iterator[None]:
    """Any file of this process may be as long as the journal is now: EFBIG, as a quota would say EDQUOT."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (bench.file.folder / "session.toml").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def until(done: Callable[[], bool]) -> None:
    rest = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        if done():
            return
        rest.wait(0.01)
    raise AssertionError("it never came to that")


def troubles(bench: Bench) -> list[str]:
    return [news.text for news in bench.heard if isinstance(news, Trouble)]


def test_an_outcome_that_the_journal_refuses_is_recorded_once_the_cause_is_gone(bench: Make) -> None:
    made = bench(item("a", f"run = {program(WAITS)}"), item("b", f"run = {program('pass')}"))
    made.engine.run("s.a")
    until(lambda: bool(made.engine.state.items["s.a"].attempts and made.engine.state.items["s.a"].attempts[0].remote))
    with no_byte_more(made):
        (made.folder / "go").touch()
        until(lambda: bool(troubles(made)))
        with pytest.raises(Refused, match="EFBIG"):
            made.engine.run("s.b")
        assert not made.engine.idle.wait(0.1)
        assert made.engine.state.items["s.a"].status == "running"
    made.wait()
    assert made.engine.state.items["s.a"].status == "done"
    until(lambda: any(isinstance(event, ev.Halted) and event.over for event in made.events()))
    (told,) = [text for text in troubles(made) if "session.toml" in text]
    assert "File too large (EFBIG)" in told
    halts = [event for event in made.events() if isinstance(event, ev.Halted)]
    assert [halt.over for halt in halts] == [False, True]
    until(lambda: made.engine.state.halted == "")  # the state is folded a moment after the event is on the disk
    until(lambda: "run" in made.engine.allowed("s.b"))
    made.engine.run("s.b")
    made.wait()
    assert made.engine.state.items["s.b"].status == "done"


def test_an_intent_that_the_journal_refuses_is_no_action(bench: Make) -> None:
    made = bench(item("a", f"run = {program('import pathlib; pathlib.Path(chr(120)).touch()')}"))
    with no_byte_more(made):
        made.engine.run("s.a")
        made.wait()
    until(lambda: made.engine.state.seq == 3)
    assert [type(event).__name__ for event in made.events()] == ["Opened", "Halted", "Halted"]
    assert not (made.folder / "x").exists()
    assert made.engine.state.items["s.a"].status == "todo"


def test_a_decision_that_the_journal_refuses_did_not_happen(bench: Make) -> None:
    made = bench(item("a"))
    with no_byte_more(made), pytest.raises(Exception, match="EFBIG"):
        made.engine.confirm("s.a", {})
    assert made.engine.state.items["s.a"].status == "todo"
    made.engine.confirm("s.a", {})
    assert made.engine.state.items["s.a"].status == "done"


def test_a_program_whose_ids_cannot_be_recorded_does_not_run(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smtui.engine.attempt.ACCEPTED_PATIENCE", 0.0)
    code = "import pathlib; pathlib.Path(chr(120)).touch()"
    made = bench(item("a", f"run = {program(code)}"))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    def refuse_after_the_intent(news: object) -> None:
        if made.file.records[-1].seq == 2:
            size = (made.file.folder / "session.toml").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, unlimited[1]))

    made.engine.subscribe(refuse_after_the_intent)
    try:
        made.engine.run("s.a")
        until(lambda: bool(troubles(made)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    made.wait()
    attempt = made.engine.state.items["s.a"].attempts[0]
    assert (attempt.outcome, attempt.remote, attempt.output_sha256) == ("failed", {}, hashlib.sha256(b"").hexdigest())
    assert "nothing was run" in attempt.reason
    assert not (made.folder / "x").exists()


def test_an_output_that_cannot_be_made_leaves_the_result_as_it_is(bench: Make) -> None:
    made = bench(item("a", f"run = {program('print(1)')}"))
    shutil.rmtree(made.file.folder / "outputs")
    made.engine.run("s.a")
    made.wait()
    state = made.engine.state.items["s.a"]
    assert (state.status, state.attempts[0].exit_code, state.attempts[0].output_sha256) == ("done", 0, None)
    assert "the output is incomplete" in state.attempts[0].reason
    assert made.engine.recent_output("s.a") == "1\n"


def test_an_output_that_cannot_be_stored_in_full_leaves_the_result_as_it_is(bench: Make) -> None:
    made = bench(item("a", f"run = {program('print(chr(120) * 300_000)')}"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        made.engine.run("s.a")
        made.wait()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    state = made.engine.state.items["s.a"]
    assert (state.status, state.attempts[0].outcome, state.attempts[0].output_sha256) == ("done", "ok", None)
    assert "EFBIG" in state.attempts[0].reason
    assert made.store.problems(made.session) == ()


def test_a_settlement_names_the_output_that_its_digest_is_of(bench: Make) -> None:
    first = bench(item("a", f"run = {program('import time; print(1, flush=True); time.sleep(60)')}"))
    first.engine.run("s.a")
    until(lambda: first.engine.recent_output("s.a") == "1\n")
    first.engine.cancel("s.a", "wrong one")
    first.wait()
    cancelled = first.engine.state.items["s.a"].attempts[0]
    first.engine.settle("s.a")
    first.wait()
    settled = first.engine.state.items["s.a"].attempts[0]
    assert settled.settled
    assert settled.output == cancelled.output.removesuffix(".txt") + f"-settled-{cancelled.ended_seq:06d}.txt"
    assert settled.output_sha256 == hashlib.sha256(b"").hexdigest()
    assert first.store.problems(first.session) == ()
    for name in (cancelled.output, settled.output):
        path = first.file.folder / "outputs" / name
        kept = path.read_bytes()
        path.write_bytes(b"forged")
        (problem,) = first.store.problems(first.session)
        assert name in problem
        path.write_bytes(kept)
