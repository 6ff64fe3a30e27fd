"""Another deployment file in the place of the one that a session was opened with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.cli.beginning import Opening
from smtui.cli.deployment import running_hosts
from smtui.cli.environment_file import PINNED, EnvironmentFile
from smtui.cli.failures import NOT_NOW, Failure
from smtui.cli.looking import pinned_procedure
from smtui.cli.opening import check_answers
from smtui.cli.trusting import require_trusted_commands
from smtui.engine.clock import SystemClock
from smtui.environment import difference, insecure_ways, load_environment
from smtui.report.phrases import clock
from smtui.session.errors import SessionBusy
from smtui.session.events import EnvironmentChanged, Opened
from smtui.session.fold import Fold
from smtui.session.recording import SessionFile
from smtui.session.store import pinned_lines

if TYPE_CHECKING:
    from smtui.cli.surroundings import Surroundings
    from smtui.session.events import Record
    from smtui.session.state import SessionState


def history(around: Surroundings, session: str) -> Iterator[str]:
    """Where the file lies, and each change of it with its reason."""
    path = around.store.path(session) / PINNED
    records = around.store.read(session).records
    yield f"{path}: {load_environment(path).name}, sha256 {_sha256(path.read_bytes())}"
    changes = [record for record in records if isinstance(record.event, EnvironmentChanged)]
    if not changes:
        yield "It is the one that the session was opened with."
    for record in changes:
        event = record.event
        if isinstance(event, EnvironmentChanged):
            yield f"Changed at {clock(record.stamp.at)} by {record.stamp.by}: {event.reason}"
            yield from (f"  {line}" for line in event.difference)


def changed_from(around: Surroundings, session: str, fresh: EnvironmentFile) -> tuple[str, ...]:
    """What the new file says otherwise, line by line. Raises Failure for another deployment, or the same file."""
    around.store.brief(session)  # whether there is such a session
    folder = around.store.path(session)
    before, after = load_environment(folder / PINNED), fresh.environment
    for what, old, new in (("name", before.name, after.name), ("kind", before.kind, after.kind)):
        if old != new:
            raise Failure(f"{fresh.path}: {what} = {new!r}, but the session is on {old!r}; that is another deployment")
    if before.state_group != after.state_group:
        raise Failure(f"{fresh.path}: state_group says where sessions lie and who may open them; it stays as it was")
    found = list(difference(before, after))
    found += [f"file {name}: {_of_file(folder / name)}" for name in _other_files(folder, fresh.files)]
    if not found and _same(folder / PINNED, fresh.files[PINNED]):
        raise Failure(f"{fresh.path} is what the session works with already")
    return tuple(found) or ("nothing but comments and order",)


def replace(around: Surroundings, session: str, fresh: EnvironmentFile, reason: str) -> Record:
    """Let the session go on with the new file. Raises Failure, JournalError."""
    require_trusted_commands(around, fresh.environment, fresh.path)
    try:
        file = around.store.open(session)
    except SessionBusy as busy:
        raise Failure(
            f"{session} is in use: {busy.holder}. Leave it there first; what runs is seen to its end"
        ) from None
    try:
        opened = file.records[0].event
        if not isinstance(opened, Opened):
            raise Failure(f"{session}: the first event does not open a session")
        state = Fold.of(pinned_procedure(file.folder, opened), file.records).state()
        _require_fit(file, state, fresh)
        stamp = around.operator.stamp(SystemClock())
        if file.torn is not None:
            file.append(file.torn, stamp)
        others = {name: fresh.files[name] for name in _other_files(file.folder, fresh.files)}
        event = EnvironmentChanged(
            reason=reason,
            sha256=_sha256(fresh.files[PINNED]),
            difference=changed_from(around, session, fresh),
            files=pinned_lines(others),
            insecure=insecure_ways(fresh.environment),
        )
        return file.change_environment({**others, PINNED: fresh.files[PINNED]}, event, stamp)
    finally:
        file.release()


def _require_fit(file: SessionFile, state: SessionState, fresh: EnvironmentFile) -> None:
    """Raise Failure where what runs, what was answered or what is simulated does not go with the new file."""
    if state.completed is not None:
        raise Failure(f"{state.session} is {state.completed}; nothing more is done with it", NOT_NOW)
    if unsettled := [item.id for item in state.items.values() if item.status in ("running", "unknown")]:
        raise Failure(
            f"{', '.join(unsettled)}: what became of it is not known, and it is found where it was begun; "
            f"settle it first: smtui resume {state.session}",
            NOT_NOW,
        )
    check_answers(state.procedure, Opening(fresh, state.inputs))
    hosts = running_hosts(file.folder) if state.mode == "drill" else None
    if hosts is not None:
        fresh.environment.overlaid(hosts)


def _other_files(folder: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The files beside the deployment file that the session has not, or has with other bytes."""
    return tuple(name for name, data in files.items() if name != PINNED and not _same(folder / name, data))


def _of_file(path: Path) -> str:
    return "other bytes" if path.exists() else "new"


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
