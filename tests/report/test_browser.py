"""The report in a real browser: no script runs, no request leaves, and it prints."""

from __future__ import annotations

import html
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import report_story as story
from report_hostile import at

from smtui.checklist.model import Item, Section
from smtui.report.html import to_html
from smtui.report.model import Evidence
from smtui.session import events as ev
from smtui.session.store import Store

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium")


class Callers(http.server.ThreadingHTTPServer):
    """Counts who calls."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Callers

    def do_GET(self) -> None:  # the name that the library asks for
        self.server.paths.append(self.path)
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as above
        pass


@pytest.fixture
def callers() -> Iterator[Callers]:
    server = Callers()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def browse(page: Path, tmp_path: Path, *arguments: str) -> str:
    assert CHROMIUM is not None
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    done = subprocess.run(
        [CHROMIUM, *FLAGS, profile, *arguments, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout


def hostile(store: Store, url: str) -> Evidence:
    texts = at(url)
    items = tuple(Item(id=f"i{n}", title=text, by_hand=text, caution=text) for n, text in enumerate(texts))
    it = story.opened(store, title=texts[0])
    for number, text in enumerate(texts):
        it.attempt(f"s.i{number}", f"t{number}", target=text, printed=text, outcome="failed", reason=text)
        it.tell(ev.Noted(text=text, item=f"s.i{number}"))
        it.tell(asked(text, text, it.now))
    it.file.release()
    return story.evidence_of(store, story.procedure((Section(id="s", title=texts[1], items=items),)))


def asked(target: str, words: str, at: datetime) -> ev.Asked:
    return ev.Asked(
        target=target,
        log=words,
        script=words,
        script_sha256=words,
        window_start=at,
        window_end=at,
        answered=False,
        fields={words: words},
        reason=words,
        output=words,
    )


def test_the_server_would_notice_a_page_that_calls(callers: Callers, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<title>x</title><img src='{callers.url}/img'><script>document.title='pwned'</script>")
    assert "<title>pwned</title>" in browse(page, tmp_path, "--dump-dom")
    assert "/img" in callers.paths


def test_hostile_text_neither_runs_nor_calls(store: Store, callers: Callers, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    evidence = hostile(store, callers.url)
    page.write_text(to_html(evidence), "utf-8")
    shown = browse(page, tmp_path, "--dump-dom")
    assert callers.paths == []
    assert f"<title>{html.escape(f'Drill report: {evidence.header.title}', quote=False)}</title>" in shown
    assert "<script" not in shown
    assert "</html>" in shown


def test_the_style_sheet_passes_its_own_policy(evidence: Evidence, tmp_path: Path) -> None:
    """Drawn with and without its style the page differs: the digest in the policy is that of the sheet."""
    styled, bare = tmp_path / "styled.html", tmp_path / "bare.html"
    styled.write_text(to_html(evidence), "utf-8")
    bare.write_text(to_html(evidence).replace("color-scheme", "color-schema"), "utf-8")
    shots = []
    for page in (styled, bare):
        shot = page.with_suffix(".png")
        browse(page, tmp_path, "--window-size=800,600", f"--screenshot={shot}")
        shots.append(shot.read_bytes())
    assert shots[0] != shots[1]


def test_a_picture_of_it_can_be_drawn(evidence: Evidence, tmp_path: Path) -> None:
    """The first page as people see it; with SMTUI_WRITE_SCREENSHOTS=1 it becomes the one in the documents."""
    page, shot = tmp_path / "report.html", tmp_path / "report.png"
    if os.environ.get("SMTUI_WRITE_SCREENSHOTS"):
        shot = Path(__file__).parents[2] / "screenshots" / "report.png"
    page.write_text(to_html(evidence), "utf-8")
    browse(page, tmp_path, "--window-size=1120,1500", "--hide-scrollbars", f"--screenshot={shot}")
    assert shot.read_bytes().startswith(b"\x89PNG")


def test_it_prints(evidence: Evidence, tmp_path: Path) -> None:
    page, printed = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(to_html(evidence), "utf-8")
    browse(page, tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={printed}")
    data = printed.read_bytes()
    assert data.startswith(b"%PDF-")
    assert 5 <= data.count(b"/Type /Page\n") <= 20
