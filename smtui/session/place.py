"""What is special about where sessions lie: a share, a disk in memory, one that is read-only or almost full."""

from __future__ import annotations

import os
import re
from pathlib import Path

from msgspec import Struct

MOUNTS = Path("/proc/self/mountinfo")
LITTLE = 16 << 20
"""Bytes; a promotion with all outputs takes less than one, and the ballast one more."""

_SHARES = re.compile(
    r"nfs4?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|gpfs|fuse\.(sshfs|glusterfs|s3fs|rclone|davfs\w*)"
)
_MEMORY = frozenset({"tmpfs", "ramfs"})


class Mount(Struct, frozen=True):
    """A line of mountinfo, as far as it matters."""

    point: str
    kind: str
    source: str


def cautions(path: Path, mounts: str) -> tuple[str, ...]:
    """One line for each thing that whoever relies on this folder should know; `mounts` is the text of mountinfo."""
    place = _existing(path)
    found = []
    mount = _mount_of(place, mounts)
    if mount and _SHARES.fullmatch(mount.kind):
        found.append(
            f"sessions lie on a share ({mount.kind}, {mount.source}): whether two machines see each other's locks "
            "depends on it; let only one machine write a session at a time"
        )
    if mount and mount.kind in _MEMORY:
        found.append(f"sessions lie in memory ({mount.kind}): they are gone when this machine is started anew")
    try:
        disk = os.statvfs(place)
    except OSError as error:
        return (*found, f"{place}: {error.strerror}")
    if disk.f_flag & os.ST_RDONLY:
        found.append(f"{place} is read-only: nothing can be recorded there")
    elif (free := disk.f_bavail * disk.f_frsize) < LITTLE:
        found.append(f"only {free >> 10} KiB are free at {place}: make room before the journal has to halt")
    return tuple(found)


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists()).resolve()


def _mount_of(path: Path, mounts: str) -> Mount | None:
    """The mount that holds a path: the last of the longest, for later ones cover earlier ones."""
    best: Mount | None = None
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        words, kinds = fields.split(), rest.split()
        if len(words) < 5 or len(kinds) < 2:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), words[4])
        inside = point == "/" or str(path) == point or str(path).startswith(f"{point}/")
        if inside and (best is None or len(point) >= len(best.point)):
            best = Mount(point, kinds[0], kinds[1])
    return best
