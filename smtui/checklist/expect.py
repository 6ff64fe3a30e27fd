"""Does what a look at the real state found agree with what is expected?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from smtui.checklist.model import Condition, Scalar, Value
from smtui.checklist.references import Scope, as_text, resolve
from smtui.text import one_line

Answer = Literal["agrees", "differs", "in-progress", "cannot-tell"]

_MAX_SEARCHED = 4096
"""Characters of a field that a regular expression is let loose on: fields are foreign."""


class Judgement(Struct, frozen=True):
    """The answer and, in one line, why."""

    answer: Answer
    why: str


def judge(expect: Mapping[str, Condition], fields: Mapping[str, Scalar], scope: Scope) -> Judgement:
    """Compare sensed fields with what is expected of them; raises ReferenceError_.

    A difference outweighs a field that cannot be judged. With nothing expected the fields are only a record, and
    whether they are right cannot be told.
    """
    progress = fields.get("progress", "")
    if progress is not False and progress != "":
        return Judgement("in-progress", one_line(as_text(progress)))
    if not expect:
        return Judgement("cannot-tell", "nothing is expected here; what was found is a record for a person to read")
    found = [_judge_field(name, condition, fields, scope) for name, condition in expect.items()]
    for answer in ("differs", "cannot-tell", "agrees"):
        reasons = [one.why for one in found if one.answer == answer]
        if reasons:
            return Judgement(answer, "; ".join(reasons))
    raise AssertionError("every field has one of the three answers")


def _judge_field(name: str, condition: Condition, fields: Mapping[str, Scalar], scope: Scope) -> Judgement:
    found = fields.get(name)
    shown = f"{name} is {_shown(found)}" if found is not None else f"{name} is missing"
    if condition.absent is not None:
        absent = found is None or found == ""
        wish = "no value expected" if condition.absent else "a value expected"
        return _answered(absent == condition.absent, shown, wish)
    if found is None:
        error = fields.get("error")
        return Judgement("cannot-tell", shown if error is None else f"{shown}: {_shown(error)}")
    if condition.matches is not None:
        hit = re.search(condition.matches, as_text(found)[:_MAX_SEARCHED], re.IGNORECASE)
        return _answered(hit is not None, shown, f"expected to match {condition.matches}")
    if condition.at_least is not None or condition.at_most is not None:
        return _judge_number(condition, found, shown)
    if condition.one_of is not None:
        wanted = [value for template in condition.one_of for value in _each(resolve(template, scope))]
        wish = f"expected one of {', '.join(_shown(value) for value in wanted)}"
        return _answered(any(_same(found, value) for value in wanted), shown, wish)
    if condition.equal is None:
        raise AssertionError("a condition has exactly one key")
    wanted = _each(resolve(condition.equal, scope))
    wish = f"expected {' or '.join(_shown(value) for value in wanted)}"
    return _answered(any(_same(found, value) for value in wanted), shown, wish)


def _judge_number(condition: Condition, found: Scalar, shown: str) -> Judgement:
    number = _number(found)
    if number is None:
        return Judgement("cannot-tell", f"{shown}, which is no number")
    if condition.at_least is not None:
        return _answered(number >= condition.at_least, shown, f"expected at least {condition.at_least:g}")
    limit = condition.at_most if condition.at_most is not None else number
    return _answered(number <= limit, shown, f"expected at most {limit:g}")


def _answered(agrees: bool, shown: str, wish: str) -> Judgement:
    return Judgement("agrees", shown) if agrees else Judgement("differs", f"{shown}, {wish}")


def _each(value: Value) -> list[Scalar]:
    """The names of a group are alternatives."""
    return list(value) if isinstance(value, tuple) else [value]


def _same(found: Scalar, wanted: Scalar) -> bool:
    """Equal, text in any case. A number may come as text, a truth value as 0 or 1 (SQL's bit)."""
    if isinstance(found, str) and isinstance(wanted, str):
        return found.casefold() == wanted.casefold()
    if isinstance(found, bool | str) and isinstance(wanted, bool | str):
        return str(found).casefold() == str(wanted).casefold()
    if isinstance(found, str) or isinstance(wanted, str):
        return _number(found) is not None and _number(found) == _number(wanted)
    return found == wanted


def _number(value: Scalar) -> float | None:
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _shown(value: Scalar) -> str:
    if value == "" and isinstance(value, str):
        return "empty"
    return one_line(str(value).lower() if isinstance(value, bool) else str(value), 80)
