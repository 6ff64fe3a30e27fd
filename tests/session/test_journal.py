from __future__ import annotations

import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtui.session import journal
from smtui.session.journal import FORMAT, HEADER, MAX_BLOCK, ORIGIN, PREAMBLE, SECTOR, Value, encode, scan, unfinished

AT = datetime(2025, 11, 22, 10, 0, tzinfo=UTC)
VERIFY = Path(__file__).parent / "verify_chain.sh"
EVENTS: tuple[dict[str, Value], ...] = (
    {"kind": "opened", "at": AT, "files": ["a  b", 'c"\\\r\n'], "boottime": 1.5},
    {"kind": "sensed", "fields": {"status": "Stopped", "count": 3, "ok": True}, "none": []},
    {"kind": "noted", "text": 'sha256 = "' + "0" * 64 + '"\n[[event]]\nseq = 3\n', "people": ["ü", "\u202e"]},
    {"kind": "ended", "exit_code": -1, "reason": "x" * 700},
)


def chain(*events: dict[str, Value]) -> bytes:
    data, head = b"", ORIGIN
    for seq, fields in enumerate(events, 1):
        block = encode(fields, seq, head)
        head = block[-66:-2].decode()
        data += block
    return data


WHOLE = chain(*EVENTS)
ENDS = [entry.end for entry in scan(WHOLE).entries]


def test_the_file_is_plain_toml_after_every_event() -> None:
    for count, end in enumerate(ENDS, 1):
        document = tomllib.loads(WHOLE[:end].decode())
        assert document["format"] == FORMAT
        assert [event["seq"] for event in document["event"]] == list(range(1, count + 1))


def test_values_come_back() -> None:
    fields = [entry.fields for entry in scan(WHOLE).entries]
    for written, read in zip(EVENTS, fields, strict=True):
        assert {key: value for key, value in read.items() if key != "sha256"} == written


def test_form_of_a_block() -> None:
    block = encode({"kind": "noted", "by": {"account": "ada", "uid": 7}, "people": ["a", "b"]}, 2, ORIGIN)
    seal = journal.seal(ORIGIN, block[: block.index(b"sha256 = ")])
    assert block.decode() == (
        '\n[[event]]\nkind = "noted"\nby.account = "ada"\nby.uid = 7\npeople = [\n    "a",\n    "b",\n]\nseq = 2\n'
        f'sha256 = "{seal}"\n'
    )


def test_an_auditor_needs_awk_and_sha256sum(tmp_path: Path) -> None:
    file = tmp_path / "session.toml"
    file.write_bytes(WHOLE)
    assert _verify(file) == (0, "4 events\n")
    for change in (
        WHOLE[:-1],
        WHOLE + b"\n",
        WHOLE.replace(b"Stopped", b"Running"),
        WHOLE[: ENDS[0]] + WHOLE[ENDS[1] :],
    ):
        file.write_bytes(change)
        assert _verify(file)[0] == 1


def _verify(file: Path) -> tuple[int, str]:
    done = subprocess.run(["sh", VERIFY, file], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("key", ["seq", "sha256", "", "A", "a b", "a.b", "1", "_a", "ä", "a\n"])
def test_names_that_are_none_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="cannot have the key"):
        encode({key: "x"}, 1, ORIGIN)


@pytest.mark.parametrize(
    "value", [{}, {"A": 1}, {"": 1}, [1], 2**63, float("inf"), float("nan"), AT.replace(tzinfo=None), b"x"]
)
def test_values_that_the_format_does_not_hold_are_refused(value: Value) -> None:
    with pytest.raises(ValueError, match=r"^key "):
        encode({"key": value}, 1, ORIGIN)


def test_an_event_needs_a_value() -> None:
    with pytest.raises(ValueError, match="at least one"):
        encode({}, 1, ORIGIN)


def test_a_block_has_a_limit() -> None:
    encode({"text": "x" * (MAX_BLOCK - 200)}, 2, ORIGIN)
    with pytest.raises(journal.BlockSizeError):
        encode({"text": "x" * MAX_BLOCK}, 2, ORIGIN)


