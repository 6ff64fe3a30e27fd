"""What Windows PowerShell writes to standard error: `#< CLIXML` and serialised records instead of text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

_HEADER = "#< CLIXML"
_END = "</Objs>"
_LIMIT = 1 << 20
"""Characters of one block; a longer one is passed on as it is."""
_NAMESPACE = "{http://schemas.microsoft.com/powershell/2004/04}"
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class ErrorText:
    """Turns standard error into readable text while it streams; plain text passes, progress records vanish."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Take decoded text; gives what of it can be shown now."""
        text, self._held = self._held + text, ""
        shown: list[str] = []
        while (start := text.find(_HEADER)) >= 0:
            end = text.find(_END, start)
            if end < 0:
                break
            shown += [text[:start], _readable(text[start : end + len(_END)])]
            text = text[end + len(_END) :].removeprefix("\n")
        keep = start if start >= 0 else _partial_header(text)
        if len(text) - keep > _LIMIT:
            keep = len(text)
        self._held = text[keep:]
        return "".join(shown) + text[:keep]

    def finish(self) -> str:
        """What is left of a block that never ended, as it came."""
        held, self._held = self._held, ""
        return held


def _partial_header(text: str) -> int:
    """Where the text's end may be the beginning of a block, else its length."""
    for size in range(min(len(_HEADER) - 1, len(text)), 0, -1):
        if _HEADER.startswith(text[-size:]):
            return len(text) - size
    return len(text)


def _readable(block: str) -> str:
    body = block.removeprefix(_HEADER)
    if "<!" in body:  # no document types: they are how XML bombs are built, and PowerShell writes none
        return block
    try:
        root = ET.fromstring(body.strip())  # noqa: S314  no document type, see above  # nosec B314
    except ET.ParseError:
        return block
    lines: list[str] = []
    for record in root.iter(f"{_NAMESPACE}S"):
        stream = record.get("S")
        if stream is None:
            continue
        prefix = "" if stream.lower() in {"error", "output"} else f"{stream}: ".capitalize()
        lines.append(prefix + _ESCAPE.sub(_character, record.text or ""))
    return "".join(lines).replace("\r\n", "\n")


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))
