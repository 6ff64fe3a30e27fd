"""Who agreed to what as the second person, and what was done without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from smtui.report.model import Person
from smtui.report.model_items import ApprovalEvidence, ItemEvidence
from smtui.session.events import ApprovalRequested, ApprovalWithdrawn, Approved, BrokenGlass, Record

ROLE = "second person"


def approvals(records: Iterable[Record]) -> tuple[ApprovalEvidence, ...]:
    """Of the records of one item: each request with its answer, two lines where two agreed."""
    found: list[ApprovalEvidence] = []
    for record in records:
        match record.event:
            case ApprovalRequested():
                found.append(_asked(record, record.event))
            case BrokenGlass():
                found.append(_broken(record, record.event))
            case Approved(code=str(code)) | ApprovalWithdrawn(code=code):
                _answer(found, code, record)
            case _:
                pass
    return tuple(found)


def _asked(record: Record, event: ApprovalRequested) -> ApprovalEvidence:
    return ApprovalEvidence(
        code=event.code,
        attempt=event.attempt,
        deed_sha256=event.deed_sha256,
        asked=record.stamp.at,
        asked_by=record.stamp.by,
        asked_seq=record.seq,
        answer="not answered",
        by="",
        uid=None,
        host="",
        origin="",
        at=None,
        seq=None,
        reason="",
    )


def _broken(record: Record, event: BrokenGlass) -> ApprovalEvidence:
    return ApprovalEvidence(
        code="",
        attempt=event.attempt,
        deed_sha256=event.deed_sha256,
        asked=record.stamp.at,
        asked_by=record.stamp.by,
        asked_seq=record.seq,
        answer="glass broken",
        by=record.stamp.by,
        uid=None,
        host="",
        origin=record.stamp.origin,
        at=record.stamp.at,
        seq=record.seq,
        reason=event.reason,
    )


def _answer(found: list[ApprovalEvidence], code: str, record: Record) -> None:
    """Fill in the answer of the latest request of that code; a further answer gets a line of its own."""
    at = next((n for n in reversed(range(len(found))) if found[n].code == code), None)
    if at is None:
        return
    event, request = record.event, found[at]
    answered = replace(request, at=record.stamp.at, seq=record.seq)
    match event:
        case Approved():
            answered = replace(
                answered,
                answer="agreed",
                by=event.approver,
                uid=event.uid,
                host=event.host or "",
                origin=event.origin or "",
            )
        case ApprovalWithdrawn():
            answered = replace(
                answered,
                answer="refused" if event.approver else "taken back",
                by=event.approver or record.stamp.by,
                uid=event.uid,
                reason=event.reason,
            )
        case _:
            return
    if request.answer == "not answered":
        found[at] = answered
    else:
        found.insert(at + 1, answered)


def done_with(items: Iterable[ItemEvidence]) -> dict[str, int]:
    """How the items that take a second person were done."""
    ways = Counter(_way(item) for item in items if item.persons > 1 and item.status == "done")
    return dict(sorted(ways.items()))


def _way(item: ItemEvidence) -> str:
    answers = [one.answer for one in item.approvals]
    if "glass broken" in answers:
        return "without one (glass broken)"
    if "agreed" in answers:
        return "with one"
    return "found already so, nothing was done"


def second_persons(records: Sequence[Record]) -> tuple[Person, ...]:
    """The accounts that agreed or said no."""
    found: dict[tuple[str, int | None], Person] = {}
    for record, name, uid, host in _words(records):
        at = record.stamp.at
        known = found.get((name, uid))
        if known is None:
            known = Person(
                name=name,
                role=ROLE,
                origin=host,
                first=at,
                last=at,
                events=0,
                uid=uid,
                proof="this account owned the file that said so; which person used it is not proven",
            )
        found[name, uid] = replace(known, last=at, events=known.events + 1)
    return tuple(found.values())


def _words(records: Sequence[Record]) -> Iterator[tuple[Record, str, int | None, str]]:
    for record in records:
        match record.event:
            case Approved(approver=name, uid=uid, host=host):
                yield record, name, uid, host or ""
            case ApprovalWithdrawn(approver=str(name), uid=uid):
                yield record, name, uid, ""
            case _:
                pass
