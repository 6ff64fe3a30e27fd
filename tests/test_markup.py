"""No widget takes text from outside but through `smtui.tui.shown`, and none takes markup at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
SCREENS = sorted((HOUSE / "smtui" / "tui").rglob("*.py"))
SAFE = {"content", "Content", "_hint"}
"""What makes Content of parts that were made visible; `_hint` of the bar returns such."""
MARKUP = {
    "from_markup",
    "render_markup",
    "markup_escape",
    "escape_markup",
    "notify",
    "RichLog",
    "DataTable",
    "Markdown",
}
"""Ways by which text becomes markup, or widgets that take every string for it."""
PARSED = {"border_title", "border_subtitle"}
"""Attributes that Textual parses as markup."""


def offences(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _name(node.func)
            if name in MARKUP:
                yield f"{node.lineno}: {name} parses markup"
            if name in {"Static", "Label", "Button", "Link"} and node.args and not _is_safe(node.args[0]):
                yield f"{node.lineno}: {name} takes text that is not from `content`"
            if name == "update" and isinstance(node.func, ast.Attribute) and _updates_widget(node):
                yield f"{node.lineno}: update takes text that is not from `content`"
            if any(
                one.arg == "markup" and not (isinstance(one.value, ast.Constant) and one.value.value is False)
                for one in node.keywords
            ):
                yield f"{node.lineno}: markup is switched on"
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in PARSED:
                    yield f"{node.lineno}: {target.attr} is parsed as markup"


def _updates_widget(call: ast.Call) -> bool:
    """A text given to `update`; dictionaries and sets have an `update` too, but take no text."""
    return bool(call.args) and isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.BinOp)


def _is_safe(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and _name(value.func) in SAFE


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: str(path.relative_to(HOUSE)))
def test_screens_show_text_only_as_characters(path: Path) -> None:
    assert list(offences(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "Static(item.title)", "Static(f'{x}')", "Label('[b]' + name)", "widget.update(f'{reply}')",
        "Content.from_markup(text)", "self.app.notify(text)", "self.border_title = name", "DataTable()",
        "Static(content(x), markup=True)",
    ],
)  # fmt: skip
def test_the_rule_sees_what_it_is_for(source: str) -> None:
    assert list(offences(source))


def test_what_is_made_visible_passes() -> None:
    assert not list(offences("Static(content(item.title)); w.update(content(x)); Static(id='a'); d.update(other)"))
