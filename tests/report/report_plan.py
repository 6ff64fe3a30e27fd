"""A plan with many items, recorded, and a program that reports it and says what that took."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import report_story as story

from smtui.checklist.model import Action, Condition, Item, Section, Sense
from smtui.checklist.procedure import Procedure
from smtui.report.write import write_bundle
from smtui.session import events as ev
from smtui.session.store import Store

IN_A_SECTION = 50


def plan(items: int) -> Procedure:
    """Sections of fifty items, each with an action, a look, a caution and a page of instruction."""
    return story.procedure(
        tuple(
            Section(
                id=f"s{section}",
                title=f"Section {section}",
                items=tuple(_item(number) for number in range(IN_A_SECTION)),
            )
            for section in range(items // IN_A_SECTION)
        )
    )


def _item(number: int) -> Item:
    return Item(
        id=f"i{number}",
        title=f"Step {number} of a long recovery",
        by_hand="\n\n".join(
            ["On **{promoted.fqdn}** open `services.msc` and choose *Stop*; wait until it stopped."] * 4
        ),
        estimate=60.0,
        run=Action(on="promoted", script="service-stop.ps1", parameters={"name": "OMSDK"}),
        sense=Sense(on="promoted", script="service-status.ps1", expect={"status": Condition(equal="Stopped")}),
        source=("PRO-a2",),
    )


def record(store: Store, items: int) -> None:
    """Every item is run once, with output, and looked at; syncs are the store's own affair."""
    it = story.opened(store)
    for number in range(items):
        item = f"s{number // IN_A_SECTION}.i{number % IN_A_SECTION}"
        it.attempt(item, f"t{number}", printed=f"line {number}\n" * 400, fields={"status": "Stopped"})
        it.look(item, "agrees", status="Stopped")
    it.tell(ev.Completed(verdict="complete"))
    it.file.release()


def report(root: Path, items: int) -> None:
    """Report the session; print seconds and the most memory in bytes as JSON."""
    store = Store(root / "sessions")
    began = time.monotonic()
    write_bundle(store.path(story.SESSION), root / "evidence", story.evidence_of(store, plan(items)))
    took = time.monotonic() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"items": items, "seconds": round(took, 2), "bytes": most}))


if __name__ == "__main__":
    folder, what, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    if what == "record":
        record(Store(folder / "sessions"), count)
    else:
        report(folder, count)
