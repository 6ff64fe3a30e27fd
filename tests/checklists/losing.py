"""What an attempt at an item would change, and the fault that makes just that get lost."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TypeGuard

from smtui.checklist.conditions import parse_when
from smtui.checklist.model import Value
from smtui.checklist.procedure import Step
from smtui.checklist.references import resolve, scope_of, targets_of
from smtui.cli.deployment import drill_file
from smtui.cli.questions import suggested
from smtui.targets.sql_text import wants_master

from .shipped import IDS, automatic, procedure

BEYOND = {"end-process", "single-user", "multi-user"}
"""Ways out of trouble that a rehearsal does not get into; tests/drill/test_recoveries.py runs their scripts."""
ALSO = {"broker-on": ("broker-off",)}
"""Faults without which an item finds nothing to do: a RESTORE turns the broker on already."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One automatic item of one checklist, and the faults that lose its effect."""

    checklist: str
    item: str
    host: str
    faults: tuple[str, ...]

    def __str__(self) -> str:
        """As a test's name."""
        return f"{self.checklist}:{self.item}"


def losses() -> list[Loss]:
    """Every automatic item that has something to look at, in every checklist and plan."""
    return [
        _loss(checklist, step)
        for checklist in IDS
        for step in automatic(checklist)
        if step.item.sense is not None and step.item.id not in BEYOND and _applies(step)
    ]


def sample(count: int, seed: int) -> list[Loss]:
    """Some of them, the same ones for the same seed."""
    return random.Random(seed).sample(losses(), count)  # noqa: S311  no secret


def _applies(step: Step) -> bool:
    """Whether nothing that a plan settled beforehand leaves the item out, as the broker of a data mart."""
    conditions = [parse_when(entry) for entry in step.when]
    return all(one.name == one.value for one in conditions if one.kind == "value")


def _loss(checklist: str, step: Step) -> Loss:
    laid_out, environment = procedure(checklist), drill_file().environment
    scope = scope_of(step, laid_out, environment, suggested(laid_out, environment))
    run = step.item.run
    assert run is not None
    place = targets_of(run.on, scope)[-1]  # of a group the last one: the first may have been done by an item before
    name = run.sql or (run.script or "").rpartition(".")[0]
    if place.kind != "database":
        names = [value for value in (resolve(value, scope) for value in run.parameters.values()) if _can_name(value)]
        return _faults(checklist, step, place.name, [name, *names])
    database = environment.database(place.name)
    names = [value for value in (resolve(value, scope) for value in run.values[:1]) if _can_name(value)]
    if not wants_master(laid_out.scripts.get(run.script or "", "")):
        names.append(database.name)
    return _faults(checklist, step, database.server, [name, *names])


def _can_name(value: Value) -> TypeGuard[str]:
    """Whether a fault can tell a call by this value; a path holds characters that mean something there."""
    return isinstance(value, str) and not set(value) & set(":*+")


def _faults(checklist: str, step: Step, host: str, names: list[str]) -> Loss:
    lost = f"effect-lost:{host}:{'+'.join(names)}*9"
    return Loss(checklist, step.id, host, (lost, *ALSO.get(step.item.id, ())))
