from __future__ import annotations

from importlib.resources import files

import tree_sitter
import tree_sitter_pwsh

BOOTSTRAP = files("smtui.targets").joinpath("bootstrap.ps1").read_bytes()


def test_it_is_powershell() -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
    assert not parser.parse(BOOTSTRAP).root_node.has_error


def test_the_gate_above_sees_a_lost_bracket() -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
    assert parser.parse(BOOTSTRAP.replace(b"}\ncatch", b"\ncatch", 1)).root_node.has_error


def test_it_fits_the_command_line_of_cmd_exe() -> None:
    """8191 characters, of which the switches take 90; what winrshost adds is unknown, hence the room."""
    assert len(BOOTSTRAP.decode().encode("utf-16-le")) // 2 <= 2900


def test_it_is_ascii_with_plain_line_ends_and_leaves_standard_input_alone() -> None:
    assert BOOTSTRAP.isascii()
    assert b"\r" not in BOOTSTRAP
    assert b"$input" not in BOOTSTRAP.lower()
