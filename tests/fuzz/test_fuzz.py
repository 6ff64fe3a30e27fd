"""A sample of what `bin/fuzz` does for half an hour. A process for each surface: a crash in C is seen too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SURFACES = ("checklist", "environment", "session", "vault", "bundle", "wsman", "tds")
SECONDS = {"wsman": 3.0, "tds": 3.0}
"""What others than these get is 2."""


@pytest.mark.parametrize("surface", SURFACES)
def test_what_others_wrote_raises_nothing_hangs_nothing_and_fills_no_memory(surface: str) -> None:
    seconds = os.environ.get("SMTUI_FUZZ_SECONDS", str(SECONDS.get(surface, 2.0)))
    first = os.environ.get("SMTUI_FUZZ_SEED", "1")
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", surface, seconds, first],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
        timeout=float(seconds) + 240,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"[-6000:]
    assert "inputs from seed" in done.stdout
