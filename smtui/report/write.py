"""The evidence bundle: a folder with the report in four forms, the journal, all that it names, and the sums over it.

Nothing in it tells when it was made, so the same journal and the same smtui give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from smtui.report.csv_ import records_to_csv, to_csv
from smtui.report.found import copy, evidence_files
from smtui.report.html import to_html
from smtui.report.json_ import to_json
from smtui.report.markdown import to_markdown
from smtui.report.model import Evidence
from smtui.text import one_line

SUMS = "SHA256SUMS"
JOURNAL = "session.toml"


class ReportError(Exception):
    """The bundle cannot be written; the text is one line that says what to do."""


def write_bundle(session: Path, destination: Path, evidence: Evidence, *, replace: bool = False) -> Path:
    """Write the bundle of the session in folder `session` as the folder `destination`: all of it, or nothing.

    With `replace`, an earlier bundle at that place gives way; anything else never does.

    Raises:
        ReportError: something is in the way, or the journal is no longer the one that `evidence` was made from.
        OSError: the disk refused.
    """
    return _publish(destination, lambda partial: _write_all(session, partial, evidence), replace=replace)


def write_edition(destination: Path, evidence: Evidence, *, replace: bool = False) -> Path:
    """Write a report alone, without the session's own files, as the folder `destination`: all of it, or nothing.

    Raises:
        ReportError: something is in the way.
        OSError: the disk refused.
    """
    return _publish(destination, lambda partial: _write_forms(partial, evidence), replace=replace)


def _publish(destination: Path, fill: Callable[[Path], Iterator[tuple[str, str]]], *, replace: bool) -> Path:
    destination = destination.absolute()
    _require_room(destination, replace=replace)
    partial = destination.with_name(f".{destination.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(mode=0o700, parents=True)
    try:
        sums = dict(fill(partial))
        _write(partial, SUMS, _sums(sums))
        _sync(partial)
        _put_in_place(partial, destination)
    except BaseException:  # Ctrl-C too: no half bundle stays behind
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return destination


def render(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Every form of the report as its file name and text, one after the other."""
    yield "report.html", to_html(evidence)
    yield "report.md", to_markdown(evidence)
    yield "report.json", to_json(evidence)
    yield "items.csv", to_csv(evidence)
    yield "records.csv", records_to_csv(evidence)
    yield "VERIFY.txt", instructions(evidence)


def instructions(evidence: Evidence) -> str:
    """VERIFY.txt: prose and commands of `sh`, coreutils and awk that check this bundle."""
    template = files("smtui.report").joinpath("VERIFY.txt").read_text("utf-8")
    if evidence.header.redacted:
        template = _without_journal(template)
    integrity = evidence.integrity
    return (
        template.replace("@SESSION@", one_line(evidence.header.session))
        .replace("@EVENTS@", str(integrity.events))
        .replace("@SEAL@", integrity.head)
    )


def _without_journal(template: str) -> str:
    """The commands for an edition that holds no journal: its three steps are left out."""
    before, _, rest = template.partition("# 4. ")
    _, _, after = rest.partition("# 7. ")
    commands = f'{before}seal=@SEAL@\necho "The journal is not in this edition for outsiders."\n\n# 7. {after}'
    return commands.replace(f' {JOURNAL}", wanted', '", wanted').replace(
        "(step 4 prints it)", "(the last line shows it)"
    )


def _write_all(session: Path, folder: Path, evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Write every file but the sums; yields the path and digest of each."""
    for name in evidence_files(session, (one.path for one in evidence.integrity.pinned)):
        target = folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield name, copy(session / name, target)
    yield JOURNAL, _write(folder, JOURNAL, _journal(session, evidence))
    yield from _write_forms(folder, evidence)


def _write_forms(folder: Path, evidence: Evidence) -> Iterator[tuple[str, str]]:
    for name, text in render(evidence):
        yield name, _write(folder, name, text.encode("utf-8", "backslashreplace"))


def _journal(session: Path, evidence: Evidence) -> bytes:
    """The journal as far as the report goes: a session that still runs may have grown since, a torn end is left out.

    A damaged journal is given whole, damage included.
    """
    data = (session / JOURNAL).read_bytes()
    if evidence.integrity.verdict == "damaged":
        return data
    seal = b'\nsha256 = "%s"\n' % evidence.integrity.head.encode("ascii")
    before, found, _ = data.partition(seal)
    if not found:
        raise ReportError("The journal is not the one that this report was made from. Make the report again.")
    return before + found


def _sums(sums: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode("ascii")


def _write(folder: Path, name: str, data: bytes) -> str:
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(data).hexdigest()


def _require_room(destination: Path, *, replace: bool) -> None:
    if not os.path.lexists(destination):
        return
    if not _is_bundle(destination):
        raise ReportError(f"{destination} exists and is no evidence bundle. Choose another folder.")
    if not replace:
        raise ReportError(f"{destination} holds an earlier bundle. Choose another folder, or ask to replace it.")


def _is_bundle(folder: Path) -> bool:
    """Whether the folder holds a bundle and nothing that its sums do not list."""
    try:
        listed = {line[66:] for line in (folder / SUMS).read_text("utf-8").splitlines()} | {SUMS}
    except (OSError, ValueError):
        return False
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}
    return found <= listed and not folder.is_symlink()


def _put_in_place(partial: Path, destination: Path) -> None:
    old = destination.with_name(f".{destination.name}.replaced")
    if destination.exists():
        destination.rename(old)
    partial.rename(destination)
    _sync_folder(destination.parent)
    if old.exists():
        shutil.rmtree(old)


def _sync(folder: Path) -> None:
    for path, _, _ in os.walk(folder, topdown=False):
        _sync_folder(Path(path))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
