"""What a checklist file holds, as frozen values; `load` makes them, `procedure` puts them in order.

Durations are seconds. Ids are lower case words joined by hyphens. A *template* is a string that may hold references
(`{promoted.fqdn}`); `references` resolves it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Scalar = str | bool | int | float
"""What a parameter, a sensed field or an evidence value may be."""

Value = Scalar | tuple[str, ...]
"""What a template resolves to: a scalar, or the names of a group."""

Mode = Literal["drill", "exercise", "recovery"]
InputType = Literal["server", "database", "group", "path", "unc-path", "fqdn", "text", "choice", "yes-no", "file"]
OnInterrupt = Literal["sense", "ask", "rerun"]


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question asked before the session starts; its answer is referenced by name."""

    name: str
    type: InputType
    prompt: str
    role: str | None = None
    """Only servers or databases of this role may be chosen."""
    choices: tuple[str, ...] = ()
    default: str | None = None


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one sensed field must be; exactly one key is set. Text compares case-insensitively."""

    equal: Scalar | None = None
    one_of: tuple[Scalar, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    matches: str | None = None
    absent: bool | None = None


class Action(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the program does: exactly one of `script`, `sql` and `command`.

    A script named `*.ps1` is PowerShell and takes `with`; one named `*.sql` is T-SQL and takes `values`, as `sql` does.
    """

    on: str
    script: str | None = None
    sql: str | None = None
    command: tuple[str, ...] | None = None
    parameters: dict[str, Scalar] = {}
    """`with` in the file; a string may be a template."""
    values: tuple[Scalar, ...] = ()
    timeout: float = 300.0
    credential: str | None = None
    """A credential that the script itself asks for, by name; never a value."""


class Sense(Action, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A read-only look at the real state."""

    expect: dict[str, Condition] = {}
    otherwise: str | None = None
    """What it means, and what to do, when the state differs."""


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step. It always says how to do it by hand; it may have `run` and `sense`.

    With `sense` alone it is a check: done when the state agrees. With neither it is done by hand and confirmed.
    """

    id: str
    title: str
    by_hand: str
    estimate: float | None = None
    note: str | None = None
    caution: str | None = None
    consequential: bool = False
    requires: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    """All must hold: `input = value`, `item = status`, `item = branch`."""
    choose: dict[str, str] | None = None
    """Exclusive branches, id to title: the item is decided by a person, other items name the branch in `when`."""
    run: Action | None = None
    sense: Sense | None = None
    on_interrupt: OnInterrupt | None = None
    holds_until: str | None = None
    undo_of: str | None = None
    confirm: dict[str, str] = {}
    """Evidence that must be typed in when the item is confirmed: name to prompt."""
    retry: int = 0
    idempotent: bool = False
    modes: tuple[Mode, ...] = ()
    sensed_only: bool = False
    """Nobody's word is enough: it is done when the state was seen to agree, or it is overridden."""
    approve: int = 1
    source: tuple[str, ...] = ()
    """Steps of the source that this item stands for, by the ids of the inventory (`PRO-a2`)."""


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of items, or an included checklist."""

    id: str
    title: str
    note: str | None = None
    when: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    """Required by each of its items."""
    items: tuple[Item, ...] = ()
    include: str | None = None
    inputs: dict[str, str] = {}
    """For an include: its inputs, each a template over ours."""


class Checklist(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One recovery procedure; one that includes others is a plan."""

    id: str
    title: str
    version: str
    source: str
    applies_to: tuple[str, ...] = ()
    summary: str = ""
    rto: float | None = None
    rpo: float | None = None
    inputs: tuple[Input, ...] = ()
    sections: tuple[Section, ...] = ()
