"""Commands of lines say that passwords can be read, before anything else."""

from __future__ import annotations

import re
from pathlib import Path

from .conftest import Program
from .local_steps import shell, write

SERVER = """
[[server]]
name = "SM02"
roles = ["management-server"]
fqdn = "sm02.contoso.invalid"
port = 5985
transport = "basic"
credential = "admin"
insecure = "I accept that passwords can be read on the network"

[credentials.admin]
user = "admin"
"""
TOLD = "INSECURE: passwords can be read on the network (SM02: basic over plain HTTP (port 5985))"


def test_run_show_watch_check_and_report_say_it(smtui: Program, tmp_path: Path) -> None:
    started = write(smtui, tmp_path, shell("echo done"), more=SERVER)
    lines = smtui(*started, code=None).stdout.splitlines()
    assert lines[1] == TOLD
    session = re.search(r"session (\S+)", lines[0])
    assert session
    assert TOLD in smtui("show", session[1]).stdout.splitlines()
    assert TOLD in smtui("watch", session[1]).stdout.splitlines()[0]
    assert smtui("check", "-e", str(tmp_path / "lab.toml"), code=6).stdout.splitlines()[1] == TOLD
    smtui("report", session[1], "--output", str(tmp_path / "report"), code=None)
    page = (tmp_path / "report" / "report.md").read_text("utf-8")
    assert "INSECURE TRANSPORT" in page.partition("\n## ")[0]


def test_without_the_words_it_is_refused(smtui: Program, tmp_path: Path) -> None:
    started = write(smtui, tmp_path, shell("echo done"), more=SERVER.replace("I accept that", "yes,"))
    assert "`insecure` takes exactly these words" in smtui(*started, code=2).stderr
