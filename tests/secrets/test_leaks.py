"""The search that every test's folder goes through finds what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_redaction import ENCODERS

from tests import leaks

RANDOM = "Zk3_p-Qx81LmNo7Rt5vWyA2b"


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_a_password_of_a_drill_is_found_in_any_encoding(tmp_path: Path, name: str) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    try:
        (kept / "drill.json").write_text(json.dumps({"accounts": {"smadmin": {"user": "u", "password": RANDOM}}}))
        (kept / "harmless").write_text("nothing here")
        assert leaks.left_in(kept) == []
        (kept / "leak").write_text(f"x {ENCODERS[name](RANDOM)} y {name}")
        assert leaks.left_in(kept) == ["leak"]
    finally:
        (kept / "leak").unlink()  # this test is searched too
