"""Runs a victim under strace: makes the N-th call on a state file fail or kill the process, and keeps the log."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

VICTIM = Path(__file__).parent / "victim.py"
CHANGES = (
    "openat",
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "renameat",
    "unlinkat",
    "mkdirat",
    "ftruncate",
    "fallocate",
)
"""The calls that change what is on the disk: who is killed at any other leaves what one of these did."""

CALLS = (*CHANGES, "pread64", "flock", "mkdir", "chmod", "fchmod", "fchmodat")
"""Every call that the session room makes on its files, but for `close`."""

WORD_NAME = f"K7Q-M2P-{os.geteuid()}-approved.toml"
"""What a second person leaves."""
_NAMES = (
    "session.toml",
    "session.toml.new",
    "session.torn.new",
    "session.lock",
    "ballast",
    "checklist",
    "checklist/scripts",
    "checklist/scripts/a.ps1",
    "environment.toml",
    "environment.toml.new",
    "ca",
    "ca/new.pem",
    "ca/new.pem.new",
    "outputs",
    "approvals",
    *(f"approvals/{name}" for name in (f"{WORD_NAME}", f".{WORD_NAME}.new")),
    *(f"outputs/{number:06}-a.txt{new}" for number in (1, 2, 3) for new in ("", ".new")),
)


@dataclass(frozen=True, slots=True)
class Run:
    """How a victim ended."""

    code: int
    acknowledged: dict[int, str]
    """Seal by number."""
    said: tuple[str, ...]
    errors: str
    log: str

    @property
    def fired(self) -> bool:
        """Whether the fault was reached at all."""
        return "INJECTED" in self.log or "killed by SIGKILL" in self.log


def state_paths(root: Path) -> list[Path]:
    """All that a victim may touch, under the staging names too."""
    folders = [root / name for name in ("s", ".new-s-0", ".new-s-1")]
    return [root.parent, root, *folders, *(folder / name for folder in folders for name in _NAMES)]


def run(
    root: Path, *mode: str, faults: Sequence[str] = (), paths: Sequence[Path] = (), calls: Sequence[str] = ()
) -> Run:
    """Run a victim under strace. A fault is `call:error=EIO:when=3` or `call:signal=KILL:when=3+`.

    Calls are counted per thread, and only those on `paths` (all that a victim may touch, if not given). The log holds
    the calls named by the faults and by `calls`.
    """
    log = root.parent / "strace.log"
    traced = {*calls, *(fault.partition(":")[0] for fault in faults)}
    command = ["strace", "-qq", "-f", "-o", str(log), "-e", "trace=" + ",".join(traced), *(["-y"] if calls else [])]
    command += [word for path in paths or state_paths(root) for word in ("-P", str(path))]
    command += [word for fault in faults for word in ("-e", f"inject={fault}")]
    done = start([*command, *victim(root, *mode)])
    return _ended(done, log.read_text())


def undisturbed(root: Path, *mode: str) -> Run:
    """Run a victim and let it live."""
    return _ended(start(victim(root, *mode)), "")


def victim(root: Path, *mode: str) -> list[str]:
    """Its command line; -S instead of a full start, for a sweep starts hundreds of them."""
    return [sys.executable, "-S", str(VICTIM), str(root), *mode]


def start(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run it to its end, with the import path of this process."""
    path = ":".join(path for path in sys.path if path)
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env={"PYTHONPATH": path})


def _ended(done: subprocess.CompletedProcess[str], log: str) -> Run:
    acknowledged = re.findall(r"^ACK (\d+) (\S+)$", done.stdout, re.MULTILINE)
    return Run(
        code=done.returncode,
        acknowledged={int(number): sha256 for number, sha256 in acknowledged},
        said=tuple(done.stdout.splitlines()),
        errors=done.stderr,
        log=log,
    )
