"""`smtui approve`: the second person."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from smtui.cli.second import Waiting
    from smtui.cli.surroundings import Surroundings
    from smtui.plain.voice import Voice
    from smtui.session.inbox import Word

HEARD_SECONDS = 5.0
"""How long it is looked whether the session has taken the word in; one that is open does so within a second."""
NOT_AGREED = 3


@click.command()
@click.argument("code", required=False)
@click.option("--target", metavar="NAME", help="Agree without a terminal; NAME is what would be typed.")
@click.option("--refuse", metavar="REASON", help="Say no, or take back what you agreed to.")
@click.option("--json", "as_json", is_flag=True, help="What waits, as JSON; nothing is decided by that.")
def command(code: str | None, target: str | None, refuse: str | None, as_json: bool) -> int:
    """Agree, as the second person, to what CODE asks for; without CODE, list what waits.

    It shows what would be done, and where, and asks for the name of the target. Do it with an account of your own in
    the group of the session (`state_group`, docs/environment.md): who has the session open cannot agree to its items.
    Nothing is run by this; the operator runs it.
    """
    from smtui.cli.failures import Failure
    from smtui.cli.second import requests
    from smtui.cli.surroundings import here
    from smtui.engine.approval import as_code, is_code
    from smtui.engine.clock import SystemClock
    from smtui.text import one_line

    around, now = here(), SystemClock().now()
    if code is None and (target or refuse):
        raise click.UsageError("--target and --refuse take a CODE.")
    found = list(requests(around, now))
    if code is not None:
        if not is_code(as_code(code)):
            raise click.UsageError(f"{one_line(code, 40)} is no code: it is six letters and digits, as K7Q-M2P.")
        found = [one for one in found if one.approval.code == as_code(code)]
    if as_json:
        click.echo(json.dumps([_facts(one) for one in found], indent=2))
        return 0
    if code is None:
        _list(around, found)
        return 0
    if not found:
        raise Failure(f"nothing waits as {as_code(code)}: {_looked(around)}; smtui approve lists what waits")
    return _decide(around, found[0], target, refuse, now)


def _list(around: Surroundings, found: Sequence[Waiting]) -> None:
    from smtui.text import one_line

    if not found:
        click.echo(f"Nothing waits for a second person ({_looked(around)}).")
    for one in found:
        agreed = "  agreed to already" if one.agreed else ""
        click.echo(f"{one.approval.code}  {one.step.number} {one_line(one.preview.title)}{agreed}")
        where = ", ".join(one.preview.targets) or "by hand"
        asked = (
            f"asked by {one.approval.by} at {one.approval.asked:%H:%M} UTC, counts until {one.approval.expires:%H:%M}"
        )
        click.echo(f"         {one_line(where)}; {one_line(asked)}")
        click.echo(f"         session {one.state.session}")


def _looked(around: Surroundings) -> str:
    if around.store.shared is None:
        return f"there is no folder of a group at {around.shared} that this account may look into"
    return f"looked in {around.store.shared}"


def _decide(around: Surroundings, one: Waiting, target: str | None, refuse: str | None, now: datetime) -> int:
    from smtui.cli.dialogue import own_voice
    from smtui.cli.failures import Failure
    from smtui.plain.voice import Silence
    from smtui.text import one_line

    if why_not := _may_not(around, one):
        raise Failure(why_not, NOT_AGREED)
    if refuse is not None:
        if not refuse.strip():
            raise click.UsageError("--refuse takes a reason.")
        return _say(around, one, refuse.strip(), now, refused=True)
    if not one.is_as_asked:
        raise Failure(
            "what would be done is not what was asked for: the session's files were changed, or it went on since. "
            "Nothing was agreed to; the operator asks again",
            NOT_AGREED,
        )
    voice = own_voice()
    _show(voice, one)
    if target is None and not sys.stdin.isatty():
        raise Failure(f"there is no terminal to type on; say it with --target '{one_line(one.to_type)}'")
    asked = f"Type {one.to_type} to agree; Enter alone agrees to nothing:"
    try:
        typed = target if target is not None else voice.ask(asked, grave=True)
    except Silence:
        typed = ""
    if typed.strip() != one.to_type:
        click.echo(f"Not taken: exactly {one_line(one.to_type)} must be typed. Nothing was agreed to.", err=True)
        return NOT_AGREED
    return _say(around, one, "", now, refused=False)


def _may_not(around: Surroundings, one: Waiting) -> str:
    """Why this account is not the second person; empty where it may be."""
    from smtui.session.inbox import login_uid

    own = around.operator.uid
    operators = {one.approval.uid, one.state.operator_uid}
    if own in operators:
        return "this account asked for it or has the session: another person agrees, with an account of their own"
    if own == 0:
        return "root is nobody's own account: log in with your own, in the group of the session"
    if login_uid() in operators:
        return "the operator logged in here and changed to this account; another person agrees, logged in as themselves"
    return ""


def _show(voice: Voice, one: Waiting) -> None:
    from smtui.telling.statuses import duration

    preview, state = one.preview, one.state
    mode = {"drill": "DRILL ON SIMULATED HOSTS", "exercise": "EXERCISE", "recovery": "RECOVERY"}[state.mode]
    voice.say(f"{mode}: {state.environment}, session {state.session}")
    voice.say(f"{one.approval.by} asks for a second person since {one.approval.asked:%H:%M:%S} UTC:")
    voice.say()
    voice.say(f"{one.step.number} {preview.title}", indent=2)
    voice.say(f"on {', '.join(preview.targets) or 'no target that smtui reaches: it is done by hand'}", indent=2)
    if preview.consequential:
        voice.say("This cannot be taken back.", indent=2)
    if preview.caution:
        voice.say(f"Caution: {preview.caution}", indent=2)
    voice.say()
    if preview.command:
        voice.say(f"What would run ({preview.way}, at most {duration(preview.timeout)}):")
        voice.exactly(preview.command, indent=2)
        voice.say()
    voice.say("By hand it is done like this:")
    voice.say(preview.by_hand, indent=2)
    voice.say()
    until = f"{one.approval.expires:%H:%M} UTC"
    voice.say(f"You agree to exactly this and to one attempt at it, until {until}. The operator does it, you do not.")


def _say(around: Surroundings, one: Waiting, reason: str, now: datetime, *, refused: bool) -> int:
    from smtui.session.inbox import Word

    account, _, host = around.operator.account.partition("@")
    word = Word(
        decision="refused" if refused else "approved",
        session=one.state.session,
        code=one.approval.code,
        request=one.approval.seal,
        deed_sha256=one.deed_sha256 or one.approval.deed_sha256,
        at=now,
        host=host,
        origin=around.operator.origin,
        reason=reason,
    )
    around.store.say(one.state.session, word)
    click.echo(f"{'Refused' if refused else 'Agreed'} as {account}. {_heard(around, word)}")
    return 0


def _heard(around: Surroundings, word: Word) -> str:
    """Whether the session has it already, as far as that can be seen within a few seconds."""
    from smtui.session.events import ApprovalWithdrawn, Approved, Event

    uid = around.operator.uid

    def is_it(event: Event) -> bool:
        return isinstance(event, Approved | ApprovalWithdrawn) and (event.code, event.uid) == (word.code, uid)

    if not around.store.is_held(word.session):
        return "Nobody has the session open now; it is taken in when somebody resumes it."
    seq = _within(HEARD_SECONDS, lambda: _event(around, word.session, is_it))
    if seq is None:
        return "The session has not taken it in yet; its program says why when it does not."
    return f"It is recorded as event {seq}."


def _event(around: Surroundings, session: str, is_it: Callable[..., bool]) -> int | None:
    records = around.store.read(session).records
    return next((record.seq for record in reversed(records) if is_it(record.event)), None)


def _within(seconds: float, look: Callable[[], int | None]) -> int | None:
    deadline = time.monotonic() + seconds
    while (found := look()) is None and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def _facts(one: Waiting) -> dict[str, object]:
    approval, preview = one.approval, one.preview
    return {
        "code": approval.code,
        "session": one.state.session,
        "mode": one.state.mode,
        "environment": one.state.environment,
        "item": one.step.id,
        "number": one.step.number,
        "title": preview.title,
        "targets": list(preview.targets),
        "consequential": preview.consequential,
        "caution": preview.caution,
        "command": preview.command,
        "by_hand": preview.by_hand,
        "asked_by": approval.by,
        "asked": approval.asked.isoformat(),
        "expires": approval.expires.isoformat(),
        "attempt": approval.attempt,
        "deed_sha256": approval.deed_sha256,
        "as_asked": one.is_as_asked,
        "agreed": one.agreed,
        "to_type": one.to_type,
    }