def test_every_cut_is_whole_torn_or_without_a_first_event() -> None:
    for size in range(len(WHOLE)):
        found = scan(WHOLE[:size])
        complete = sum(end <= size for end in ENDS)
        assert len(found.entries) == complete
        if not complete:
            assert found.verdict == "damaged"
        else:
            assert found.verdict == ("whole" if size in ENDS else "torn"), WHOLE[found.end : size]
            assert found.end == ENDS[complete - 1]
            assert (found.reason == "") == (found.verdict == "whole")


@pytest.mark.parametrize("mask", [0x01, 0x20, 0xFF])
def test_every_changed_byte_is_damage(mask: int) -> None:
    for place in range(len(WHOLE)):
        found = scan(WHOLE[:place] + bytes([WHOLE[place] ^ mask]) + WHOLE[place + 1 :])
        assert found.verdict == "damaged", (place, WHOLE[place : place + 20])
        assert f"byte {found.end}" in found.reason


def test_every_deleted_or_doubled_byte_is_damage() -> None:
    for place in range(len(WHOLE) - 1):
        assert scan(WHOLE[:place] + WHOLE[place + 1 :]).verdict == "damaged", place
        assert scan(WHOLE[:place] + WHOLE[place : place + 1] + WHOLE[place:]).verdict == "damaged", place


@pytest.mark.parametrize(
    "tail",
    [
        b"x",
        b"\n\n",
        b"\n[[event]]\nNonsense",
        b"\n[[event]]\nseq = 6",
        b'\n[[event]]\nkind = "a"\nseq = 6\n',
        b'\n[[event]]\nkind = "a"\nkind2 = [\n    1,\n',
        b'\n[[event]]\nkind = "a"b',
        b'\n[[event]]\nkind = "a"\n\n[[event]]\n',
        b"\n[[other]]\n",
        b'\n[[event]]\nkind = "\x1b',
        b'\n[[event]]\nsha256 = "',
        b"\n[[event]]\nseq = 5\n",
        b"\n[[event]]\n" + b'k = "x"\n' * 10_000,
    ],
)
def test_what_no_append_begins_with_is_damage(tail: bytes) -> None:
    assert scan(WHOLE + tail).verdict == "damaged"


def test_text_cannot_pose_as_a_seal() -> None:
    forged = encode({"text": '\nsha256 = "' + "a" * 64 + '"\n'}, 1, ORIGIN)
    assert len(journal.SEAL.findall(forged)) == 1


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda k: k not in ("seq", "sha256")),
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"])),
            st.integers(-(2**63), 2**63 - 1),
            st.booleans(),
            st.floats(allow_nan=False, allow_infinity=False),
            st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3),
        ),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
def test_any_values_come_back_and_any_cut_is_torn(fields: dict[str, Value], data: st.DataObject) -> None:
    found = scan(WHOLE + encode(fields, 5, scan(WHOLE).head))
    assert found.verdict == "whole"
    read = {key: value for key, value in found.entries[-1].fields.items() if key != "sha256"}
    assert read == fields
    size = data.draw(st.integers(ENDS[-1] + 1, found.end - 1))
    cut = scan((WHOLE + encode(fields, 5, scan(WHOLE).head))[:size])
    assert (cut.verdict, cut.end, len(cut.entries)) == ("torn", ENDS[-1], 4)


