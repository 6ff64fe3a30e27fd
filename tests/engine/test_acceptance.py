from __future__ import annotations

from collections.abc import Callable

import pytest

from smtui.engine.decisions import Refused
from smtui.session.events import AcceptedByOwner, Finding

from .conftest import SECRET, Bench, item

Make = Callable[..., Bench]


def test_the_owner_accepts_what_is_completed(bench: Make) -> None:
    made = bench(item("a"))
    with pytest.raises(Refused, match="completed; this one is not"):
        made.engine.accept_by_owner("Olga Owner")
    made.engine.confirm("s.a", {})
    made.engine.complete()
    with pytest.raises(Refused, match="name of the owner"):
        made.engine.accept_by_owner("  ")
    made.engine.accept_by_owner(" Olga Owner ")
    assert made.events()[-1] == AcceptedByOwner(owner="Olga Owner")
    assert made.engine.state.completed == "complete"


def test_a_session_that_was_reopened_is_accepted_anew(bench: Make) -> None:
    made = bench(item("a"))
    made.engine.confirm("s.a", {})
    made.engine.complete()
    made.engine.reopen("s.a", "forgot half of it")
    with pytest.raises(Refused, match="this one is not"):
        made.engine.accept_by_owner("Olga Owner")


def test_a_finding_has_an_owner_and_a_date_and_no_password(bench: Make) -> None:
    made = bench(item("a"))
    made.engine.finding(f"the password {SECRET} is in the runbook", "Dora Diaz", "2026-04-01", "s.a")
    finding = made.events()[-1]
    assert isinstance(finding, Finding)
    assert (finding.owner, finding.due, finding.item) == ("Dora Diaz", "2026-04-01", "s.a")
    assert SECRET not in finding.text
    for words in (("", "Dora", "2026-04-01"), ("x", " ", "2026-04-01"), ("x", "Dora", "")):
        with pytest.raises(Refused):
            made.engine.finding(*words)
