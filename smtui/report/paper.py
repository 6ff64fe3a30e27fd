"""A checklist on paper: boxes to tick, words to write in, and what would have been run in an appendix."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator

from smtui import __version__
from smtui.checklist.conditions import parse_when
from smtui.checklist.model import Action, Condition, Sense
from smtui.checklist.procedure import Heading, Step
from smtui.report.document import (
    Banner,
    Blanks,
    Block,
    Boxes,
    Bullets,
    Cell,
    Document,
    Excerpt,
    Facts,
    Lines,
    Part,
    Prose,
    Text,
)
from smtui.report.layout_items import anchor
from smtui.report.paper_names import Names

_PAPER = Banner(
    "quiet",
    "Paper version.",
    "What is ticked here is recorded nowhere else: enter it into a session afterwards, with the times that stand here.",
)


def paper_of(names: Names, digest: str) -> Document:
    """The whole; `digest` says which bytes of the checklist and its scripts it was made from."""
    checklist = names.procedure.checklist
    known = f"for {names.environment.name}" if names.environment else "names to be filled in stand in < >"
    return Document(
        title=checklist.title,
        subtitle=f"Version {checklist.version}, {known}. Source: {checklist.source}",
        verdict=Cell("Paper"),
        banners=(_PAPER,),
        parts=(
            Part("summary", "Before you begin", tuple(_beginning(names))),
            *(_section(heading, names) for heading in names.procedure.headings),
            Part("sign-off", "Sign off", (Lines(("Carried out by", "Taken back by the owner of the service")),)),
            Part("commands", "Appendix: what smtui would run", tuple(_commands(names)), own_page=True),
            Part("scripts", "Appendix: scripts", tuple(_scripts(names)), own_page=True),
        ),
        footer=f"{checklist.id} version {checklist.version}, sha256 {digest}, printed by smtui {__version__}",
    )


def _beginning(names: Names) -> Iterator[Block]:
    checklist = names.procedure.checklist
    if checklist.summary.strip():
        yield Prose(checklist.summary)
    facts = [
        ("Back within", _time(checklist.rto)),
        ("Loss of at most", _time(checklist.rpo)),
        ("Applies to", ", ".join(checklist.applies_to)),
        ("Items", str(len(names.procedure.steps))),
    ]
    yield Facts(tuple((name, Cell(value)) for name, value in facts if value))
    given = [(one.prompt, Cell(names.answers[one.name])) for one in checklist.inputs if one.name in names.answers]
    if given:
        yield Facts(tuple(given))
    open_questions = [f"<{one.name}> {one.prompt}" for one in checklist.inputs if one.name not in names.answers]
    yield Blanks((*open_questions, "Incident", "Led by", "Begun (date, time)"))


def _section(heading: Heading, names: Names) -> Part:
    note = (Prose(names.prose(heading.note, heading)),) if heading.note else ()
    items = tuple(_item(step, names) for step in names.procedure.steps if step.section == heading.id)
    title = f"{heading.number} {names.prose(heading.title, heading)}"
    return Part(f"section-{anchor(heading.id)}", title, (*note, *items))


def _item(step: Step, names: Names) -> Part:
    badges = (Cell("cannot be taken back", "bad"),) if step.item.consequential else ()
    title = f"{step.number} {names.prose(step.item.title, step)}"
    return Part(anchor(step.id), title, tuple(_item_blocks(step, names)), badges, box=True)


def _item_blocks(step: Step, names: Names) -> Iterator[Block]:
    item = step.item
    if guards := tuple(_guards(step, names)):
        yield Bullets(guards)
    if item.caution:
        yield Prose(f"**Caution.** {names.prose(item.caution, step)}")
    yield Prose(names.prose(item.by_hand, step))
    if item.note:
        yield Prose(names.prose(item.note, step))
    if item.sense is not None:
        yield Prose(_wanted(item.sense, step, names))
    if item.run is not None or item.sense is not None:
        yield Text(f"Where: {_places(step, names)}. The command is in the appendix under {step.number}.")
    if item.choose:
        yield Boxes(tuple(names.prose(title, step) for title in item.choose.values()))
    evidence = tuple(names.prose(prompt, step) for prompt in item.confirm.values())
    approvers = tuple(f"Approved by ({number})" for number in range(2, item.approve + 1))
    yield Blanks((*evidence, *approvers, "Done at", "By"))


def _guards(step: Step, names: Names) -> Iterator[str]:
    """When an item is done at all, and what must be done before."""
    for entry in step.when:
        yield f"Only if {_condition(entry, names)}."
    if step.item.modes:
        yield f"Only in: {', '.join(step.item.modes)}."
    if step.requires:
        by_id = names.procedure.by_id
        yield f"Not before these are done: {', '.join(by_id[one].number for one in step.requires)}."
    if step.item.estimate:
        yield f"Takes about {_time(step.item.estimate)}."


def _condition(entry: str, names: Names) -> str:
    when = parse_when(entry)
    step = names.procedure.by_id.get(when.name) if when.kind == "item" else None
    if step is None:
        return f"{when.name} is {when.value}"
    branch = (step.item.choose or {}).get(when.value)
    return f"{step.number} is {when.value}" if branch is None else f"{step.number} is “{names.prose(branch, step)}”"


def _wanted(sense: Sense, step: Step, names: Names) -> str:
    said = "; ".join(f"`{name}` {_expected(one, step, names)}" for name, one in sense.expect.items())
    otherwise = f" Otherwise: {names.prose(sense.otherwise, step)}" if sense.otherwise else ""
    return f"**To be seen:** {said or 'what there is; write it down'}.{otherwise}"


def _expected(condition: Condition, step: Step, names: Names) -> str:
    if condition.one_of is not None:
        return "is one of " + ", ".join(names.value(one, step) for one in condition.one_of)
    if condition.at_least is not None:
        return f"is at least {condition.at_least:g}"
    if condition.at_most is not None:
        return f"is at most {condition.at_most:g}"
    if condition.matches is not None:
        return f"matches {condition.matches}"
    if condition.absent is not None:
        return "is absent" if condition.absent else "is there"
    return f"is {names.value(condition.equal, step)}" if condition.equal is not None else "is there"


def _places(step: Step, names: Names) -> str:
    actions = (step.item.run, step.item.sense)
    return ", ".join(dict.fromkeys(names.target(action.on, step) for action in actions if action is not None))


def _commands(names: Names) -> Iterator[Block]:
    for step in names.procedure.steps:
        blocks = tuple(
            Excerpt(f"{word} on {names.target(action.on, step)}", "\n".join(_command(action, step, names)))
            for word, action in (("Runs", step.item.run), ("Looks", step.item.sense))
            if action is not None
        )
        if blocks:
            yield Part(f"run-{anchor(step.id)}", f"{step.number} {names.prose(step.item.title, step)}", blocks)


def _command(action: Action, step: Step, names: Names) -> Iterator[str]:
    if action.command is not None:
        yield shlex.join(names.value(argument, step) for argument in action.command)
    yield from (action.sql or action.script or "").splitlines()
    for name, value in action.parameters.items():
        yield f"  {name} = {names.value(value, step)}"
    for number, value in enumerate(action.values, start=1):
        yield f"  value {number} = {names.value(value, step)}"


def _scripts(names: Names) -> Iterator[Block]:
    for name, text in sorted(names.procedure.scripts.items()):
        yield Excerpt(f"{name}, sha256 {hashlib.sha256(text.encode()).hexdigest()}", text)
    if not names.procedure.scripts:
        yield Text("It has none.")


def _time(seconds: float | None) -> str:
    """`90 s`, `5 min`, `1 h 30 min`: as exact as a plan is."""
    if seconds is None:
        return ""
    if seconds < 120:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return " ".join(([f"{hours} h"] if hours else []) + ([f"{minutes} min"] if minutes else []))
