"""The same facts in every form, and foreign text that stays text in each."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import report_story as story
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_hostile import CORPUS

from smtui.checklist.model import Item, Section
from smtui.report.csv_ import to_csv
from smtui.report.document import Banner, Block, Bullets, Cell, Document, Excerpt, Facts, Part, Table, Text
from smtui.report.html import to_html
from smtui.report.json_ import to_json
from smtui.report.markdown import markdown_of, to_markdown
from smtui.report.model import Evidence
from smtui.session import events as ev
from smtui.session.store import Store
from smtui.text import visible

_VOID = {"meta", "br", "link", "img", "input"}


@dataclass
class Page(HTMLParser):
    """Counts elements, collects text, and insists that elements close in order."""

    tags: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "aria-labelledby")]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def parse(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert not page._open
    return page


def hostile_session(store: Store, texts: tuple[str, ...]) -> Evidence:
    """Every text in every place where foreign text can stand."""
    items = tuple(Item(id=f"i{number}", title=text, by_hand=text, caution=text) for number, text in enumerate(texts))
    sections = (Section(id="s", title=texts[0], items=items),)
    it = story.opened(store, title=texts[0])
    it.by, it.origin = texts[0], texts[0]
    for number, text in enumerate(texts):
        item = f"s.i{number}"
        it.attempt(item, f"t{number}", target=text, printed=text, outcome="failed", reason=text, fields={text: text})
        it.tell(ev.Sensed(item=item, target=text, answer="differs", fields={text: text}, why=text))
        it.tell(ev.Noted(text=text, item=item))
        it.tell(ev.Finding(text=text, owner=text, due=text))
        it.tell(ev.Confirmed(item=item, grade="attested", evidence={text: text}, reason=text))
    it.tell(ev.InputGiven(name=texts[0], value=texts[0]))
    it.tell(ev.Left(reason=texts[0]))
    it.file.release()
    return story.evidence_of(store, story.procedure(sections))


def test_the_page_has_one_policy_no_script_and_no_way_out(evidence: Evidence) -> None:
    html = to_html(evidence)
    page = parse(html)
    assert "default-src 'none'" in html
    assert "style-src 'sha256-" in html
    assert not {"script", "img", "iframe", "link", "object", "form", "base"} & set(page.tags)
    assert not [name for name in page.attributes if name.startswith("on") or name in ("style", "src")]
    assert all(link.startswith("#") or link in page.ids or " " in link for link in page.links)


def test_the_page_is_built_for_screen_readers(evidence: Evidence) -> None:
    html = to_html(evidence)
    page = parse(html)
    assert page.tags.count("h1") == 1
    assert {"header", "nav", "main", "footer"} <= set(page.tags)
    assert page.tags.count("table") == page.tags.count("caption")
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links for link in link.split()} <= set(page.ids)
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert '<html lang="en">' in html
    assert 'role="img"' in html


def test_a_drill_says_so_in_every_form(evidence: Evidence) -> None:
    assert "DRILL ON SIMULATED HOSTS" in parse(to_html(evidence)).words
    assert "DRILL ON SIMULATED HOSTS" in to_markdown(evidence)
    assert json.loads(to_json(evidence))["header"]["simulated"] is True


def test_an_unfinished_session_says_so_in_every_form(store: Store) -> None:
    story.opened(store).file.release()
    evidence = story.evidence_of(store)
    assert "INCOMPLETE" in parse(to_html(evidence)).words
    assert "INCOMPLETE" in to_markdown(evidence)
    assert json.loads(to_json(evidence))["summary"]["verdict"] == "INCOMPLETE"


def test_html_markdown_json_and_csv_tell_the_same_of_every_item(evidence: Evidence) -> None:
    html, facts = parse(to_html(evidence)).words, json.loads(to_json(evidence))
    markdown = parse(MarkdownIt("gfm-like").render(to_markdown(evidence))).words
    rows = list(csv.DictReader(io.StringIO(to_csv(evidence).removeprefix("\ufeff"))))
    items = [item for section in facts["sections"] for item in section["items"]]
    assert [row["id"] for row in rows] == [item["id"] for item in items]
    for item, row in zip(items, rows, strict=True):
        assert (row["status"], row["grade"] or None) == (item["status"], item["grade"])
        assert row["founded_on"] == item["founded_on"]
        for text in (item["title"], item["founded_on"], item["reason"], item["actual"], item["actor"]):
            assert " ".join(text.split()) in html
            assert " ".join(text.split()) in markdown
    for deviation in facts["deviations"]:
        assert deviation["what"] in html
        assert deviation["what"] in markdown
    for moment in facts["timeline"]:
        assert " ".join(moment["text"].split()) in html
        assert " ".join(moment["text"].split()) in markdown


def test_hostile_text_stays_text_in_html(store: Store) -> None:
    clean = parse(to_html(hostile_session(store, tuple("plain" for _ in CORPUS))))
    hostile = parse(to_html(hostile_session(Store(store.root / "other"), CORPUS)))
    assert set(hostile.tags) == set(clean.tags)
    assert set(hostile.attributes) == set(clean.attributes)
    for text in CORPUS:
        assert " ".join(visible(text).encode("utf-8", "backslashreplace").decode().split()) in hostile.words


def test_hostile_text_stays_text_in_markdown(store: Store) -> None:
    reader = MarkdownIt("gfm-like")
    clean = parse(reader.render(to_markdown(hostile_session(store, tuple("plain" for _ in CORPUS)))))
    hostile = parse(reader.render(to_markdown(hostile_session(Store(store.root / "other"), CORPUS))))
    assert set(hostile.tags) <= set(clean.tags)
    assert not {"href", "src"} & set(hostile.attributes)


def test_nothing_that_a_terminal_acts_on_is_in_any_form(store: Store) -> None:
    evidence = hostile_session(store, CORPUS)
    for text in (to_html(evidence), to_markdown(evidence), to_json(evidence), to_csv(evidence).removeprefix("\ufeff")):
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", text)


def test_no_cell_of_the_csv_is_a_formula(store: Store) -> None:
    text = to_csv(hostile_session(store, CORPUS)).removeprefix("\ufeff")
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_json_keeps_what_was_recorded_exactly(store: Store) -> None:
    text = "\x1b]0;x\x07 \u202e <b> ünïcode 日本"
    evidence = hostile_session(store, (text,))
    written = to_json(evidence)
    assert written.isascii()
    assert json.loads(written)["notes"][0]["text"] == text


def test_any_text_stays_text(store: Store) -> None:
    """A small report with the text as a note differs from one with a harmless note in nothing but that text."""
    it = story.opened(store)
    it.tell(ev.Noted(text="harmless"))
    it.file.release()
    sections = (Section(id="s", title="s", items=(Item(id="i", title="i", by_hand="by hand"),)),)
    plain = story.evidence_of(store, story.procedure(sections))
    reader = MarkdownIt("gfm-like")
    html_tags, markdown_tags = parse(to_html(plain)).tags, parse(reader.render(to_markdown(plain))).tags

    @settings(max_examples=100, deadline=None)
    @given(st.text(min_size=1, max_size=60))
    def check(text: str) -> None:
        note = msgspec.structs.replace(plain.notes[0], text=text)
        changed = msgspec.structs.replace(plain, notes=(note,))
        page = parse(to_html(changed))
        assert page.tags == html_tags
        assert " ".join(visible(text).split()) in page.words
        assert parse(reader.render(to_markdown(changed))).tags == markdown_tags
        assert json.loads(to_json(changed))["notes"][0]["text"] == text

    check()


_TEASING = st.text(alphabet="ab1 .:-+*_`~|#>=<()[]{}!\\'\"&;,$%^?/@w\n\t", min_size=1, max_size=24)


@settings(max_examples=500, deadline=None)
@given(_TEASING)
def test_whatever_means_something_to_markdown_stays_text_in_every_place(text: str) -> None:
    def document(said: str) -> Document:
        blocks: tuple[Block, ...] = (
            Text(said),
            Bullets((said, f"a {said}")),
            Facts(((said, Cell(said)),)),
            Table(said, (said, "b"), ((Cell(said), Cell(said)),)),
            Excerpt(said, said),
        )
        return Document(said, said, Cell(said), (Banner("", said, said),), (Part("a", said, blocks),), said)

    reader = MarkdownIt("gfm-like")
    plain, teased = (parse(reader.render(markdown_of(document(said)))) for said in ("x", f"{text}x"))
    assert teased.tags == plain.tags
    assert teased.words.count(" ".join(f"{text}x".split())) >= 14


def test_prose_of_the_checklist_keeps_its_emphasis(evidence: Evidence) -> None:
    html = to_html(evidence)
    assert "Choose *Stop* and wait." not in html  # items that the program ran show their action, not the instruction
    assert "Power it off." in html


def test_an_expected_file_is_in_the_package() -> None:
    folder = Path(__file__).parents[2] / "smtui" / "report"
    assert (folder / "VERIFY.txt").is_file()
    assert (folder / "report.css").is_file()


def test_a_drill_never_claims_a_recovery_time(store: Store, evidence: Evidence) -> None:
    drilled = parse(to_html(evidence)).words
    assert "22 min 30 s on simulated hosts, which measures no recovery" in drilled
    assert "met:" not in drilled
    header = msgspec.structs.replace(evidence.header, mode="recovery", simulated=False)
    assert (
        "met: 22 min 30 s, target 1 h 00 min 00 s"
        in parse(to_html(msgspec.structs.replace(evidence, header=header))).words
    )
