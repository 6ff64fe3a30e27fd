"""What a durable event asks of the disk."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest

from smtui.session.events import Noted, Stamp
from smtui.session.recording import SessionFile


def test_an_event_takes_one_write_one_fdatasync_and_the_mark(
    begin: Callable[..., SessionFile], stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = begin()
    calls: Counter[str] = Counter()

    def counted(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: object, **named: object) -> object:
            calls[name] += 1
            return real(*arguments, **named)

        monkeypatch.setattr(os, name, call)

    for name in ("write", "pwrite", "fsync", "fdatasync"):
        counted(name)
    for number in range(3):
        session.append(Noted(text=f"remark {number}"), stamp)
    monkeypatch.undo()
    assert calls == {"write": 3, "fdatasync": 3, "pwrite": 3}
