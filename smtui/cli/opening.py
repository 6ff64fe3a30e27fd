"""Puts a session together: journal, state, engine, targets. The one place that knows all rooms."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import smtui
from smtui.checklist.fit import misfits
from smtui.checklist.library import lay_out, pinned_files
from smtui.checklist.procedure import Procedure, Step
from smtui.checklist.references import Scope, scope_of
from smtui.cli.beginning import Opening
from smtui.cli.custody import cautions, keep
from smtui.cli.deployment import Deployment, reach
from smtui.cli.environment_file import PINNED
from smtui.cli.failures import Failure
from smtui.cli.looking import pinned_procedure
from smtui.cli.mirroring import begin as begin_mirror
from smtui.cli.mirroring import refuse_stale
from smtui.cli.surroundings import Surroundings
from smtui.cli.trusting import require_trust, require_trust_of_session, require_trusted_commands
from smtui.engine.clock import SystemClock
from smtui.engine.core import Engine
from smtui.engine.passing import since
from smtui.engine.recorder import Recorder
from smtui.engine.runner import Workshop
from smtui.environment import insecure_ways, load_environment
from smtui.secrets.credentials import Credentials
from smtui.secrets.redaction import Redactor
from smtui.session.events import Event, InputGiven, Opened, Resumed, TakenOver
from smtui.session.fold import Fold
from smtui.session.inbox import login_uid
from smtui.session.journal import FORMAT
from smtui.session.recording import SessionFile
from smtui.session.store import pinned_lines
from smtui.targets.connect import connector

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PATIENCE = 2.0
"""Seconds for which a session is waited for that is just being given back."""

Ask = Callable[[str], str]
"""Asks the operator for a password, by a prompt."""


def start(around: Surroundings, checklist: str, opening: Opening, ask: Ask) -> Engine:
    """Open a new session of a checklist, named by id or path. Raises ChecklistError, Failure, JournalError."""
    path = around.library.find(checklist)
    procedure = lay_out(path, around.library)
    check_answers(procedure, opening)
    files = {**pinned_files(path, around.library), **opening.environment.files}
    require_trust(around, procedure, files, opening.environment.mode, path)
    require_trusted_commands(around, opening.environment.environment, opening.environment.path)
    group = opening.environment.environment.state_group or opening.group
    store = around.store_for(group)
    clock = SystemClock()
    session = store.new_id(procedure.checklist.id, clock.now())
    opened = Opened(
        format=FORMAT,
        session=session,
        checklist=procedure.checklist.id,
        title=procedure.checklist.title,
        version=procedure.checklist.version,
        mode=opening.environment.mode,
        environment=opening.environment.environment.name,
        files=pinned_lines(files),
        smtui=_versions(),
        machine=around.operator.account.partition("@")[2],
        boot_id=_boot_id(),
        rto=procedure.checklist.rto if opening.declaration.rto is None else opening.declaration.rto,
        rpo=procedure.checklist.rpo if opening.declaration.rpo is None else opening.declaration.rpo,
        ticket=opening.ticket,
        scenario=opening.scenario,
        people=opening.declaration.people,
        declared_by=opening.declaration.by,
        declared_at=opening.declaration.at,
        objectives=opening.declaration.objectives,
        classification=opening.declaration.classification,
        utc_offset=clock.utc_offset(),
        insecure=insecure_ways(opening.environment.environment),
        uid=around.operator.uid,
    )
    file = store.create(session, opened, files, around.operator.stamp(clock), shared=bool(group))
    given = [InputGiven(name=name, value=value) for name, value in opening.answers.items()]
    return _engine(around, file, given, ask, opening.faults)


def resume(
    around: Surroundings, session: str, ask: Ask, faults: Sequence[str] = (), taken_over: TakenOver | None = None
) -> Engine:
    """Take a session up again: whatever ran is unknown now. Raises SessionBusy, JournalDamaged, Failure."""
    folder = around.store.path(session)
    if (folder / PINNED).exists():
        refuse_stale(folder, load_environment(folder / PINNED))
    file = around.store.open(session, patience=PATIENCE)
    around.store.withdraw(session)
    machine, boot_id = around.operator.account.partition("@")[2], _boot_id()
    clock = SystemClock()
    resumed = Resumed(
        smtui=_versions(),
        machine=machine,
        boot_id=boot_id,
        utc_offset=clock.utc_offset(),
        uid=around.operator.uid,
        before=_other_account(file, around),
    )
    events: list[Event] = [resumed]
    now = around.operator.stamp(clock)
    events += since(list(file.records), now, machine=machine, boot_id=boot_id)
    if taken_over is not None:
        events.append(taken_over)
    if file.torn is not None:
        events.append(file.torn)
    return _engine(around, file, events, ask, faults)


def _engine(
    around: Surroundings, file: SessionFile, events: Sequence[Event], ask: Ask, faults: Sequence[str]
) -> Engine:
    try:
        fold = Fold.of(trusted_procedure(around, file), file.records)
        clock = SystemClock()
        recorder = Recorder(file, fold, clock, around.operator, asleep=clock.asleep)
        for event in events:
            recorder.append(event)
        deployment = reach(
            file.folder, recorder.state.mode, faults, checklist=first_of(file).checklist, answers=recorder.state.inputs
        )
    except BaseException:  # Ctrl-C too: the lock must not outlive a session that did not open
        file.release()
        raise
    copy = begin_mirror(file.folder, deployment.environment, recorder)

    def release() -> None:
        if copy is not None:
            copy.close()
        file.release()

    engine = Engine(
        recorder, workshop(around, file, deployment, recorder, ask), release=release, announce=file.say_draining
    )
    known = cautions(around.store, file.folder.name, recorder.state.environment)
    for text in known:
        engine.note(text)
    keep(engine, around.store, known, copy)
    return engine


def trusted_procedure(around: Surroundings, file: SessionFile) -> Procedure:
    """What the session executes; Failure for what nobody accepted, as in a session that came from elsewhere."""
    first = first_of(file)
    procedure = pinned_procedure(file.folder, first)
    require_trust_of_session(around, file.folder, procedure, first.mode)
    require_trusted_commands(around, load_environment(file.folder / PINNED), file.folder / PINNED)
    return procedure


def workshop(around: Surroundings, file: SessionFile, deployment: Deployment, recorder: Recorder, ask: Ask) -> Workshop:
    """What an engine works with on this deployment; passwords that are missing now are said where one is needed."""
    redactor = Redactor()
    credentials = Credentials(
        deployment.reached,
        ask=ask,
        environ=around.environ,
        drill_accounts=deployment.accounts,
        redactor=redactor,
        keyring=around.keyring,
    )
    credentials.get_all(lambda _: None)  # what is missing is said by the item that needs it

    def scope(step: Step) -> Scope:
        state = recorder.state
        return scope_of(step, state.procedure, deployment.environment, state.inputs)

    return Workshop(
        environment=deployment.reached,
        scope_of=scope,
        connect=connector(
            deployment.reached,
            credentials,
            odbc_libraries=around.odbc_libraries,
            odbc_driver=around.environ.get("SMTUI_ODBC_DRIVER"),
            environ=around.environ,
        ),
        redactor=redactor,
        new_output=file.new_output,
        new_token=lambda: secrets.token_hex(8),
        shared=around.store.is_shared(file.folder.name),
        login=login_uid(),
    )


def _other_account(file: SessionFile, around: Surroundings) -> str | None:
    """The account that had the session until now, where it is not the one that takes it up."""
    now = around.operator
    for record in reversed(file.records):
        if isinstance(record.event, Opened | Resumed):
            same = record.stamp.by == now.account and record.event.uid in {None, now.uid}
            return None if same else record.stamp.by
    return None


def check_answers(procedure: Procedure, opening: Opening) -> None:
    """Every input is answered, with something that there is; Failure lists all that is wrong."""
    from smtui.cli.questions import questions

    wrong = []
    asked = questions(procedure, opening.environment.environment)
    for question in asked:
        answer = opening.answers.get(question.name)
        values = [choice.value for choice in question.choices]
        if answer is None:
            wrong.append(
                f"input {question.name} is missing: {question.prompt} Give it with --input {question.name}=VALUE"
            )
        elif values and answer not in values:
            wrong.append(f"input {question.name} = {answer!r} is none of {', '.join(values)}")
    names = {question.name for question in asked}
    wrong += [
        f"there is no input {name!r}; there are: {', '.join(sorted(names))}"
        for name in opening.answers
        if name not in names
    ]
    wrong = wrong or [str(one) for one in misfits(procedure, opening.environment.environment, opening.answers)]
    if wrong:
        raise Failure("\n".join(wrong))


def first_of(file: SessionFile) -> Opened:
    """The event that opened a session. Raises Failure for another one."""
    event = file.records[0].event
    if not isinstance(event, Opened):
        raise Failure(f"{file.folder}: the first event is {type(event).__name__}, not `opened`")
    return event


def _versions() -> str:
    return f"{smtui.__version__}, Python {sys.version.split()[0]}"


def _boot_id() -> str:
    return BOOT_ID.read_text("ascii").strip()
