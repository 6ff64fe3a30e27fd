"""What reaches the terminal under a hostile checklist and hostile output: smtui's own escape sequences, no others.

The same keys are pressed on a harmless checklist first; whatever kinds of sequences that sends are smtui's own.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pexpect
import tomli_w
from msgspec.structs import replace

from smtui.session.events import Finding, Noted
from smtui.session.store import Store

from .conftest import LIMIT, Program

CORPUS = (
    "\x1b]0;owned\x07", "\x1b]52;c;b3duZWQ=\x1b\\", "\x1b[2J\x1b[6n", "\x1bP$q\"p\x1b\\", "\x1b_Gi=1\x1b\\", "\x1bc",
    "\x1b]8;;http://x/\x07link\x1b]8;;\x07", "\x1b[?1049l", "\x1b]0;unterminated", "\x9b31mred", "\x9d0;title\x9c",
    "\x90q\x9c", "bidi \u202e\u2066gnp.exe\u2069", "zero\u200bwidth\ufeff", "[/]", "[bold]", "[@click=app.quit]x[/]",
    "[link=http://x]x[/link]", "[red]x", "\x0e\x0f shift", "bell\x07 back\x08\x08\x08", "a\rb", "\u2028\u2029\x85",
    "tag\U000e0041", "\x1b[31mcolour\x1b[0m", "\x7f", "$\x1b[A\x1b[A",
)  # fmt: skip
SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[ -/]*[0-~]|.?)", re.DOTALL
)
FREE = {"CSI m", "CSI H"}
"""Colours, and moves to a place: they depend on what is shown."""
UNSAFE = re.compile(
    "[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e0fff]"
)
KEYS = ("o", "\x1b", "?", "\x1b", "\r", "\x1b", "\x1b[A")
"""Output, keys and details on the whole screen, each left again; then the item before."""
SCREENS = (
    *("/", "\x1b", "b", "\x1b", ":", "\x1b", "\x1bOS", "\x1bOR", "\x1b[17~", "\x1bOR", "\x1b[18~", "\x1bOR"),
    *("\x1b[19~", "\x1b[6~", "\x1bOR", "\x1b[24~", "\x1bOR", "\x1bOQ", "\x1b[B", "?", "\x1b"),
)
"""Find, bridge and palette; findings, targets, readiness, the report's first page and past times by F4 to F8 and F12,
each left by F3; at last the home screen by F2, and its keys."""
HEAD = {"id": "own", "version": "1"}


def checklist(folder: Path, texts: tuple[str, ...]) -> Path:
    """One item for each text, which says it everywhere, and whose command says it too."""
    items = []
    for number, text in enumerate(texts):
        spoken = folder / f"{number}.txt"
        spoken.write_bytes(f"{text}\nline {text} end\n".encode("utf-8", "surrogatepass") + b"\x9b31m\xff\n")
        items.append(
            {
                "id": f"item-{number}",
                "title": f"Title {text}",
                "by_hand": f"Do {text}\n**strong {text}** `code {text}`",
                "note": f"Note {text}",
                "caution": f"Caution {text}",
                "run": {"on": "local", "command": ["cat", str(spoken)]},
            }
        )
    items.append({"id": "last", "title": "Last", "by_hand": "Nothing."})
    section = {"id": "one", "title": f"Section {texts[0]}", "item": items}
    path = folder.parent / "config" / "smtui" / "checklists" / "own.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {**HEAD, "title": f"Own {texts[0]}", "source": f"us {texts[0]}", "summary": texts[0]}
    question = {"name": "word", "type": "text", "prompt": f"Question {texts[0]}"}
    path.write_text(tomli_w.dumps({"checklist": head, "input": [question], "section": [section]}), "utf-8")
    return path


def deployment(folder: Path, text: str) -> Path:
    """An environment whose names say the text too."""
    path = folder / "lab.toml"
    named = {"name": f"Lab {text}", "kind": "exercise", "management_group": f"G {text}"}
    path.write_text(tomli_w.dumps({"environment": named, "paths": {"media": "\\\\fs01\\media"}}), "utf-8")
    return path


def begun(program: Program, path: Path, environment: Path, texts: tuple[str, ...]) -> str:
    """A session in which every item was run, and notes and findings say the texts too."""
    digest = program("trust", str(path), code=2).stderr.strip().rpartition(" ")[2]
    program("trust", str(path), "--digest", digest)
    done = program("run", str(path), "-e", str(environment), "--input", f"word=Answer {texts[0]}", code=3)
    session = done.stdout.strip().rpartition(" ")[2]
    assert len(list((program.sessions / session / "outputs").iterdir())) == len(texts)
    file = Store(program.sessions).open(session)
    for text in texts:
        file.append(Noted(text=f"Note {text}", item="one.item-0"), replace(file.records[-1].stamp, by=f"op {text}"))
        mended = Finding(text=f"Finding {text}", owner=f"Owner {text}", due=f"Due {text}")
        file.append(mended, file.records[-1].stamp)
    file.release()
    return session


def shown(program: Program, path: Path, texts: tuple[str, ...]) -> str:
    """Everything that the terminal gets while each item, then each screen, then the start form is looked at."""
    environment = deployment(program.home, texts[-1])
    session = begun(program, path, environment, texts)
    items = [key for _ in texts for key in KEYS]
    text = pressed(program, ["resume", session], "Last", ["\x1b[A", *items, *SCREENS])
    return text + pressed(
        program, ["start", "own", "-e", str(environment)], "1049h", ["", "", "\t", "?", "\x1b", "\x1b"]
    )


def pressed(program: Program, arguments: list[str], there: str, keys: list[str]) -> str:
    """Everything that the terminal gets until these keys were pressed."""
    child = pexpect.spawn(
        sys.executable, ["-m", "smtui", *arguments],
        env={**program.environ, "TERM": "xterm-256color", "ESCDELAY": "50"},
        encoding="utf-8", codec_errors="surrogateescape", timeout=LIMIT, dimensions=(40, 140),
    )  # fmt: skip
    try:
        child.expect(there)
        text = (child.before or "") + there + _quiet(child, 2.0)
        for key in keys:
            child.send(key)
            text += _quiet(child, 0.2)
        assert child.isalive()
    finally:
        child.close(force=True)
    return text


def _quiet(child: pexpect.spawn, moment: float) -> str:
    """What comes until nothing more comes for a moment; an escape is a key of its own only after one."""
    text, until = "", time.monotonic() + 3.0
    while time.monotonic() < until:
        try:
            text += child.read_nonblocking(65536, timeout=moment)
        except pexpect.TIMEOUT:
            break
        except pexpect.EOF:
            break
    return text


def kinds(text: str) -> set[str]:
    """The sequences without their numbers; CSI by its last letter and its private mark."""
    found = set()
    for match in SEQUENCE.finditer(text):
        sequence = match[0]
        if (
            sequence.startswith("\x1b[")
            and sequence[-1] in "mH"
            and sequence[2:-1].replace(";", "").isdecimal() | (len(sequence) == 3)
        ):
            found.add(f"CSI {sequence[-1]}")
        else:
            found.add(sequence)
    return found


def test_only_smtuis_own_sequences_reach_the_terminal(smtui: Program) -> None:
    texts = tuple(" ".join(CORPUS[start::3]) for start in range(3))
    harmless, hostile = smtui.home / "harmless", smtui.home / "hostile"
    harmless.mkdir()
    hostile.mkdir()
    own = kinds(shown(smtui, checklist(harmless, ("plain",)), ("plain",)))
    text = shown(smtui, checklist(hostile, texts), texts)
    assert text.count("␛") > 100, "the corpus was not shown at all"
    assert kinds(text) - own - FREE == set()
    assert set(UNSAFE.findall(SEQUENCE.sub("", text))) == set()


def test_the_judge_sees_what_is_not_smtuis_own() -> None:
    for text in CORPUS:
        if text[0] == "\x1b" and "[31m" not in text:
            assert kinds(text) - FREE, repr(text)
    assert kinds("\x1b[1;31mred\x1b[3;4H") == FREE
