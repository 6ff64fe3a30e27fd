"""Texts as others write them, at their worst: controls, what hides or turns its neighbours, sequences, markup."""

from __future__ import annotations

from hypothesis import strategies as st

FOREIGN = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs", "Cc", "Cf", "Zl", "Zp"]),
        st.sampled_from("\x1b\x9b[0m;\r\n\t"),
    )
)
_WORDS = (
    "[@click=app.quit]", "[@click='app.bell']x[/]", "[/]", "[bold]", "[link=http://x]", "[", "]", "\\[", "$error",
    "\x1b[2J", "\x1b]8;;http://x/\x07", "\x1b]0;owned\x07", "\x1b[31m", "\x9b31m", "**strong**", "`code`", "\r\n",
    "漢字", "e\u0301", "🏴\u200d☠\ufe0f", "plain words of a reply ", "{x}", "%s",
)  # fmt: skip
MARKED_UP = st.lists(st.sampled_from(_WORDS) | FOREIGN, max_size=12).map("".join)
"""With what Textual and Rich would take for markup, links and actions."""
