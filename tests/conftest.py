from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import settings

from tests import leaks

# A slow machine is no mistake of the code: nothing here is timed.
settings.register_profile("smtui", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=10_000)  # for bin/fuzz
settings.load_profile(os.environ.get("SMTUI_HYPOTHESIS", "smtui"))

# All loggers are at DEBUG level (pyproject.toml) but this one: it belongs to a reader that only tests use, and says a
# line for every rule that it tries.
logging.getLogger("markdown_it").setLevel(logging.INFO)

# A shell starts what it puts in the background with SIGINT ignored, and every program that a test starts would inherit
# that; one that is handled here is as usual there.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


_PHASES: tuple[Literal["setup", "call", "teardown"], ...] = ("setup", "call", "teardown")


@pytest.fixture(autouse=True)
def nothing_gives_a_password_away(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No test passes whose files or loggers give a password of its drill away, in any encoding."""
    yield
    folder = request.node.funcargs.get("tmp_path")
    if isinstance(folder, Path) and (passwords := leaks.passwords_in(folder)):
        assert leaks.left_in(folder, passwords) == [], "these files give a password away"
        records = [record for phase in _PHASES for record in caplog.get_records(phase)]
        assert leaks.told_by(records, passwords) == [], "these loggers give a password away"
