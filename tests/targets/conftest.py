from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sql_stand import SqlStand
from windows_stand import Stand

from smtui.drill.pace import Pace
from smtui.drill.windows.shells import Quotas


@pytest.fixture
def make_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stand]]:
    environ = {"NTLM_USER_FILE": ""}
    with ExitStack() as stack:

        def make(*, basic: bool = False, quotas: Quotas | None = None, held: float = 0.05, kerberos: str = "") -> Stand:
            pace = Pace(reboot=0.1, held=held)
            stand = Stand(tmp_path, environ, basic=basic, quotas=quotas or Quotas(), pace=pace, kerberos=kerberos)
            monkeypatch.setenv("NTLM_USER_FILE", environ["NTLM_USER_FILE"])
            return stack.enter_context(closing(stand))

        yield make


@pytest.fixture
def stand(make_stand: Callable[..., Stand]) -> Stand:
    return make_stand()


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[SqlStand]:
    made = SqlStand(tmp_path)
    yield made
    made.close()
    assert made.server.defects == []
