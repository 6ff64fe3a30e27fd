from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["tui.launch", "tui.terminal", "tui.actions", "telling.ports", "telling.readonly", "telling.statuses"]
)
def test_what_commands_import_does_not_import_textual(module: str) -> None:
    heavy = "('textual', 'winrm', 'pyodbc')"
    code = f"import sys, smtui.{module}; print([name for name in {heavy} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout == "[]\n"
