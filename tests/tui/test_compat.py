from __future__ import annotations

import os
import pty
import signal
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.widgets import Input

from smtui.tui._compat import QuietApp, crash_report, draw_on, interrupt_output


class Breaking(QuietApp[None]):
    """Ends by a defect at F9; takes no x."""

    def compose(self) -> ComposeResult:
        yield Input()

    def key_f9(self) -> None:
        raise RuntimeError("secret words")

    def admits_key(self, event: Key) -> bool:
        return event.key != "x"


async def test_a_defect_is_kept_and_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    app = Breaking()
    with pytest.raises(RuntimeError):  # run_test hands it on
        async with app.run_test() as pilot:
            await pilot.press("f9")
    assert isinstance(app.defect, RuntimeError)
    assert app.return_code == 1
    printed = capsys.readouterr()
    assert printed.out + printed.err == ""


async def test_a_key_that_is_not_admitted_reaches_nobody() -> None:
    app = Breaking()
    async with app.run_test() as pilot:
        await pilot.press("a", "x", "b")
        assert app.query_one(Input).value == "ab"


def test_a_crash_report_tells_places_and_no_words() -> None:
    try:
        Breaking().key_f9()
    except RuntimeError as error:
        lines = crash_report(error)
    assert any("test_compat.py" in line and "key_f9" in line for line in lines)
    assert not any("secret" in line for line in lines)
    assert lines[-1].strip() == "builtins.RuntimeError"


@pytest.fixture
def own_stderr() -> Iterator[None]:
    before = sys.__stderr__, sys.__stdout__
    yield
    sys.__stderr__, sys.__stdout__ = before  # type: ignore[misc]


@pytest.mark.usefixtures("own_stderr")
async def test_the_driver_draws_where_it_is_told(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "screen", os.O_RDWR | os.O_CREAT)
    draw_on(fd)
    # The driver puts handlers of its own in place.
    before = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    try:
        driver = LinuxDriver(App())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert driver._file.fileno() == fd
    os.close(fd)


@pytest.mark.usefixtures("own_stderr")
async def test_the_driver_takes_the_size_of_what_it_draws_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    primary, secondary = pty.openpty()
    termios.tcsetwinsize(primary, (37, 101))
    draw_on(secondary)
    before = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    try:
        driver = LinuxDriver(App())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert driver._get_terminal_size() == (101, 37)
    os.close(primary)
    os.close(secondary)


def test_the_output_thread_is_got_out_of_a_blocked_write() -> None:
    reader, writer = os.pipe()
    null = os.open(os.devnull, os.O_WRONLY)
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    with os.fdopen(os.dup(writer), "w") as file:
        thread = WriterThread(file)
        thread.start()
        try:
            thread.write("x" * (1 << 20))  # more than a pipe holds
            os.dup2(null, file.fileno())
            stopped = threading.Thread(target=thread.stop, daemon=True)
            stopped.start()
            while stopped.is_alive():
                interrupt_output()
                stopped.join(0.05)
        finally:
            signal.signal(signal.SIGUSR1, before)
    assert not thread.is_alive()
    for fd in (reader, writer, null):
        os.close(fd)
