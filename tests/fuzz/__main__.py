"""Fuzzing of one surface for a while: python -m tests.fuzz SURFACE SECONDS [SEED].

It ends with 0 where nothing raised, nothing hung and memory did not grow by 300 MB; and says what it did.
"""

from __future__ import annotations

import faulthandler
import resource
import sys
import time
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

from tests.fuzz.surfaces import SURFACES, Surface

HUNG = 60
"""Seconds for one input, on a machine that is busy with other things."""
MOST = 300 << 10
"""KiB."""
ROUND = 40


def fuzz(surface: Surface, seconds: float, first_seed: int) -> int:
    """How many inputs were taken in so many seconds."""
    until, taken = time.monotonic() + seconds, 0

    def take(data: bytes) -> None:
        nonlocal taken
        taken += 1
        faulthandler.dump_traceback_later(HUNG, exit=True)
        surface.take(data)

    number = first_seed
    while taken == 0 or time.monotonic() < until:
        checked: Any = settings(
            max_examples=ROUND, database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
        )(given(surface.bytes)(take))
        seed(number)(checked)()
        number += 1
    faulthandler.cancel_dump_traceback_later()
    return taken


def main() -> int:
    name, seconds, first = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    faulthandler.enable()
    context: Any = SURFACES[name]()
    with context as surface:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        taken = fuzz(surface, seconds, first)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{name}: {taken} inputs from seed {first}, {grown >> 10} MiB more memory")
    return int(grown > MOST)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    faulthandler.cancel_dump_traceback_later()
    import os

    os._exit(code)  # threads of the simulated hosts may still wait for a client
