from __future__ import annotations

import base64
import html
import json
import re
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from secret_decoder import reveals

from smtui.secrets.redaction import MARK, Redactor

HARD = "Pä$s w0rd;\"}&'<>/+x%"
SECRETS = st.text(
    st.sampled_from("abcXYZ019 .,;:!?$%&/()=+-_*#'\"<>\\{}[]^`~|@äöüß€" + chr(0x2019)), min_size=8, max_size=24
).filter(lambda text: text == text.strip() and len(set(text)) > 4 and len(text) - text.count(" ") >= 6)

ENCODERS: dict[str, Callable[[str], str]] = {
    "plain": lambda s: s,
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 shifted by one": lambda s: base64.b64encode(b"x" + s.encode() + b"yz").decode(),
    "base64 shifted by two": lambda s: base64.b64encode(b"xy" + s.encode() + b"z").decode(),
    "url-safe base64": lambda s: base64.urlsafe_b64encode(b"user:" + s.encode()).decode(),
    "EncodedCommand": lambda s: base64.b64encode(f"Set-Password '{s}'".encode("utf-16-le")).decode(),
    "EncodedCommand shifted by one": lambda s: base64.b64encode(f"a{s}".encode("utf-16-le")).decode(),
    "EncodedCommand shifted by two": lambda s: base64.b64encode(f"ab{s}".encode("utf-16-le")).decode(),
    "JSON": json.dumps,
    "JSON, not ASCII": lambda s: json.dumps(s, ensure_ascii=False),
    "ConvertTo-Json": lambda s: re.sub(
        "['<>&]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(s, ensure_ascii=False)
    ),
    "URL": lambda s: urllib.parse.quote(s, safe=""),
    "URL, lower case": lambda s: re.sub("%..", lambda found: found[0].lower(), urllib.parse.quote(s, safe="")),
    "form": urllib.parse.quote_plus,
    "XML": html.escape,
    "CLIXML": lambda s: html.escape(s, quote=False),
    "PowerShell single quotes": lambda s: "'" + s.replace("'", "''") + "'",
    "double quotes": lambda s: '"' + s.replace('"', '""') + '"',
    "command line": lambda s: s.replace('"', '\\"'),
    "cmd.exe": lambda s: "".join(f"^{c}" if c in "&|<>^%!" else c for c in s),
    "backticks": lambda s: s.replace("`", "``").replace("$", "`$").replace('"', '`"'),
    "ODBC braces": lambda s: "{" + s.replace("}", "}}") + "}",
    "hex": lambda s: s.encode().hex(),
    "hex dump": lambda s: s.encode("utf-16-le").hex(" ").upper(),
    "wrapped": lambda s: "\r\n    ".join(s[i : i + 5] for i in range(0, len(s), 5)),
    "wrapped base64": lambda s: "\n".join(_pieces(base64.b64encode(s.encode()).decode(), 7)),
}


def _pieces(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def redactor(*secrets: str) -> Redactor:
    made = Redactor()
    for secret in secrets:
        made.add(secret)
    return made


@pytest.mark.parametrize("name", ENCODERS)
@given(secret=SECRETS)
@example(secret=HARD)
def test_no_encoding_reveals_the_secret(name: str, secret: str) -> None:
    text = f"before {ENCODERS[name](secret)} after"
    shown = redactor(secret).text(text)
    assert not reveals(shown, secret)
    assert shown.startswith("before ")
    assert MARK in shown


@given(
    parts=st.lists(st.one_of(st.text(), st.sampled_from(sorted(ENCODERS)).map(lambda name: ENCODERS[name](HARD)))),
    size=st.integers(1, 40),
)
def test_pieces_are_redacted_as_the_whole(parts: list[str], size: int) -> None:
    text = "".join(parts)
    whole = redactor(HARD)
    stream = whole.stream()
    shown = "".join(stream.feed(piece) for piece in _pieces(text, size)) + stream.finish()
    assert shown == whole.text(text)
    assert not reveals(shown, HARD)


@given(st.text(), st.integers(1, 40))
def test_text_without_secrets_passes_unchanged(text: str, size: int) -> None:
    stream = redactor("correct horse battery staple").stream()
    assert "".join(stream.feed(piece) for piece in _pieces(text, size)) + stream.finish() == text


def test_what_cannot_become_a_secret_is_shown_at_once() -> None:
    stream = redactor("s3cret-password").stream()
    assert stream.feed("Stopping OMSDK ...\n") == "Stopping OMSDK ...\n"
    assert stream.feed("it is s3cr") == "it is "
    assert stream.feed("et-pass") == ""
    assert stream.feed("age") == "s3cret-passage"
    assert stream.finish() == ""


def test_a_secret_that_becomes_known_later_is_redacted_in_open_streams() -> None:
    known = Redactor()
    stream = known.stream()
    known.add("s3cret-password")
    assert stream.feed("s3cret-password.") == f"{MARK}."


def test_several_secrets_and_overlaps() -> None:
    both = redactor("abcdabcd1", "1xyz-xyz")
    assert both.text("_abcdabcd1xyz-xyz_") == f"_{MARK}_"


def test_pieces_of_a_secret_that_powershell_breaks_at_an_ampersand() -> None:
    assert redactor("firstpart&secondpart").text("+ firstpart& ...\n~~~~ secondpart") == f"+ {MARK} ...\n~~~~ {MARK}"


def test_blanks_without_end_do_not_fill_the_memory() -> None:
    stream = redactor("s3cret-password").stream()
    shown = stream.feed("s3cret-") + "".join(stream.feed(" " * 4096) for _ in range(40))
    assert len(shown) > 65536


def test_a_secret_too_short_to_be_found_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 4"):
        Redactor().add("abc")
