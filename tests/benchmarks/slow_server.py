"""Eight servers at once of which one is slow, beside the slow one alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.hosts import ALL, engine_on, simulated, wait
from tests.benchmarks.rows import Figure, Row, at_most, in_turn, ratio

SECONDS, SLOW, ROUNDS = 3, "SM02", 5
LOOK = 'script = "service-status.ps1", with = { name = "HealthService" }, expect = { exists = true }'
CHECKLIST = f"""
[checklist]
id = "c"
title = "Eight servers"
version = "1"
source = "made"
[[input]]
name = "one"
type = "server"
prompt = "Which?"
[[section]]
id = "s"
title = "Services"
[[section.item]]
id = "all"
title = "Everywhere"
by_hand = "Look."
sense = {{ on = "{ALL}", {LOOK} }}
[[section.item]]
id = "one"
title = "On the slow one"
by_hand = "Look."
sense = {{ on = "one", {LOOK} }}
"""


def measure(scratch: Path) -> Iterator[Figure]:
    """A look at each of the eight, over WinRM with TLS and NTLM; every answer is there in the end."""
    with (
        simulated(scratch / "world", f"slow:{SECONDS}:{SLOW}*1000") as (environment, accounts),
        engine_on(environment, accounts, scratch / "work", CHECKLIST, {"one": SLOW}) as engine,
    ):

        def look(item: str, answers: int) -> None:
            engine.sense(item)
            wait(engine)
            if len(engine.state.items[item].sensings) != answers:
                raise AssertionError(f"{item}: {engine.state.items[item]}")

        pairs = in_turn(lambda: look("s.all", 8), lambda: look("s.one", 1), times=ROUNDS)
    yield ratio("8 servers at once, one slow", f"the slow one alone ({SECONDS} s)", at_most(1.2), pairs)


ROW = Row("slow-server", measure, asserted="a thread for each target (`tests/engine/test_engine.py`)")
