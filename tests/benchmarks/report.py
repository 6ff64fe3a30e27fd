"""What the report of a plan of 2,000 items costs.

usage: python -m tests.benchmarks.report [ITEMS]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

PLAN = Path(__file__).parents[1] / "report" / "report_plan.py"


def main(items: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(folder, "record", str(items))
        took = json.loads(run(folder, "report", str(items)))
    print(f"report of {took['items']} items: {took['seconds']} s, {took['bytes'] / 2**20:.0f} MB at most")


def run(*arguments: str) -> str:
    """Each in a process of its own, so that recording does not count for what reporting takes."""
    return subprocess.run([sys.executable, PLAN, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
