"""PowerShell on a Windows server by WinRM: through one host for all calls, or each call in a shell of its own."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Final

from smtui.targets.base import Call, Identity, PowerShellCall, Result, Settlement, TargetError, Watch
from smtui.targets.host_frames import new_frame
from smtui.targets.hosted import HostedScripts
from smtui.targets.outcome import outcome
from smtui.targets.remote_script import Pace, RemoteScript, Stopped
from smtui.targets.winrm_outcomes import FORCED_END, NOT_STARTED, not_opened
from smtui.targets.wsman import Endpoint, Wire
from smtui.targets.wsman_errors import WireError

_IDENTIFY_TIMEOUT: Final = 60.0
_CANARY_IDLE: Final = 60.0


class WinRmTarget:
    """One Windows server."""

    def __init__(
        self,
        endpoint: Endpoint,
        identity_script: str,
        *,
        hosted: bool = True,
        clock: Callable[[], float] = time.monotonic,
        patience: float = 20.0,
        slack: float = 10.0,
    ) -> None:
        """Opens no connection yet.

        Args:
            endpoint: Where it is reached.
            identity_script: Reports `name`, `domain` and `booted`.
            hosted: Keep one PowerShell host for all calls; False opens a shell for each.
            clock: As in Pace.
            patience: As in Pace.
            slack: As in Pace.
        """
        self._endpoint = endpoint
        self._identity_script = identity_script
        self._pace = Pace(clock, patience, slack)
        self._hosted = hosted
        self._hosts = HostedScripts(endpoint, self._pace, new_frame)

    def canary(self) -> Result:
        """Open a shell and close it: proves connection, account and the right to run commands."""
        wire = Wire(self._endpoint, self._pace.slack)
        try:
            shell = wire.create(_CANARY_IDLE)
            with contextlib.suppress(WireError):  # it ends by itself after a minute
                wire.delete(shell)
        except WireError as trouble:
            return not_opened(trouble)
        finally:
            wire.close()
        return Result("ok")

    def prepare(self) -> Result:
        """Open the host ahead of the first call, where there is one: `ok`, `rejected`, `unreachable`, `not-started`."""
        return self._hosts.prepare(_IDENTIFY_TIMEOUT) if self._hosted else Result("ok")

    def run(self, call: Call, watch: Watch) -> Result:
        """Run the script and wait for its end; its shell is closed unless the outcome is unknown."""
        work = _for_windows(call)
        if self._hosted and self._hosts.serves(work):
            result = self._hosts.run(work, watch)
            if result is not None:
                return result
        script = self._conversation(work, watch)
        try:
            return self._run(script, watch)
        finally:
            script.close()

    def settle(self, call: Call, remote: Mapping[str, str], watch: Watch) -> Settlement:
        """Re-attach by the recorded ids; a command that outlives `call.timeout` again is ended."""
        shell, command = remote.get("shell"), remote.get("command")
        if not shell or not command:
            return Settlement("unclear", reason="no shell and command ids were recorded, so it cannot be found again")
        work = _for_windows(call)
        if "frame" in remote:
            return self._hosts.settle(work, remote, watch)
        script = self._conversation(work, watch)
        script.attach(shell, command)
        try:
            return self._settle(script)
        finally:
            script.close()

    def identify(self) -> Identity:
        """Ask the server for its name, domain and boot time."""
        call = PowerShellCall(self._identity_script, {}, "identify", _IDENTIFY_TIMEOUT)
        result = self.run(call, Watch(accepted=lambda _: None, output=lambda _: None))
        fields = result.fields
        if result.ending != "ok" or not {"name", "domain", "booted"} <= fields.keys():
            raise TargetError(f"{self._endpoint.place} did not say who it is: {result.reason or 'fields are missing'}")
        return Identity(str(fields["name"]), str(fields["domain"]), str(fields["booted"]))

    def close(self) -> None:
        """End the host, if there is one."""
        self._hosts.close()

    def _conversation(self, call: PowerShellCall, watch: Watch) -> RemoteScript:
        return RemoteScript(self._endpoint, call, watch, self._pace)

    def _run(self, script: RemoteScript, watch: Watch) -> Result:
        if watch.cancelled.is_set():
            return Result("not-started", reason=f"cancelled before it began; {NOT_STARTED}")
        try:
            script.open()
        except WireError as trouble:
            return not_opened(trouble)
        try:
            started = self._start(script, watch)
        except BaseException:
            script.end()  # the engine could not record the ids; the bootstrap still waits for its script
            raise
        return started or self._follow(script)

    def _start(self, script: RemoteScript, watch: Watch) -> Result | None:
        """Bring the script to the server; a result only when it did not start."""
        try:
            script.start()
        except Stopped as stop:
            script.end()
            return Result("not-started", reason=f"stopped before it began, {stop}; {NOT_STARTED}")
        except WireError as trouble:
            script.end()
            if trouble.kind == "rejected":
                return not_opened(trouble)
            return Result("not-started", reason=f"{trouble}; {NOT_STARTED}")
        watch.accepted({"shell": str(script.shell), "command": str(script.command)})
        try:
            script.feed()
        except WireError as trouble:
            return self._unfed(script, trouble)
        return None

    def _unfed(self, script: RemoteScript, trouble: WireError) -> Result:
        """The bootstrap did not get its script: either it waits, or the command ended before it read anything."""
        try:
            code = script.peek() if trouble.kind == "refused" else None
        except WireError:
            code = None
        script.end()
        if code is None:
            return Result("not-started", reason=f"{trouble}; {NOT_STARTED}")
        return Result("failed", code, reason=f"PowerShell did not start: exit code {code}; see the output")

    def _follow(self, script: RemoteScript) -> Result:
        try:
            code = script.follow()
        except Stopped as stop:
            return self._stopped(script, stop)
        except BaseException:
            script.end()
            raise
        script.end()
        return outcome(code, script.result_line, torn=script.torn)

    def _stopped(self, script: RemoteScript, stop: Stopped) -> Result:
        if stop.kind == "gone":
            return Result("unknown", reason=f"{stop}: it restarted or ended the shell; look at the real state")
        if stop.kind == "lost":
            return Result(
                "unknown", reason=f"{stop}; the script may still run; settle it when the server answers again"
            )
        what = "cancelled" if stop.kind == "cancelled" else f"not finished when {stop}"
        if script.end():
            return Result("unknown", reason=f"{what}, and ended on the server; {FORCED_END}")
        return Result("unknown", reason=f"{what}; ending it on the server failed, it may still run; settle it")

    def _settle(self, script: RemoteScript) -> Settlement:
        script.close_input()  # a command whose client died before it sent the script would wait for ever
        try:
            code = script.follow()
        except Stopped as stop:
            return self._unsettled(script, stop)
        script.end()
        if code != 0 and script.result_line.fields is None:
            # Either its script never came, as the client died before that, or its report went to the client that died.
            reason = f"it ended with exit code {code} and without a report; whether it ran at all is not known"
            return Settlement("gone", reason=reason)
        return Settlement(
            "ended", outcome(code, script.result_line, torn=script.torn), "its end was seen after re-attaching"
        )

    def _unsettled(self, script: RemoteScript, stop: Stopped) -> Settlement:
        if stop.kind == "gone":
            script.end()
            return Settlement("gone", reason=f"{stop}; it runs no more, how it ended is not known")
        if stop.kind == "lost":
            return Settlement("unclear", reason=f"{stop}; settle it again when the server answers")
        if script.end():
            return Settlement("gone", reason=f"it was still running and has been ended on the server ({stop})")
        return Settlement("unclear", reason=f"ending it on the server failed ({stop}); it may still run")


def _for_windows(call: Call) -> PowerShellCall:
    if not isinstance(call, PowerShellCall):
        raise TypeError(f"{type(call).__name__} is not for a Windows server")
    return call
