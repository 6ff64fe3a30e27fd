"""What can be done with an item: each asks what must be asked, then tells the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from smtui.checklist.procedure import Step
from smtui.engine.preview import Preview
from smtui.plain import speech
from smtui.plain.voice import Voice
from smtui.session.events import Verdict
from smtui.telling.ports import EnginePort
from smtui.telling.statuses import duration, may_have_done_it

NOTHING = "Nothing was done."
RESULTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Desk:
    """One item on the table."""

    engine: EnginePort
    voice: Voice
    step: Step
    preview: Preview

    @property
    def item(self) -> str:
        """Its id."""
        return self.step.id

    @property
    def name(self) -> str:
        """Number and title."""
        return f"{self.step.number} {self.preview.title}"


def agreed(voice: Voice, question: str) -> bool:
    """Whether the answer is a whole yes; anything else is none."""
    return voice.ask(question, grave=True).casefold() == "yes"


def run(desk: Desk) -> None:
    """Say targets and exact command; what cannot be taken back takes the target's name."""
    preview, voice = desk.preview, desk.voice
    desk.engine.make_ready(desk.item)
    voice.say(f"This runs on {speech.where(preview)} ({preview.way}, at most {duration(preview.timeout)}):")
    shown, more = speech.shortened(preview.command)
    voice.exactly(shown)
    if more:
        voice.say(f'A script of {more} lines; "command" says all of it.')
    if preview.must_type is None:
        if agreed(voice, f"Run {desk.name}, yes or no?"):
            desk.engine.run(desk.item)
        else:
            voice.say(NOTHING)
        return
    voice.say("This cannot be taken back.")
    if preview.caution:
        voice.say(f"Caution: {preview.caution}")
    typed = voice.ask(f"Type the name of the target, {preview.must_type}, to run it:", grave=True)
    if typed == preview.must_type:
        desk.engine.run(desk.item, typed)
    else:
        voice.say(f"Not taken: exactly {preview.must_type} must be typed. {NOTHING}")


def ask(desk: Desk) -> None:
    """Ask a second person; say the code that they type."""
    desk.voice.say("A second person agrees to one attempt at exactly this, with an account of their own.")
    if agreed(desk.voice, f"Ask for {desk.name}, yes or no?"):
        code = desk.engine.request_approval(desk.item)
        desk.voice.say(f"They type: smtui approve {code}")
        desk.voice.say('It is said here when they have. "item" says how it stands.')
    else:
        desk.voice.say(NOTHING)


def sense(desk: Desk) -> None:
    """Look at once: it changes nothing."""
    desk.voice.say(f"Looking at {speech.where(desk.preview)}.")
    desk.engine.sense(desk.item)


def settle(desk: Desk) -> None:
    """Find out what became of an attempt."""
    desk.voice.say("This looks for the command on its target, waits for its end, or ends it. It is not run again.")
    if agreed(desk.voice, "Settle it, yes or no?"):
        desk.engine.settle(desk.item)
    else:
        desk.voice.say(NOTHING)


def accept(desk: Desk) -> None:
    """Close it as it was found."""
    doubt = may_have_done_it(desk.engine.state.items[desk.item])
    why = f"it is in place, and {doubt}" if doubt else "it is already so"
    if agreed(desk.voice, f"Count {desk.name} as done because {why}, yes or no?"):
        desk.engine.accept_sensed(desk.item)
    else:
        desk.voice.say(NOTHING)


def hand(desk: Desk) -> None:
    """Ask for the evidence and for the word of the operator."""
    evidence: dict[str, str] = {}
    for name, prompt in desk.preview.confirm.items():
        evidence[name] = desk.voice.ask(_prompt(prompt))
        if not evidence[name]:
            desk.voice.say(f"Something must be typed here. {NOTHING}")
            return
    reason = None
    if desk.engine.state.items[desk.item].status == "unknown":
        reason = _asked(desk, "An attempt's end was not seen. How do you know that it is done?")
        if reason is None:
            return
    if agreed(desk.voice, f"Have you done {desk.name} by hand, yes or no?"):
        desk.engine.confirm(desk.item, evidence, reason)
    else:
        desk.voice.say(NOTHING)


