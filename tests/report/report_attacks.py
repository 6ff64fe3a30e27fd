"""What somebody may do to a bundle, and the words with which VERIFY.txt refuses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import report_story as story

from smtui.session.journal import ORIGIN, SEAL, seal

Attack = Callable[[Path], None]


def edit(name: str, old: bytes, new: bytes) -> Attack:
    def attack(bundle: Path) -> None:
        data = (bundle / name).read_bytes()
        assert old in data
        (bundle / name).write_bytes(data.replace(old, new, 1))

    return attack


def sum_anew(bundle: Path) -> None:
    names = sorted(
        str(path.relative_to(bundle))
        for path in bundle.rglob("*")
        if path.is_file() and not path.name.startswith("SHA256SUMS")
    )
    lines = (f"{story.sha256((bundle / name).read_bytes())}  {name}\n" for name in names)
    (bundle / "SHA256SUMS").write_text("".join(lines))


def resum(attack: Attack) -> Attack:
    """The attack of somebody who knows of SHA256SUMS and makes it anew."""

    def both(bundle: Path) -> None:
        attack(bundle)
        sum_anew(bundle)

    return both


def chain_anew(bundle: Path) -> None:
    """The attack of somebody who knows how the journal is sealed, and which files name its last seal."""
    journal = bundle / "session.toml"
    old, head, sealed = journal.read_bytes(), ORIGIN, b""
    for match in SEAL.finditer(old):
        region = old[len(sealed) : match.start()]
        head = seal(head, region)
        sealed += region + b'sha256 = "%s"\n' % head.encode()
    journal.write_bytes(sealed)
    last = [match[1] for match in SEAL.finditer(old)][-1]
    for name in ("VERIFY.txt", "report.json", "report.html", "report.md"):
        (bundle / name).write_bytes((bundle / name).read_bytes().replace(last, head.encode()))


def rechain(attack: Attack) -> Attack:
    def both(bundle: Path) -> None:
        attack(bundle)
        chain_anew(bundle)

    return resum(both)


def drop_event(bundle: Path) -> None:
    blocks = (bundle / "session.toml").read_text().split("\n[[event]]\n")
    del blocks[13]
    (bundle / "session.toml").write_text("\n[[event]]\n".join(blocks))


def swap_events(bundle: Path) -> None:
    blocks = (bundle / "session.toml").read_text().split("\n[[event]]\n")
    blocks[12], blocks[13] = blocks[13], blocks[12]
    (bundle / "session.toml").write_text("\n[[event]]\n".join(blocks))


def truncate(bundle: Path) -> None:
    blocks = (bundle / "session.toml").read_text().split("\n[[event]]\n")
    (bundle / "session.toml").write_text("\n[[event]]\n".join(blocks[:-1]))


def append(bundle: Path) -> None:
    with (bundle / "session.toml").open("a") as journal:
        journal.write('\n[[event]]\nkind = "noted"\n')


def add(name: str) -> Attack:
    return lambda bundle: (bundle / name).parent.mkdir(exist_ok=True) or ((bundle / name).write_text("x") and None)  # type: ignore[func-returns-value]


def link(bundle: Path) -> None:
    (bundle / "outputs" / "hard").hardlink_to(bundle / "report.md")


def other_output(bundle: Path) -> None:
    (output,) = (bundle / "outputs").glob("*prepare.stop-sdk*")
    output.write_text("nothing happened here")


ATTACKS = {
    "an edited report": (edit("report.html", b"overridden", b"verified!!"), "a listed file"),
    "an edited event": (edit("session.toml", b"nobody is logged on", b"nobody was logged o"), "a listed file"),
    "a deleted file": (lambda bundle: (bundle / "items.csv").unlink(), "a listed file"),
    "an added file": (add("extra.txt"), "added"),
    "an added hidden file": (add(".extra"), "added"),
    "an added file deep down": (add("outputs/0-extra.txt"), "added"),
    "a name that looks like nothing": (add("session.toml\n"), "added"),
    "an added folder": (lambda bundle: (bundle / "empty").mkdir(), "added"),
    "an added hard link": (link, "added"),
    "an edited event, sums made anew": (
        resum(edit("session.toml", b"nobody is logged on", b"nobody was logged o")),
        "an event of session.toml was changed",
    ),
    "a removed event, sums made anew": (resum(drop_event), "an event of session.toml was changed"),
    "swapped events, sums made anew": (resum(swap_events), "an event of session.toml was changed"),
    "a shortened journal, sums made anew": (resum(truncate), "this report was made from"),
    "a longer journal, sums made anew": (resum(append), "bytes behind the last event"),
    "another script, sums made anew": (
        resum(edit("checklist/scripts/service-stop.ps1", b"# a script", b"# a sprict")),
        "not the one that the journal names",
    ),
    "another output, sums made anew": (resum(other_output), "not the one that the journal names"),
}
