from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import leaks

# A slow machine is no mistake of the code: nothing here is timed.
settings.register_profile("smtui", deadline=None)
settings.load_profile("smtui")


@pytest.fixture(autouse=True)
def nothing_gives_a_password_away(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test passes whose files give a password of its drill away, in any encoding."""
    yield
    folder = request.node.funcargs.get("tmp_path")
    if isinstance(folder, Path):
        assert leaks.left_in(folder) == [], "these files give a password away"
