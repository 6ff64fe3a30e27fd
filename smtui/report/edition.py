"""The edition of a report for outsiders: other names throughout, and nothing that could hold names nobody knows of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from smtui.environment.model import Environment
from smtui.report.model import Deviation, Evidence, Moment
from smtui.report.model_items import AttemptEvidence, ItemEvidence, OutputFile, SectionEvidence
from smtui.report.model_targets import AskedLog
from smtui.report.names import Replacer, known_names
from smtui.report.phrases import plural
from smtui.report.values import Values
from smtui.session.events import Record

WITHHELD = "(withheld)"
_CHANGE = "environment-changed"
_V = TypeVar("_V", bound=Values)


def edition(evidence: Evidence, environment: Environment, records: Iterable[Record]) -> Evidence:
    """The same report for outsiders; environment and records say which names there are."""
    replacer = Replacer(known_names(environment, evidence, records))
    changed = _struct(_withheld(evidence), replacer)
    limits = (_statement(replacer.counts), *changed.does_not_prove)
    return replace(changed, header=replace(changed.header, redacted=True), does_not_prove=limits)


def _statement(counts: Mapping[str, int]) -> str:
    replaced = ", ".join(plural(count, kind.lower().replace("-", " ")) for kind, count in counts.items())
    return (
        f"This is an edition for outsiders. Names were replaced, each by the same wherever it stood ({replaced}). "
        "Outputs, the values of remote ids, the digests of actions and outputs, the numbers of accounts, and what "
        "changed in the deployment's file are withheld; so are the journal and the files beside it. Reasons, notes "
        "and findings are the words of people: only names that smtui knows were replaced in them. Whoever has the "
        "whole bundle can compare its last seal with the one here."
    )


def _withheld(evidence: Evidence) -> Evidence:
    return replace(
        evidence,
        people=tuple(replace(person, uid=None) for person in evidence.people),
        target_records=replace(evidence.target_records, logs=tuple(_log(one) for one in evidence.target_records.logs)),
        sections=tuple(replace(section, items=_items(section)) for section in evidence.sections),
        deviations=tuple(_deviation(one) for one in evidence.deviations),
        timeline=tuple(_moment(one) for one in evidence.timeline),
    )


def _items(section: SectionEvidence) -> tuple[ItemEvidence, ...]:
    return tuple(
        replace(
            item,
            attempts=tuple(_attempt(attempt) for attempt in item.attempts),
            approvals=tuple(replace(one, uid=None, deed_sha256="") for one in item.approvals),
        )
        for item in section.items
    )


def _attempt(attempt: AttemptEvidence) -> AttemptEvidence:
    return replace(
        attempt,
        action_sha256="",
        remote=dict.fromkeys(attempt.remote, WITHHELD),
        output=_output(attempt.output) if attempt.output else None,
    )


def _log(log: AskedLog) -> AskedLog:
    return replace(log, output=_output(log.output) if log.output else None)


def _output(output: OutputFile) -> OutputFile:
    return replace(output, recorded_sha256=None, found_sha256=None, excerpt=WITHHELD, cut=True)


def _deviation(deviation: Deviation) -> Deviation:
    return replace(deviation, what=WITHHELD) if deviation.kind == "environment changed" else deviation


def _moment(moment: Moment) -> Moment:
    return replace(moment, text=WITHHELD) if moment.kind in (_CHANGE, "accepted") else moment


def _struct(value: _V, replacer: Replacer) -> _V:
    """The same struct with every free text in it replaced; words of our own vocabulary are no free text."""
    hints = get_type_hints(type(value))
    changes = {
        field.name: _value(getattr(value, field.name), hints[field.name], replacer)
        for field in msgspec.structs.fields(value)
    }
    return replace(value, **changes)


def _value(value: object, hint: Any, replacer: Replacer) -> object:  # a type hint has no type of its own
    match value:
        case str():
            return replacer(value) if _is_free(hint) else value
        case Values():
            return _struct(value, replacer)
        case tuple():
            return tuple(_value(one, get_args(hint)[0], replacer) for one in value)
        case dict() if get_args(hint)[1] is not int:
            return {replacer(str(key)): replacer(one) if isinstance(one, str) else one for key, one in value.items()}
        case _:
            return value


def _is_free(hint: Any) -> bool:
    """Whether a hint is `str` or a union with it, and no Literal."""
    if get_origin(hint) in (Union, UnionType):
        return str in get_args(hint)
    return hint is str
