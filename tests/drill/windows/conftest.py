from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from windows_support import Stand


@pytest.fixture
def make_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stand]]:
    monkeypatch.setenv("NTLM_USER_FILE", "")  # set by the stand, and put back afterwards
    with ExitStack() as stack:

        def make(folder: str = "stand", **how: Any) -> Stand:
            (tmp_path / folder).mkdir()
            return stack.enter_context(closing(Stand(tmp_path / folder, **how)))

        yield make


@pytest.fixture
def stand(make_stand: Callable[..., Stand]) -> Stand:
    return make_stand()
