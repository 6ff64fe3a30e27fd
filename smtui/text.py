"""The one border where foreign text is made safe to show on a terminal, in a report or in a message.

Foreign is everything that this program did not write itself: output of targets, files, names, error texts of libraries.
Nothing is dropped silently except colour sequences, which carry no words.
"""

from __future__ import annotations

import re

_COLOUR = re.compile(r"(?:\x1b\[|\x9b)[0-9;:]*m")
"""SGR sequences with seven-bit and eight-bit introducer."""

# Unicode 15: all of Cc, Cf, Cs, Zl and Zp, and what besides has no width or shifts its neighbours: the grapheme joiner,
# Hangul and Khmer fillers, variation selectors, the tag block, noncharacters U+FFFE and U+FFFF.
_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)
_REPLACEMENT_CHARACTER = "\ufffd"


def visible(text: str, *, multiline: bool = True) -> str:
    """Make every character seen that a terminal would act on or hide; never raises, and twice is the same as once.

    ASCII controls become their pictures (`␛`), C1 controls `<9b>`, bidirectional and zero-width characters and lone
    surrogates `<U+202E>`. CR LF becomes LF; with `multiline` LF and TAB stay, without they become `␊` and `␉`.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = _COLOUR.sub("", text).replace("\r\n", "\n")
    return _UNSAFE.sub(_picture_but_layout if multiline else _picture, shown)


def one_line(text: str, limit: int = 200) -> str:
    """As `visible`, on one line without blanks around it, cut to `limit` characters of which the last is then `…`."""
    line = visible(text.strip(), multiline=False)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def decode(data: bytes) -> str:
    r"""UTF-8 as text; what is none stays readable as `\xNN`, so that the text can always be written again."""
    return data.decode("utf-8", errors="backslashreplace")


def _picture_but_layout(match: re.Match[str]) -> str:
    return match[0] if match[0] in "\n\t" else _picture(match)


def _picture(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character == _REPLACEMENT_CHARACTER:
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code < 0xA0:
        return f"<{code:02x}>"
    return f"<U+{code:04X}>"
