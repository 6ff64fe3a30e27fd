"""The search that every test's folder and log goes through finds what is there."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_redaction import ENCODERS

from tests import leaks

HOUSE = Path(__file__).parents[2]
RANDOM = "Zk3_p-Qx81LmNo7Rt5vWyA2b"
LOG = logging.getLogger("some.library")


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_a_password_of_a_drill_is_found_in_any_encoding(tmp_path: Path, name: str) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    try:
        (kept / "drill.json").write_text(json.dumps({"accounts": {"smadmin": {"user": "u", "password": RANDOM}}}))
        (kept / "harmless").write_text("nothing here")
        secrets = leaks.passwords_in(kept)
        assert leaks.left_in(kept, secrets) == []
        (kept / "leak").write_text(f"x {ENCODERS[name](RANDOM)} y {name}")
        assert leaks.left_in(kept, secrets) == ["leak"]
    finally:
        (kept / "leak").unlink()  # this test is searched too


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_a_password_is_found_in_what_a_logger_says_in_any_encoding(caplog: pytest.LogCaptureFixture, name: str) -> None:
    LOG.debug("harmless")
    logging.getLogger("another").debug("harmless too")
    assert leaks.told_by(caplog.records, [RANDOM]) == []
    LOG.debug("sent %s", ENCODERS[name](RANDOM))
    assert leaks.told_by(caplog.records, [RANDOM]) == ["some.library"]


def test_a_password_is_found_in_the_traceback_of_a_record(caplog: pytest.LogCaptureFixture) -> None:
    try:
        int(RANDOM)
    except ValueError:
        LOG.debug("failed", exc_info=True)
    assert leaks.told_by(caplog.records, [RANDOM]) == ["some.library"]


PLANTED = """
import json, logging, pytest, secrets, sys

@pytest.fixture
def drill(tmp_path):
    password = secrets.token_urlsafe()
    (tmp_path / "drill.json").write_text(json.dumps({"accounts": {"smadmin": {"password": password}}}))
    yield password
    logging.getLogger("at.the.end").debug("drill of %s is over", password.encode().hex())

def test_planted(drill, caplog):
    logging.getLogger("at.debug.level").debug("log on with %s", drill)

def test_that_clears_its_log(drill, caplog):
    caplog.clear()
"""


def test_a_test_whose_log_gives_a_password_away_fails(tmp_path: Path) -> None:
    planted = tmp_path / "test_planted.py"
    planted.write_text(PLANTED)
    options = ["-c", str(HOUSE / "pyproject.toml"), "--rootdir", str(HOUSE), "-p", "tests.conftest"]
    options += ["-p", "no:cacheprovider", f"--basetemp={tmp_path / 'base'}", "--show-capture=no", "-vv"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, planted], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.findall(r"^E +assert (\[.+\]) == \[\]", done.stdout, re.MULTILINE) == [
        "['at.debug.level', 'at.the.end']",
        "['at.the.end']",
    ], done.stdout
