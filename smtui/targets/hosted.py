"""Scripts on one server through its PowerShell host: opened at first use, kept, replaced when it is hung or gone.

What makes a script run once: the host's ids and the frame are recorded before the frame is sent, the host runs a frame
at most once, and a host that was not left in order is never used for another script.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from smtui.targets.base import PowerShellCall, Result, Settlement, Watch
from smtui.targets.hosted_script import HostedScript, HostStopped
from smtui.targets.powershell_host import PowerShellHost
from smtui.targets.remote_script import IDLE, Pace
from smtui.targets.winrm_outcomes import FORCED_END, NOT_STARTED, not_opened
from smtui.targets.wsman import START, Endpoint
from smtui.targets.wsman_errors import WireError

_MARGIN: Final = 600.0
"""Seconds by which the shell has to outlive a script whose client is gone."""
_HOSTS: Final = 2
"""Hosts that one call may take: the one that is there, and a new one when that did not get the script."""


class HostedScripts:
    """At most one host, used by one thread."""

    def __init__(self, endpoint: Endpoint, pace: Pace, new_frame: Callable[[], str]) -> None:
        self._endpoint = endpoint
        self._pace = pace
        self._new_frame = new_frame
        self._host: PowerShellHost | None = None
        self._refused = False

    def serves(self, call: PowerShellCall) -> bool:
        """Whether a call goes this way: not where the host does not start, and not a very long one."""
        return not self._refused and call.timeout + _MARGIN <= IDLE

    def prepare(self, timeout: float) -> Result:
        """Open the host ahead of the first script and log both connections on; nothing of a script runs."""
        if self._refused:
            return Result("ok")
        host = self._ready(timeout)
        if isinstance(host, Result):
            return host
        try:
            host.await_ready(timeout)
        except WireError as trouble:
            self._drop(end=trouble.kind == "refused")
            return not_opened(trouble)
        host.pair(wait=True)
        return Result("ok")

    def run(self, call: PowerShellCall, watch: Watch) -> Result | None:
        """Run the script and wait for its end; None when this server takes no host, and nothing ran."""
        reason = ""
        for _ in range(_HOSTS):
            if watch.cancelled.is_set():
                return Result("not-started", reason=f"cancelled before it began; {NOT_STARTED}")
            host = self._ready(call.timeout)
            if isinstance(host, Result):
                return host
            frame = self._new_frame()
            watch.accepted({"shell": host.shell, "command": host.command, "frame": frame})
            try:
                result = HostedScript(host, frame, call, watch, self._pace).run()
            except HostStopped as stop:
                if stop.kind == "unready":
                    self._refused = True
                    self._drop(end=True)
                    return None
                if stop.kind != "unsent":
                    return self._stopped(stop)
                reason = str(stop)
                self._drop(end=True)
                continue
            except BaseException:
                self._drop(end=True)
                raise
            host.pair()
            return result
        return Result("not-started", reason=f"{reason}; {NOT_STARTED}")

    def settle(self, call: PowerShellCall, remote: Mapping[str, str], watch: Watch) -> Settlement:
        """Ask the recorded host how the script ended; see it to its end, or end it. The host is not used again."""
        host = self._host
        if host is None or host.shell != remote["shell"]:
            host = PowerShellHost(self._endpoint, self._pace.slack, self._pace.clock)
            host.attach(remote["shell"], remote["command"])
        else:
            self._host = None
        try:
            result = HostedScript(host, remote["frame"], call, watch, self._pace).settle()
        except HostStopped as stop:
            return _unsettled(host, stop)
        else:
            host.end()
            if result.ending == "not-started":
                return Settlement("never", reason=result.reason)
            return Settlement("ended", result, "the PowerShell host was asked for it")
        finally:
            host.close()

    def close(self) -> None:
        """End the host."""
        self._drop(end=True)

    def _ready(self, timeout: float) -> PowerShellHost | Result:
        """The host, opened where there is none; a result where that did not work, and nothing ran."""
        if self._host is not None:
            self._host.refresh()
            return self._host
        host = PowerShellHost(self._endpoint, self._pace.slack, self._pace.clock)
        seconds = max(1, min(START, math.ceil(timeout)))
        try:
            host.open(seconds)
        except WireError as trouble:
            host.close()
            return not_opened(trouble)
        try:
            host.start(seconds)
        except WireError as trouble:
            host.end()
            host.close()
            if trouble.kind == "rejected":
                return not_opened(trouble)
            return Result("not-started", reason=f"{trouble}; {NOT_STARTED}")
        self._host = host
        return host

    def _stopped(self, stop: HostStopped) -> Result:
        match stop.kind:
            case "late":
                return Result("not-started", reason=f"stopped before it began, {stop}; {NOT_STARTED}")
            case "rejected":
                self._drop(end=False)  # each request more with this password could lock the account
                return Result("rejected", reason=f"{stop}; nothing ran; check the account and its password")
            case "lost":
                self._drop(end=False)
                reason = f"{stop}; the script may still run; settle it when the server answers again"
                return Result("unknown", reason=reason)
            case "gone" | "died":
                self._drop(end=True)
                return Result("unknown", reason=f"{stop}; look at the real state")
            case _:
                what = "cancelled" if stop.kind == "cancelled" else f"not finished when {stop}"
                if self._drop(end=True):
                    return Result("unknown", reason=f"{what}, and ended on the server; {FORCED_END}")
                reason = f"{what}; ending it on the server failed, it may still run; settle it"
                return Result("unknown", reason=reason)

    def _drop(self, *, end: bool) -> bool:
        """Use the host no more; whether nothing is left of it, where it was to be ended."""
        host, self._host = self._host, None
        if host is None:
            return True
        ended = host.end() if end else False
        host.close()
        return ended


def _unsettled(host: PowerShellHost, stop: HostStopped) -> Settlement:
    if stop.kind in {"gone", "died", "unready"}:
        host.end()
        return Settlement("gone", reason=f"{stop}; it runs no more, how it ended is not known")
    if stop.kind in {"lost", "unsent", "rejected", "late"}:
        return Settlement("unclear", reason=f"{stop}; settle it again when the server answers")
    if host.end():
        return Settlement("gone", reason=f"it was still running and has been ended on the server ({stop})")
    return Settlement("unclear", reason=f"ending it on the server failed ({stop}); it may still run")
