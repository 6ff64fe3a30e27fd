from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tui.pictures import SCENES, Scene, root_of, texts_of, without_fonts
from tests.tui.recovery import SmallDesk
from tests.tui.showing import show

STORED = Path(__file__).parents[2] / "screenshots"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_the_stored_picture_shows_what_the_screen_shows(scene: Scene, tmp_path: Path) -> None:
    on = root_of(scene, tmp_path)
    plan = on.opened if isinstance(on, SmallDesk) else on
    async with show(on, scene.size) as operator:
        await scene.play(operator, plan)
        shown = operator.text()
        for text in scene.texts:
            assert text in shown
        svg = without_fonts(operator.app.export_screenshot(title=f"smtui: {scene.name}"))
    assert "url(http" not in svg.replace('"', "")
    assert "@font-face" not in svg
    stored = STORED / f"{scene.name}.svg"
    if os.environ.get("SMTUI_WRITE_SCREENSHOTS"):
        stored.write_text(svg, "utf-8")
    assert texts_of(stored.read_text("utf-8")) == texts_of(svg), "run bin/screenshots, and look at what changed"
