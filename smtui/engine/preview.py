"""What an item would do, laid out for a person before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smtui.checklist.procedure import Procedure, Step
from smtui.checklist.references import ReferenceError_, Scope, resolve_text
from smtui.engine.calls import Prepared, prepare


@dataclass(frozen=True, slots=True)
class Preview:
    """What an item would do, resolved, for a person to read before they decide."""

    title: str
    targets: tuple[str, ...]
    command: str
    """The exact command; empty where the item is done by hand."""
    way: str
    """`PowerShell over WinRM`, `T-SQL`, `local command`, `check` or `by hand`."""
    timeout: float
    consequential: bool
    caution: str
    note: str
    by_hand: str
    sense_command: str
    must_type: str | None
    """What has to be typed to authorise the item."""
    confirm: Mapping[str, str]
    """Evidence to type in when it is confirmed: name to prompt."""
    branches: Mapping[str, str]
    """What can be chosen: id to title; empty where nothing is."""
    problem: str
    """Why it cannot be resolved, such as an input not given; empty otherwise."""


def preview(step: Step, procedure: Procedure, scope: Scope) -> Preview:
    """Resolve an item as far as it can be; what cannot be resolved yet is said in `problem`."""
    prepared: Prepared | None = None
    looks: Prepared | None = None
    problem = ""
    try:
        prepared = prepare(step.item.run, procedure, scope) if step.item.run else None
        looks = prepare(step.item.sense, procedure, scope) if step.item.sense else None
    except ReferenceError_ as error:
        problem = str(error)
    shown = prepared or looks
    targets = tuple(place.label for place in shown.places) if shown else ()

    def text(prose: str | None) -> str:
        return resolve_text(prose, scope) if prose else ""

    return Preview(
        title=text(step.item.title),
        targets=targets,
        command=prepared.shown() if prepared else "",
        way=_way(step, prepared),
        timeout=step.item.run.timeout if step.item.run else 0.0,
        consequential=step.item.consequential,
        caution=text(step.item.caution),
        note=text(step.item.note),
        by_hand=text(step.item.by_hand),
        sense_command=looks.shown() if looks else "",
        must_type=", ".join(targets) if step.item.consequential and targets else None,
        confirm={name: text(prompt) for name, prompt in step.item.confirm.items()},
        branches={branch: text(title) for branch, title in (step.item.choose or {}).items()},
        problem=problem,
    )


def _way(step: Step, prepared: Prepared | None) -> str:
    if prepared is None:
        return "check" if step.item.sense is not None and step.item.run is None else "by hand"
    if prepared.arguments:
        return "local command"
    return "T-SQL" if prepared.is_sql else "PowerShell over WinRM"
