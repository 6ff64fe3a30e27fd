"""Whether a procedure can be carried out in one environment with the answers given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from smtui.checklist.model import Action, Item, Scalar, Sense
from smtui.checklist.procedure import Procedure, Step
from smtui.checklist.references import (
    Reference,
    ReferenceError_,
    references_in,
    resolve,
    scope_of,
    targets_of,
    value_of,
)
from smtui.environment import Environment
from smtui.toml_shape import nearest
from smtui.toml_source import Problem


def misfits(procedure: Procedure, environment: Environment, answers: Mapping[str, str]) -> tuple[Problem, ...]:
    """Every reference that stands for nothing there, every credential that it does not name; each once, by line.

    Inputs that are not answered yet are among them.
    """
    found: dict[Problem, None] = {}
    for step in procedure.steps:
        for text in _misfits_of(step, procedure, environment, answers):
            found[Problem(step.file, step.line, text)] = None
    return tuple(found)


def _misfits_of(
    step: Step, procedure: Procedure, environment: Environment, answers: Mapping[str, str]
) -> Iterator[str]:
    try:
        scope = scope_of(step, procedure, environment, answers)
    except ReferenceError_ as error:
        yield str(error)
        return
    for reference in _prose_references(step.item):
        yield from _attempted(partial(value_of, reference, scope))
    for action in (step.item.run, step.item.sense):
        if action is None:
            continue
        yield from _attempted(partial(targets_of, action.on, scope))
        for template in _templates(action):
            yield from _attempted(partial(resolve, template, scope))
        if action.credential is not None and action.credential not in environment.credentials:
            hint = nearest(action.credential, environment.credentials)
            yield f"the environment has no credential `{action.credential}`{hint}"


def _attempted(attempt: Callable[[], object]) -> Iterator[str]:
    try:
        attempt()
    except ReferenceError_ as error:
        yield str(error)


def _prose_references(item: Item) -> Iterator[Reference]:
    otherwise = item.sense.otherwise if item.sense else None
    prose = (item.title, item.by_hand, item.note, item.caution, otherwise)
    for text in (*prose, *item.confirm.values(), *(item.choose or {}).values()):
        yield from references_in(text or "")


def _templates(action: Action) -> Iterator[Scalar]:
    yield from action.parameters.values()
    yield from action.values
    yield from action.command or ()
    if isinstance(action, Sense):
        for condition in action.expect.values():
            yield from condition.one_of or ()
            if condition.equal is not None:
                yield condition.equal
