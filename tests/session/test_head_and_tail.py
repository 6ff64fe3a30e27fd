"""What is kept of a large output, whatever the pieces are in which it comes."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.session.head_and_tail import KEPT, HeadAndTail, told_left_out


def kept(pieces: list[str], limit: int) -> tuple[str, HeadAndTail]:
    cutter = HeadAndTail(limit)
    return "".join([*(cutter.feed(piece) for piece in pieces), cutter.finish()]), cutter


@given(st.lists(st.text(max_size=40)), st.integers(1, 60))
def test_head_and_tail_are_those_of_the_whole_and_the_counts_add_up(pieces: list[str], limit: int) -> None:
    whole = "".join(pieces).encode("utf-8", "backslashreplace")
    stored, cutter = kept(pieces, limit)
    data = stored.encode("utf-8", "backslashreplace")
    if not cutter.left_out:
        assert data == whole
        return
    mark = f"\n[… {told_left_out(cutter.left_out, cutter.lines_left_out)} …]\n".encode()
    head, _, tail = data.rpartition(mark)
    assert whole.startswith(head)
    assert whole.endswith(tail)
    middle = whole[len(head) : len(whole) - len(tail)]
    assert (len(middle), middle.count(b"\n")) == (cutter.left_out, cutter.lines_left_out)
    assert limit - 3 <= len(head) <= limit
    assert limit - 3 <= len(tail) <= limit


@pytest.mark.parametrize("size", [2 * KEPT, 2 * KEPT + 1])
def test_twice_what_is_kept_is_still_whole(size: int) -> None:
    stored, cutter = kept(["x" * size], KEPT)
    assert cutter.left_out == size - 2 * KEPT
    assert ("left out" in stored) == bool(cutter.left_out)


def test_memory_does_not_grow_with_the_output() -> None:
    cutter, piece = HeadAndTail(1 << 16), "1234567\n" * 64
    tracemalloc.start()
    try:
        for _ in range(40_000):  # 20 MiB
            cutter.feed(piece)
        assert tracemalloc.get_traced_memory()[1] < 3 << 20
    finally:
        tracemalloc.stop()
    cutter.finish()
    assert (cutter.left_out, cutter.lines_left_out) == (40_000 * 512 - (1 << 17), (40_000 * 512 - (1 << 17)) // 8)
