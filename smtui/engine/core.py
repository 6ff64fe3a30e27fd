"""The engine: takes decisions and makes them durable; `runner` carries out what they ask for. It knows no screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from smtui.checklist.procedure import Step
from smtui.checklist.references import ReferenceError_, resolve_text
from smtui.engine.approving import Approving
from smtui.engine.calls import Prepared, prepare
from smtui.engine.decisions import Refused, allowed, require
from smtui.engine.judging import judgement
from smtui.engine.news import HandedOver, Listener, Trouble
from smtui.engine.preview import Preview, preview
from smtui.engine.recorder import Recorder
from smtui.engine.runner import Runner, Workshop
from smtui.session import events as ev
from smtui.session.errors import JournalError
from smtui.session.inbox import Delivered
from smtui.session.state import SessionState


class Engine:
    """One session under way. Decisions return once they are durable; runs and looks return at once."""

    def __init__(
        self,
        recorder: Recorder,
        workshop: Workshop,
        release: Callable[[], None],
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        """`release` gives the session back; `announce` tells others, without blocking, that it soon will be."""
        self._recorder, self._shop, self._release, self._announce = recorder, workshop, release, announce
        self._heir = ""
        self.closed = False
        """Whether the session was given back."""
        self.handed_over = threading.Event()
        """Somebody else asked for the session and has it now."""
        self._runner = Runner(recorder, workshop)
        self._second = Approving(recorder, workshop.scope_of, shared=workshop.shared, login=workshop.login)

    # What there is to see

    @property
    def state(self) -> SessionState:
        """The session as its journal has it."""
        return self._recorder.state

    @property
    def idle(self) -> threading.Event:
        """Set while nothing runs and nothing is looked at."""
        return self._runner.idle

    @property
    def awaits_journal(self) -> bool:
        """Whether the journal refuses events and is tried again until it takes them."""
        return self._recorder.awaits_journal

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change; call what comes back to hear no more."""
        return self._recorder.subscribe(listener)

    def tell(self, text: str) -> None:
        """Pass a line on to whoever listens."""
        self._recorder.tell(Trouble(self._shop.redactor.text(text)))

    def allowed(self, item: str) -> tuple[str, ...]:
        """Names of the actions that are allowed for an item now."""
        actions = allowed(self._step(item), self.state, self._recorder.now())
        if item in self._runner.items():
            return tuple(action for action in actions if action in ("cancel", "note"))
        return actions

    def running(self) -> tuple[str, ...]:
        """Items that this program is working on."""
        return self._runner.items()

    def recent_output(self, item: str) -> str:
        """The tail of the latest output of an item in this program's life; redacted, not yet made safe to show.

        Of several targets it has one part for each, under the target's name.
        """
        outputs = self.recent_outputs(item)
        if len(outputs) < 2:
            return "".join(outputs.values())
        return "\n".join(f"=== {target} ===\n{text}" for target, text in outputs.items())

    def recent_outputs(self, item: str) -> Mapping[str, str]:
        """The same by target, of the latest round alone; a target that has not begun is not there."""
        return self._runner.outputs.tails(item)

    def preview(self, item: str) -> Preview:
        """What an item would do. Never raises for what is not known yet; `problem` says it."""
        step = self._step(item)
        return preview(step, self.state.procedure, self._shop.scope_of(step))

    def prose(self, text: str, item: str) -> str:
        """Text of an item with its references resolved as far as they can be."""
        return resolve_text(text, self._shop.scope_of(self._step(item)))

    # What can be decided

    def make_ready(self, item: str) -> None:
        """Open what the item's target keeps between scripts, while a person still reads. Returns at once."""
        with suppress(Refused):  # what is refused now is said when it is run
            self._runner.make_ready(self._prepared(self._step(item)))

    def run(self, item: str, authorised: str | None = None) -> None:
        """Start an item on its targets. A consequential one needs the name of its target in `authorised`.

        Raises Refused where that is not allowed now.
        """
        step = self._step(item)
        self._require("run", step)
        must_type = self.preview(item).must_type
        if must_type and (authorised or "").strip().casefold() != must_type.casefold():
            raise Refused(f"{item} cannot be taken back: authorise it with the name of its target, {must_type}")
        self._second.require(step)
        self._runner.run(step, self._prepared(step))

    def sense(self, item: str) -> None:
        """Look at the real state of an item's targets."""
        step = self._step(item)
        self._require("sense", step)
        self._runner.look(step)

    def settle(self, item: str) -> None:
        """Find out what became of attempts whose end was not seen, then look at the state."""
        step = self._step(item)
        self._require("settle", step)
        self._runner.settle(step, self._prepared(step))

    def cancel(self, item: str, reason: str) -> None:
        """Ask what runs to stop; what it did until then stays as it is."""
        self._require("cancel", self._step(item))
        for attempt in self.state.items[item].attempts:
            if attempt.outcome is None:
                self._recorder.append(ev.Cancelled(item=item, token=attempt.token, reason=_reason(reason)))
        self._runner.cancel(item)

    def confirm(self, item: str, evidence: Mapping[str, str], reason: str | None = None) -> None:
        """A person says that the item is done; the evidence that the item asks for must be there."""
        step = self._step(item)
        self._require("confirm", step)
        missing = [name for name in step.item.confirm if not evidence.get(name, "").strip()]
        if missing:
            raise Refused(f"{item} needs evidence: {', '.join(missing)}")
        if self.state.items[item].status == "unknown":
            reason = _reason(reason or "")
        self._second.require(step)
        self._recorder.append(
            ev.Confirmed(item=item, grade="attested", evidence=self._clean(evidence), reason=reason or None)
        )

    def accept_sensed(self, item: str) -> None:
        """Close an item whose state is already as it should be."""
        self._require("sensed", self._step(item))
        self._recorder.append(ev.Confirmed(item=item, grade="sensed"))

    def choose(self, item: str, branch: str, reason: str | None = None) -> None:
        """Choose a branch; the items of the others do not apply any more."""
        step = self._step(item)
        self._require("choose", step)
        if branch not in (step.item.choose or {}):
            raise Refused(f"{item} has no branch {branch!r}; there are: {', '.join(step.item.choose or {})}")
        self._recorder.append(ev.Chosen(item=item, branch=branch, reason=reason or None))

    def skip(self, item: str, reason: str) -> None:
        """Do without the item; what requires it stays barred."""
        self._require("skip", self._step(item))
        self._recorder.append(ev.Skipped(item=item, reason=_reason(reason)))

    def defer(self, item: str, reason: str) -> None:
        """Do the item after this procedure; what requires it stays barred."""
        self._require("defer", self._step(item))
        self._recorder.append(ev.Deferred(item=item, reason=_reason(reason)))

    def override(self, item: str, reason: str) -> None:
        """Say done although the state differs; it does not count for what requires the item."""
        step = self._step(item)
        self._require("override", step)
        self._second.require(step)
        self._recorder.append(ev.Overridden(item=item, reason=_reason(reason)))

    def reopen(self, item: str, reason: str) -> None:
        """Make the item free to be done again."""
        self._require("reopen", self._step(item))
        self._recorder.append(ev.Reopened(item=item, reason=_reason(reason)))

    def request_approval(self, item: str) -> str:
        """Ask a second person to agree to the item as it would be done now; the code that they type."""
        step = self._step(item)
        self._require("request", step)
        return self._second.request(step)

    def withdraw_approval(self, item: str, reason: str) -> None:
        """Take the request back, and what was agreed to by it."""
        step = self._step(item)
        self._require("withdraw", step)
        self._second.withdraw(step, _reason(reason))

    def break_glass(self, item: str, reason: str) -> None:
        """Do without the second person, for one attempt; it stands on the first page of the report."""
        step = self._step(item)
        self._require("break-glass", step)
        self._second.break_glass(step, _reason(reason))

    def hear(self, delivered: Delivered, *, old: bool = False) -> None:
        """Take in what a second person left for this session; `old`: it lay there before this program came."""
        self._second.hear(delivered, old=old)

    def note(self, text: str, item: str | None = None) -> None:
        """Add a remark to the record."""
        if not text.strip():
            raise Refused("a note needs words")
        self._recorder.append(ev.Noted(text=self._shop.redactor.text(text.strip()), item=item))

    def finding(self, text: str, owner: str, due: str, item: str | None = None) -> None:
        """Write down something to be mended after the recovery, by whom and until when."""
        if not (text.strip() and owner.strip() and due.strip()):
            raise Refused("a finding needs words, an owner and a date")
        clean = self._shop.redactor.text
        self._recorder.append(
            ev.Finding(text=clean(text.strip()), owner=clean(owner.strip()), due=clean(due.strip()), item=item)
        )

    def judge(self, objective: str, result: ev.Verdict, judge: str, reason: str) -> None:
        """Somebody says whether an objective was met, and why they say so; a later word replaces an earlier one."""
        self._recorder.append(judgement(self.state, objective, result, judge, reason, self._shop.redactor.text))

    def complete(self) -> str:
        """Close the session when nothing is open; the verdict."""
        state = self.state
        if state.next_item is not None:
            raise Refused(f"{state.next_item} is still open ({state.items[state.next_item].status})")
        for step in state.procedure.steps:
            undone = step.undo_of and state.items[step.undo_of].status == "done"
            if undone and state.items[step.id].status not in ("done", "not-applicable"):
                raise Refused(f"{step.id} must be done: it takes back {step.undo_of}")
        exceptions = any(i.status in ("skipped", "deferred") or i.grade == "overridden" for i in state.items.values())
        verdict = ev.Completed(verdict="complete with exceptions" if exceptions else "complete")
        if state.completed != verdict.verdict:
            self._recorder.append(verdict)
        return verdict.verdict

    def accept_by_owner(self, owner: str) -> None:
        """The business owner took the service back; recovery time counts until here."""
        if not owner.strip():
            raise Refused("acceptance takes the name of the owner")
        if self.state.completed is None:
            raise Refused("the owner accepts a session that is completed; this one is not")
        self._recorder.append(ev.AcceptedByOwner(owner=self._shop.redactor.text(owner.strip())))

    # The end

    def stop_after_current(self) -> None:
        """Start nothing more. Never blocks."""
        self._runner.stop()
        self._announce()

    @property
    def heir(self) -> str:
        """Who asked for the session and gets it once nothing runs any more; empty where nobody did."""
        return self._heir

    def hand_over(self, heir: str, reason: str) -> None:
        """Give the session to somebody else: nothing new starts, what runs is seen to its end. Blocks until then."""
        self._heir = heir
        self.stop_after_current()
        told = f"{heir} takes the session over: {self._shop.redactor.text(reason)}"
        self._recorder.tell(Trouble(f"{told}. Nothing new is started; it is handed over when what runs has ended."))
        self.drain()
        with suppress(JournalError):  # who takes over reads what there is
            self._recorder.append(ev.Left(reason=told))
        self._release()
        self.handed_over.set()
        self._recorder.tell(HandedOver(heir))

    def record_left(self, reason: str) -> None:
        """Write that the operator is gone; items without an outcome are named."""
        if self._heir:
            return
        interrupted = tuple(i.id for i in self.state.items.values() if i.status == "running")
        self._recorder.append(ev.Left(reason=reason, interrupted=interrupted))

    def leave(self, signal_name: str) -> None:
        """The program is being ended: start nothing more and write down what is interrupted by it."""
        self.stop_after_current()
        if self.state.completed is None:
            self.record_left(f"ended by {signal_name}")

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until what runs has ended, at most `timeout` seconds; whether it has."""
        return self._runner.drain(timeout)

    def close(self) -> None:
        """Give the session back, so that another program may take it up; what runs is left."""
        self.closed = True
        self._runner.close()
        self._release()

    # On the way

    def _require(self, action: str, step: Step) -> None:
        require(action, step, self.state, self._recorder.now())

    def _step(self, item: str) -> Step:
        step = self.state.procedure.by_id.get(item)
        if step is None:
            raise Refused(f"there is no item {item}")
        return step

    def _prepared(self, step: Step) -> Prepared:
        if step.item.run is None:
            raise Refused(f"{step.id} has no automation; it is done by hand")
        try:
            return prepare(step.item.run, self.state.procedure, self._shop.scope_of(step))
        except ReferenceError_ as error:
            raise Refused(str(error)) from None

    def _clean(self, evidence: Mapping[str, str]) -> dict[str, str]:
        return {name: self._shop.redactor.text(text.strip()) for name, text in evidence.items() if text.strip()}


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("this takes a reason")
    return text.strip()
