"""Sessions of any length, made without the syncs of their events."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle, islice
from pathlib import Path

from smtui.checklist.library import Library, lay_out, pinned_files, shipped_folder
from smtui.session import codec
from smtui.session.events import Confirmed, Ended, Event, Opened, Sensed, Stamp, Started
from smtui.session.store import Store, pinned_lines

ROOT = Path(__file__).parents[2]
CHECKLIST = "promote-management-server"
BEGUN = datetime(2025, 11, 22, 10, 41, 7, 123456, tzinfo=UTC)
STAMP = Stamp(at=BEGUN, boottime=81234.56, by="ada@jump01", origin="10.0.0.7")


@cache
def files() -> dict[str, bytes]:
    """What a session of the checklist pins."""
    library = Library([shipped_folder()])
    environment = (ROOT / "smtui" / "drill" / "environment.toml").read_bytes()
    return {**pinned_files(library.find(CHECKLIST), library), "environment.toml": environment}


@cache
def items() -> tuple[str, ...]:
    """The ids of its items."""
    library = Library([shipped_folder()])
    return tuple(lay_out(library.find(CHECKLIST), library).by_id)


def opened(name: str) -> Opened:
    """The first event."""
    return Opened(
        format=1,
        session=name,
        checklist=CHECKLIST,
        title="Promote a secondary management server",
        version="1.0",
        mode="exercise",
        environment="Contoso Service Manager",
        files=pinned_lines(files()),
        smtui="0.1.0",
        machine="jump01",
        boot_id="b2d1",
    )


def typical() -> Iterator[Event]:
    """What a session consists of: an attempt, a look, a person's word, of one item after the other."""
    for number, item in enumerate(cycle(items())):
        token = f"{number:032x}"
        action, output = hashlib.sha256(token.encode()).hexdigest(), f"{number}-{item.replace('/', '.')}-SM02.txt"
        yield Started(item=item, attempt=1, target="SM02", token=token, action_sha256=action, output=output)
        fields: dict[str, str | bool | int | float] = {"status": "Stopped", "name": "OMSDK", "count": number}
        yield Ended(
            item=item, target="SM02", token=token, outcome="ok", exit_code=0, fields=fields,
            output_sha256=action, output_bytes=1234,
        )  # fmt: skip
        yield Sensed(item=item, target="SM02", answer="agrees", fields=fields, why="it is so")
        yield Confirmed(item=item, grade="attested", evidence={"who": "the monitoring desk, 03:10"})


def make_session(store: Store, name: str, events: int, make: Callable[[], Iterator[Event]] = typical) -> Path:
    """A whole session of so many events; its folder."""
    session = store.create(name, opened(name), files(), STAMP)
    head = session.records[0].sha256
    session.release()
    with (session.folder / "session.toml").open("ab") as file:
        for seq, event in enumerate(islice(make(), events - 1), 2):
            at = BEGUN + timedelta(seconds=seq)
            block = codec.pack(
                event, Stamp(at=at, boottime=81234.56 + seq, by=STAMP.by, origin=STAMP.origin), seq, head
            )
            head = block[-66:-2].decode()
            file.write(block)
    return session.folder


def many_items(count: int) -> str:
    """A checklist of so many items by hand, as TOML."""
    lines = ['[checklist]\nid = "many"\ntitle = "Many"\nversion = "1"\nsource = "made"\n']
    for number in range(count):
        if number % 100 == 0:
            lines.append(f'[[section]]\nid = "s{number // 100}"\ntitle = "Section {number // 100}"\n')
        lines.append(f'[[section.item]]\nid = "i{number % 100}"\ntitle = "Step {number} of many"\nby_hand = "Do it."\n')
    return "\n".join(lines)
