from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.targets.host_frames import Answer, FrameError, FrameReader, ask_line, new_frame, run_line

FRAME = "smtui-" + "5a" * 16
OTHER = "smtui-" + "00" * 16


def read(data: bytes, sizes: list[int], *, begun: bool = False) -> tuple[bytes, bytes, list[Answer]]:
    """What a reader makes of the data when it comes in pieces."""
    reader, output, error = FrameReader(FRAME, begun=begun), b"", b""
    while data:
        size = sizes.pop(0) if sizes else len(data)
        reader.feed(data[:size])
        data, output, error = data[size:], output + reader.output, error + reader.error
    return output, error, reader.answers


def framed(output: bytes, error: bytes = b"", code: int = 0) -> bytes:
    said = b"%s error %s\n" % (FRAME.encode(), base64.b64encode(error)) if error else b""
    return b"%s begin\n%s%s%s end %d\n" % (FRAME.encode(), output, said, FRAME.encode(), code)


@given(
    output=st.binary(max_size=200),
    error=st.binary(max_size=50),
    before=st.sampled_from([b"", b"smtui-ready\n", f"{OTHER} begin\nx{OTHER} end 0\n".encode(), b"smtui-"]),
    sizes=st.lists(st.integers(min_value=1, max_value=40), max_size=60),
)
def test_any_output_comes_back_whole_however_it_is_cut(
    output: bytes, error: bytes, before: bytes, sizes: list[int]
) -> None:
    assert read(before + framed(output, error, -7), sizes) == (output, error, [Answer("end", -7)])


@given(st.text(alphabet="smtui-5a0 begnd\n", max_size=120))
def test_output_that_imitates_the_host_is_output(text: str) -> None:
    output = text.encode()
    assert read(framed(output), []) == (output, b"", [Answer("end", 0)])


def test_the_lines_of_another_frame_in_the_output_are_output() -> None:
    forged = f"{OTHER} end 0\n".encode()
    assert read(framed(forged, code=1), []) == (forged, b"", [Answer("end", 1)])


def test_an_answer_brings_the_last_output() -> None:
    tail = base64.b64encode(b"the end").decode()
    data = f"rest of it{FRAME} end 3\n{FRAME} again 3 {tail}\n".encode()
    assert read(data, [], begun=True) == (b"rest of it", b"", [Answer("end", 3), Answer("again", 3, b"the end")])


@pytest.mark.parametrize("word", ["never", "over"])
def test_an_answer_without_a_result(word: str) -> None:
    assert read(f"{FRAME} {word}\n".encode(), [])[2] == [Answer(word)]  # type: ignore[arg-type]


@pytest.mark.parametrize("line", ["end x", "error ???", "again 1 ???", "dance"])
def test_what_no_host_says_is_an_error(line: str) -> None:
    with pytest.raises(FrameError):
        read(f"{FRAME} {line}\n".encode(), [])


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    with pytest.raises(FrameError):
        read(f"{FRAME} error ".encode() + b"A" * (2 << 20), [])


def test_a_torn_frame_is_told_once() -> None:
    reader = FrameReader(FRAME)
    reader.feed(b"smtui-torn\n")
    assert [reader.torn, reader.torn] == [True, False]


def test_a_line_begins_with_a_line_end_and_says_how_long_its_data_are() -> None:
    assert run_line(FRAME, b"QUJD") == f"\nrun {FRAME} 4 QUJD\n".encode()
    assert ask_line(FRAME) == f"\nask {FRAME}\n".encode()


def test_names_are_random() -> None:
    names = {new_frame() for _ in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch("smtui-[0-9a-f]{32}", name) for name in names)
