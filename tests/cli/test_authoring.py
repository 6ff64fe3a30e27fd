"""What authors of checklists use: lint, a beginning, a paper version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import LIMIT, Program

HOUSE = Path(__file__).parents[2]
DRILL = str(HOUSE / "smtui" / "drill" / "environment.toml")

ITEM = """
[[section.item]]
id = "touch"
title = "Touch"
by_hand = "Touch."
run = { on = "management-server", script = "touch.ps1" }
"""
OWN = f"""
[checklist]
id = "own"
title = "Own"
version = "1"
source = "us"

[[section]]
id = "one"
title = "One"
{ITEM}{ITEM}"""


@pytest.fixture
def own(smtui: Program) -> Path:
    """A checklist with three things wrong, among the user's own."""
    folder = smtui.home / "config" / "smtui" / "checklists"
    (folder / "scripts").mkdir(parents=True)
    (folder / "scripts" / "touch.ps1").write_text("iex $x\n")
    (folder / "own.toml").write_text(OWN)
    return folder / "own.toml"


def test_the_shipped_checklists_have_nothing_wrong_and_fit_the_drill(smtui: Program) -> None:
    done = smtui("lint", "--environment", DRILL)
    assert done.stdout.endswith(" checklists: nothing is wrong\n")
    assert done.stderr == ""


def test_everything_wrong_is_said_at_once(smtui: Program, own: Path) -> None:
    for arguments in ((), ("own",), (str(own),)):
        lines = smtui("lint", *arguments, code=2).stdout.splitlines()
        assert [line.split(": ")[0] for line in lines[:-1]] == [
            f"{own}:18",
            *[f"{own.parent}/scripts/touch.ps1:1"] * 3,
        ]
        assert lines[-1].startswith("4 problems in 1 of ")


def test_what_is_wrong_can_be_read_by_programs(smtui: Program, own: Path) -> None:
    done = smtui("lint", "own", "promote-management-server", "--json", code=2)
    assert '"ok": false' in done.stdout
    assert smtui.json("lint", "promote-management-server")["ok"] is True


def test_what_a_deployment_lacks_is_said(smtui: Program) -> None:
    environment = smtui.home / "small.toml"
    environment.write_text('[environment]\nname = "Small"\nkind = "exercise"\nmanagement_group = "SM"\n')
    lines = smtui("lint", "portal-recovery", "-e", str(environment), code=2).stdout.splitlines()
    assert len(lines) > 1
    assert all("portal-recovery.toml" in line for line in lines[:-1])


def test_an_unknown_checklist_gets_the_nearest(smtui: Program) -> None:
    assert "did you mean `portal-recovery`" in smtui("lint", "portal-recover", code=2).stderr


def test_a_new_checklist_is_right_as_it_is_and_can_be_started(smtui: Program) -> None:
    said = smtui("new", "checklist", "restart-spooler").stdout.splitlines()
    folder = smtui.home / "config" / "smtui" / "checklists"
    written = [
        folder / "restart-spooler.toml",
        folder / "scripts" / "restart-spooler-start.ps1",
        folder / "scripts" / "restart-spooler-status.ps1",
    ]
    assert said == [*map(str, written), "Read it, change it, and look at it with: smtui lint restart-spooler"]
    assert all("starter" not in path.read_text("utf-8") for path in written)
    assert smtui("lint", "restart-spooler", "-e", DRILL).stdout == "1 checklist: nothing is wrong\n"
    assert "restart-spooler" in [row["id"] for row in smtui.json("checklists")]
    schema = written[0].read_text("utf-8").splitlines()[0].removeprefix("#:schema ")
    assert Path(schema).is_file()


def test_nothing_is_overwritten(smtui: Program) -> None:
    folder = smtui.home / "mine"
    (folder / "scripts").mkdir(parents=True)
    (folder / "scripts" / "one-status.ps1").write_text("precious")
    assert (
        "is there already; nothing was written"
        in smtui("new", "checklist", "one", "--output", str(folder), code=2).stderr
    )
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["one-status.ps1"]
    assert smtui("new", "checklist", "two", "--output", str(folder)).stdout.endswith(f"smtui lint {folder}/two.toml\n")
    assert smtui("lint", f"{folder}/two.toml").stdout == "1 checklist: nothing is wrong\n"


@pytest.mark.parametrize("name", ["Not An Id", "../up", "portal-recovery", ""])
def test_a_name_that_is_no_id_or_taken_is_refused(smtui: Program, name: str) -> None:
    smtui("new", "checklist", "--", name, code=2)
    assert not (smtui.home / "config").exists()


def test_a_checklist_is_printed_with_the_names_of_a_deployment(smtui: Program) -> None:
    page = smtui.home / "paper.html"
    answers = ("--input", "promoted=SM02", "--input", "former=SM01")
    done = smtui("print", "promote-management-server", "-e", DRILL, *answers, "--format", "html", "--output", str(page))
    assert (done.stdout, done.stderr) == ("", "")
    assert "sm02.contoso.test" in page.read_text("utf-8")
    assert "<script" not in page.read_text("utf-8")


def test_what_is_left_open_on_paper_is_said(smtui: Program) -> None:
    done = smtui("print", "promote-management-server", "-e", DRILL)
    assert done.stdout.startswith("# Promote a secondary management server\n")
    assert "left open: the input `promoted` has not been answered" in done.stderr
    assert "no such question" in smtui("print", "portal-recovery", "-e", DRILL, "--input", "x=1", code=2).stderr
    assert "goes with -e" in smtui("print", "portal-recovery", "--input", "x=1", code=2).stderr


def test_lint_says_when_it_could_not_look_at_the_syntax(smtui: Program) -> None:
    program = "import sys; sys.modules['tree_sitter_pwsh'] = None; from smtui.cli.main import commands; "
    done = subprocess.run(
        [sys.executable, "-c", program + "sys.exit(commands(['lint', 'portal-recovery']))"],
        env=smtui.environ,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "1 checklist: nothing is wrong\n")
    assert "The syntax of PowerShell was not looked at" in done.stderr
