"""Text to read: prose wrapped to the width, commands and output unwrapped and scrolled sideways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from smtui.tui.shown import Paragraph, Shown
from smtui.tui.widgets.rows import KINDS


class TextPane(ScrollView, can_focus=True):
    """Shows paragraphs, each made safe here. `lines` is what they became at the present width."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"pane--{kind}" for kind in (*KINDS, "hit")}
    DEFAULT_CSS = """
    TextPane {
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;
        scrollbar-background: $panel;
        scrollbar-color: $primary;
        & > .pane--strong { text-style: bold; }
        & > .pane--label, & > .pane--faint { text-style: dim; }
        & > .pane--aside, & > .pane--code { color: $text-secondary; }
        & > .pane--good { color: $text-success; }
        & > .pane--bad { color: $text-error; text-style: bold; }
        & > .pane--warn { color: $text-warning; text-style: bold; }
        & > .pane--busy { color: $text-accent; text-style: bold; }
        & > .pane--head { color: $text-primary; text-style: bold; }
        & > .pane--hit { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Down", id="pane.down"),
        Binding("up,k", "scroll_up", "Up", id="pane.up"),
        Binding("pagedown", "page_down", "Page down", id="pane.page-down"),
        Binding("pageup", "page_up", "Page up", id="pane.page-up"),
        Binding("home", "scroll_home", "First line", id="pane.first"),
        Binding("end", "scroll_end", "Last line", id="pane.last"),
        Binding("right", "sideways(8)", "Right", id="pane.right"),
        Binding("left", "sideways(-8)", "Left", id="pane.left"),
    ]

    class LaidOut(Message):
        """The text has other lines, or another width."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._paragraphs: Sequence[Shown] = ()
        self.lines: list[Text] = []
        self.hit: int | None = None
        """Number of the line that a search found."""

    def show(self, paragraphs: Sequence[Shown]) -> None:
        """Show another text; the same text costs nothing."""
        if paragraphs == self._paragraphs:
            return
        self._paragraphs = paragraphs
        self._lay_out()

    @property
    def at_end(self) -> bool:
        """Whether the last line is seen."""
        return self.scroll_offset.y >= self.max_scroll_y

    @property
    def plain(self) -> str:
        """The shown text, for searching."""
        return "\n".join(line.plain for line in self.lines)

    def find(self, needle: str, start: int) -> int | None:
        """Number of the next line from `start` on that holds the text in any case; goes round at the end."""
        wanted = needle.casefold()
        count = len(self.lines)
        for offset in range(count):
            number = (start + offset) % count
            if wanted in self.lines[number].plain.casefold():
                return number
        return None

    def mark(self, line: int | None) -> None:
        """Highlight a line and show it."""
        self.hit = line
        if line is not None and not self.scroll_offset.y <= line < self.scroll_offset.y + self.scrollable_size.height:
            self.scroll_to(y=max(0, line - self.scrollable_size.height // 2), animate=False, immediate=True)
        self.refresh()

    def action_sideways(self, cells: int) -> None:
        """Scroll unwrapped lines."""
        self.scroll_to(x=self.scroll_offset.x + cells, animate=False)

    def on_resize(self) -> None:
        """Wrap anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        if not self.is_attached:
            return  # it has no styles and no width yet; the first resize does it
        width = max(8, self.scrollable_size.width)
        lines: list[Text] = []
        for paragraph in self._at(width):
            indent = " " * paragraph.indent
            for text in paragraph.texts(self._style):
                wrapped = text.wrap(self.app.console, width - paragraph.indent) if paragraph.wrap and text else [text]
                lines += [Text.assemble(indent, line) if indent else line for line in wrapped]
        self.lines = lines
        widest = max((line.cell_len for line in lines), default=0)
        self.virtual_size = Size(widest if widest > width else self.scrollable_size.width, len(lines))
        self.refresh()
        self.post_message(self.LaidOut())

    def _at(self, width: int) -> Iterator[Paragraph]:
        for shown in self._paragraphs:
            yield from shown.at(width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines at that width, for panes that are as high as their text."""
        del container, viewport
        count = 0
        for paragraph in self._at(width):
            for text in paragraph.texts(lambda _: Style.null()):
                wraps = paragraph.wrap and text
                count += len(text.wrap(self.app.console, max(8, width - paragraph.indent))) if wraps else 1
        return count

    def render_line(self, y: int) -> Strip:
        """One line of what is seen."""
        x, top = self.scroll_offset
        width, number = self.scrollable_size.width, top + y
        base = self.rich_style
        if number >= len(self.lines):
            return Strip.blank(width, base)
        over = self._style("hit") if number == self.hit else Style.null()
        strip = Strip(self.lines[number].render(self.app.console)).apply_style(base).apply_style(Style.null())
        beyond = strip.cell_length > x + width
        strip = strip.crop(x, x + width).adjust_cell_length(width, base)
        if beyond and width > 1:
            strip = Strip([*strip.crop(0, width - 1), Segment("…", base + self._style("warn"))], width)
        return strip.apply_style(over) if over else strip

    def _style(self, kind: str) -> Style:
        return self.get_component_rich_style(f"pane--{kind}", partial=True)
