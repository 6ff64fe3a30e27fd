"""What can be answered at an item, by word and by number; made of what the engine allows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer."""

    word: str
    help: str
    needs: str | None = None
    """The name under which the engine allows it for an item; None: always there."""


ON_ITEM: Sequence[Choice] = (
    Choice("run", "run it on its targets; shows the exact command and asks first", "run"),
    Choice("ask", "ask a second person to agree; a code is said that they type", "request"),
    Choice("withdraw", "take back what a second person was asked for or agreed to; takes a reason", "withdraw"),
    Choice("break", "do without the second person, once; takes a reason, first page of the report", "break-glass"),
    Choice("accept", "close it, because the latest look found it already so", "sensed"),
    Choice("settle", "find out what became of the attempt whose end was not seen; runs nothing", "settle"),
    Choice("choose", "decide which way is taken", "choose"),
    Choice("hand", "say that you have done it by hand; asks for the evidence", "confirm"),
    Choice("sense", "look at the real state of its targets; changes nothing", "sense"),
    Choice("cancel", "ask what runs to stop", "cancel"),
    Choice("override", "count it as done although the look differs; takes a reason", "override"),
    Choice("reopen", "take back what closed it; takes a reason", "reopen"),
    Choice("skip", "leave it out; takes a reason", "skip"),
    Choice("defer", "leave it for after this session; takes a reason", "defer"),
)

ALWAYS: Sequence[Choice] = (
    Choice("item", "say all about this item again"),
    Choice("command", "the exact commands of this item"),
    Choice("output", "the latest output of this item"),
    Choice("note", "write a remark about this item into the session"),
    Choice("finding", "write down what is to be mended after the recovery, by whom, until when"),
    Choice("judge", "say whether an objective of the session was met"),
    Choice("wait", "wait for what runs"),
    Choice("next", "go to the item that is next"),
    Choice("go", "go to an item by its number, as: go 2.3"),
    Choice("find", "go to the next item that holds a word, as: find agent"),
    Choice("list", "all items; or: list open, list trouble, list hand"),
    Choice("status", "where the session stands, to read out to others"),
    Choice("ready", "look over the hosts of this session, as smtui check does"),
    Choice("targets", "say which servers and databases can be reached from here"),
    Choice("report", "the first page of the report; asks where all of it is to be written"),
    Choice("history", "how long items took in past exercises and recoveries"),
    Choice("help", "what can be answered"),
    Choice("quit", "leave; the session goes on where it is when you come back"),
)

WORDS_ON_ITEM = frozenset(choice.word for choice in ON_ITEM)

COMPLETE = Choice("complete", "end the session with its verdict", "complete")


def possible(allowed: Collection[str]) -> tuple[Choice, ...]:
    """The numbered choices of an item now."""
    found = tuple(choice for choice in ON_ITEM if choice.needs in allowed)
    return (COMPLETE, *found) if COMPLETE.needs in allowed else found


def understood(answer: str, offered: Sequence[Choice]) -> tuple[str, str] | None:
    """The word that an answer means, and what follows it; None when it means nothing here."""
    word, _, rest = answer.strip().partition(" ")
    if word.isdecimal() and not rest and 1 <= int(word) <= len(offered):
        return offered[int(word) - 1].word, ""
    words = {choice.word: choice for choice in (*offered, *ALWAYS)}
    known = {"?": "help", "q": "quit", "g": "go"}.get(word.casefold(), word.casefold())
    return (known, rest.strip()) if known in words else None


def known_but_barred(answer: str) -> Choice | None:
    """The choice that an answer would mean at another item."""
    word = answer.strip().partition(" ")[0].casefold()
    return next((choice for choice in (*ON_ITEM, COMPLETE) if choice.word == word), None)
