"""Two persons with accounts of their own: one operates, the other agrees; and the next shift goes on."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .accounts import GROUP, NEEDS_ROOT, OPERATOR, SECOND, STRANGER, seat, umask
from .conftest import LIMIT, Program
from .local_steps import shell, trust, write
from .test_people import Heard

pytestmark = NEEDS_ROOT
TARGET = "this machine"


@dataclass(frozen=True)
class Team:
    """A folder of a group, and who works in it."""

    folder: Path
    operator: Program
    second: Program

    @property
    def sessions(self) -> Path:
        return self.folder / "shared" / "sessions"

    def begin(self, *more: str) -> tuple[Heard, str, str]:
        """The operator runs a checklist whose second step takes two persons; what they hear, the session, the code."""
        shared = f'state_group = "{GROUP}"\n'
        given = write(
            self.operator, self.folder, shell("echo one"), shell("echo two"), more=shared, last="approve = 2\n"
        )
        heard = Heard(self.operator.begin(*given, *more))
        heard.wait_for("waits for a second person")
        (line,) = [line for line in heard.lines if "smtui approve" in line]
        (session,) = [path.name for path in self.sessions.iterdir()]
        return heard, session, line.split()[-1]


@pytest.fixture
def team(smtui: Program, tmp_path: Path) -> Iterator[Team]:
    shared = tmp_path / "shared"
    shared.mkdir()
    os.chown(shared, 0, GROUP)
    shared.chmod(0o2770)
    with umask(0o077):
        yield Team(tmp_path, seat(smtui, tmp_path, OPERATOR, GROUP), seat(smtui, tmp_path, SECOND, GROUP))


def runs(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_second_person_agrees_and_only_they(team: Team) -> None:
    heard, session, code = team.begin()
    assert "asked for it" in team.operator("approve", code, "--target", TARGET, code=3).stderr
    assert "exactly this machine must be typed" in team.second("approve", code, "--target", "SM01", code=3).stderr
    assert "no terminal" in team.second("approve", code, code=2).stderr
    (waiting,) = team.second.json("approve")
    assert (waiting["code"], waiting["item"], waiting["as_asked"]) == (code, "s.i2", True)
    assert "echo two" in waiting["command"]
    assert code in team.second("approve").stdout
    shown = team.second("approve", code.lower().replace("-", ""), "--target", TARGET).stdout
    assert "echo two" in shown
    assert "It is recorded as event" in shown
    assert heard.process.wait(LIMIT) == 0
    onlooker = team.second("watch", session).stdout
    assert f"Approved by {SECOND}; account {SECOND}" in onlooker
    team.second("report", session, "--output", str(team.second.home / "bundle"))
    report = json.loads((team.second.home / "bundle" / "report.json").read_bytes())
    people = {(one["uid"], one["role"]) for one in report["people"]}
    assert people == {(OPERATOR, "operator"), (SECOND, "second person")}
    assert report["summary"]["second_person"] == {"with one": 1}
    assert any("Two accounts are not two persons" in text for text in report["does_not_prove"])
    for path in [team.sessions, *team.sessions.rglob("*")]:
        status = path.stat()
        wanted = 0o2770 if path.is_dir() else 0o640 if path.parent.name == "approvals" else 0o660
        assert (oct(stat.S_IMODE(status.st_mode)), status.st_gid) == (oct(wanted), GROUP), path
    (word,) = (team.sessions / session / "approvals").iterdir()
    assert word.stat().st_uid == SECOND
    stranger = ["setpriv", "--reuid", str(STRANGER), "--regid", str(STRANGER), "--clear-groups"]
    assert not runs(*team.operator.prefix, "sh", "-c", 'echo x >> "$1"', "sh", str(word)), "nobody else writes to it"
    assert not runs(*stranger, "cat", str(team.sessions / session / "session.toml"))


def test_a_no_ends_the_waiting_and_the_item_stays(team: Team) -> None:
    heard, session, code = team.begin()
    assert "Refused as" in team.second("approve", code, "--refuse", "not tonight").stdout
    assert heard.process.wait(LIMIT) == 3
    heard.wait_for("not tonight")
    again = team.operator("run", "three", "--session", session, "--approval-timeout", "1s", code=3).stdout
    code = re.findall(r"smtui approve (\S{7})", again)[-1]
    team.second("approve", code, "--target", TARGET)
    team.second("approve", code, "--refuse", "on second thoughts")  # both lie there when the operator comes back
    team.operator("run", "three", "--session", session, "--break-glass", "s.i2=the colleague is not to be had", code=0)
    team.operator("report", session, "--output", str(team.operator.home / "bundle"))
    report = json.loads((team.operator.home / "bundle" / "report.json").read_bytes())
    assert {"break-glass", "refused"} <= {one["kind"] for one in report["deviations"]}
    assert report["summary"]["second_person"] == {"without one (glass broken)": 1}
    page = (team.operator.home / "bundle" / "report.html").read_text()
    assert page.index("GLASS BROKEN") < page.index("Scope, objectives")


def test_the_next_shift_goes_on_under_another_account(team: Team) -> None:
    heard, session, code = team.begin("--approval-timeout", "1s")
    assert heard.process.wait(LIMIT) == 3
    heard.wait_for("--break-glass s.i2=REASON")
    agreed = team.second("approve", code, "--target", TARGET).stdout
    assert "taken in when somebody resumes it" in agreed
    assert team.second.json("sessions")[0]["session"] == session
    trust(team.second, team.sessions / session / "checklist" / "three.toml")
    refused = team.second("run", "three", "--session", session, "--approval-timeout", "1s", code=3)
    assert "no second person agreed" in refused.stdout, "who agreed to it does not run it"
    code = re.findall(r"smtui approve (\S{7})", refused.stdout)[-1]
    team.operator("approve", code, "--target", TARGET)  # the operator of before is the second person now
    team.second("run", "three", "--session", session, code=0)
    journal = (team.sessions / session / "session.toml").read_text()
    assert f'before = "{OPERATOR}@' in journal
    assert f'approver = "{OPERATOR}"' in journal


def test_without_its_folder_it_says_what_to_do(team: Team) -> None:
    (team.folder / "shared").rmdir()
    given = write(team.operator, team.folder, shell("echo one"), more=f'state_group = "{GROUP}"\n')
    told = team.operator(*given, code=2).stderr
    assert f"install -d -m 2770 -g {GROUP}" in told
    assert "nothing waits" in team.second("approve", "AAA-AAA", code=2).stderr.casefold()
