"""Keys, agents and signers' lists made by OpenSSH's own tools, and VERIFY.txt run with nothing but its tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smtui.report.sshsig import NAMESPACE

KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa-256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa-521": ("-t", "ecdsa", "-b", "521"),
    "rsa": ("-t", "rsa", "-b", "2048"),
}
TOOLS = ("sh", "awk", "sha256sum", "mktemp", "tr", "cut", "sort", "comm", "wc", "du", "mkdir", "rm", "ssh-keygen")
"""All that VERIFY.txt may use: sh, awk, the coreutils and ssh-keygen."""


def run(*arguments: str | Path, **environ: str) -> str:
    done = subprocess.run(
        arguments,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def new_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    run("ssh-keygen", "-q", *KINDS[kind], "-N", passphrase, "-C", path.name, "-f", path)
    return path


def public(key: Path) -> str:
    """Type and Base64 of a key."""
    return " ".join(key.with_name(f"{key.name}.pub").read_text().split()[:2])


def fingerprint(key: Path) -> str:
    return run("ssh-keygen", "-l", "-f", key.with_name(f"{key.name}.pub")).split()[1]


def signers(path: Path, **keys: Path) -> Path:
    """A list of signers that lets each name sign evidence with its key."""
    lines = (f'{name} namespaces="{NAMESPACE}" {public(key)}\n' for name, key in keys.items())
    path.write_text("".join(lines))
    return path


def only_tools(folder: Path, awk: str = "awk") -> Path:
    """A folder with nothing but the tools of VERIFY.txt."""
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(awk if name == "awk" else name)
        assert found is not None, name
        (folder / name).symlink_to(found)
    return folder


def by_hand(
    bundle: Path, *arguments: Path, path: str = "/usr/bin", commands: Path = Path("VERIFY.txt")
) -> subprocess.CompletedProcess[str]:
    """Run VERIFY.txt as it says, or the same commands from elsewhere."""
    return subprocess.run(
        ["/bin/sh", commands, *arguments],
        cwd=bundle,
        env={"PATH": path, "TMPDIR": str(bundle.parent)},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )


@contextmanager
def agent(folder: Path, *keys: Path) -> Iterator[str]:
    """An ssh-agent with these keys; its socket."""
    socket = folder / "agent"
    said = run("ssh-agent", "-a", socket)
    pid = re.search(r"SSH_AGENT_PID=(\d+)", said)
    assert pid is not None
    try:
        for key in keys:
            run("ssh-add", "-q", key, SSH_AUTH_SOCK=str(socket))
        yield str(socket)
    finally:
        run("ssh-agent", "-k", SSH_AUTH_SOCK=str(socket), SSH_AGENT_PID=pid[1])
