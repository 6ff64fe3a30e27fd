"""Everything of smtui that reads what somebody else wrote, each as a function that may only refuse in words."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from tests.fuzz.spoiling import spoilt
from tests.fuzz.spoiling_proxy import SpoilingProxy

TESTS = Path(__file__).parents[1]
HOUSE = TESTS.parent
for room in ("targets", "report"):
    sys.path.insert(0, str(TESTS / room))  # the stands of these rooms import one another by their bare names


@dataclass(frozen=True)
class Surface:
    """Bytes, and what is done with them: it returns, whatever they are."""

    bytes: st.SearchStrategy[bytes]
    take: Callable[[bytes], object]


@contextmanager
def checklist() -> Iterator[Surface]:
    from smtui.checklist.layout import Layout
    from smtui.checklist.load import ChecklistError, load_bytes
    from smtui.checklist.volume import Volume

    def take(data: bytes) -> None:
        try:
            loaded = load_bytes(data, "any.toml")
        except ChecklistError:
            return
        Layout(Volume(loaded, data, {}, {})).procedure()

    samples = sorted((HOUSE / "checklists").glob("*.toml"))[:4]
    yield Surface(spoilt(*(path.read_bytes() for path in samples)), take)


@contextmanager
def environment() -> Iterator[Surface]:
    from smtui.environment import EnvironmentFileError, parse_environment

    def take(data: bytes) -> None:
        try:
            parse_environment(data, "any.toml")
        except EnvironmentFileError:
            return

    yield Surface(spoilt((HOUSE / "smtui" / "drill" / "environment.toml").read_bytes()), take)


@contextmanager
def session() -> Iterator[Surface]:
    from smtui.session.reading import examine

    def take(data: bytes) -> None:
        assert examine(data, None).verdict in ("whole", "torn", "damaged")

    samples = sorted((TESTS / "session" / "fixtures").rglob("session.toml"))
    yield Surface(spoilt(*(path.read_bytes() for path in samples)), take)


@contextmanager
def vault() -> Iterator[Surface]:
    from smtui.secrets.secret import Secret
    from smtui.secrets.vault import Costs, VaultNotOpened, seal, unseal

    whole = seal({"smadmin": Secret("pass word")}, Secret("passphrase"), Costs(64 * 1024, 3, 1))

    def take(data: bytes) -> None:
        if data == whole:
            return
        try:
            unseal(data, Secret("passphrase"))
        except VaultNotOpened:
            return
        raise AssertionError("a changed vault was opened")

    yield Surface(spoilt(whole), take)


@contextmanager
def bundle() -> Iterator[Surface]:
    import report_bundle
    import report_story as story

    from smtui.report.write import write_bundle
    from smtui.report.zipped import ZipError, unpacked, write_zip
    from smtui.session.store import Store

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        store = Store(folder / "sessions")
        written = write_bundle(story.whole_story(store), folder / "evidence", story.evidence_of(store))
        files = sorted(path for path in written.rglob("*") if path.is_file())
        archive = write_zip(written).read_bytes()
        kept = {path: path.read_bytes() for path in files}

        def take(data: bytes) -> None:
            """The first byte chooses the file that is replaced; the archive is one of them."""
            chosen = data[0] % (len(files) + 1) if data else 0
            if chosen == len(files):
                packed = folder / "any.zip"
                packed.write_bytes(data[1:])
                try:
                    with unpacked(packed) as there:
                        report_bundle.verify(there)
                except (ZipError, OSError):
                    return
                return
            path = files[chosen]
            try:
                path.write_bytes(data[1:])
                found = report_bundle.verify(written)
                assert data[1:] == kept[path] or found.outcome in ("tampered", "incomplete"), (path.name, found)
            finally:
                path.write_bytes(kept[path])

        numbered = [bytes([number]) + kept[path] for number, path in enumerate(files)]
        yield Surface(spoilt(*numbered, bytes([len(files)]) + archive), take)


@contextmanager
def wsman() -> Iterator[Surface]:
    from windows_stand import Listener, Stand, call

    from smtui.drill.pace import Pace
    from smtui.drill.windows.shells import Quotas

    with tempfile.TemporaryDirectory() as scratch:
        stand = Stand(Path(scratch), os.environ, basic=True, quotas=Quotas(), pace=Pace(reboot=0.1))
        proxy = SpoilingProxy(stand.server.port)

        def take(data: bytes) -> None:
            proxy.at, proxy.spoil = _spoiler(data)
            target = stand.target(hosted=len(data) % 2 == 1, tls=False, port=proxy.port)
            result = target.run(call("work", timeout=3.0), Listener().watch())
            target.close()
            assert result.ending in ("ok", "failed", "unknown", "not-started", "rejected", "unreachable")

        try:
            yield Surface(st.binary(min_size=1, max_size=64) | spoilt(HTTP), take)
        finally:
            proxy.close()
            stand.close()


@contextmanager
def tds() -> Iterator[Surface]:
    from dataclasses import replace

    from sql_stand import SqlStand
    from windows_stand import Listener

    from smtui.drill.sql.server import SqlServer
    from smtui.targets.base import SqlCall
    from smtui.targets.sql import SqlTarget

    with tempfile.TemporaryDirectory() as scratch:
        stand = SqlStand(Path(scratch))
        plain = SqlServer(stand, stand.sessions, _now)  # no certificate: what it says is not hidden from the proxy
        proxy = SpoilingProxy(plain.port)
        endpoint = replace(stand.endpoint, port=proxy.port, encrypt="optional", verify=False)
        target = SqlTarget(endpoint, login_timeout=3)
        watch = Listener().watch()

        def take(data: bytes) -> None:
            proxy.at, proxy.spoil = _spoiler(data)
            result = target.run(SqlCall("EXEC work ?", ("x",), "t0ken", 3.0), watch)
            assert result.ending in ("ok", "failed", "unknown", "not-started", "rejected", "unreachable")

        try:
            yield Surface(st.binary(min_size=1, max_size=64) | st.binary(min_size=1, max_size=600), take)
        finally:
            proxy.close()
            plain.close()
            stand.close()


HTTP = (
    b"\x01HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: 5\r\n\r\n<a/>\n"
    b"HTTP/1.1 401 x\r\nWWW-Authenticate: Negotiate\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"
)


def _spoiler(data: bytes) -> tuple[int, Callable[[bytes], bytes]]:
    """Which piece is spoilt, and how: replaced as a whole, or changed where the bytes say."""
    head, rest = data[0] if data else 0, data[1:]

    def spoil(answer: bytes) -> bytes:
        if head & 0x80 or not answer:
            return rest
        changed = bytearray(answer)
        for place in range(0, len(rest) - 2, 3):
            start = (rest[place] << 8 | rest[place + 1]) % len(changed)
            changed[start] = rest[place + 2]
        return bytes(changed[: len(changed) - (head >> 4 & 0x7) * 3])

    return head & 0x0F, spoil


def _now() -> object:
    from datetime import UTC, datetime

    return datetime.now(UTC)


SURFACES: Mapping[str, Callable[[], object]] = {
    one.__name__: one for one in (checklist, environment, session, vault, bundle, wsman, tds)
}
