"""Every checklist and plan from end to end, without a terminal, over the real protocols, on simulated hosts."""

from __future__ import annotations

import pytest

from .conftest import Program
from .shipped import IDS, procedure

WITHOUT_LOOK = {"verify"}
"""Items that run and leave nothing to look at: backups that are read to their end."""
UNTOLD = {("lost-everything", "points.order")}
"""Looks that cannot tell: a restore point of `now` is not compared with a database that was restored just before."""


@pytest.mark.parametrize("checklist", IDS)
def test_a_rehearsal_comes_to_its_end(smtui: Program, checklist: str) -> None:
    smtui("run", checklist, "--drill", "--confirm-by-hand", "rehearsal")
    session = smtui.session()
    items = smtui.items(session)
    steps = {step.id: step.item for step in procedure(checklist).steps}
    assert {item["status"] for item in items.values()} <= {"done", "not-applicable"}
    done = {name: items[name]["grade"] for name in steps if items[name]["status"] == "done"}
    ran = {name for name in done if steps[name].run is not None}
    assert {done[name] for name in ran if steps[name].id not in WITHOUT_LOOK} <= {"verified"}
    assert {done[name] for name in ran if steps[name].id in WITHOUT_LOOK} <= {"executed"}
    looked = {name for name in done if (sense := steps[name].sense) is not None and sense.expect} - ran
    assert {(checklist, name) for name in looked if done[name] != "sensed"} <= UNTOLD
    effects = smtui.effects(session)
    assert {effect["count"] for effect in effects} <= {1}
    assert {effect["item"] for effect in effects} <= ran


def test_there_are_all_procedures_of_the_page_and_the_plans() -> None:
    assert set(IDS) >= {
        "database-recovery", "encryption-key-restore", "management-server-recovery", "data-warehouse-server-recovery",
        "promote-management-server", "import-management-packs", "portal-recovery", "prepare-for-recovery",
        "verify-recovery", "lost-database-server", "lost-management-server-rebuilt", "lost-management-server-promoted",
        "lost-data-warehouse-server", "lost-data-warehouse-databases", "lost-portal", "lost-everything",
    }  # fmt: skip


def test_another_lost_server_and_another_portal_server_may_be_named(smtui: Program) -> None:
    smtui("run", "management-server-recovery", "--drill", "--confirm-by-hand", "rehearsal", "--input", "lost=SM03")
    smtui("run", "portal-recovery", "--drill", "--confirm-by-hand", "rehearsal", "--input", "sdk_server=SM02")
