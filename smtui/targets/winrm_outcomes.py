"""The words that both ways of running a script on a Windows server share."""

from __future__ import annotations

from typing import Final

from smtui.targets.base import Result
from smtui.targets.wsman_errors import WireError

NOT_STARTED: Final = "the script had not been sent, so nothing of it ran; run it again"
FORCED_END: Final = "what it did until then is done; look at the real state before it is run again"


def not_opened(trouble: WireError) -> Result:
    """No shell was to be had."""
    if trouble.kind == "rejected":
        return Result("rejected", reason=f"{trouble}; nothing ran; check the account and its password")
    if trouble.kind == "refused":
        return Result("not-started", reason=f"{trouble}; nothing ran")
    return Result("unreachable", reason=f"{trouble}; nothing ran; check the link, then run it again")
