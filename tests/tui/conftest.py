from __future__ import annotations

import asyncio
import inspect
from pathlib import Path

import pytest

from tests.tui.recovery import Recovery, recovery


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test in a loop of its own; a plugin for that would be one dependency more for six lines."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture
def plan(tmp_path: Path) -> Recovery:
    return recovery(tmp_path / "sessions")
