"""What can be looked at around a session, as lines: readiness, targets, the report's first page, past times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from smtui.plain.voice import Voice
from smtui.telling.history import histories
from smtui.telling.ports import Desk, Shortcoming
from smtui.telling.statuses import duration
from smtui.text import one_line

_LEVELS = (
    ("problem", "Not ready:"),
    ("not-checked", "Not looked at, for something else is in the way:"),
    ("by-hand", "Cannot be proven from here; look by hand:"),
)


class Looks:
    """Says what the screens of the same names show."""

    def __init__(self, desk: Desk, voice: Voice) -> None:
        self._desk, self._voice = desk, voice

    def readiness(self, session: str | None) -> None:
        """The checks of `smtui check`; says when each host was looked at."""
        voice = self._voice
        voice.say("Looking over the deployment, read-only; each account is tried once.")
        found = self._desk.readiness(session, lambda *_: None)
        for level, title in _LEVELS:
            these = [one for one in found.shortcomings if one.level == level]
            if these:
                voice.say(title)
            for one in these:
                self._shortcoming(one)
        problems = sum(one.level == "problem" for one in found.shortcomings)
        voice.say(f"Looked at: {', '.join(one_line(name) for name in found.looked_at)}.")
        voice.say("READY." if found.ready else f"NOT READY: {problems} {'problem' if problems == 1 else 'problems'}.")

    def _shortcoming(self, one: Shortcoming) -> None:
        text = f"{one.check}, {one_line(one.subject)}: {one_line(one.text, 400)}"
        self._voice.say(f"{text}. To mend it: {one_line(one.remedy, 400)}." if one.remedy else f"{text}.", indent=2)

    def targets(self, session: str | None) -> None:
        """Every port, one after the other."""
        for place in self._desk.places(session):
            reached = self._desk.reach(place)
            port = f" port {place.port}" if place.port else ""
            word = "reachable" if reached.open else f"NOT reachable: {one_line(reached.text)}"
            self._voice.say(
                f"{one_line(place.name)}, {one_line(place.what)}: {place.service} at {place.address}{port} is {word}."
            )

    def history(self) -> None:
        """The median of each item over past sessions on real hosts."""
        found = histories(self._desk.past())
        if not found:
            self._voice.say("There is no completed exercise or recovery yet. Drills do not count.")
        for one in found:
            self._voice.say(f"{one_line(one.title)}, median of {len(one.sessions)}: {duration(one.whole.median)}.")
            for item in one.items:
                self._voice.say(f"{item.number} {one_line(item.name)}: {duration(item.median)}.", indent=2)

    def report(self, session: str) -> None:
        """The first page; then all of it is written where the operator says."""
        for line in self._desk.first_page(session):
            indent = len(line.label) - len(line.label.lstrip())
            self._voice.say(f"{line.label.lstrip()}{line.text}", indent=indent)
        folder = self._voice.ask(
            f"Write all of it into which new folder, such as ~/{session}-report? Enter alone: none."
        )
        if folder:
            self._voice.say("Written:")
            self._voice.exactly(self._desk.export(session, folder))
        else:
            self._voice.say("Nothing was written.")


def words(desk: Desk, voice: Voice, session: str) -> Mapping[str, Callable[[], None]]:
    """What each word means in the dialogue about a session."""
    looks = Looks(desk, voice)
    return {
        "ready": lambda: looks.readiness(session),
        "targets": lambda: looks.targets(session),
        "history": looks.history,
        "report": lambda: looks.report(session),
    }


BEFORE: Sequence[tuple[str, Callable[[Looks], None]]] = (
    ("Look whether a recovery could begin now.", lambda looks: looks.readiness(None)),
    ("Say which servers and databases can be reached from here.", lambda looks: looks.targets(None)),
    ("Say how long things took in past exercises and recoveries.", Looks.history),
)
"""What is offered before any session, besides sessions and checklists."""
