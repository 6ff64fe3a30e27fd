"""What a journal holds about one item, before anything is concluded from it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from smtui.checklist.procedure import Step
from smtui.session import events as ev
from smtui.session.events import Record
from smtui.session.state import Agreement, Approval, Attempt, Sensing

EARLIER = 20
"""Looks of one item that are kept besides the latest: one that is polled has thousands."""

Closure = ev.Confirmed | ev.Skipped | ev.Deferred | ev.Overridden


class History(Struct):
    """The facts of one item, in the order in which they came."""

    step: Step
    attempts: list[Attempt] = []
    sensings: dict[str, Sensing] = {}
    earlier: tuple[Sensing, ...] = ()
    """Looks that found something else than the next one at the same target; the last `EARLIER` of them."""
    agreed_seq: int = 0
    """When the last look at every target agreed; 0 for never since the last reopening."""
    closure: Record | None = None
    """The last decision of a person that closed the item, unless it was reopened or run after that."""
    reopened_seq: int = 0
    reopening: Record | None = None
    branch: str | None = None
    approval: Approval | None = None
    """The latest request for a second person, or the decision to do without."""
    handed_over_seq: int = 0
    """When the session last changed hands: looks that were due before are not coming any more."""

    def take(self, record: Record) -> None:
        """Add what one record says of this item."""
        event = record.event
        match event:
            case ev.Started():
                self.closure = None
                self.attempts.append(
                    Attempt(
                        number=event.attempt,
                        target=event.target,
                        token=event.token,
                        started=record.stamp.at,
                        started_seq=record.seq,
                        output=event.output,
                        of=event.of,
                    )
                )
            case ev.Accepted():
                self._change(event.token, remote=dict(event.remote))
            case ev.Ended():
                self._end(event, record)
            case ev.Sensed():
                self._sense(event, record)
            case ev.Cancelled():
                self._change(event.token, cancelled=event.reason)
            case ev.Chosen():
                self.branch = event.branch
            case ev.Reopened():
                self.closure, self.reopening, self.reopened_seq, self.agreed_seq = None, record, record.seq, 0
                self.end_approval("the item was opened again")
            case ev.Confirmed() | ev.Skipped() | ev.Deferred() | ev.Overridden():
                self.closure = record
                kept = isinstance(event, ev.Confirmed | ev.Overridden)
                self.end_approval("used" if kept else f"the item was {event.__struct_config__.tag}")
            case ev.ApprovalRequested() | ev.BrokenGlass() | ev.Approved() | ev.ApprovalWithdrawn():
                self._approve(event, record)
            case _:
                pass

    def end_approval(self, why: str) -> bool:
        """What was agreed to counts no more. True when that changes anything."""
        if self.approval is None or self.approval.ended:
            return False
        self.approval = replace(self.approval, ended=why)
        return True

    def _approve(
        self, event: ev.ApprovalRequested | ev.BrokenGlass | ev.Approved | ev.ApprovalWithdrawn, record: Record
    ) -> None:
        stamp = record.stamp
        match event:
            case ev.ApprovalRequested():
                self.approval = Approval(
                    attempt=event.attempt,
                    deed_sha256=event.deed_sha256,
                    asked=stamp.at,
                    by=stamp.by,
                    expires=event.expires,
                    code=event.code,
                    uid=event.uid,
                    seal=record.sha256,
                )
            case ev.BrokenGlass():
                self.approval = Approval(
                    attempt=event.attempt,
                    deed_sha256=event.deed_sha256,
                    asked=stamp.at,
                    by=stamp.by,
                    expires=event.expires,
                    broken=event.reason,
                )
            case ev.Approved(code=str(code), uid=int(uid)) if self.approval and code == self.approval.code:
                agreement = Agreement(event.approver, uid, stamp.at)
                self.approval = replace(self.approval, agreements=(*self.approval.agreements, agreement))
            case ev.ApprovalWithdrawn() if self.approval and event.code == self.approval.code:
                who = f"{event.approver} said no" if event.approver else "withdrawn"
                self.end_approval(f"{who}: {event.reason}")
            case _:
                pass

    def _end(self, event: ev.Ended, record: Record) -> None:
        before = next((attempt for attempt in self.attempts if attempt.token == event.token), None)
        self._change(
            event.token,
            looked_for=before is not None and before.outcome == "unknown",
            outcome=event.outcome,
            settled=event.settled or event.outcome != "unknown",
            ended=record.stamp.at,
            ended_seq=record.seq,
            exit_code=event.exit_code,
            fields=dict(event.fields),
            reason=event.reason or "",
            **_stored(event),
            not_simulated=event.not_simulated,
        )

    def _sense(self, event: ev.Sensed, record: Record) -> None:
        look = Sensing(
            target=event.target,
            answer=event.answer,
            fields=dict(event.fields),
            why=event.why or "",
            at=record.stamp.at,
            seq=record.seq,
            of=event.of,
        )
        before = self.sensings.get(event.target)
        if before is not None and (before.answer, before.fields) != (look.answer, look.fields):
            self.earlier = (*self.earlier, before)[-EARLIER:]
        self.sensings[event.target] = look
        if len(self.sensings) >= event.of and all(s.answer == "agrees" for s in self.sensings.values()):
            self.agreed_seq = record.seq

    def _change(self, token: str, **changes: object) -> None:
        for index, attempt in enumerate(self.attempts):
            if attempt.token == token:
                self.attempts[index] = replace(attempt, **changes)

    def lose_running(self, seq: int) -> bool:
        """The session changed hands: what ran without an outcome is unknown. True when that changes anything."""
        if not self.attempts:
            return False
        self.handed_over_seq = seq
        for index, attempt in enumerate(self.attempts):
            if attempt.outcome is None:
                reason = "the program ended before the outcome was seen"
                self.attempts[index] = replace(attempt, outcome="unknown", settled=False, reason=reason)
        return True

    def current(self) -> dict[str, Attempt]:
        """The latest attempt of each target since the item was last reopened."""
        return {a.target: a for a in self.attempts if a.started_seq > self.reopened_seq}


def _stored(event: ev.Ended) -> dict[str, object]:
    """What is known of the output now; an end that stored none leaves what was stored before."""
    if event.output_sha256 is None:
        return {}
    named = {} if event.output is None else {"output": event.output}
    return {
        "output_sha256": event.output_sha256,
        "output_left_out": event.output_left_out or 0,
        "output_lines_left_out": event.output_lines_left_out or 0,
        **named,
    }
