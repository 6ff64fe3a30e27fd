from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smtui.session.place import MOUNTS, cautions

ROOT = "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw"


def line(point: Path, kind: str, source: str = "srv:/x") -> str:
    return f"40 22 0:33 / {point} rw - {kind} {source} rw"


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph"])
def test_a_share_is_said(tmp_path: Path, kind: str) -> None:
    (text,) = cautions(tmp_path / "not" / "there", f"{ROOT}\n{line(tmp_path, kind)}")
    assert kind in text
    assert "one machine" in text


def test_a_disk_in_memory_is_said(tmp_path: Path) -> None:
    (text,) = cautions(tmp_path, f"{ROOT}\n{line(tmp_path, 'tmpfs')}")
    assert "memory" in text


def test_the_nearest_mount_counts(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert cautions(tmp_path / "a", f"{line(tmp_path, 'nfs4')}\n{line(tmp_path / 'a', 'ext4')}") == ()
    assert cautions(tmp_path / "ab", f"{ROOT}\n{line(tmp_path / 'a', 'nfs4')}") == ()
    assert cautions(tmp_path, "rubbish\n - \n") == ()


def test_this_machine_has_mounts() -> None:
    assert " - " in MOUNTS.read_text()


@pytest.mark.parametrize(("options", "says"), [("ro", "is read-only"), ("size=4m", "4096 KiB are free")])
def test_a_disk_that_is_read_only_or_full(tmp_path: Path, options: str, says: str) -> None:
    mount = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    code = "import sys, smtui.session.place as p; from pathlib import Path; print(*p.cautions(Path(sys.argv[1]), ''))"
    shell = 'mount -t tmpfs -o "$1" none "$2" && exec "$3" -c "$4" "$2"'
    done = subprocess.run(
        [*mount, "sh", "-c", shell, "sh", options, tmp_path, sys.executable, code],
        capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    if "permission" in done.stderr.lower() or "not permitted" in done.stderr.lower():
        pytest.skip(f"this kernel lets no user mount a small disk of their own: {done.stderr.strip()}")
    assert says in done.stdout, done.stderr
