"""axe-core looks at the report in a real browser: it finds nothing that bars people who cannot see or use a mouse."""

from __future__ import annotations

import html
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import report_story as story
from test_browser import CHROMIUM, browse

from smtui.environment.model import Environment
from smtui.report.edition import edition
from smtui.report.html import to_html
from smtui.report.model import Evidence
from smtui.session.store import Store

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium")

AXE = files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")
_RUN = """
axe.run(document).then(found => {
  const told = rules => rules.map(rule => ({id: rule.id, nodes: rule.nodes.map(node => node.html)}));
  const [wrong, unsure] = [told(found.violations), told(found.incomplete)];
  document.title = JSON.stringify({passes: found.passes.length, wrong, unsure});
});
"""


def look(page: str, tmp_path: Path) -> Any:
    """What axe says of a page; the page's own policy would not let it in, so a copy without one is looked at."""
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    file = tmp_path / "page.html"
    file.write_text(bare.replace("</body>", f"<script>{AXE}</script><script>{_RUN}</script></body>"), "utf-8")
    shown = browse(file, tmp_path, "--virtual-time-budget=20000", "--window-size=1120,1500", "--dump-dom")
    title = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)
    assert title is not None
    return json.loads(html.unescape(title[1]))


def test_axe_would_find_something(tmp_path: Path) -> None:
    found = look("<html><head></head><body><img src='x'><p style='color:#ccc'>pale</p></body></html>", tmp_path)
    assert {"image-alt", "html-has-lang", "color-contrast"} <= {rule["id"] for rule in found["wrong"]}


def test_axe_finds_nothing_in_a_report(evidence: Evidence, tmp_path: Path) -> None:
    found = look(to_html(evidence), tmp_path)
    assert found["passes"] > 20
    assert found["wrong"] == []
    # What lies behind text in a drawing axe cannot tell; the style gives it the page's own colours.
    assert [rule["id"] for rule in found["unsure"]] in ([], ["color-contrast"])
    assert all(node.startswith("<text") for rule in found["unsure"] for node in rule["nodes"])


def test_axe_finds_nothing_in_other_reports(store: Store, tmp_path: Path) -> None:
    story.opened(store).file.release()
    evidence = story.evidence_of(store)
    environment = Environment(name="Contoso", kind="drill", management_group="SM")
    edited = edition(evidence, environment, store.read(story.SESSION).records)
    assert look(to_html(edited), tmp_path)["wrong"] == []
