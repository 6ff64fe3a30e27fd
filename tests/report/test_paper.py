"""Checklists on paper: complete, with names or without, and nothing in them acts on whoever reads the file."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from smtui.checklist.library import Library, lay_out, shipped_folder
from smtui.environment import Environment, load_environment
from smtui.report.html import html_of
from smtui.report.markdown import markdown_of
from smtui.report.paper import paper_of
from smtui.report.paper_names import Names

HOUSE = Path(__file__).parents[2]
LIBRARY = Library([shipped_folder()])
IDS = [checklist.id for checklist in LIBRARY.listing()]
ANSWERS = {"promoted": "SM02", "former": "SM01"}

HOSTILE = """
[checklist]
id = "hostile"
title = "<script>alert(1)</script> [x](javascript:1)"
version = "1"
source = "us \\u202e"
summary = "<img src=x onerror=1> **<b>**"
[[input]]
name = "word"
type = "text"
prompt = "<i>Which?</i>"
[[section]]
id = "one"
title = "# <u>"
[[section.item]]
id = "ask"
title = "</h3><script>"
by_hand = "`</code><script>` \\u001b[31m ``` {word}"
confirm = { a = "<input>", b = "| a | b |" }
[[section.item]]
id = "choose"
title = "Choose"
by_hand = "Choose."
choose = { left = "<left>", right = "Right" }
[[section.item]]
id = "run"
title = "Run"
by_hand = "Run it."
when = ["choose = left", "word = yes"]
requires = ["ask"]
consequential = true
caution = "<br>"
approve = 2
run = { on = "local", command = ["echo", "```\\n</pre><script>"] }
[section.item.sense]
on = "service-manager"
sql = "SELECT '</pre>' AS a -- ?"
expect = { a = { one_of = ["<a>", 1] }, b = { at_least = 2 }, c = { matches = "`" }, d = { absent = true } }
"""


@pytest.fixture(scope="module")
def drill() -> Environment:
    return load_environment(HOUSE / "smtui" / "drill" / "environment.toml")


def names(checklist: str, environment: Environment | None = None, **answers: str) -> Names:
    return Names(lay_out(LIBRARY.find(checklist), LIBRARY), environment, answers)


@pytest.mark.parametrize("checklist", IDS)
def test_every_item_has_its_box_and_every_command_is_printed(checklist: str) -> None:
    known = names(checklist)
    document = paper_of(known, "0" * 64)
    html, markdown = html_of(document, []), markdown_of(document).replace("\\.", ".")
    for step in known.procedure.steps:
        assert f"></span>{step.number} " in html
        assert f"\n### ☐ {step.number} " in markdown
    for name in known.procedure.scripts:
        assert name in html
    assert not re.search(r"(?<![$@])\{[a-z][a-z_-]*(?:\.[a-z_]+)?\}", html.partition("Appendix: scripts")[0])


def test_without_a_deployment_names_are_left_to_be_filled_in() -> None:
    text = markdown_of(paper_of(names("promote-management-server"), ""))
    assert "<promoted\\.fqdn\\>" in text.replace("\\<", "<")
    assert "sm02" not in text


def test_with_a_deployment_names_are_printed(drill: Environment) -> None:
    html = html_of(paper_of(names("promote-management-server", drill, **ANSWERS), ""), [])
    assert "&lt;" not in html.partition("Appendix: scripts")[0]
    assert "<strong>sm02.contoso.test</strong>" in html
    assert "Where: ServiceManager on SQL01." in html


def test_an_included_checklist_is_printed_in_the_names_of_the_plan(drill: Environment) -> None:
    document = paper_of(names("lost-management-server-promoted"), "")
    outside = {one.name for one in names("lost-management-server-promoted").procedure.checklist.inputs}
    found = set(re.findall(r"&lt;([a-z-]+)", html_of(document, []).partition("Appendix: scripts")[0]))
    assert found & outside
    assert found <= outside | {"service-manager", "environment", "paths", "all-management-servers"}


def test_nothing_foreign_becomes_markup(tmp_path: Path) -> None:
    path = tmp_path / "hostile.toml"
    path.write_text(HOSTILE)
    known = Names(lay_out(path, Library([])), None, {})
    html, markdown = html_of(paper_of(known, ""), []), markdown_of(paper_of(known, ""))
    seen = Tags()
    seen.feed(html)
    assert seen.tags & {"script", "img", "i", "b", "u", "input", "br", "left"} == set()
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    again = Tags()
    again.feed(rendered)
    assert again.tags & {"script", "img", "i", "b", "u", "input", "br", "left", "a"} == set()
    for text in (html, markdown):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_conditions_and_expectations_are_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "hostile.toml"
    path.write_text(HOSTILE)
    html = html_of(paper_of(Names(lay_out(path, Library([])), None, {}), ""), [])
    for said in (
        "Only if 1.2 is “&lt;left&gt;”.",
        "Only if word is yes.",
        "Not before these are done: 1.1.",
        "is one of &lt;a&gt;, 1",
        "is at least 2",
        "is absent",
        "Approved by (2):",
        "cannot be taken back",
        "this machine",
    ):
        assert said in html, said


class Tags(HTMLParser):
    """The names of all elements."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the parser's signature
        self.tags.add(tag)
