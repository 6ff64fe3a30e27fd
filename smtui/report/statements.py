"""What the evidence of a session does and does not prove, in plain words: nothing is claimed that is not so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smtui.report.approvals import ROLE
from smtui.report.model import Header, Integrity, Person, Recovery
from smtui.report.model_items import SectionEvidence
from smtui.report.phrases import plural

_PINNED = """\
The procedure and its scripts are the files whose digests stand in the first event of the journal; so is the \
environment, unless an event says that it was changed and names the new digest."""
_INTENT = """\
smtui writes the intent of every automatic action to the journal before the action leaves this machine, so \
an action whose end was not seen shows here as unknown and cannot be silently absent."""
_DRILL = """\
This was a drill on simulated hosts: it trains people and procedure. It is no test of a recovery, and \
nothing here says how real servers would have behaved."""
_SIGNATURES = """\
Signatures and time stamps lie beside this report, as they are made over all of it: `smtui verify` and VERIFY.txt say \
whether there are any, and whose. Without them the digests show that the files belong together, not who made them or \
when: whoever controls the account that recorded the session could have written all of it anew, unless the last seal \
was noted elsewhere at the time. A signature, the signature of a witness or a time stamp proves only that this \
evidence was there when it was given; the time between the last event and that is vouched for by nobody."""
_TWO_ACCOUNTS = """\
A second person's approval is a file that a process of another account wrote on this machine; the account is told by \
the owner of the file. Two accounts are not two persons: who has both, or may become root there, can approve what they \
do themselves, and nothing here shows that the second person understood or looked at what they agreed to."""
_GRADES = """\
“Verified” means that the same program that acted also looked; the check of each item is named, so that it \
can be repeated. “Attested” and “overridden” are a person's word."""


def proves(integrity: Integrity, sections: Sequence[SectionEvidence]) -> tuple[str, ...]:
    """What can be relied on, and by which check."""
    chain = f"""\
The journal's {plural(integrity.events, "event")} form a chain of SHA-256 seals. Whoever noted its last seal \
elsewhere at the time ({integrity.head[:16]}…) can show that no event was edited, removed, added or moved \
since."""
    grades = [item.grade for section in sections for item in section.items]
    looked = grades.count("verified") + grades.count("sensed")
    found = f"""\
For the {plural(looked, "item")} graded verified or sensed, a look at the state of the target agreed with \
what the procedure expects; the look, its time and the values that it found stand with the item."""
    return (chain, _PINNED, _INTENT, *([found] if looked else []))


def does_not_prove(header: Header, integrity: Integrity, people: Sequence[Person], rpo: Recovery) -> tuple[str, ...]:
    """What a reader must not conclude."""
    return tuple(_limits(header, integrity, people, rpo))


def _limits(header: Header, integrity: Integrity, people: Sequence[Person], rpo: Recovery) -> Iterator[str]:
    if header.simulated:
        yield _DRILL
    if integrity.verdict == "damaged":
        yield f"The journal is damaged: {integrity.reason}. Nothing is known of what stood behind the last whole event."
    yield _SIGNATURES
    yield (
        f"The {plural(len(people), 'name')} under People are accounts and names as they were given. No key, "
        "certificate or second login proves which person it was; a key that signs this bundle does so for its signer."
    )
    if any(person.role == ROLE for person in people):
        yield _TWO_ACCOUNTS
    yield "Times are those of the recording machine's clock."
    yield _GRADES
    yield "Work outside smtui is not seen here."
    yield "That users can work again is shown only where functional checks are items of the procedure."
    if rpo.actual is None:
        yield "How much data was lost (the recovery point that was reached) is not measured by this record."
