"""The questions that a session asks before it does something. Pure: an item in, a question out."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.session.events import Verdict
from smtui.telling.prose import unwrap
from smtui.telling.statuses import duration, may_have_done_it
from smtui.text import one_line
from smtui.tui.describe import Subject
from smtui.tui.shown import Paragraph
from smtui.tui.widgets.bar import Ask, Field
from smtui.tui.widgets.choice import Option

REASON = "reason"
"""Name of the field that holds a reason."""
TYPED = "typed"
"""Name of the field that holds what authorises a consequential item."""
TEXT = "text"
"""Name of the field of a question with one line of free text."""


def _name(subject: Subject) -> str:
    return f"{subject.step.number} {subject.preview.title}"


def run(subject: Subject) -> Ask:
    """Targets and exact command; what cannot be taken back asks for the target's name."""
    preview = subject.preview
    where = ", ".join(preview.targets) or "this machine"
    body = [Paragraph(unwrap(preview.caution), "warn", "Caution: ", prose=True)] if preview.caution else []
    body.append(Paragraph(f"{preview.way}, at most {duration(preview.timeout)}", "faint"))
    body.append(Paragraph(preview.command.rstrip(), "code", wrap=False))
    if preview.must_type is None:
        return Ask(f"Run {_name(subject)} on {where}?", "runs it", tuple(body))
    return Ask(
        f"Run {_name(subject)} on {where}? This cannot be taken back.",
        f"runs it, once {preview.must_type} is typed",
        tuple(body),
        (Field(TYPED, f"Type the name of the target, {preview.must_type}, to run it:", exactly=preview.must_type),),
        grave=True,
    )


def by_hand(subject: Subject) -> Ask:
    """What was done, as evidence, and the word of a person."""
    body = (
        Paragraph(unwrap(subject.preview.by_hand), prose=True),
        *(
            [Paragraph(unwrap(subject.preview.caution), "warn", "Caution: ", prose=True)]
            if subject.preview.caution
            else ()
        ),
    )
    fields = tuple(Field(name, prompt) for name, prompt in subject.preview.confirm.items())
    if subject.item.status == "unknown":
        fields += (Field(REASON, "An attempt's end was not seen. How do you know that it is done?"),)
    return Ask(
        f"{_name(subject)}: done by hand?",
        "takes the marked answer",
        body,
        fields,
        (Option("done", "I have done this by hand"),),
        grave=subject.preview.consequential,
    )


def accept(subject: Subject) -> Ask:
    """It is already so."""
    seen = tuple(
        Paragraph(f"{sensing.target}, {sensing.at:%H:%M:%S} UTC: {sensing.answer}  {sensing.why}", "good")
        for sensing in subject.item.sensings.values()
    )
    doubt = may_have_done_it(subject.item)
    why = f"it is in place ({doubt})" if doubt else "it is already so"
    return Ask(f"{_name(subject)}: count it as done because {why}?", "takes it as done (sensed)", seen)


def settle(subject: Subject) -> Ask:
    """Find out about an attempt without outcome."""
    body = tuple(
        Paragraph(f"{attempt.number}. {attempt.target}, started {attempt.started:%H:%M:%S} UTC: {attempt.reason}")
        for attempt in subject.item.attempts
        if attempt.outcome == "unknown" and not attempt.settled
    )
    return Ask(
        f"{_name(subject)}: find out what became of it?",
        "looks for it, waits for its end or ends it; runs nothing",
        body,
    )


def ask_second(subject: Subject) -> Ask:
    """What a second person would agree to."""
    preview = subject.preview
    where = ", ".join(preview.targets) or "by hand"
    body = [Paragraph(unwrap(preview.caution), "warn", "Caution: ", prose=True)] if preview.caution else []
    body.append(
        Paragraph(f"They agree to one attempt at exactly this, {where}, with an account of their own.", "plain")
    )
    if preview.command:
        body.append(Paragraph(preview.command.rstrip(), "code", wrap=False))
    return Ask(f"Ask a second person for {_name(subject)}?", "shows a code for them; runs nothing", tuple(body))


_REASONS = {
    "take_back": ("Take back what was asked for or agreed to for {}?", "Why?", "takes it back"),
    "break_glass": (
        "Do {} without its second person? It stands on the first page of the report.",
        "Why can nobody else agree?",
        "breaks the glass; runs nothing yet",
    ),
    "skip": ("Skip {}?", "Why is it left out? What requires it stays barred.", "skips it"),
    "defer": ("Defer {}?", "Why, and until when? What requires it stays barred.", "defers it"),
    "override": ("Count {} as done although the look differs?", "Why is that right?", "overrides what was seen"),
    "reopen": ("Open {} again?", "Why?", "opens it again"),
    "cancel": ("Ask {} to stop? What it has done so far stays done.", "Why?", "asks it to stop"),
}


