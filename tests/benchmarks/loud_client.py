"""Takes what a loud host prints: python -m tests.benchmarks.loud_client ours|theirs FOLDER. Prints milliseconds and MB.

A process for each, so that the most memory that it ever took tells what the output took.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

from winrm.protocol import Protocol

from smtui.checklist.library import Library, lay_out
from smtui.engine.clock import Operator, SystemClock
from smtui.engine.output import Stored, Stream
from smtui.engine.recorder import Recorder
from smtui.secrets.redaction import Redactor
from smtui.session.fold import Fold
from smtui.session.store import Store
from smtui.targets.base import PowerShellCall, Watch
from smtui.targets.remote_script import Pace, RemoteScript
from smtui.targets.winrm import WinRmTarget
from smtui.targets.wsman import Endpoint
from tests.benchmarks.loud_host import ACCOUNT, FQDN, SCRIPT
from tests.benchmarks.making import CHECKLIST, make_session
from tests.benchmarks.rows import timed

CALL = PowerShellCall(SCRIPT, {}, "t0ken", 600.0)


def endpoint(folder: Path) -> Endpoint:
    """Of the host that serves in this folder."""
    ready = json.loads((folder / "ready.json").read_text())
    return Endpoint(
        fqdn=FQDN, address="127.0.0.1", port=ready["port"], transport="basic", user=ACCOUNT.user,
        password=ACCOUNT.password, ca_file=Path(ready["ca_file"]),
    )  # fmt: skip


def ours(folder: Path) -> Callable[[], Stored]:
    """As an attempt takes it: decoded, redacted, shortened, stored durably, told to a listener."""
    work = make_session(Store(folder / "sessions"), "s", 2)
    session = Store(folder / "sessions").open("s")
    procedure = lay_out(work / "checklist" / f"{CHECKLIST}.toml", Library([work / "checklist"]))
    operator = Operator("ada@jump01", "local")
    recorder = Recorder(session, Fold.of(procedure, session.records), SystemClock(), operator)
    recorder.subscribe(lambda _: None)
    redactor = Redactor()
    redactor.add(ACCOUNT.password)
    target = WinRmTarget(endpoint(folder), "")

    def act() -> Stored:
        stream = Stream("i", "SM02", "much.txt", open_file=session.new_output, recorder=recorder, redactor=redactor)
        result = target.run(CALL, Watch(accepted=lambda _: None, output=stream.take))
        stored = stream.close()
        if result.ending != "ok" or not stored.left_out:
            raise AssertionError((result, stored))
        return stored

    return act


def theirs(folder: Path) -> Callable[[], None]:
    """The same command, its output taken by pywinrm's own loop."""
    place = endpoint(folder)
    script = RemoteScript(place, CALL, Watch(accepted=lambda _: None, output=lambda _: None), Pace(_still, 20.0, 10.0))
    script.open()
    script.start()
    script.feed()
    protocol = Protocol(
        f"https://127.0.0.1:{place.port}/wsman", transport="basic", username=place.user, password=place.password,
        server_cert_validation="ignore", proxy=None,
    )  # fmt: skip

    def act() -> None:
        output, _, code = protocol.get_command_output(script.shell, script.command)
        if code != 0 or len(output) < 2**20:
            raise AssertionError((code, len(output)))

    return act


def _still() -> float:
    return 0.0


def most_memory() -> int:
    """Kilobytes that this program ever took; `ru_maxrss` would begin with what its parent had."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))[0])


def main(side: str, folder: Path) -> None:
    """One side, once."""
    act = {"ours": ours, "theirs": theirs}[side](folder)
    before = most_memory()
    took = timed(act)
    growth = (most_memory() - before) / 1024
    print(json.dumps({"ms": took, "megabytes": growth}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
