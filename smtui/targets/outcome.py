"""What the exit code of a script and its result line say together."""

from __future__ import annotations

from smtui.targets.base import Result
from smtui.targets.framing import ResultLine
from smtui.text import one_line


def outcome(code: int, line: ResultLine, *, torn: bool) -> Result:
    """The result of a script that ended; `torn` says that some of its output may have been lost on the way."""
    if line.fields is None:
        if code == 0 and torn:
            reason = "exit code 0; its result line was lost with the link, so its fields are missing"
            return Result("ok", 0, reason=reason)
        problem = line.problem or "the script did not report a result"
        return Result("failed", code, reason=f"exit code {code}: {problem}; see the output and look at the real state")
    if code == 0:
        return Result("ok", 0, line.fields)
    if line.fields.get("not_simulated") is True:
        reason = "the simulated host does not know this script; nothing changed"
        return Result("failed", code, line.fields, reason=reason, not_simulated=True)
    said = line.fields.get("error")
    reason = one_line(str(said)) if said is not None else f"the script reported failure with exit code {code}"
    return Result("failed", code, line.fields, reason=reason)
