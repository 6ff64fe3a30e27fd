"""What the process gives up at its start, so that a crash, a debugger or a lax umask hands no password to others."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4
"""linux/prctl.h"""
PRIVATE: Final = 0o077


def harden() -> None:
    """No core dump, no debugger of the same user, files for their owner only. What a system does not have is left."""
    os.umask(PRIVATE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A pipe in core_pattern (systemd-coredump, apport) takes no notice of the limit, but of this.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
