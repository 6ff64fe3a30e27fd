from __future__ import annotations

import pytest

from smtui.targets.framing import ResultLine
from smtui.targets.outcome import outcome


def line(payload: str | None) -> ResultLine:
    scanner = ResultLine("t")
    if payload is not None:
        scanner.feed(f"smtui-result t {payload}\n")
    return scanner


@pytest.mark.parametrize(
    ("code", "payload", "torn", "ending", "says"),
    [
        (0, '{"status":"Stopped"}', False, "ok", ""),
        (0, None, False, "failed", "did not report a result"),
        (0, "{", False, "failed", "no JSON"),
        (0, None, True, "ok", "lost with the link"),
        (1, None, True, "failed", "exit code 1"),
        (3, '{"status":"Running"}', False, "failed", "exit code 3"),
        (1, '{"error":"no such service\\nnope"}', False, "failed", "no such service"),
        (-1073741510, None, False, "failed", "exit code -1073741510"),
    ],
)
def test_exit_code_and_result_line(code: int, payload: str | None, torn: bool, ending: str, says: str) -> None:
    result = outcome(code, line(payload), torn=torn)
    assert (result.ending, result.exit_code) == (ending, code)
    assert says in result.reason
    assert "\n" not in result.reason


def test_a_host_that_does_not_know_the_script_says_so() -> None:
    result = outcome(64, line('{"not_simulated":true}'), torn=False)
    assert (result.ending, result.not_simulated) == ("failed", True)
