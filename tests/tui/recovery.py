"""A whole recovery without hosts: real engine, journal and checklist over targets that keep a world in memory."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from smtui.checklist.library import Library, lay_out, pinned_files, shipped_folder
from smtui.checklist.model import Mode, Scalar
from smtui.checklist.procedure import Step
from smtui.checklist.references import Place, Scope, scope_of
from smtui.engine.clock import Operator
from smtui.engine.core import Engine
from smtui.engine.recorder import Recorder
from smtui.engine.runner import Workshop
from smtui.environment import Environment, load_environment
from smtui.report.evidence import gather
from smtui.report.first_page import first_page
from smtui.report.found import look_into
from smtui.secrets.redaction import Redactor
from smtui.session.events import InputGiven, Opened
from smtui.session.fold import Fold
from smtui.session.inbox import Delivered, Word
from smtui.session.store import Store, pinned_lines
from smtui.targets.base import Call, Identity, LocalCall, PowerShellCall, Result, Settlement, SqlCall, Target, Watch
from smtui.telling.history import Past
from smtui.telling.ports import (
    ChecklistSummary,
    Choice,
    EnginePort,
    PageLine,
    Particulars,
    PlaceSummary,
    Question,
    Reach,
    Readiness,
    SessionSummary,
    Shortcoming,
)

CHECKLIST = "promote-management-server"
ENVIRONMENT = Path(__file__).parents[2] / "smtui" / "drill" / "environment.toml"
START = datetime(2026, 3, 14, 2, 40, tzinfo=UTC)
ANSWERS = {"promoted": "SM02", "former": "SM01"}


class StepClock:
    """Each look at it is one second later."""

    def __init__(self) -> None:
        self._seconds = itertools.count()

    def now(self) -> datetime:
        return START + timedelta(seconds=next(self._seconds))

    def boottime(self) -> float:
        return 1000.0


@dataclass
class World:
    """What the simulated servers are like, and what they were asked."""

    services: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """(server, service): status and start type."""
    workflow_server: str = "sm01.contoso.test"
    renamed: bool = False
    """Whether the Health Service State folder is out of the way."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    """(target, what) of every call that runs."""
    output: str = "Stopping the service ...\nThe service has stopped.\n"
    said: dict[str, str] = field(default_factory=dict)
    """What single servers say instead of `output`."""
    free: frozenset[str] = frozenset()
    """Servers that do not wait for the gate."""
    gate: threading.Event = field(default_factory=threading.Event)
    """Runs wait for it; set unless a test holds them."""
    slow: float = 0.0
    """Seconds that a run takes while the gate is shut; 0: until it opens."""
    chatter: bool = False
    """Whether a run says a line ten times a second while the gate is shut."""
    pours: bool = False
    """Whether a run says lines as fast as they are taken while the gate is shut."""
    result: Result | None = None
    """What the next run ends with instead of its own end."""

    def __post_init__(self) -> None:
        self.gate.set()


class WorldTarget:
    """One server or database of the world."""

    def __init__(self, place: Place, world: World, names: Mapping[str, str]) -> None:
        self._place, self._world, self._names = place, world, names

    def canary(self) -> Result:
        return Result("ok", 0)

    def prepare(self) -> Result:
        return Result("ok", 0)

    def run(self, call: Call, watch: Watch) -> Result:
        name, parameters = self._named(call)
        if name in _LOOKS:
            return Result("ok", 0, _LOOKS[name](self._world, self._place.name, parameters), rows=1)
        watch.accepted({"command": call.token})
        watch.output(self._world.said.get(self._place.name, self._world.output))
        if not self._let_through(watch):
            return Result("unknown", reason="cancelled; what it did until then is not known")
        self._world.calls.append((self._place.name, name))
        if self._world.result is not None:
            ended, self._world.result = self._world.result, None
            return ended
        if name in _DEEDS:
            _DEEDS[name](self._world, self._place.name, parameters)
        if isinstance(call, SqlCall):
            self._world.workflow_server = str(call.values[0])
        return Result("ok", 0)

    def _named(self, call: Call) -> tuple[str, Mapping[str, Scalar]]:
        match call:
            case PowerShellCall(script, parameters):
                return self._names[script], parameters
            case SqlCall(statement):
                return self._names.get(statement, "statement"), {}
            case LocalCall(arguments):
                return arguments[0], {}

    def _let_through(self, watch: Watch) -> bool:
        if self._place.name in self._world.free:
            return True
        begun = time.monotonic()
        for turn in itertools.count(1):
            if self._world.gate.wait(0.0 if self._world.pours else 0.01):
                break
            if self._world.pours:
                watch.output("".join(f"restored page {turn}.{line} of the file\n" for line in range(1000)))
            if self._world.chatter and turn % 10 == 0:
                watch.output(f"restored {turn // 10} of 5000 pages of the file\n")
            if self._world.slow and time.monotonic() - begun >= self._world.slow:
                return True
            if watch.cancelled.is_set():
                return False
        return True

    def settle(self, _call: Call, _remote: Mapping[str, str], _watch: Watch) -> Settlement:
        return Settlement("gone", reason="it runs no more; how it ended is not known")

    def identify(self) -> Identity:
        return Identity(
            "SQL01" if self._place.kind == "database" else self._place.name, "contoso.test", "2026-03-13T22:00:00Z"
        )

    def close(self) -> None:
        return


def _service(world: World, server: str, parameters: Mapping[str, Scalar]) -> dict[str, Scalar]:
    status, start_type = world.services.get((server, str(parameters["name"])), ("Running", "Automatic"))
    return {"status": status, "start_type": start_type}


def _set(status: str, start_type: str) -> Callable[[World, str, Mapping[str, Scalar]], None]:
    def do(world: World, server: str, parameters: Mapping[str, Scalar]) -> None:
        world.services[server, str(parameters.get("name", ""))] = (status, start_type)

    return do


def _rename(world: World, server: str, parameters: Mapping[str, Scalar]) -> None:
    world.renamed = True


_LOOKS: Mapping[str, Callable[[World, str, Mapping[str, Scalar]], dict[str, Scalar]]] = {
    "service-status.ps1": _service,
    "identity.ps1": lambda _world, server, _: {"name": server, "fqdn": f"{server.lower()}.contoso.test"},
    "server-role.ps1": lambda *_: {
        "sdk_service_type": 1,
        "database_name": "ServiceManager",
        "management_group": "SM_CONTOSO",
    },
    "database-status.sql": lambda *_: {"state": "ONLINE", "updateability": "READ_WRITE", "primary_replica": 1},
    "workflow-server.sql": lambda world, *_: {"name": world.workflow_server, "servers": 1},
    "server-version.ps1": lambda *_: {"parts": 1, "version": "10.22.1068.0"},
    "patch-level.sql": lambda *_: {"database_version": "10.22.1068.0"},
    "console-processes.ps1": lambda *_: {"open": 0},
    "health-state-status.ps1": lambda world, *_: {"present": not world.renamed, "renamed": int(world.renamed)},
    "promote-precheck.sql": lambda *_: {
        "database_name": "ServiceManager",
        "procedure_there": 1,
        "may_execute": 1,
        "server_known": 1,
    },
    "events-since.ps1": lambda *_: {"bad": 0, "good": 3},
}
_DEEDS: Mapping[str, Callable[[World, str, Mapping[str, Scalar]], None]] = {
    "health-state-rename.ps1": _rename,
    "service-stop.ps1": _set("Stopped", "Automatic"),
    "service-start.ps1": _set("Running", "Automatic"),
    "service-fence.ps1": _set("Stopped", "Disabled"),
}


@dataclass
class Recovery:
    """One session with its world."""

    engine: Engine
    world: World

    def wait(self) -> None:
        """Until nothing runs; the bound is only for a broken engine."""
        assert self.engine.idle.wait(20)

    def close_all_but(self, *open_items: str) -> None:
        """Confirm by hand, or skip, every item but these."""
        for step in self.engine.state.procedure.steps:
            if step.id not in open_items:
                self.engine.skip(step.id, "not part of this test")


def recovery(
    root: Path,
    world: World | None = None,
    *,
    mode: Mode = "drill",
    library: Library | None = None,
    checklist: str = CHECKLIST,
    insecure: tuple[str, ...] = (),
    objectives: tuple[str, ...] = (),
) -> Recovery:
    """Open a session of a checklist in a store of its own."""
    there = world or World()
    library = library or Library([shipped_folder()])
    path = library.find(checklist)
    procedure = lay_out(path, library)
    environment = load_environment(ENVIRONMENT)
    clock, operator = StepClock(), Operator("anna@jump01", "198.51.100.7", 4001)
    files = pinned_files(path, library)
    opened = Opened(
        format=1,
        session=f"2026-03-14T0240Z-{checklist}",
        checklist=checklist,
        title=procedure.checklist.title,
        version="1.0",
        mode=mode,
        environment=environment.name,
        files=pinned_lines(files),
        smtui="0.1.0",
        machine="jump01",
        boot_id="0",
        rto=procedure.checklist.rto,
        insecure=insecure,
        objectives=objectives,
        uid=operator.uid,
    )
    file = Store(root).create(opened.session, opened, files, operator.stamp(clock))
    recorder = Recorder(file, Fold.of(procedure, file.records), clock, operator)
    asked = {one.name for one in procedure.checklist.inputs}
    for name, value in ANSWERS.items():
        if name in asked:
            recorder.append(InputGiven(name=name, value=value))
    names = {text: name for name, text in procedure.scripts.items()}

    def connect(place: Place) -> Target:
        return WorldTarget(place, there, names)

    def scope(step: Step) -> Scope:
        state = recorder.state
        return scope_of(step, state.procedure, environment, state.inputs)

    tokens = itertools.count(1)
    workshop = Workshop(
        environment=environment,
        scope_of=scope,
        connect=connect,
        redactor=Redactor(),
        new_output=file.new_output,
        new_token=lambda: f"{next(tokens):016x}",
        shared=True,
    )
    return Recovery(Engine(recorder, workshop, release=file.release), there)


def agreed(plan: Recovery, item: str, account: str = "bert", uid: int = 4002) -> Delivered:
    """What a second person leaves when they agree to what was asked for."""
    approval = plan.engine.state.items[item].approval
    assert approval is not None
    word = Word(
        decision="approved",
        session=plan.engine.state.session,
        code=approval.code,
        request=approval.seal,
        deed_sha256=approval.deed_sha256,
        at=approval.asked,
        host="jump01",
        origin="198.51.100.8",
    )
    return Delivered("word.toml", uid, account, word)


SHORT = (
    Shortcoming(
        "reboot-pending", "SM02", "Windows Update waits for a restart", "restart SM02 while nobody needs it", "problem"
    ),
    Shortcoming(
        "backup-age", "ServiceManager on SQL01", "the last full backup is 9 days old", "take one, and mind the job",
        "problem",
    ),
    Shortcoming("patch-level", "SM01", "SM01 does not answer", "", "not-checked"),
    Shortcoming(
        "media", "\\\\fs01\\media\\SCSM", "the installation media: of the version and update that is installed", "",
        "by-hand",
    ),
)  # fmt: skip
"""What a look at the deployment finds."""


class SmallDesk:
    """A desk over recoveries in one folder."""

    mode: Mode = "drill"
    environment = "Contoso Service Manager (simulated)"
    operator = "anna@jump01"
    insecure: Sequence[str] = ()

    def __init__(self, root: Path, sessions: Sequence[SessionSummary] = (), opened: Recovery | None = None) -> None:
        self._root, self._sessions, self.opened = root, sessions, opened
        self.started: list[Mapping[str, str]] = []
        self.exported = ("", "")
        self.said = Particulars()
        self.readied: list[str | None] = []

    def sessions(self) -> Sequence[SessionSummary]:
        return self._sessions

    def checklists(self) -> Sequence[ChecklistSummary]:
        checklist = lay_out(Library([shipped_folder()]).find(CHECKLIST), Library([shipped_folder()])).checklist
        items = sum(len(section.items) for section in checklist.sections)
        return [
            ChecklistSummary(
                CHECKLIST, checklist.title, checklist.summary, checklist.version, checklist.source, items, checklist.rto
            )
        ]

    def questions(self, _checklist: str) -> Sequence[Question]:
        servers = tuple(Choice(name, f"{name} ({name.lower()}.contoso.test)") for name in ("SM01", "SM02", "SM03"))
        return (
            Question("promoted", "Which management server takes over?", "server", servers),
            Question("former", "Which management server ran the workflows until now?", "server", servers[:1], "SM01"),
        )

    def particulars(self, _checklist: str) -> Particulars:
        return Particulars(ticket="INC-4711", rto="1h")

    def start(self, _checklist: str, answers: Mapping[str, str], said: Particulars) -> EnginePort:
        self.started.append(answers)
        self.said = said
        self.opened = recovery(self._root / "started")
        return self.opened.engine

    def resume(self, session_id: str) -> EnginePort:
        if self.opened is None:
            raise LookupError(f"{session_id} is held by another process")
        return self.opened.engine

    def view(self, _session: str) -> EnginePort:
        from smtui.telling.readonly import ReadOnly

        return ReadOnly((self.opened or recovery(self._root / "viewed")).engine.state, "block 12 does not fit its seal")

    def places(self, _session: str | None) -> Sequence[PlaceSummary]:
        return [
            PlaceSummary("SM01", "management-server, workflow-server", "127.0.0.1", 1, "WinRM"),
            PlaceSummary("SM02", "management-server", "127.0.0.1", 2, "WinRM"),
            PlaceSummary("ServiceManager on SQL01", "service-manager", "127.0.0.1", 3, "SQL Server"),
        ]

    def reach(self, place: PlaceSummary) -> Reach:
        return Reach(open=False, text="No route to host") if place.name == "SM01" else Reach(open=True, text="")

    def past(self) -> Sequence[Past]:
        steps = lay_out(Library([shipped_folder()]).find(CHECKLIST), Library([shipped_folder()])).steps[:14]
        return [
            Past(
                session=f"2025-1{month}-01T0900Z-{CHECKLIST}",
                checklist=CHECKLIST,
                title="Promote a secondary management server",
                mode="exercise",
                ended=START - timedelta(days=130 - 30 * month),
                seconds=2400.0 + 600 * month,
                items={step.id: 30.0 * (number % 5 + 1) + 20 * month for number, step in enumerate(steps)},
                numbers={step.id: step.number for step in steps},
            )
            for month in (1, 2)
        ]

    def readiness(self, session_id: str | None, told: Callable[[str, int, int], None]) -> Readiness:
        self.readied.append(session_id)
        for over, name in enumerate(("SM01", "SM02", "SQL Server on SQL01"), 1):
            told(name, over, 3)
        return Readiness(False, START + timedelta(minutes=11), ("SM01", "SM02", "ServiceManager on SQL01"), SHORT)

    def first_page(self, session_id: str) -> Sequence[PageLine]:
        if self.opened is None:
            raise LookupError(f"{session_id}: no event of it can be read")
        engine = self.opened.engine
        folder = next(self._root.rglob(f"{session_id}/session.toml")).parent
        reading = Store(folder.parent).read(session_id)
        found = look_into(folder, reading.verdict, reading.reason)
        evidence = gather(reading.records, engine.state, found, tell=lambda _, text: text, smtui="0.1.0")
        return tuple(first_page(evidence))

    def export(self, session_id: str, folder: str) -> str:
        self.exported = (session_id, folder)
        return f"{folder}.zip"


def environment() -> Environment:
    """The drill's deployment."""
    return load_environment(ENVIRONMENT)
