"""The forms in which a secret turns up in output: nineteen encodings that shells, servers and libraries apply.

Eleven are those of the GitHub Actions runner; the others are what PowerShell, CLIXML, ODBC and hex dumps do.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, quote_plus

SHORTEST: Final = 4
"""Characters; anything shorter would redact half of every text."""
_BYTE_ENCODINGS: Final = ("utf-8", "utf-16-le", "cp1252", "cp850")
"""UTF-16 is what -EncodedCommand carries, the code pages are those of Windows consoles."""
_SINGLE_QUOTES: Final = re.compile("(['\u2018\u2019\u201a\u201b])")
"""What PowerShell takes for a single quote (CharTraits.cs)."""
_CMD_SPECIAL: Final = re.compile("([&|<>^%!])")
_AMPERSAND_PART: Final = 6
"""The runner's own limit for pieces of a secret."""


def variants(secret: str) -> frozenset[str]:
    """Every form of the secret, itself among them, that is long enough to be looked for."""
    return frozenset(form for form in (*_text_forms(secret), *_byte_forms(secret)) if len(form) >= SHORTEST)


def _text_forms(secret: str) -> Iterator[str]:
    yield secret
    yield secret.strip()
    yield secret.strip('"')
    yield from secret.splitlines()
    yield from _json_forms(secret)
    yield from _url_forms(secret)
    yield from _markup_forms(secret)
    yield from _quoted_forms(secret)
    yield from _ampersand_parts(secret)


def _json_forms(secret: str) -> Iterator[str]:
    ascii_only = json.dumps(secret)[1:-1]
    yield ascii_only
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield ascii_only.replace("/", "\\/")
    # Serialisers of .NET escape what HTML gives a meaning by number, ConvertTo-Json all of it but the double quote.
    for special in ("'<>&", "'\"<>&"):
        yield "".join(f"\\u{ord(c):04x}" if c in special else json.dumps(c, ensure_ascii=False)[1:-1] for c in secret)


def _url_forms(secret: str) -> Iterator[str]:
    printable = secret.encode("utf-8", "backslashreplace")
    for form in (quote(printable, safe=""), quote_plus(printable), quote(printable)):
        yield form
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form)


def _markup_forms(secret: str) -> Iterator[str]:
    yield html.escape(secret, quote=False)
    yield html.escape(secret).replace("&#x27;", "&apos;")
    yield html.escape(secret)
    clixml = "".join(f"_x{ord(c):04X}_" if ord(c) < 32 else c for c in secret)
    yield clixml
    yield html.escape(clixml, quote=False)


def _quoted_forms(secret: str) -> Iterator[str]:
    yield _SINGLE_QUOTES.sub(r"\1\1", secret)
    yield secret.replace("'", "''")
    yield secret.replace('"', '\\"')
    yield secret.replace('"', '""')
    yield secret.replace("`", "``").replace("$", "`$").replace('"', '`"')
    yield _CMD_SPECIAL.sub(r"^\1", secret)
    yield secret.replace("}", "}}")
    yield secret.replace("]", "]]")
    yield secret.replace("\\", "\\\\")
    yield repr(secret)[1:-1]


def _ampersand_parts(secret: str) -> Iterator[str]:
    """PowerShell's error display breaks a command at `&`, and eats one character after `&+`."""
    if "&+" in secret:
        position = secret.index("&+") + 2
        parts = secret[:position], secret[position + 1 :]
    elif "&" in secret:
        position = secret.rindex("&") + 1
        parts = secret[:position], secret[position:]
    else:
        return
    yield from (part for part in parts if len(part) >= _AMPERSAND_PART)


def _byte_forms(secret: str) -> Iterator[str]:
    for encoding in _BYTE_ENCODINGS:
        try:
            raw = secret.encode(encoding)
        except UnicodeEncodeError:
            continue
        yield from _base64_cores(raw)
        yield raw.hex()
        yield raw.hex().upper()
        yield raw.hex(" ").upper()
        yield raw.hex("-").upper()
        yield raw.hex(" ")


def _base64_cores(raw: bytes) -> Iterator[str]:
    """What of base64 depends on the secret alone, at each of the three alignments; standard and URL alphabet."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw).decode()
        first = -(-shift * 8 // 6)
        last = (shift + len(raw)) * 8 // 6
        core = encoded[first:last]
        if len(core) >= SHORTEST:
            yield core
            yield core.replace("+", "-").replace("/", "_")
