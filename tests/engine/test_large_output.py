"""Output of any size takes the memory of its head and its tail."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.large_output import MEGABYTES, MOST_GROWTH, loud_host, taken


def test_fifty_megabytes_of_output_leave_memory_flat(tmp_path: Path) -> None:
    with loud_host(tmp_path, MEGABYTES):
        assert taken("ours", tmp_path)["megabytes"] <= MOST_GROWTH
