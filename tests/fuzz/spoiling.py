"""Bytes that are nearly right, bytes that are not right at all, and bytes that are made to be expensive."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

BOMBS: Sequence[bytes] = (
    b"a" + b".a" * 20_000 + b" = 1\n",
    b"a = " + b"[" * 50_000,
    b"a = " + b"{a=" * 5_000,
    b"".join(b"[" + b".".join([b"k%d" % row] * 500) + b"]\n" for row in range(500)),
    b"a = 0x" + b"f" * 100_000 + b"\n",
    b'a = "' + b"\\u0000" * 100_000 + b'"\n',
    b"a = nan\nb = 1e999\nc = 2020-01-01T00:00:00Z\n",
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
    b"<a>" * 50_000,
    b"\x00" * 100_000,
    b"\xff\xfe" * 50_000,
)


def spoilt(*samples: bytes) -> st.SearchStrategy[bytes]:
    """A sample with up to six places changed, any bytes, or a bomb."""
    places = st.lists(
        st.tuples(
            st.floats(0, 1),
            st.integers(0, 40),
            st.binary(max_size=12) | st.sampled_from([b"\n", b'"', b"[", b"]", b"{", b".", b"<", b"\x00", b"9" * 30]),
        ),
        min_size=1,
        max_size=6,
    )
    return st.one_of(
        st.builds(_changed, st.sampled_from(samples), places), st.binary(max_size=4096), st.sampled_from(BOMBS)
    )


def _changed(sample: bytes, places: Sequence[tuple[float, int, bytes]]) -> bytes:
    data = bytearray(sample)
    for where, length, new in places:
        start = int(where * len(data))
        data[start : start + length] = new
    return bytes(data)
