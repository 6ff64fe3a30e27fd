"""Every kind of event as one line for people, for the timeline."""

from __future__ import annotations

from smtui.report.phrases import clock, duration, pairs, plural
from smtui.session.events import (
    Accepted,
    AcceptedByOwner,
    ApprovalRequested,
    ApprovalWithdrawn,
    Approved,
    Asked,
    BrokenGlass,
    Cancelled,
    Chosen,
    ClockStepped,
    Completed,
    Confirmed,
    Deferred,
    Ended,
    EnvironmentChanged,
    Event,
    Finding,
    Halted,
    InputGiven,
    Judged,
    Left,
    Noted,
    Opened,
    Overridden,
    Rebooted,
    Reopened,
    Resumed,
    Sensed,
    Skipped,
    Started,
    TakenOver,
    Torn,
)
from smtui.session.head_and_tail import told_left_out
from smtui.telling.risks import told_risks


def item_of(event: Event) -> str | None:
    """The item that an event is about."""
    item: str | None = getattr(event, "item", None)
    return item


def kind_of(event: Event) -> str:
    """The name of an event's kind, as the journal writes it."""
    return str(event.__struct_config__.tag)


def words_of(event: Event) -> str:
    """What an event says, its item left out."""
    return _about_item(event) if item_of(event) is not None else _about_session(event)


def _about_item(event: Event) -> str:
    match event:
        case Started():
            return f"Attempt {event.attempt} on {event.target} is about to start"
        case Accepted():
            return f"Taken by the other side: {pairs(event.remote)}"
        case Ended():
            return _ended(event)
        case Sensed():
            return _join(f"Looked at {event.target}: {event.answer}", pairs(event.fields), event.why)
        case Chosen():
            return _join(f"Chosen: {event.branch}", event.reason)
        case Confirmed():
            what = "Confirmed by hand" if event.grade == "attested" else "Closed, found already so"
            return _join(what, pairs(event.evidence), event.reason)
        case Cancelled():
            return f"Asked to stop: {event.reason}"
        case ApprovalRequested() | Approved() | ApprovalWithdrawn() | BrokenGlass():
            return _second_person(event)
        case Skipped() | Deferred() | Overridden() | Reopened():
            return f"{kind_of(event).capitalize()}: {event.reason}"
        case _:
            return _about_session(event)


def _second_person(event: ApprovalRequested | Approved | ApprovalWithdrawn | BrokenGlass) -> str:
    match event:
        case ApprovalRequested():
            until = f"counts until {clock(event.expires)}"
            return f"Waits for a second person: smtui approve {event.code} (attempt {event.attempt}, {until})"
        case Approved():
            uid = None if event.uid is None else f"account {event.uid}"
            where = f"on {event.host} from {event.origin}" if event.host else None
            return _join(f"Approved by {event.approver}", uid, where)
        case ApprovalWithdrawn(approver=str(who)):
            return f"{who} said no to {event.code}: {event.reason}"
        case ApprovalWithdrawn():
            return f"The request {event.code} was taken back: {event.reason}"
        case BrokenGlass():
            return f"Glass broken, attempt {event.attempt} goes without the second person: {event.reason}"


def _about_session(event: Event) -> str:  # noqa: C901, PLR0912 - a flat table of kinds
    match event:
        case Opened():
            opened = f"Session opened: {event.title}, version {event.version}, {event.mode}, on {event.environment}"
            return _join(opened, told_risks(event.insecure))
        case Resumed():
            return _join(
                f"Resumed on {event.machine} by smtui {event.smtui}",
                f"it was with {event.before} before" if event.before else None,
            )
        case Left():
            return _join(f"Left: {event.reason}", _listed("running", event.interrupted))
        case TakenOver():
            return f"Taken over from {event.holder}: {event.reason}"
        case EnvironmentChanged():
            return _join(
                f"Environment changed: {event.reason}", "; ".join(event.difference), told_risks(event.insecure)
            )
        case InputGiven():
            return f"Input {event.name} = {event.value}"
        case ClockStepped():
            return f"The clock was set by {duration(event.seconds)}"
        case Rebooted():
            return "This machine was started anew"
        case Halted():
            return f"Halted: {event.reason}"
        case Torn():
            return f"An unfinished event was moved to {event.file}"
        case Completed():
            return f"Completed: {event.verdict}"
        case Judged():
            return f"Judged by {event.judge}: {event.result}: {event.objective} ({event.reason})"
        case Asked():
            return _asked(event)
        case AcceptedByOwner():
            return f"Accepted by the owner, {event.owner}"
        case Noted():
            return f"Note: {event.text}"
        case Finding():
            return f"Finding: {event.text} (owner {event.owner}, due {event.due})"
        case _:
            return kind_of(event)


def _ended(event: Ended) -> str:
    outcome: str = "not simulated" if event.not_simulated else event.outcome
    if event.settled and event.outcome == "unknown":
        outcome = "runs no more, its outcome stays unknown"
    code = None if event.exit_code is None else f"exit code {event.exit_code}"
    left_out = told_left_out(event.output_left_out or 0, event.output_lines_left_out or 0)
    return _join(f"Ended on {event.target}: {outcome}", code, pairs(event.fields), event.reason, left_out)


def _asked(event: Asked) -> str:
    window = f"{clock(event.window_start)} to {clock(event.window_end)}"
    answer = "it answered" if event.answered else "no answer"
    return _join(f"Asked {event.target} for its {event.log}, {window}: {answer}", pairs(event.fields), event.reason)


def _listed(what: str, names: tuple[str, ...]) -> str | None:
    return f"{what}: {', '.join(names)} ({plural(len(names), 'item')})" if names else None


def _join(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)
