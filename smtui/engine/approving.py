"""Asking a second person, hearing what they say, and doing without them: each is an event, made in one place."""

from __future__ import annotations

import threading
from collections.abc import Callable

from smtui.checklist.procedure import Step
from smtui.checklist.references import ReferenceError_, Scope
from smtui.engine.approval import VALID, code_of, deed_sha256, standing, why_over
from smtui.engine.decisions import Refused, lacking
from smtui.engine.news import Trouble
from smtui.engine.recorder import Recorder
from smtui.session import events as ev
from smtui.session.inbox import Delivered

NOBODY_ELSE = (
    "no second account can look at this session: it lies in a private folder. Begin it with a state group "
    "(docs/environment.md), or break the glass with a reason"
)
ROOT = 0


class Approving:
    """The second person of one session."""

    def __init__(
        self, recorder: Recorder, scope_of: Callable[[Step], Scope], *, shared: bool, login: int | None
    ) -> None:
        """`shared`: accounts besides the operator's can reach the session; `login`: the account that logged in."""
        self._recorder, self._scope_of, self._shared, self._login = recorder, scope_of, shared, login
        self._guard = threading.Lock()

    def request(self, step: Step) -> str:
        """Ask a second person to agree to the item's next attempt; the code that they type. Raises Refused."""
        if not self._shared:
            raise Refused(NOBODY_ELSE)
        state = self._recorder.state
        if state.operator_uid is None:
            raise Refused("it is not recorded whose session this is; leave it and resume it")
        uid, deed = state.operator_uid, self._deed(step)
        attempt, expires = state.items[step.id].next_attempt, self._recorder.now() + VALID

        def asked(seq: int) -> ev.Event:
            return ev.ApprovalRequested(
                item=step.id, code=code_of(deed, seq), attempt=attempt, deed_sha256=deed, expires=expires, uid=uid
            )

        made = self._recorder.append(asked).event
        return made.code if isinstance(made, ev.ApprovalRequested) else ""

    def withdraw(self, step: Step, reason: str) -> None:
        """Take the request back, and what was agreed to by it."""
        approval = self._recorder.state.items[step.id].approval
        code = approval.code if approval else ""
        self._recorder.append(ev.ApprovalWithdrawn(item=step.id, code=code, reason=reason))

    def break_glass(self, step: Step, reason: str) -> None:
        """Do without the second person, for one attempt."""
        attempt = self._recorder.state.items[step.id].next_attempt
        self._recorder.append(
            ev.BrokenGlass(
                item=step.id,
                attempt=attempt,
                deed_sha256=self._deed(step),
                expires=self._recorder.now() + VALID,
                reason=reason,
            )
        )

    def require(self, step: Step) -> None:
        """Raise Refused unless what would be done now is what was agreed to."""
        state = self._recorder.state
        item = state.items[step.id]
        match standing(step, item, state.operator_uid, self._recorder.now()):
            case "not needed":
                return
            case "given" if item.approval is not None:
                if item.approval.deed_sha256 != self._deed(step):
                    raise Refused(f"what {step.id} would do is not what was agreed to any more; ask again")
            case _:
                raise Refused(lacking(step, state))

    def hear(self, delivered: Delivered, *, old: bool) -> None:
        """Take what a second person left in the session's folder into the journal, or say why it does not count.

        What was there when this program took the session up (`old`) was mostly heard before: then nothing is said.
        """
        with self._guard:
            problem = self._problem(delivered)
            if not problem:
                self._take(delivered)
        if problem and not old:
            self._recorder.tell(Trouble(f"What {delivered.account} left ({delivered.name}) does not count: {problem}."))

    def _take(self, delivered: Delivered) -> None:
        word = delivered.word
        item = self._item_of(word.code)
        if word.decision == "refused":
            event: ev.Event = ev.ApprovalWithdrawn(
                item=item, code=word.code, reason=word.reason, approver=delivered.account, uid=delivered.uid
            )
        else:
            event = ev.Approved(
                item=item,
                approver=delivered.account,
                code=word.code,
                uid=delivered.uid,
                host=word.host,
                origin=word.origin,
                given=word.at,
            )
        self._recorder.append(event)

    def _problem(self, delivered: Delivered) -> str:
        """Why it does not count; empty where it does."""
        state, word = self._recorder.state, delivered.word
        item = state.items.get(self._item_of(word.code))
        approval = item.approval if item else None
        if item is None or approval is None or word.session != state.session:
            return f"nobody asked for {word.code} here"
        if word.request != approval.seal or word.deed_sha256 != approval.deed_sha256:
            return "it is about another request"
        if over := why_over(approval, item, self._recorder.now()):
            return f"{word.code} waits no more ({over})"
        if delivered.uid in {approval.uid, state.operator_uid, self._login}:
            return "the operator is not the second person"
        if delivered.uid == ROOT:
            return "root is nobody's own account"
        if word.decision == "approved" and any(one.uid == delivered.uid for one in approval.agreements):
            return f"{delivered.account} agreed already"
        return ""

    def _item_of(self, code: str) -> str:
        items = self._recorder.state.items.values()
        return next((item.id for item in items if item.approval and item.approval.code == code), "")

    def _deed(self, step: Step) -> str:
        state = self._recorder.state
        try:
            return deed_sha256(step, state, state.procedure, self._scope_of(step))
        except ReferenceError_ as error:
            raise Refused(str(error)) from None