def choose(desk: Desk) -> None:
    """Ask which way."""
    branches = list(desk.preview.branches.items())
    at = desk.voice.choose("Which way, by number; Enter alone goes back:", [title for _, title in branches])
    if at is not None and agreed(desk.voice, f"Take {branches[at][1]}, yes or no?"):
        desk.engine.choose(desk.item, branches[at][0])
    else:
        desk.voice.say(NOTHING)


def note(desk: Desk) -> None:
    """Ask what is to be remembered."""
    text = _asked(desk, f"Note on {desk.name}:")
    if text is not None:
        desk.engine.note(text, desk.item)
        desk.voice.say("Recorded.")


def finding(desk: Desk) -> None:
    """Ask what is to be mended, by whom and until when."""
    text = _asked(desk, f"Finding about {desk.name}, what is to be mended:")
    owner = _asked(desk, "Who mends it?") if text is not None else None
    due = _asked(desk, "Until when?") if owner is not None else None
    if text is not None and owner is not None and due is not None:
        desk.engine.finding(text, owner, due, desk.item)
        desk.voice.say("Recorded.")


def judge(desk: Desk) -> None:
    """Ask which objective was met, who says so and on what ground."""
    state = desk.engine.state
    if not state.objectives:
        desk.voice.say("No objectives were fixed when this session began.")
        return
    told = [f"{one}: {state.judged[one].result if one in state.judged else 'not judged'}" for one in state.objectives]
    at = desk.voice.choose("Which objective, by number; Enter alone goes back:", told)
    which = desk.voice.choose("Its result, by number; Enter alone goes back:", RESULTS) if at is not None else None
    who = _asked(desk, "Who says so?") if which is not None else None
    reason = _asked(desk, "On what ground?") if who is not None else None
    if at is not None and which is not None and who is not None and reason is not None:
        desk.engine.judge(state.objectives[at], RESULTS[which], who, reason)
        desk.voice.say("Recorded.")


def _with_reason(question: str, decide: Callable[[Desk, str], None]) -> Callable[[Desk], None]:
    def deed(desk: Desk) -> None:
        reason = _asked(desk, question.format(desk.name))
        if reason is not None:
            decide(desk, reason)

    return deed


def _prompt(prompt: str) -> str:
    return prompt if prompt.rstrip().endswith(("?", ":")) else f"{prompt}:"


def _asked(desk: Desk, question: str) -> str | None:
    answer = desk.voice.ask(question)
    if not answer:
        desk.voice.say(NOTHING)
    return answer or None


BY_WORD: Mapping[str, Callable[[Desk], None]] = {
    "run": run,
    "ask": ask,
    "withdraw": _with_reason(
        "Why is what was asked for or agreed to for {} taken back?",
        lambda desk, why: desk.engine.withdraw_approval(desk.item, why),
    ),
    "break": _with_reason(
        "Why does {} go without its second person? It stands on the first page of the report.",
        lambda desk, why: desk.engine.break_glass(desk.item, why),
    ),
    "accept": accept,
    "settle": settle,
    "choose": choose,
    "hand": hand,
    "sense": sense,
    "cancel": _with_reason(
        "Why is {} to stop? What it has done so far stays done.", lambda desk, why: desk.engine.cancel(desk.item, why)
    ),
    "override": _with_reason(
        "Why does {} count as done although the look differs?", lambda desk, why: desk.engine.override(desk.item, why)
    ),
    "reopen": _with_reason("Why is {} opened again?", lambda desk, why: desk.engine.reopen(desk.item, why)),
    "skip": _with_reason(
        "Why is {} left out? What requires it stays barred.", lambda desk, why: desk.engine.skip(desk.item, why)
    ),
    "defer": _with_reason(
        "Why is {} left for later, and until when?", lambda desk, why: desk.engine.defer(desk.item, why)
    ),
}
"""What each word of `choices.ON_ITEM` does. An empty answer to a question does nothing."""

ASIDE: Mapping[str, Callable[[Desk], None]] = {"note": note, "finding": finding, "judge": judge}
"""What is written down without changing how an item stands."""
