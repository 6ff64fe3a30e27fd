from __future__ import annotations

from pathlib import Path

from .conftest import Program
from .local_steps import shell, write


def test_a_session_is_put_away_and_brought_back(smtui: Program, tmp_path: Path) -> None:
    smtui(*write(smtui, tmp_path, shell("true")))
    session = smtui.session()
    journal = smtui.journal(session)
    smtui("archive", session)
    assert smtui.json("sessions") == []
    assert smtui("archive").stdout == f"{session}\n"
    assert "no session" in smtui("show", session, code=2).stderr
    smtui("archive", session, "--restore")
    assert smtui.journal(session) == journal
    assert smtui.json("show", session)["completed"] == "complete"
    assert "no session" in smtui("archive", session, "--restore", code=2).stderr


def test_what_is_not_over_stays(smtui: Program, tmp_path: Path) -> None:
    process = smtui.begin(*write(smtui, tmp_path, shell('while ! [ -e "$1" ]; do sleep 0.05; done', tmp_path / "go")))
    session = smtui.wait_for('kind = "accepted"')
    assert "not complete" in smtui("archive", session, code=2).stderr
    assert "in use" in smtui("archive", session, "--unfinished", code=2).stderr
    (tmp_path / "go").touch()
    assert process.wait(60) == 0
    (smtui.sessions / session / "environment.toml").write_text("forged")
    assert "environment.toml" in smtui("archive", session, code=2).stderr
    assert smtui.session() == session
