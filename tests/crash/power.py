"""Power cuts without cutting the power: every disk that could be found after one, worked out from a log of calls.

A file system keeps what was synced. Of the rest it may keep any part: written data whole, not at all, up to a sector,
or as zeros where the size was kept and the data were not; changes of names in any subset (`any`) or in their order
(`ordered`). A sync of a file keeps its data, and its name only on some file systems (`names_with_data`).
"""

from __future__ import annotations

import itertools
import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.tracing import start, victim

SECTOR = 512
_MOST = 48
"""Combinations looked at after each call; more are drawn by lot, with a fixed seed."""

_TRACED = "openat,write,pwrite64,fsync,fdatasync,renameat,unlinkat,mkdir,mkdirat,ftruncate,fallocate"
_CALL = re.compile(r"(\w+)\((.*)\) += (\d+)(?:<[^>]*>)?$")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FOLDER_OR_FILE = re.compile(r"(?:AT_FDCWD|\d+)<([^>]*)>")


@dataclass(frozen=True, slots=True)
class Call:
    """One successful change, or an acknowledgement on standard output."""

    kind: str
    path: str
    data: bytes = b""
    number: int = 0
    """Offset (-1 appends), size, or number of the acknowledged event."""
    other: str = ""


def record(root: Path, planted: str = "", mode: str = "record") -> list[Call]:
    """Run a victim in one of its modes and return what it did below its root.

    `planted` is an injection such as `fdatasync:retval=0`.

    A call that was injected did nothing, though the victim was told otherwise, so it is left out.
    """
    log = root.parent / "power.log"
    done: subprocess.CompletedProcess[str] = start([*strace_to(log, planted), *victim(root, mode)])
    assert done.stdout.endswith("DONE\n"), done.stderr
    return [call for call in calls_of(log) if call.kind == "ack" or call.path.startswith(str(root.parent))]


def strace_to(log: Path, planted: str = "") -> list[str]:
    """What stands before a command line so that its changes are logged; `planted` as for `record`."""
    command = ["strace", "-qq", "-f", "-y", "-xx", "-s", "1000000", "-o", str(log), "-e", f"trace={_TRACED}"]
    return command + (["-e", f"inject={planted}"] if planted else [])


def calls_of(log: Path) -> Iterator[Call]:
    """Every change in such a log, wherever it was made."""
    return (call for line in _joined(log.read_text()) if (call := _call(line)))


def _joined(log: str) -> Iterator[str]:
    """Calls in the order of their ends; strace splits one that another thread interrupts."""
    begun: dict[str, str] = {}
    for line in log.splitlines():
        thread, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith(" <unfinished ...>"):
            begun[thread] = call.removesuffix(" <unfinished ...>")
        elif resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", call):
            yield begun.pop(thread) + resumed[1]
        else:
            yield call


def _call(line: str) -> Call | None:
    found = _CALL.match(line)
    if not found:
        return None
    name, arguments, result = found[1], found[2], int(found[3])
    strings = [bytes.fromhex(text.replace("\\x", "")) for text in _STRING.findall(arguments)]
    paths = [_plain(path) for path in _FOLDER_OR_FILE.findall(arguments)]
    if name == "write" and arguments.startswith("1<"):
        words = strings[0].split()
        return Call("ack", "", number=int(words[1])) if words[:1] == [b"ACK"] else None
    if name in ("write", "pwrite64", "ftruncate", "fallocate", "fsync", "fdatasync"):
        return _data_call(name, arguments, paths[0], strings[0][:result] if strings else b"")
    return _name_call(name, arguments, paths, [text.decode() for text in strings])


def _data_call(name: str, arguments: str, path: str, data: bytes) -> Call:
    match name:
        case "write":
            return Call("write", path, data, -1)
        case "pwrite64":
            return Call("write", path, data, int(arguments.rsplit(", ", 1)[1]))
        case "ftruncate" | "fallocate":
            return Call("size", path, number=int(arguments.rsplit(", ", 1)[1]))
        case _:
            return Call("sync", path)


def _name_call(name: str, arguments: str, folders: list[str], names: list[str]) -> Call | None:
    paths = [str(Path(folder) / given) for folder, given in zip(folders or [""], names, strict=False)]
    match name:
        case "openat":
            return Call("file", paths[0]) if "O_CREAT" in arguments else None
        case "mkdir" | "mkdirat":
            return Call("folder", paths[0])
        case "renameat":
            return Call("move", paths[0], other=paths[1])
        case _:
            return Call("remove", paths[0])


def _plain(path: str) -> str:
    return bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path


