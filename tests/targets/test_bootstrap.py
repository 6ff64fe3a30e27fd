from __future__ import annotations

from importlib.resources import files

import pytest
import tree_sitter
import tree_sitter_pwsh

from smtui.targets.powershell_host import HELLO
from smtui.targets.remote_script import PIECE

TEXTS = {
    name: files("smtui.targets").joinpath(name).read_bytes() for name in ("bootstrap.ps1", "loader.ps1", "host.ps1")
}
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_powershell(name: str) -> None:
    assert not PARSER.parse(TEXTS[name]).root_node.has_error


@pytest.mark.parametrize("name", TEXTS)
def test_the_gate_above_sees_a_lost_bracket(name: str) -> None:
    lost = TEXTS[name].replace(b"}\n", b"\n", 1) if name == "host.ps1" else TEXTS[name].replace(b"}\ncatch", b"\ncatch")
    assert PARSER.parse(lost).root_node.has_error


@pytest.mark.parametrize("name", ["bootstrap.ps1", "loader.ps1"])
def test_what_is_a_command_line_fits_that_of_cmd_exe(name: str) -> None:
    """8191 characters, of which the switches take 90; what winrshost adds is unknown, hence the room."""
    assert len(TEXTS[name].decode().encode("utf-16-le")) // 2 <= 2900


def test_the_text_of_the_host_travels_in_one_piece_with_the_first_frame() -> None:
    assert len(HELLO) * 4 < PIECE


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_ascii_with_plain_line_ends_and_leaves_standard_input_alone(name: str) -> None:
    assert TEXTS[name].isascii()
    assert b"\r" not in TEXTS[name]
    assert b"$input" not in TEXTS[name].lower()
