"""The desk behind the home screen: this user's sessions, the checklists, one deployment for what is begun."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the first screen is painted before anything is read; each method loads what it needs
    from datetime import datetime

    from smtui.checklist.model import Mode
    from smtui.cli.beginning import Opening
    from smtui.cli.environment_file import EnvironmentFile
    from smtui.cli.opening import Ask
    from smtui.cli.surroundings import Surroundings
    from smtui.engine.core import Engine
    from smtui.engine.preview import Preview
    from smtui.environment import Environment
    from smtui.session.reading import Brief
    from smtui.session.state import SessionState
    from smtui.telling.history import Past
    from smtui.telling.ports import (
        ChecklistSummary,
        EnginePort,
        PageLine,
        Particulars,
        PlaceSummary,
        Question,
        Reach,
        Readiness,
        SessionSummary,
    )

Condition = Literal["unfinished", "complete", "busy", "damaged"]
LISTED = 200
"""Sessions that the home screen reads in full, newest first."""
SQL_PORT = 1433
REACH_SECONDS = 5.0
"""How long a port is waited for."""


class LocalDesk:
    """Sessions and checklists of this machine. `ask` reads a password where the screen does not have the terminal."""

    def __init__(
        self,
        around: Surroundings,
        file: EnvironmentFile | None,
        ask: Ask,
        faults: Sequence[str] = (),
        opening: Opening | None = None,
    ) -> None:
        """`opening` says what the sessions that are begun here have in common, such as their ticket."""
        self._around, self._file, self._ask, self._faults = around, file, ask, faults
        self._opening = opening
        self._engines: list[Engine] = []

    @property
    def mode(self) -> Mode:
        """The mode of sessions that are begun here."""
        return self._file.mode if self._file else "recovery"

    @property
    def environment(self) -> str:
        """The deployment's name; empty where none was given."""
        return self._file.environment.name if self._file else ""

    @property
    def insecure(self) -> Sequence[str]:
        """Ways of the deployment on which passwords can be read."""
        from smtui.environment import insecure_ways

        return insecure_ways(self._file.environment) if self._file else ()

    @property
    def operator(self) -> str:
        """Who sits at it."""
        return self._around.operator.account

    def sessions(self) -> Sequence[SessionSummary]:
        """Unfinished ones first, newest first among them."""
        briefs = [self._around.store.brief(session) for session in self._around.store.ids()[:LISTED]]
        rows = [row for brief in briefs if (row := self._summary(brief)) is not None]
        return sorted(rows, key=lambda row: row.condition == "complete")

    def _summary(self, brief: Brief) -> SessionSummary | None:
        from smtui.checklist.load import ChecklistError
        from smtui.cli.failures import Failure
        from smtui.cli.looking import read_state
        from smtui.session.errors import JournalError
        from smtui.telling.ports import SessionSummary

        opened, last = brief.opened, brief.last
        if opened is None or last is None:
            return None
        reason, waits_for = brief.reason, ""
        condition: Condition = "complete" if brief.completed else "busy" if brief.held else "unfinished"
        state: SessionState | None = None
        try:
            state, damage = read_state(self._around, brief.session)
            reason = reason or ("" if damage.startswith("torn") else damage)
        except (JournalError, ChecklistError, Failure, OSError) as error:
            reason = reason or str(error)
        if reason and condition != "busy":
            condition = "damaged"
        counts = {"done": 0, "failed": 0, "unknown": 0}
        if state is not None:
            for item in state.items.values():
                if item.status in counts:
                    counts[item.status] += 1
            waits_for = self._waits_for(state)
        return SessionSummary(
            session=brief.session,
            title=opened.title,
            mode=opened.mode,
            environment=opened.environment,
            touched=last.stamp.at,
            condition=condition,
            waits_for=waits_for,
            total=len(state.items) if state else 0,
            reason=brief.holder if condition == "busy" else reason,
            **counts,
        )

    def _waits_for(self, state: SessionState) -> str:
        from smtui.cli.looking import prose

        item = state.next_item
        if item is None:
            return "" if state.completed else "being closed"
        step = state.procedure.by_id[item]
        title = prose(self._around.store.path(state.session), state)(step, step.item.title)
        return f"{step.number} {title} ({state.items[item].status})"

    def checklists(self) -> Sequence[ChecklistSummary]:
        """What can be begun, by title."""
        from smtui.checklist.library import shipped_folder
        from smtui.checklist.load import ChecklistError
        from smtui.cli.trusting import problem_of
        from smtui.telling.ports import ChecklistSummary

        library = self._around.library
        exercised = self._exercised()
        rows = []
        for checklist in library.listing():
            problem, items = "", 0
            try:
                path = library.find(checklist.id)
                items = library.count_items(checklist)
                if path.parent != shipped_folder():
                    problem = problem_of(self._around, path, library, self.mode)
                if self._file is None:
                    problem = "no environment given: smtui -e FILE"
            except ChecklistError as error:
                problem = str(error.problems[0])
            rows.append(
                ChecklistSummary(
                    id=checklist.id,
                    title=checklist.title,
                    summary=" ".join(checklist.summary.split()),
                    version=checklist.version,
                    source=checklist.source,
                    items=items,
                    rto=checklist.rto,
                    problem=problem,
                    plan=any(section.include for section in checklist.sections),
                    exercised=exercised.get(checklist.id),
                )
            )
        return sorted(rows, key=lambda row: row.title)

    def _exercised(self) -> Mapping[str, datetime]:
        """When an exercise of each checklist was last completed by this user."""
        from smtui.session.events import Completed

        found: dict[str, datetime] = {}
        for session in self._around.store.ids():
            brief = self._around.store.brief(session)
            opened, last = brief.opened, brief.last
            if opened is not None and opened.mode == "exercise" and last and isinstance(last.event, Completed):
                found[opened.checklist] = max(last.stamp.at, found.get(opened.checklist, last.stamp.at))
        return found

    def questions(self, checklist_id: str) -> Sequence[Question]:
        """What must be answered before the checklist begins, with the deployment's own answers as defaults."""
        from smtui.checklist.library import lay_out
        from smtui.cli.questions import questions, suggested
        from smtui.telling.ports import Question

        file = self._required()
        library = self._around.library
        procedure = lay_out(library.find(checklist_id), library)
        defaults = suggested(procedure, file.environment) if file.mode == "drill" else {}
        return tuple(
            Question(
                name=one.name,
                prompt=one.prompt,
                type=one.type,
                choices=one.choices,
                default=one.default or defaults.get(one.name),
            )
            for one in questions(procedure, file.environment)
        )

    def particulars(self, checklist_id: str) -> Particulars:
        """What the command line said, and the objectives of the checklist."""
        from smtui.cli.beginning import Opening
        from smtui.cli.particulars import told_of

        checklist = next(one for one in self._around.library.listing() if one.id == checklist_id)
        return told_of(self._opening or Opening(self._required(), {}), checklist)

    def start(self, checklist_id: str, answers: Mapping[str, str], said: Particulars) -> EnginePort:
        """Open a new session."""
        from dataclasses import replace

        from smtui.cli.beginning import Opening
        from smtui.cli.opening import start
        from smtui.cli.particulars import with_particulars

        common = replace(self._opening or Opening(self._required(), answers, self._faults), answers=answers)
        return self.keep(start(self._around, checklist_id, with_particulars(common, said), self._ask))

    def resume(self, session_id: str) -> EnginePort:
        """Take an unfinished session up again."""
        from smtui.cli.opening import resume

        return self.keep(resume(self._around, session_id, self._ask, self._faults))

    def view(self, session_id: str) -> EnginePort:
        """A session to look at only."""
        from smtui.checklist.references import scope_of
        from smtui.cli.environment_file import PINNED
        from smtui.cli.looking import read_state
        from smtui.engine.preview import preview
        from smtui.environment import load_environment
        from smtui.telling.readonly import ReadOnly

        state, damage = read_state(self._around, session_id)
        environment = load_environment(self._around.store.path(session_id) / PINNED)

        def previewed(item: str) -> Preview:
            step = state.procedure.by_id[item]
            return preview(step, state.procedure, scope_of(step, state.procedure, environment, state.inputs))

        return ReadOnly(state, damage or "only looked at", preview=previewed)

    def places(self, session_id: str | None) -> Sequence[PlaceSummary]:
        """The hosts of a session as they are reached now, or of the deployment that new sessions are for."""
        from smtui.telling.ports import PlaceSummary

        environment = self._reached(session_id) if session_id else self._required().environment
        servers = [
            PlaceSummary(one.name, ", ".join(one.roles), one.address or one.fqdn, one.port, "WinRM")
            for one in environment.servers
        ]
        databases = [
            PlaceSummary(
                f"{one.name} on {one.server}",
                one.role,
                one.address or environment.server(one.server).address or environment.server(one.server).fqdn,
                one.port or (None if one.instance else SQL_PORT),
                "SQL Server",
            )
            for one in environment.databases
            if one.via == "odbc"
        ]
        return [*servers, *databases]

    def _reached(self, session_id: str) -> Environment:
        from smtui.cli.deployment import running_hosts
        from smtui.cli.environment_file import PINNED
        from smtui.environment import load_environment

        folder = self._around.store.path(session_id)
        environment = load_environment(folder / PINNED)
        hosts = running_hosts(folder) if environment.kind == "drill" else None
        return environment.overlaid(hosts) if hosts else environment

    @staticmethod
    def reach(place: PlaceSummary) -> Reach:
        """One connection, opened and closed."""
        import socket

        from smtui.telling.ports import Reach

        if place.port is None:
            return Reach(open=False, text="a named instance: its port is only known to SQL Server Browser")
        try:
            with socket.create_connection((place.address, place.port), timeout=REACH_SECONDS):
                return Reach(open=True, text="")
        except OSError as error:
            return Reach(open=False, text=error.strerror or str(error))

    def past(self) -> Sequence[Past]:
        """Completed exercises and recoveries; those that cannot be read are left out."""
        from smtui.cli.remembering import past_sessions

        return past_sessions(self._around)

    def readiness(self, session_id: str | None, told: Callable[[str, int, int], None]) -> Readiness:
        """The same checks as `smtui check`."""
        from smtui.cli.surveying import readiness_of

        return readiness_of(self._around, session_id or self._required(), self._ask, told, self._faults)

    def first_page(self, session_id: str) -> Sequence[PageLine]:
        """Verdict, summary and deviations."""
        from smtui.cli.exporting import first_page_of

        return first_page_of(self._around, session_id)

    def export(self, session_id: str, folder: str) -> str:
        """The report of a session, as `smtui report` writes it."""
        from smtui.cli.exporting import export, note
        from smtui.report.zipped import require_room, write_zip

        destination = Path(folder).expanduser()
        require_room(destination)
        written = write_zip(export(self._around, session_id, destination))
        unlisted = note(self._around, session_id, destination)
        return f"{written} ({unlisted})" if unlisted else str(written)

    def close(self) -> None:
        """Give back every session that was opened here."""
        for engine in self._engines:
            engine.close()

    def keep(self, engine: Engine) -> Engine:
        """Remember a session that was opened elsewhere, to give it back in the end."""
        self._engines.append(engine)
        return engine

    def _required(self) -> EnvironmentFile:
        from smtui.cli.failures import Failure

        if self._file is None:
            raise Failure("A checklist is begun on a deployment: smtui -e FILE, or practise with smtui drill.")
        return self._file
