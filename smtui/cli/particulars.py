"""What a form or a dialogue asks about a new session, to and from what the command line says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from smtui.checklist.durations import written
from smtui.checklist.model import Checklist
from smtui.cli.beginning import Opening
from smtui.cli.declaring import moment, person, span
from smtui.cli.failures import Failure
from smtui.telling.ports import Particulars


def told_of(opening: Opening, checklist: Checklist) -> Particulars:
    """What has been said already, as it would be typed."""
    said = opening.declaration
    rto = checklist.rto if said.rto is None else said.rto
    rpo = checklist.rpo if said.rpo is None else said.rpo
    return Particulars(
        ticket=opening.ticket or "",
        scenario=opening.scenario or "",
        objectives="; ".join(said.objectives),
        people="; ".join(one.replace(": ", "=", 1) for one in said.people),
        rto="" if rto is None else written(rto),
        rpo="" if rpo is None else written(rpo),
        declared_by=said.by or "",
        declared_at=f"{said.at:%Y-%m-%dT%H:%MZ}" if said.at else "",
    )


def with_particulars(opening: Opening, typed: Particulars) -> Opening:
    """The opening with what was typed. Raises Failure, with a line for each thing that cannot be read."""
    wrong: list[str] = []
    declaration = opening.declaration
    try:
        declaration = replace(declaration, people=tuple(person(one) for one in _several(typed.people)))
    except ValueError as error:
        wrong.append(f"people: {error}")
    try:
        declaration = replace(declaration, rto=span(typed.rto) if typed.rto else None)
    except ValueError as error:
        wrong.append(f"RTO {typed.rto}: {error}")
    try:
        declaration = replace(declaration, rpo=span(typed.rpo) if typed.rpo else None)
    except ValueError as error:
        wrong.append(f"RPO {typed.rpo}: {error}")
    try:
        at = moment(typed.declared_at, datetime.now(UTC)) if typed.declared_at else None
        declaration = replace(declaration, at=at)
    except ValueError as error:
        wrong.append(f"declared at {typed.declared_at}: {error}")
    if wrong:
        raise Failure("\n".join(wrong))
    return replace(
        opening,
        ticket=typed.ticket or None,
        scenario=typed.scenario or None,
        declaration=replace(declaration, by=typed.declared_by or None, objectives=_several(typed.objectives)),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
