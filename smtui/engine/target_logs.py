"""Asks targets what their own logs hold of the time of a session. Looks that change nothing; each is one event."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from smtui.checklist.model import Scalar
from smtui.checklist.references import Place
from smtui.engine.accounts import Accounts
from smtui.engine.attempt import defect
from smtui.engine.decisions import Refused
from smtui.engine.output import Stream
from smtui.engine.recorder import Recorder
from smtui.engine.runner import Workshop
from smtui.environment import Environment
from smtui.secrets.credentials import CredentialError
from smtui.session.events import AcceptedByOwner, Asked, Completed, Judged, Record, Sensed, Started
from smtui.targets.base import Call, PowerShellCall, Result, SqlCall, TargetError, Watch

MOST: Final = 500
"""Entries of one log that are copied at most, the newest."""
TIMEOUT: Final = 300.0
"""Seconds that one target is given."""
ALSO: Final = " ".join((
    "Service+Control+Manager/7036",  # a service entered the running or the stopped state
    "Service+Control+Manager/7040",  # the start type of a service was changed
    "User32/1074",  # somebody asked for a restart or a shutdown
    "EventLog/6005",  # the log began, as after a start of the machine
    "EventLog/6006",  # the log ended
    "Microsoft-Windows-Kernel-General/1",  # the clock was set
    "Microsoft-Windows-Eventlog/104",  # a log was cleared
    "HealthService/7023",  # as the procedures look for them
    "OpsMgr+SDK+Service/26331",
    "OpsMgr+SDK+Service/26369",
))  # fmt: skip
"""Events that are no trouble and still tell what was done, as `event-log-window.ps1` takes them."""


@dataclass(frozen=True, slots=True)
class Log:
    """A kind of log, and the shipped script or statement that reads it."""

    name: str
    script: str


EVENT_LOGS: Final = Log("event logs System, Application and Operations Manager", "event-log-window.ps1")
ERROR_LOG: Final = Log("error log of SQL Server", "error-log-window.sql")


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is asked for, by the clock of this machine."""

    start: datetime
    end: datetime

    @property
    def parameters(self) -> tuple[str, str]:
        """Start and end in UTC without a zone: ISO 8601 as both PowerShell and T-SQL read it, to the whole second."""
        end = self.end.astimezone(UTC) + timedelta(seconds=1)
        return f"{self.start.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", f"{end:%Y-%m-%dT%H:%M:%S}"


def window_of(records: Iterable[Record]) -> Window:
    """From the opening to the completion; to the last event of the work where there was none."""
    every = list(records)
    work = [record for record in every if not isinstance(record.event, Asked | Judged | AcceptedByOwner)]
    ended = next((record for record in reversed(work) if isinstance(record.event, Completed)), work[-1])
    return Window(every[0].stamp.at, ended.stamp.at)


def places_of(environment: Environment, records: Iterable[Record]) -> Iterator[tuple[Log, Place]]:
    """Each server and each instance of SQL Server that the session acted on or looked at, once."""
    seen = {record.event.target for record in records if isinstance(record.event, Started | Sensed)}
    for server in environment.servers:
        if server.name in seen:
            yield EVENT_LOGS, Place("server", server.name, server.name)
    instances = set()
    for base in environment.databases:
        instance = (base.server, base.port, base.instance)
        if f"{base.name} on {base.server}" in seen and instance not in instances:
            instances.add(instance)
            yield ERROR_LOG, Place("database", base.role, f"{base.name} on {base.server}")


def ask(
    questions: Iterable[tuple[Log, Place]],
    window: Window,
    *,
    shop: Workshop,
    recorder: Recorder,
    scripts: Mapping[str, str],
    say: Callable[[str], None],
) -> int:
    """Ask one target after the other and record each answer, or why there is none; how many answered.

    `scripts` holds the text of the shipped scripts by name. Raises what the journal raises.
    """
    accounts, answered = Accounts(shop.environment), 0
    for log, place in questions:
        say(f"{place.label}: asking for its {log.name}")
        asked = _asked(log, place, window, shop=shop, recorder=recorder, script=scripts[log.script], accounts=accounts)
        recorder.append(asked)
        answered += asked.answered
        listed = asked.fields.get("listed")
        told = "1 entry" if listed == 1 else f"{listed} entries"
        say(f"{place.label}: {told if asked.answered else f'no answer: {asked.reason}'}")
    return answered


def _asked(
    log: Log,
    place: Place,
    window: Window,
    *,
    shop: Workshop,
    recorder: Recorder,
    script: str,
    accounts: Accounts,
) -> Asked:
    token = shop.new_token()
    sha256 = hashlib.sha256(script.encode()).hexdigest()
    name = f"{recorder.state.seq + 1:06d}-own-log-{token}.txt"
    stream = Stream("", place.label, name, open_file=shop.new_output, recorder=recorder, redactor=shop.redactor)
    start, end = window.parameters
    stream.take(f"# {place.label}: {log.name}, {start}Z to {end}Z, by {log.script} (sha256 {sha256})\n")
    result = _result(log, place, (start, end), shop=shop, script=script, token=token, accounts=accounts, stream=stream)
    stored, clean = stream.close(), shop.redactor.text
    reason = "this is not simulated" if result.not_simulated else result.reason
    if result.ending == "ok" and stored.lost:
        reason = stored.lost
    return Asked(
        target=place.label,
        log=log.name,
        script=log.script,
        script_sha256=sha256,
        window_start=window.start,
        window_end=window.end,
        answered=result.ending == "ok" and not stored.lost,
        fields={key: clean(value) if isinstance(value, str) else value for key, value in result.fields.items()},
        reason=clean(reason) or None,
        output=stored.name,
        output_sha256=stored.sha256,
        output_bytes=stored.size,
    )


def _result(
    log: Log,
    place: Place,
    between: tuple[str, str],
    *,
    shop: Workshop,
    script: str,
    token: str,
    accounts: Accounts,
    stream: Stream,
) -> Result:
    try:
        accounts.check(place)
        target = shop.connect(place)
    except (Refused, TargetError, CredentialError) as error:
        return Result("not-started", reason=str(error))
    watch = Watch(accepted=lambda _: None, output=stream.take)
    try:
        result = target.run(_call(log, between, script, token), watch)
    except Exception as error:  # noqa: BLE001  a defect of a target is no answer, and the others are asked still
        result = Result("unknown", reason=defect(error))
    finally:
        target.close()
    accounts.learn(place, rejected=result.ending == "rejected")
    return result


def _call(log: Log, between: tuple[str, str], script: str, token: str) -> Call:
    start, end = between
    if log is ERROR_LOG:
        return SqlCall(script, (start, end, MOST), token, TIMEOUT)
    asked: dict[str, Scalar] = {"start": f"{start}Z", "end": f"{end}Z", "most": MOST, "also": ALSO}
    return PowerShellCall(script, asked, token, TIMEOUT)