@dataclass(slots=True)
class _Node:
    """A file or a folder: what is on the disk, and what is only in memory."""

    is_folder: bool
    kept: bytes = b""
    size: int = 0
    writes: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Offset and data, or a new size and None."""
    names: dict[str, _Node] = field(default_factory=dict)
    """Durable names of a folder."""
    live: dict[str, _Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _NameChange:
    """A change of one folder that was not synced."""

    folder: _Node
    removed: str
    added: str
    node: _Node | None


@dataclass(slots=True)
class Disk:
    """A disk in use; its root exists before and is durable."""

    root: str
    names_with_data: bool
    top: _Node = field(default_factory=lambda: _Node(is_folder=True))
    pending: list[_NameChange] = field(default_factory=list)

    @classmethod
    def loaded(cls, folder: Path, root: str, *, names_with_data: bool) -> Disk:
        """A disk on which `folder` lies as `root`, durable."""
        disk = cls(root, names_with_data)
        node = _loaded(folder)
        disk.top.names[Path(root).name] = disk.top.live[Path(root).name] = node
        return disk

    def do(self, call: Call) -> None:
        """Let one call happen."""
        match call.kind:
            case "file" | "folder":
                folder, name = self._place(call.path)
                if name not in folder.live:
                    self._change(folder, "", name, _Node(is_folder=call.kind == "folder"))
            case "write":
                node = self._node(call.path)
                offset = node.size if call.number < 0 else call.number
                node.writes.append((offset, call.data))
                node.size = max(node.size, offset + len(call.data))
            case "size":
                node = self._node(call.path)
                node.writes.append((call.number, None))
                node.size = call.number
            case "sync":
                self._sync(self._node(call.path))
            case "flush":  # its data have reached the disk by themselves
                node = self._node(call.path)
                node.kept, node.writes = _written(node.kept, node.writes), []
            case "move":
                folder, name = self._place(call.path)
                self._change(folder, name, Path(call.other).name, folder.live[name])
            case "remove":
                folder, name = self._place(call.path)
                self._change(folder, name, "", None)

    def after_a_cut(self, names: str, lot: random.Random) -> Iterator[dict[str, bytes | None]]:
        """Every disk that could be found now: path to content, None for a folder."""
        if names == "ordered":
            subsets = [self.pending[:count] for count in range(len(self.pending) + 1)]
        else:
            every = itertools.product((True, False), repeat=len(self.pending))
            choices = list(itertools.islice(every, 4096))
            chosen = choices if len(choices) <= _MOST else [choices[0], choices[-1], *lot.sample(choices, _MOST)]
            subsets = [list(itertools.compress(self.pending, keep)) for keep in chosen]
        for subset in subsets:
            tree = dict(self._walk(self.top, "", subset))
            contents = {path: _contents(node) for path, node in tree.items() if not node.is_folder}
            variants = list(itertools.islice(itertools.product(*contents.values()), 4096))
            if len(variants) > _MOST:
                variants = lot.sample(variants, _MOST)
            folders: dict[str, bytes | None] = {path: None for path, node in tree.items() if node.is_folder}
            for variant in variants:
                yield {**folders, **dict(zip(contents, variant, strict=True))}

    def _walk(self, folder: _Node, at: str, subset: Sequence[_NameChange]) -> Iterator[tuple[str, _Node]]:
        names = dict(folder.names)
        for change in subset:
            if change.folder is folder:
                _apply(names, change)
        for name, node in names.items():
            yield f"{at}{name}", node
            if node.is_folder:
                yield from self._walk(node, f"{at}{name}/", subset)

    def _place(self, path: str) -> tuple[_Node, str]:
        parts = Path(path).relative_to(Path(self.root).parent).parts
        node = self.top
        for part in parts[:-1]:
            node = node.live[part]
        return node, parts[-1]

    def _node(self, path: str) -> _Node:
        if path == str(Path(self.root).parent):
            return self.top
        folder, name = self._place(path)
        return folder.live[name]

    def _change(self, folder: _Node, removed: str, added: str, node: _Node | None) -> None:
        change = _NameChange(folder, removed, added, node)
        _apply(folder.live, change)
        self.pending.append(change)

    def _sync(self, node: _Node) -> None:
        node.kept, node.writes = _written(node.kept, node.writes), []
        with_it = [
            change for change in self.pending if change.folder is node or (self.names_with_data and not node.is_folder)
        ]
        for change in with_it:
            _apply(change.folder.names, change)
            self.pending.remove(change)


def _loaded(path: Path) -> _Node:
    if not path.is_dir():
        data = path.read_bytes()
        return _Node(is_folder=False, kept=data, size=len(data))
    names = {child.name: _loaded(child) for child in path.iterdir()}
    return _Node(is_folder=True, names=names, live=dict(names))


def _apply(names: dict[str, _Node], change: _NameChange) -> None:
    names.pop(change.removed, None)
    if change.added and change.node:
        names[change.added] = change.node


def _written(kept: bytes, writes: Sequence[tuple[int, bytes | None]]) -> bytes:
    data = bytearray(kept)
    for offset, part in writes:
        end = offset if part is None else offset + len(part)
        data.extend(bytes(max(0, end - len(data))))
        if part is None:
            del data[offset:]
        else:
            data[offset:end] = part
    return bytes(data)


def _contents(node: _Node) -> list[bytes]:
    """What a file may hold after a cut."""
    if not node.writes:
        return [node.kept]
    found = [_written(node.kept, node.writes[:count]) for count in range(len(node.writes) + 1)]
    offset, part = node.writes[-1]
    before = node.writes[:-1]
    if part:
        cuts = {len(part) // 2, len(part) - 1, *range(SECTOR - offset % SECTOR, len(part), SECTOR)}
        found += [_written(node.kept, [*before, (offset, part[:cut])]) for cut in cuts if 0 < cut < len(part)]
        found.append(_written(node.kept, [*before, (offset, bytes(len(part)))]))
        first = SECTOR - offset % SECTOR
        if len(part) > first:
            found.append(_written(node.kept, [*before, (offset, bytes(first) + part[first:])]))
            found.append(_written(node.kept, [*before, (offset, part[:first] + bytes(len(part) - first))]))
        if len(part) > first + SECTOR:
            hole = part[:first] + bytes(SECTOR) + part[first + SECTOR :]
            found.append(_written(node.kept, [*before, (offset, hole)]))
    return list(dict.fromkeys(found))
