"""What the tests of this room begin with."""

from __future__ import annotations

from datetime import UTC, datetime

from smtui.session.events import Opened
from smtui.session.store import pinned_lines

AT = datetime(2025, 11, 22, 10, 41, 7, 120000, tzinfo=UTC)
PINNED = {
    "environment.toml": b'[environment]\nname = "Contoso"\n',
    "checklist/promote.toml": b'[checklist]\nid = "promote"\n',
    "checklist/scripts/service-stop.ps1": b"param([string] $Token, $Parameters)\r\n",
}


def opened(session: str = "s", **more: object) -> Opened:
    values: dict[str, object] = {
        "format": 1,
        "session": session,
        "checklist": "promote",
        "title": "Promote a secondary management server",
        "version": "1.0",
        "mode": "drill",
        "environment": "Contoso",
        "files": pinned_lines(PINNED),
        "smtui": "1.0",
        "machine": "jump01",
        "boot_id": "b2d1",
    }
    return Opened(**{**values, **more})  # type: ignore[arg-type]
