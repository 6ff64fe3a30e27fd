"""A session with everything in it that a report must tell, recorded through the real store."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from smtui.checklist.model import Action, Checklist, Condition, Item, Section, Sense
from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.report.evidence import gather
from smtui.report.found import look_into
from smtui.report.model import Evidence
from smtui.session import events as ev
from smtui.session.recording import SessionFile
from smtui.session.state import SessionState
from smtui.session.store import Store, pinned_lines

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SESSION = "2026-03-01T0300Z-promote"


def _service_item(name: str, title: str, script: str, status: str) -> Item:
    return Item(
        id=name,
        title=title,
        by_hand="On **{promoted.fqdn}** open `services.msc`.\n\nChoose *Stop* and wait.",
        estimate=60.0,
        run=Action(on="promoted", script=script, parameters={"name": name}),
        sense=Sense(on="promoted", script="service-status.ps1", expect={"status": Condition(equal=status)}),
        source=("PRO-a2",),
    )


SECTIONS = (
    Section(
        id="prepare",
        title="Prepare the secondary management server",
        items=(
            _service_item("stop-sdk", "Stop System Center Data Access Service", "service-stop.ps1", "Stopped"),
            _service_item("stop-health", "Stop Microsoft Monitoring Agent", "service-stop.ps1", "Stopped"),
            Item(id="fence", title="Fence the former server", by_hand="Power it off.", confirm={"who": "Who did it?"}),
            Item(id="console", title="Close the console", by_hand="Close it."),
        ),
    ),
    Section(
        id="promote",
        title="Promote",
        items=(
            Item(
                id="promote",
                title="Make it the workflow server",
                by_hand="Run the statement.",
                caution="Every workflow moves.",
                consequential=True,
                run=Action(
                    on="service-manager", sql="EXEC p_PromoteActiveWorkflowServer ?", values=("{promoted.fqdn}",)
                ),
                sense=Sense(
                    on="service-manager", script="workflow-server.sql", expect={"name": Condition(one_of=("sm02",))}
                ),
            ),
            Item(id="mail", title="Send a mail", by_hand="Send it."),
            Item(id="portal", title="Log on to the portal", by_hand="Log on."),
            _service_item("start-sdk", "Start System Center Data Access Service", "service-start.ps1", "Running"),
        ),
    ),
)


def procedure(sections: tuple[Section, ...] = SECTIONS) -> Procedure:
    """A procedure made by hand, numbered as the library does."""
    checklist = Checklist(
        id="promote",
        title="Promote a secondary management server",
        version="1.0",
        source="Implement Service Manager disaster recovery",
        rto=3600.0,
        sections=sections,
    )
    headings, steps = [], []
    for number, section in enumerate(sections, 1):
        headings.append(Heading(id=section.id, number=str(number), title=section.title, note=None))
        steps += [
            Step(
                id=f"{section.id}.{item.id}",
                number=f"{number}.{position}",
                section=section.id,
                item=item,
                requires=(),
                when=(),
                holds_until="promote.start-sdk" if item.id.startswith("stop-") else None,
                undo_of=None,
                inputs={},
            )
            for position, item in enumerate(section.items, 1)
        ]
    return Procedure(checklist=checklist, headings=tuple(headings), steps=tuple(steps), scripts={})


@dataclass
class Teller:
    """Writes a session event by event, ten seconds apart unless told otherwise."""

    file: SessionFile
    now: datetime = START
    by: str = "CONTOSO\\anna"
    origin: str = "jump01 (ssh from 10.0.0.7)"

    def tell(self, event: ev.Event, after: float = 10.0) -> ev.Record:
        self.now += timedelta(seconds=after)
        boottime = (self.now - START).total_seconds()
        return self.file.append(event, ev.Stamp(at=self.now, boottime=boottime, by=self.by, origin=self.origin))

    def attempt(
        self,
        item: str,
        token: str,
        *,
        number: int = 1,
        target: str = "SM02",
        printed: str = "done",
        outcome: ev.Outcome = "ok",
        ended: bool = True,
        **more: object,
    ) -> None:
        """One attempt with its output; extra arguments go to `ended`."""
        seq = self.file.records[-1].seq + 1
        output = f"{seq}-{re.sub('[^A-Za-z0-9.-]', '_', f'{item}-{target}')[:150]}.txt"
        self.tell(
            ev.Started(item=item, attempt=number, target=target, token=token, action_sha256="a" * 64, output=output)
        )
        written = self.file.new_output(output)
        self.tell(ev.Accepted(item=item, token=token, remote={"shell": "S-1", "command": "C-1"}), 0.4)
        written.write(printed)
        digest, size = written.close()
        if ended:
            code = 0 if outcome == "ok" else 1
            self.tell(
                ev.Ended(
                    item=item,
                    target=target,
                    token=token,
                    outcome=outcome,
                    exit_code=code,
                    output_sha256=digest,
                    output_bytes=size,
                    **more,  # type: ignore[arg-type]  # fields of Ended
                ),
                12.0,
            )

    def look(self, item: str, answer: ev.Answer, target: str = "SM02", **fields: str) -> None:
        why = "" if answer == "agrees" else "it is not"
        self.tell(ev.Sensed(item=item, target=target, answer=answer, fields=fields, why=why), 2.0)


FILES = {
    "checklist/promote.toml": b"# the procedure\n",
    "checklist/scripts/service-stop.ps1": b"# a script\n",
    "environment.toml": b"# the deployment\n",
}


def opened(store: Store, mode: str = "drill", title: str = "Promote a secondary management server") -> Teller:
    first = ev.Opened(
        format=1,
        session=SESSION,
        checklist="promote",
        title=title,
        version="1.0",
        mode=mode,  # type: ignore[arg-type]  # a Mode
        environment="Contoso Service Manager (simulated)",
        files=pinned_lines(FILES),
        smtui="0.1.0",
        machine="jump01",
        boot_id="b1",
        rto=3600.0,
        ticket="INC-4711",
        people=("observer: Dora Diaz",),
    )
    stamp = ev.Stamp(at=START, boottime=0.0, by="CONTOSO\\anna", origin="jump01 (ssh from 10.0.0.7)")
    return Teller(store.create(SESSION, first, FILES, stamp))


def whole_story(store: Store) -> Path:
    """A drill with a kill, an unknown that settles, a skip, an override and more; complete with exceptions."""
    it = opened(store)
    it.tell(ev.InputGiven(name="promoted", value="SM02"), 0.0)
    it.attempt("prepare.stop-sdk", "t-1", printed="Stopping OMSDK\nStopped\n", fields={"status": "Stopped"})
    it.look("prepare.stop-sdk", "agrees", status="Stopped")
    it.attempt("prepare.stop-health", "t-2", ended=False, printed="Stopping HealthService\n")
    it.by = "CONTOSO\\bert"
    it.origin = "jump01 (ssh from 10.0.0.9)"
    it.tell(ev.Resumed(smtui="0.1.0", machine="jump01", boot_id="b1"), 240.0)
    it.tell(
        ev.Ended(
            item="prepare.stop-health",
            target="SM02",
            token="t-2",
            outcome="unknown",
            settled=True,
            reason="the command runs no more",
        )
    )
    it.look("prepare.stop-health", "agrees", status="Stopped")
    it.tell(
        ev.Confirmed(
            item="prepare.fence", grade="attested", evidence={"who": "Carl, data centre"}, reason="seen it dark"
        )
    )
    it.tell(ev.Skipped(item="prepare.console", reason="nobody is logged on"))
    it.attempt("promote.promote", "t-3", target="service-manager", outcome="failed", reason="login failed", printed="")
    it.attempt("promote.promote", "t-4", number=2, target="service-manager", printed="1 row", fields={"rows": 1})
    it.look("promote.promote", "agrees", target="service-manager", name="sm02.contoso.test")
    it.tell(ev.Noted(text="Mail queue looks healthy", item="promote.mail"))
    it.tell(ev.Deferred(item="promote.mail", reason="mail is down until noon"))
    it.tell(ev.Finding(text="The runbook names a dead server", owner="Dora Diaz", due="2026-04-01"))
    it.tell(ev.Left(reason="shift change"))
    it.tell(ev.Resumed(smtui="0.1.0", machine="jump02", boot_id="b7"), 300.0)
    it.tell(ev.Confirmed(item="promote.portal", grade="attested", reason="logged on as test user"))
    it.attempt("promote.start-sdk", "t-5", fields={"status": "StartPending"})
    it.look("promote.start-sdk", "differs", status="StartPending")
    it.tell(ev.Overridden(item="promote.start-sdk", reason="services.msc says Running"))
    it.look("prepare.stop-sdk", "differs", status="Running")
    it.tell(ev.Completed(verdict="complete with exceptions"))
    it.tell(ev.AcceptedByOwner(owner="Olga Owner"), 600.0)
    it.file.release()
    return store.path(SESSION)


def evidence_of(store: Store, plan: Procedure | None = None) -> Evidence:
    plan = plan or procedure()
    reading = store.read(SESSION)
    state = fold(plan, reading.records)
    found = look_into(store.path(SESSION), reading.verdict, reading.reason)
    return gather(reading.records, state, found, tell=lambda _step, text: text, smtui="0.1.0")


def fold(plan: Procedure, records: tuple[ev.Record, ...]) -> SessionState:
    from smtui.session.fold import Fold

    return Fold.of(plan, records).state()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
