"""From records to state, one record at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Self

from smtui.checklist.procedure import Procedure
from smtui.session import events as ev
from smtui.session.clocks import Clocks
from smtui.session.events import Record
from smtui.session.history import History
from smtui.session.state import ItemState, SessionState
from smtui.session.verdict import judge_item


class Fold:
    """The running state of one session; feed it every record in order."""

    def __init__(self, procedure: Procedure) -> None:
        self._procedure = procedure
        self._histories = {step.id: History(step) for step in procedure.steps}
        self._items = {step.id: ItemState(id=step.id) for step in procedure.steps}
        self._watchers = _watchers(procedure)
        self._opened: Record | None = None
        self._last: Record | None = None
        self._inputs: dict[str, str] = {}
        self._notes: list[tuple[datetime, str, str | None, str]] = []
        self._findings: list[ev.Finding] = []
        self._judged: dict[str, ev.Judged] = {}
        self._interruptions = 0
        self._environment = ""
        self._insecure: tuple[str, ...] = ()
        self._uid: int | None = None
        self._machine = ""
        self._completed: str | None = None
        self._halted = ""
        self._clocks = Clocks()

    @classmethod
    def of(cls, procedure: Procedure, records: Iterable[Record]) -> Self:
        """The fold of a whole journal, or of as much of it as can be trusted."""
        fold = cls(procedure)
        for record in records:
            fold.feed(record)
        return fold

    def feed(self, record: Record) -> None:
        """Take one record; records of unknown items (a newer checklist) change nothing but the clock."""
        before, self._last = self._last, record
        self._clocks.feed(record)
        event = record.event
        match event:
            case ev.Opened():
                self._opened = record
                self._environment = event.environment
                self._insecure = event.insecure
                self._uid, self._machine = event.uid, event.machine
            case ev.EnvironmentChanged():
                self._insecure = event.insecure
                self._end_approvals("the environment was changed")
            case ev.Resumed() | ev.TakenOver():
                self._interruptions += not isinstance(before and before.event, ev.Resumed)
                self._change_hands(event)
            case ev.InputGiven():
                self._inputs[event.name] = event.value
            case ev.Noted() | ev.Finding():
                self._write_down(event, record)
            case ev.Judged():
                self._judged[event.objective] = event
            case ev.Completed():
                self._completed = event.verdict
            case ev.Halted():
                self._halted = "" if event.over else event.reason
            case _:
                self._feed_item(record)
                return
        if self._last.seq == 1 or isinstance(event, ev.InputGiven):
            self._judge(self._items)

    def _feed_item(self, record: Record) -> None:
        item = getattr(record.event, "item", None)
        history = self._histories.get(item) if isinstance(item, str) else None
        if history is None:
            return
        history.take(record)
        if isinstance(record.event, ev.Reopened):
            self._completed = None
        if isinstance(record.event, ev.Started):
            self._halted = ""
        self._judge([history.step.id])

    def abandon(self) -> None:
        """Nobody holds the session: whatever ran is unknown now, and looks that were due are not coming."""
        seq = self._last.seq if self._last else 0
        for item, history in self._histories.items():
            if history.lose_running(seq):
                self._judge([item])

    def _write_down(self, event: ev.Noted | ev.Finding, record: Record) -> None:
        if isinstance(event, ev.Finding):
            self._findings.append(event)
        else:
            self._notes.append((record.stamp.at, record.stamp.by, event.item, event.text))

    def _change_hands(self, event: ev.Resumed | ev.TakenOver) -> None:
        self._halted = ""
        self.abandon()
        if not isinstance(event, ev.Resumed):
            return
        if event.machine != self._machine:
            self._end_approvals("the session went on on another machine, where accounts have other numbers")
        elif event.uid != self._uid:
            self._end_approvals("the session went to another account", unless_agreed_but_by=event.uid)
        self._uid, self._machine = event.uid, event.machine

    def _end_approvals(self, why: str, unless_agreed_but_by: int | None = None) -> None:
        """Each of them, but those that another account than this one agreed to."""
        ended = []
        for item, history in self._histories.items():
            agreed = {one.uid for one in history.approval.agreements} if history.approval else set()
            if unless_agreed_but_by is not None and agreed - {unless_agreed_but_by}:
                continue
            if history.end_approval(why):
                ended.append(item)
        self._judge(ended)

    def _judge(self, changed: Iterable[str]) -> None:
        todo = list(changed)
        seen: set[str] = set()
        while todo:
            item = todo.pop()
            if item in seen:
                continue
            seen.add(item)
            self._items[item] = judge_item(
                self._histories[item], self._histories, self._items, self._inputs, self._mode()
            )
            todo.extend(self._watchers.get(item, ()))

    def _mode(self) -> str:
        opened = self._opened.event if self._opened else None
        return opened.mode if isinstance(opened, ev.Opened) else "drill"

    def state(self) -> SessionState:
        """The state after the last record; ValueError before the first."""
        if self._opened is None or self._last is None or not isinstance(self._opened.event, ev.Opened):
            raise ValueError("a session begins with the event `opened`")
        opened, last = self._opened.event, self._last
        return SessionState(
            procedure=self._procedure,
            session=opened.session,
            mode=opened.mode,
            opened=self._opened.stamp.at,
            at=last.stamp.at,
            seq=last.seq,
            head=last.sha256,
            operator=last.stamp.by,
            operator_uid=self._uid,
            inputs=dict(self._inputs),
            items=dict(self._items),
            rto=opened.rto,
            environment=self._environment,
            notes=tuple(self._notes),
            interruptions=self._interruptions,
            completed=self._completed,
            halted=self._halted,
            declared=opened.declared_at,
            objectives=opened.objectives,
            judged=dict(self._judged),
            spent=self._clocks.spent,
            findings=tuple(self._findings),
            insecure=self._insecure,
        )


def _watchers(procedure: Procedure) -> Mapping[str, tuple[str, ...]]:
    """For each item those whose state depends on its state."""
    watchers: dict[str, list[str]] = {}
    for step in procedure.steps:
        for condition in step.when:
            watchers.setdefault(condition.partition("=")[0].strip(), []).append(step.id)
        if step.holds_until:
            watchers.setdefault(step.holds_until, []).append(step.id)
    return {item: tuple(others) for item, others in watchers.items()}
