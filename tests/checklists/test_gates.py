"""Refusals that rest on a person's work: without it a run stops there, and leaving it out does not open the gate."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest

from .conftest import Program
from .shipped import procedure

REHEARSED = ("--confirm-by-hand", "rehearsal")
RESTORE = {"database/restore.restore": "ServiceManager on SQL01"}


@dataclass(frozen=True)
class Gate:
    """What people do in the order of the checklist, and the item that waits for all of it."""

    what: str
    checklist: str
    item: str
    left: tuple[str, ...]
    authorise: Mapping[str, str] = field(default_factory=dict)


GATES = (
    Gate("patch level", "promote-management-server", "promote.promote", ("baseline.same-level",)),
    Gate("unverified backup, loss not accepted", "database-recovery", "database/restore.restore",
         ("database/backup.loss", "database/backup.verify")),
    Gate("mail open, warehouse undecided", "database-recovery", "start.release",
         ("warehouse.decision", "mail.block"), RESTORE),
    Gate("level and key before Setup", "management-server-recovery", "install.started",
         ("before.level", "before.licence", "key/wizard.finish")),
    Gate("assemblies and new key backup", "lost-management-server-rebuilt", "gate.complete",
         ("server/after.same-level", "server/after.assemblies", "server/after.key-backup")),
    Gate("level and key of the warehouse server before Setup", "data-warehouse-server-recovery", "install.started",
         ("before.level", "key/wizard.finish")),
    Gate("warehouse licence", "lost-data-warehouse-server", "gate.complete",
         ("server/after.report-files", "server/after.activate", "server/after.key-backup")),
    Gate("portal's own key", "lost-portal", "portal/key/wizard.start-wizard", ("portal/key/before.right-key",)),
    Gate("Service Manager unproved", "lost-everything", "proof.verified",
         ("first/after.key-backup", "proof.incident"), RESTORE),
)  # fmt: skip


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.what.replace(" ", "-"))
def test_a_person_is_needed_and_leaving_it_out_opens_nothing(smtui: Program, gate: Gate) -> None:
    first, *others = gate.left
    smtui("drill", gate.checklist, "--plain", typed=_leaving_out(others), code=75)
    session = smtui.session()
    stopped = _stop(smtui, gate.checklist, session, *_everything_but(first, gate))
    assert f"({first})" in stopped
    assert "say so with --confirm" in stopped or "choose one of" in stopped
    smtui("resume", session, "--plain", typed=_leaving_out([first]), code=75)
    stopped = _stop(smtui, gate.checklist, session, *REHEARSED)
    assert f"({gate.item}): it needs these first: " in stopped
    assert all(f"{name} (skipped)" in stopped for name in gate.left), stopped
    assert smtui.items(session)[gate.item]["attempts"] == []


@dataclass(frozen=True)
class Undo:
    """What takes an item back, and the choices that lead there."""

    what: str
    checklist: str
    item: str
    takes_back: str
    choose: tuple[str, ...] = ()


UNDONE = (
    Undo("TLS relaxed", "management-server-recovery", "after.tls-restored", "before.tls"),
    Undo("mail held back", "database-recovery", "close.mail-on", "mail.block"),
    Undo("database single-user", "restore-database", "broker.multi-user", "broker.single-user",
         ("--choose", "broker.way=last-resort")),
    Undo("mail held back after everything", "lost-everything", "open.mail-on", "declare.mail-block"),
)  # fmt: skip
LONG = {"lost-everything", "database-recovery"}
"""Their end is far away: seen in the long run only (tests/checklists/full); that of shorter ones in every run."""
CLOSED = [undo for undo in UNDONE if undo.checklist not in LONG or os.environ.get("SMTUI_FULL")]


@pytest.mark.parametrize("undo", UNDONE, ids=lambda undo: undo.what.replace(" ", "-"))
def test_what_takes_something_back_is_marked_so(undo: Undo) -> None:
    assert procedure(undo.checklist).by_id[undo.item].undo_of == undo.takes_back


@pytest.mark.parametrize("undo", CLOSED, ids=lambda undo: undo.what.replace(" ", "-"))
def test_a_session_is_not_closed_while_something_is_undone(smtui: Program, undo: Undo) -> None:
    smtui("drill", undo.checklist, "--plain", typed=_leaving_out([undo.item]), code=75)
    session = smtui.session()
    stopped = _stop(smtui, undo.checklist, session, *REHEARSED, *undo.choose)
    assert f"{undo.item} must be done: it takes back {undo.takes_back}" in stopped
    assert smtui.items(session)[undo.takes_back]["status"] == "done"


def test_services_stay_disabled_until_they_are_let_go(smtui: Program) -> None:
    smtui("drill", "database-recovery", "--plain", typed=_leaving_out(["start.release"]), code=75)
    stopped = _stop(smtui, "database-recovery", smtui.session(), *REHEARSED)
    assert "(start.workflow-data-access): it needs these first: start.release (skipped)" in stopped


def test_a_new_warehouse_takes_two_persons_who_say_what_is_lost(smtui: Program) -> None:
    recreate = ("--choose", "declare.way=recreate", "--confirm", "declare.declared=rehearsal")
    done = smtui("run", "lost-data-warehouse-databases", "--drill", *recreate, code=3)
    assert "(declare.history-lost): it is done by hand" in done.stdout
    session = smtui.session()
    alone = ("--confirm", "declare.history-lost=2019 to 2025", "--approval-timeout", "1s")
    stopped = _stop(smtui, "lost-data-warehouse-databases", session, *alone)
    assert "(declare.history-lost): no second account can look at this session" in stopped
    assert smtui.items(session)["declare.history-lost"]["status"] == "todo"


def _leaving_out(items: Iterable[str]) -> str:
    """What a person types into the dialogue to skip some items, and to leave."""
    return "".join(f"find {item}\nskip\nno time\n" for item in items) + "quit\nyes\n"


def _everything_but(item: str, gate: Gate) -> list[str]:
    """Options that confirm, choose, authorise and do alone everything, but one item."""
    options: list[str] = []
    for step in procedure(gate.checklist).steps:
        if step.item.choose and step.id != item:
            options += ["--choose", f"{step.id}={next(iter(step.item.choose))}"]
        elif step.id != item:
            options += ["--confirm", f"{step.id}=rehearsal"]
        if step.item.approve > 1:
            options += ["--break-glass", f"{step.id}=rehearsal"]
    for name, target in gate.authorise.items():
        options += ["--authorise", f"{name}={target}"]
    return options


def _stop(smtui: Program, checklist: str, session: str, *options: str) -> str:
    """The line that says where and why a run stopped for a person."""
    done = smtui("run", checklist, "--session", session, *options, code=3)
    return next(line for line in done.stdout.splitlines() if line.startswith("stopped: "))
