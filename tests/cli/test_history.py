"""`smtui history` over sessions that the program itself ran."""

from __future__ import annotations

from pathlib import Path

from .conftest import Program
from .local_steps import shell, write


def test_exercises_are_remembered(smtui: Program, tmp_path: Path) -> None:
    run = write(smtui, tmp_path, shell("true"), shell("sleep 0.2"))
    assert "no completed exercise or recovery yet" in smtui("history").stdout
    smtui(*run)
    smtui(*run)
    (told,) = smtui.json("history", "three")
    assert (told["checklist"], [one["mode"] for one in told["sessions"]]) == ("three", ["exercise", "exercise"])
    items = {item["item"]: item for item in told["items"]}
    assert list(items) == ["s.i1", "s.i2"]
    assert [len(item["seconds"]) for item in items.values()] == [2, 2]
    assert items["s.i2"]["last"] == items["s.i2"]["seconds"][0] >= 0.2
    said = smtui("history").stdout.splitlines()
    assert said[0] == "Three (three)"
    assert said[3].split()[:2] == ["1.1", "s.i1"]
    assert smtui("history", "promote-management-server").stdout.startswith("There is no completed exercise")
    assert "there is no checklist gone" in smtui("history", "gone", code=2).stderr
