"""`retry`: an attempt of which nothing ran is made again; one that began never is."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from smtui.engine.news import Changed, News
from smtui.session.events import Ended, Started

from .conftest import Bench, item, program

Make = Callable[..., Bench]


def _named(path: Path, retry: int) -> str:
    return item("a", f'retry = {retry}\nrun = {{ on = "local", command = {json.dumps([str(path)])}, timeout = "20s" }}')


def _put(path: Path) -> None:
    path.with_suffix(".new").write_text(f"#!{sys.executable}\nprint('ran')\n")
    path.with_suffix(".new").chmod(0o700)
    path.with_suffix(".new").rename(path)


def test_what_could_not_begin_is_begun_once_it_can_be(bench: Make, tmp_path: Path) -> None:
    path = tmp_path / "late"
    one = bench(_named(path, 2))

    def put_it_there(news: News) -> None:
        if isinstance(news, Changed) and any(a.outcome == "failed" for a in news.state.items["s.a"].attempts):
            _put(path)

    one.engine.subscribe(put_it_there)
    one.engine.run("s.a")
    one.wait()
    attempts = one.engine.state.items["s.a"].attempts
    assert [(attempt.number, attempt.outcome) for attempt in attempts] == [(1, "failed"), (2, "ok")]
    assert len({attempt.token for attempt in attempts}) == 2
    assert one.engine.state.items["s.a"].grade == "executed"


def test_it_is_begun_no_more_often_than_the_item_says(bench: Make, tmp_path: Path) -> None:
    one = bench(_named(tmp_path / "never", 2))
    one.engine.run("s.a")
    one.wait()
    assert [isinstance(event, Started) for event in one.events()].count(True) == 3
    state = one.engine.state.items["s.a"]
    assert (state.status, "cannot be started" in state.reason) == ("failed", True)


def test_what_began_and_failed_is_not_tried_again(bench: Make) -> None:
    one = bench(item("a", f"retry = 2\nrun = {program('raise SystemExit(4)')}"))
    one.engine.run("s.a")
    one.wait()
    ends = [event for event in one.events() if isinstance(event, Ended)]
    assert [(end.outcome, end.exit_code) for end in ends] == [("failed", 4)]


def test_without_retry_there_is_one_attempt(bench: Make, tmp_path: Path) -> None:
    one = bench(_named(tmp_path / "never", 0))
    one.engine.run("s.a")
    one.wait()
    assert len(one.engine.state.items["s.a"].attempts) == 1


def test_nothing_is_tried_again_while_the_session_is_left(bench: Make, tmp_path: Path) -> None:
    one = bench(_named(tmp_path / "never", 10))

    def leave(news: News) -> None:
        if isinstance(news, Changed) and news.state.items["s.a"].attempts:
            one.engine.stop_after_current()

    one.engine.subscribe(leave)
    one.engine.run("s.a")
    one.wait()
    assert len(one.engine.state.items["s.a"].attempts) == 1