def reason(action: str, subject: Subject) -> Ask:
    """What is left out or taken back is explained; `action` is an id of the registry."""
    title, prompt, enter = _REASONS[action]
    return Ask(
        title.format(_name(subject)),
        enter,
        fields=(Field(REASON, prompt),),
        grave=action in ("override", "cancel", "break_glass"),
    )


def choose(subject: Subject) -> Ask:
    """One of the branches."""
    branches = subject.preview.branches
    return Ask(
        f"{_name(subject)}: which way?",
        "takes the marked answer; the items of the others do not apply then",
        (Paragraph(unwrap(subject.preview.by_hand), prose=True),),
        options=tuple(Option(branch, title) for branch, title in branches.items()),
    )


def note(subject: Subject) -> Ask:
    """A remark."""
    return Ask(f"Note on {_name(subject)}", "records it", fields=(Field(TEXT, "What is to be remembered?"),))


def find(before: str) -> Ask:
    """A word to look for."""
    return Ask("Find", "goes to the next hit", fields=(Field(TEXT, "Text:", default=before),), careful=False)


def jump() -> Ask:
    """A number to go to."""
    return Ask("Go to", "goes there", fields=(Field(TEXT, "Number of the item, as 2.3:"),), careful=False)


def bridge(sentence: str) -> Ask:
    """To be read out, then closed."""
    return Ask("To read out", "closes this", (Paragraph(sentence, "strong"),), careful=False)


def report(session: str) -> Ask:
    """Where the evidence goes."""
    return Ask(
        "Write the report?",
        "writes it",
        (Paragraph("HTML, Markdown, JSON and CSV with the journal and the outputs, into a folder of its own."),),
        (Field(TEXT, "Folder, which must not be there yet:", default=f"~/{session}-report"),),
    )


def save(item: str) -> Ask:
    """Where the output goes."""
    name = item.replace("/", "-").replace(".", "-")
    prompt = "File, which must not be there yet:"
    return Ask("Save what is shown here?", "writes it", fields=(Field(TEXT, prompt, default=f"~/{name}.txt"),))


OWNER, DUE = "owner", "due"
"""Names of the fields of a finding besides its text."""


def finding(about: str) -> Ask:
    """Something to be mended after the recovery; who does it, and until when."""
    return Ask(
        f"Finding{f' about {about}' if about else ''}",
        "records it",
        fields=(
            Field(TEXT, "What is to be mended?"),
            Field(OWNER, "Who mends it?"),
            Field(DUE, "Until when?"),
        ),
    )


JUDGE = "judge"
"""Name of the field that says who judges."""
VERDICTS: Mapping[str, Verdict] = {"met": "met", "not-met": "not met", "not-judged": "not judged"}
"""What may be said of an objective, by the key of the answer."""


def judge(objective: str) -> Ask:
    """Whether it was met."""
    return Ask(
        f"Was this met: {one_line(objective, 200)}",
        "takes the marked answer",
        fields=(Field(JUDGE, "Who says so?"), Field(REASON, "On what ground?")),
        options=(
            Option("met", "Met"),
            Option("not-met", "Not met"),
            Option("not-judged", "It cannot be judged"),
        ),
    )


def complete(exceptions: int) -> Ask:
    """The verdict."""
    how = f"complete with exceptions ({exceptions} skipped, deferred or overridden)" if exceptions else "complete"
    return Ask(f"Nothing is open any more. End the session as {how}?", "ends the session")


def leave(running: tuple[str, ...], *, to_home: bool) -> Ask:
    """What leaving means for what runs."""
    if not running:
        body = [Paragraph("Nothing is running. Everything decided is on disk; resume it at any time.")]
    elif to_home:
        body = [Paragraph("These go on meanwhile, and are recorded when they end:"), *_bullets(running)]
    else:
        body = [
            Paragraph("smtui waits for these to end, records that, then ends; nothing new is started:"),
            *_bullets(running),
        ]
    return Ask("Leave the session?" if to_home else "Leave smtui?", "leaves", tuple(body))


def _bullets(running: tuple[str, ...]) -> list[Paragraph]:
    return [Paragraph(title, "busy", "- ", indent=2) for title in running]