@settings(max_examples=300)
@given(st.integers(0, 3000), st.sets(st.integers(0, 12), min_size=1), st.integers(0, 4000))
def test_sectors_that_a_power_cut_lost_are_torn(length: int, lost: set[int], cut: int) -> None:
    block = encode({"kind": "noted", "text": "y" * length}, 5, scan(WHOLE).head)
    image = bytearray(WHOLE + block)
    for sector in lost:
        start = max(ENDS[-1], (ENDS[-1] // SECTOR + sector) * SECTOR)
        end = min(len(image), (ENDS[-1] // SECTOR + sector + 1) * SECTOR)
        image[start:end] = bytes(max(0, end - start))
    if bytes(image) == WHOLE + block:
        return
    found = scan(bytes(image))
    assert (found.verdict, found.end) == ("torn", ENDS[-1])
    shorter = scan(bytes(image[: max(ENDS[-1], len(image) - cut)]))
    assert shorter.verdict in ("whole", "torn")


def test_zeros_elsewhere_are_damage() -> None:
    block = encode({"kind": "noted", "text": "y" * 1500}, 5, scan(WHOLE).head)
    place = ENDS[-1] + 700
    assert place % SECTOR
    assert scan(WHOLE + block[:700] + bytes(10) + block[710:]).verdict == "damaged"
    assert scan(WHOLE[: ENDS[1] + 5] + bytes(100) + WHOLE[ENDS[1] + 105 :]).verdict == "damaged"


def test_a_hole_does_not_excuse_a_second_event() -> None:
    hole = bytes(SECTOR - ENDS[-1] % SECTOR + SECTOR)
    assert unfinished(hole, 5, ORIGIN, ENDS[-1])
    assert not unfinished(hole + HEADER + b"x" + HEADER, 5, ORIGIN, ENDS[-1])
    assert not unfinished(hole + b"\nseq = 6\n", 5, ORIGIN, ENDS[-1])
    assert not unfinished(hole + b'\nsha256 = "' + b"0" * 64 + b'"\nmore', 5, ORIGIN, ENDS[-1])
    assert not unfinished(b"nonsense" + bytes(SECTOR * 3), 5, ORIGIN, -8 % SECTOR)


def test_damage_in_the_middle_leaves_what_is_before_it() -> None:
    found = scan(WHOLE.replace(b"Stopped", b"Running"))
    assert [entry.seq for entry in found.entries] == [1]
    assert found.reason == f"event 2 does not match its sha256 (byte {ENDS[0]})"


def test_a_newer_format_is_named() -> None:
    found = scan(_sealed(PREAMBLE.replace(b"format = %d" % FORMAT, b"format = 9") + HEADER + b'kind = "x"\nseq = 1\n'))
    assert "format 9" in found.reason


@pytest.mark.parametrize(
    "body",
    [
        b'kind = "x"\nseq = 2\n',
        b"kind = x.y\nseq = 1\n",
        b'kind = "x"\nkind = "y"\nseq = 1\n',
        b"seq = 1\n",
        b'seq = 1\nkind = "x"\n',
        b"a.b.c = 1\nseq = 1\n",
        b'kind = "\xff"\nseq = 1\n',
        b"kind = 2025-13-41 00:00:00\nseq = 1\n",
        b'kind = "\\q"\nseq = 1\n',
    ],
)
def test_a_seal_alone_does_not_make_an_event(body: bytes) -> None:
    found = scan(_sealed(PREAMBLE + HEADER + body))
    assert (found.verdict, found.entries) == ("damaged", ())


def _sealed(region: bytes) -> bytes:
    return region + f'sha256 = "{journal.seal(ORIGIN, region)}"\n'.encode()


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_random_bytes_never_raise_and_never_become_events(data: bytes) -> None:
    assert scan(data).verdict == "damaged"
    found = scan(WHOLE + data)
    assert found.entries == scan(WHOLE).entries
    assert (found.verdict == "whole") == (not data)


def test_reading_may_begin_at_any_event() -> None:
    entries = scan(WHOLE).entries
    for before in entries[:-1]:
        rest = scan(WHOLE[before.end :], seq=before.seq, head=before.sha256, offset=before.end)
        assert rest.entries == entries[before.seq :]
        assert rest.end == ENDS[-1]


@given(
    st.lists(
        st.sampled_from([b"\n", b'sha256 = "', b"0" * 64, b'"\n', b"seq = 1\n", b'sha256 = "' + b"a" * 64 + b'"\n'])
    )
)
def test_seal_lines_are_found_wherever_they_stand(parts: list[bytes]) -> None:
    data = b"".join(parts)
    spans = [match.span() for match in journal.SEAL.finditer(data)]
    assert [match.span() for match in journal.seals(data)] == spans
    assert [match.span() for match in journal.last_seals(data, 2)] == [span for span in spans if span[0]][-2:]
