from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import structs
from textual.app import App, ComposeResult

from smtui.checklist.model import Checklist, Item
from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.session.state import ItemState, SessionState
from smtui.tui.shown import Part
from smtui.tui.widgets.checklist import ChecklistView
from tests.tui.pictures import prepared
from tests.tui.recovery import START, recovery
from tests.tui.showing import show


def long_state(sections: int, items: int) -> SessionState:
    """A session of a procedure that is longer than any real one."""
    headings, steps = [], []
    for section in range(1, sections + 1):
        headings.append(Heading(f"s{section}", str(section), f"Section {section}", None))
        for number in range(1, items + 1):
            item = Item(id=f"i{number}", title=f"Item {number}", by_hand="Do it.")
            steps.append(
                Step(f"s{section}.i{number}", f"{section}.{number}", f"s{section}", item, (), (), None, None, {})
            )
    checklist = Checklist(id="long", title="Long", version="1", source="none")
    procedure = Procedure(checklist, tuple(headings), tuple(steps), {})
    return SessionState(
        procedure=procedure, session="one", mode="drill", opened=START, at=START, seq=1, head="", operator="anna",
        operator_uid=4001,
        inputs={}, items={step.id: ItemState(step.id) for step in steps}, rto=None, environment="lab",
        notes=(), interruptions=0, completed=None, halted="",
    )  # fmt: skip


class Counting(ChecklistView):
    """Counts the rows that are drawn."""

    drawn = 0

    def row_parts(self, row: int, width: int) -> Sequence[Part]:
        self.drawn += 1
        return super().row_parts(row, width)


class ViewApp(App[None]):
    def __init__(self, state: SessionState) -> None:
        super().__init__()
        self.view = Counting(state, lambda item: state.procedure.by_id[item].item.title)

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.rows_changed()
        self.view.focus()


async def test_ten_thousand_items_cost_what_is_seen_of_them() -> None:
    state = long_state(100, 100)
    app = ViewApp(state)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.view.row_count() == 10_100
        app.view.drawn = 0
        await pilot.press("down")
        assert app.view.drawn == 2  # the row that the cursor left and the one it came to
        app.view.drawn = 0
        await pilot.press("end")
        assert app.view.selected == "s100.i100"
        assert app.view.drawn <= 2 * 24


async def test_an_update_draws_the_rows_of_the_items_that_changed() -> None:
    state = long_state(10, 100)
    app = ViewApp(state)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        changed = dict(state.items)
        changed["s1.i3"] = ItemState("s1.i3", "failed")
        changed["s9.i3"] = ItemState("s9.i3", "done", "verified")
        app.view.drawn = 0
        app.view.show(structs.replace(state, items=changed))
        await pilot.pause()
        assert app.view.drawn == 2  # s1.i3, and what is next; s9.i3 is out of sight


async def test_the_cursor_passes_over_headings_and_scrolls_by_half_a_page() -> None:
    app = ViewApp(long_state(10, 5))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        seen = []
        tops = set()
        for _ in range(20):
            seen.append(app.view.selected)
            tops.add(app.view.scroll_offset.y)
            await pilot.press("down")
        assert seen[:7] == ["s1.i1", "s1.i2", "s1.i3", "s1.i4", "s1.i5", "s2.i1", "s2.i2"]
        assert len(tops) <= 5
        await pilot.press("home")
        assert app.view.scroll_offset.y == 0


async def test_a_filter_keeps_the_cursor_on_its_item() -> None:
    state = long_state(3, 5)
    items = dict(state.items)
    items["s2.i2"] = ItemState("s2.i2", "failed")
    app = ViewApp(structs.replace(state, items=items))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.view.select("s2.i2")
        app.view.filter("items in trouble")
        await pilot.pause()
        assert (app.view.selected, app.view.item_count) == ("s2.i2", 1)
        assert not app.view.select("s1.i1")
        app.view.filter("items by hand")
        await pilot.pause()
        assert (app.view.selected, app.view.item_count) == ("s2.i2", 15)


async def test_an_empty_list_has_no_cursor() -> None:
    app = ViewApp(long_state(0, 0))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "end", "pagedown", "home")
        assert app.view.selected is None


def test_titles_are_those_of_the_inputs(tmp_path: Path) -> None:
    engine = recovery(tmp_path).engine
    view = ChecklistView(engine.state, lambda item: engine.preview(item).title)
    assert view.title("promote.promote") == "Make SM02 the workflow server"


async def test_a_section_is_folded_and_unfolded_with_the_arrows(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("left")
        shown = operator.text()
        assert ">+3    Prepare the secondary management server   3 of 6 closed, 1 in trouble" in shown
        assert "3.4  ? unknown" not in shown
        assert "? 1 unknown" in shown
        assert "Right Unfold" in shown
        await operator.press("right")
        assert ">" in next(line for line in operator.text().splitlines() if "3.1 " in line)[:2]
        assert "? unknown" in operator.text()


async def test_what_is_next_comes_out_of_its_fold(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("left", "home", "full_stop")
        assert ">→3.4" in operator.text()


async def test_arrows_pass_over_open_sections_and_stop_at_folded_ones(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("left", "up")
        assert "> 2.1" in operator.text()
        await operator.press("down")
        assert ">+3" in operator.text()
        await operator.press("down")
        assert "> 4.1" in operator.text()
