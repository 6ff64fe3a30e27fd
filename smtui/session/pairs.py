"""The pairs of one block, read and written without the general TOML libraries, which take most of an event's time.

Both know only the plain forms that make up nearly every event: what is written any other way is left to tomllib and
tomli_w, with the same result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

_PLAIN = r'[^"\\\x00-\x08\x0a-\x1f\x7f]*+'
_NUMBER = r"-?(?:0|[1-9][0-9]{0,17})"
_PAIR = re.compile(
    rf"""
    (?: (?P<table>[a-z][a-z0-9_]*+) \. )? (?P<key>[a-z][a-z0-9_]*+) \x20=\x20
    (?: " (?P<text> {_PLAIN} ) "
      | " (?P<escaped> {_PLAIN} (?: \\[^\n] {_PLAIN} )++ ) "
      | (?P<integer> {_NUMBER} )
      | (?P<boolean> true | false )
      | (?P<float> {_NUMBER} \.[0-9]{{1,18}} )
      | (?P<datetime> [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\x20
        (?: [01][0-9] | 2[0-3] ) (?: :[0-5][0-9] ){{2}} (?: \.[0-9]{{6}} )? \+00:00 )
      | (?P<empty> \[\] )
      | \[ (?P<list> (?: \n\x20{{4}}"{_PLAIN}", )++ ) \n\]
    ) \n
    """,
    re.VERBOSE,
)


def read_pairs(data: bytes) -> dict[str, object] | None:
    """What tomllib would make of these lines; None where it has to be asked."""
    fields: dict[str, object] = {}
    tables: dict[str, dict[str, object]] = {}
    at = 0
    try:
        text = data.decode()
        while match := _PAIR.match(text, at):
            at = match.end()
            table, key, kind = match["table"], match["key"], match.lastgroup or ""
            into = fields
            if table is not None:
                if table not in tables and table in fields:
                    return None
                fields[table] = into = tables.setdefault(table, {})
            if key in into:
                return None
            into[key] = _READERS[kind](match[kind])
    except ValueError:  # no UTF-8, no date or no escape although it looks like one
        return None
    return fields if at == len(text) else None


def write_pair(key: str, value: object) -> str | None:
    """What tomli_w would make of it; None where it has to be asked."""
    match value:
        case str() if value.isascii() and value.isprintable() and '"' not in value and "\\" not in value:
            return f'{key} = "{value}"\n'
        case bool():
            return f"{key} = {'true' if value else 'false'}\n"
        case int() | datetime():
            return f"{key} = {value}\n"
        case _:
            return None


def _unescaped(text: str) -> object:
    import tomllib

    return tomllib.loads(f'text = "{text}"')["text"]


_READERS: Mapping[str, Callable[[str], object]] = {
    "text": str,
    "escaped": _unescaped,
    "integer": int,
    "boolean": "true".__eq__,
    "float": float,
    "datetime": datetime.fromisoformat,
    "empty": lambda _: [],
    "list": lambda text: [item[5:-2] for item in text.split("\n")[1:]],
}
