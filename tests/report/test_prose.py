from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smtui.report.document import Span
from smtui.report.prose import paragraphs


def test_marks_become_pieces_and_line_ends_blanks() -> None:
    (first, second) = paragraphs("On **sm02** choose *Start*,\nthen type `services.msc`.\n\nWait.")
    assert first == (
        Span("On ", "plain"),
        Span("sm02", "strong"),
        Span(" choose ", "plain"),
        Span("Start", "emphasis"),
        Span(", then type ", "plain"),
        Span("services.msc", "code"),
        Span(".", "plain"),
    )
    assert second == (Span("Wait.", "plain"),)


def test_a_star_that_marks_nothing_is_a_star() -> None:
    assert list(paragraphs("2 * 3 * 4, *.dll and SELECT * FROM t")) == [
        (Span("2 * 3 * 4, *.dll and SELECT * FROM t", "plain"),)
    ]


@given(st.text(alphabet="*`ab \n", max_size=60))
def test_no_word_is_lost(text: str) -> None:
    words = "".join(span.text for paragraph in paragraphs(text) for span in paragraph)
    assert [char for char in words if char in "ab"] == [char for char in text if char in "ab"]
