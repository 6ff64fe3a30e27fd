"""What a checklist asks before it starts, with the answers that the deployment offers."""

from __future__ import annotations

from smtui.checklist.model import Input
from smtui.checklist.procedure import Procedure
from smtui.cli.rehearsal import rehearsal_answers
from smtui.environment import DATABASE_ROLES, Environment
from smtui.telling.ports import Choice, Question


def questions(procedure: Procedure, environment: Environment) -> tuple[Question, ...]:
    """The inputs of a checklist; servers, databases and groups come with what there is to choose from."""
    return tuple(
        Question(
            name=one.name, prompt=one.prompt, type=one.type, choices=_choices(one, environment), default=one.default
        )
        for one in procedure.checklist.inputs
    )


def suggested(procedure: Procedure, environment: Environment) -> dict[str, str]:
    """An answer to each question where one suggests itself, no server twice; for drills and as a form's defaults."""
    answers: dict[str, str] = {}
    asked = questions(procedure, environment)
    known = rehearsal_answers(procedure.checklist.id) if environment.kind == "drill" else {}
    taken = {known[question.name] for question in asked if question.name in known}
    for question in sorted(asked, key=lambda one: len(one.choices)):
        values = [choice.value for choice in question.choices if choice.value not in taken]
        answer = known.get(question.name) or question.default or (values[0] if values else None)
        if answer is not None:
            answers[question.name] = answer
            if question.type == "server":
                taken.add(answer)
    return answers


def _choices(one: Input, environment: Environment) -> tuple[Choice, ...]:
    match one.type:
        case "server":
            held = [server for server in environment.servers if one.role is None or one.role in server.roles]
            return tuple(Choice(server.name, f"{server.name} ({server.fqdn})") for server in held)
        case "database":
            there = [base for base in environment.databases if one.role is None or one.role == base.role]
            ordered = sorted(there, key=lambda base: DATABASE_ROLES.index(base.role))
            return tuple(Choice(base.role, f"{base.name} on {base.server} ({base.role})") for base in ordered)
        case "group":
            return tuple(Choice(name, f"{name}: {', '.join(members)}") for name, members in environment.groups.items())
        case "choice":
            return tuple(Choice(value, value) for value in one.choices)
        case "yes-no":
            return (Choice("yes", "Yes"), Choice("no", "No"))
        case _:
            return ()
