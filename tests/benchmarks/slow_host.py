"""A simulated Windows host behind a slow link, as a process of its own: it must not share a client's interpreter.

    python -m tests.benchmarks.slow_host FOLDER SECONDS

Prints its port and the file of its authority, and serves until its standard input ends.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from tests.benchmarks.slow_link import SlowLink
from tests.drill.windows.windows_support import Stand


def main(folder: Path, seconds: float) -> None:
    """Serve."""
    folder.mkdir()
    with closing(Stand(folder)) as stand, closing(SlowLink(stand.server.port, seconds)) as link:
        print(link.port, stand.ca_file, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
