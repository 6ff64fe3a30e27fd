"""Reads PowerShell with a grammar: there is no PowerShell here to ask."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter_pwsh
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_pwsh.language()))


def nodes(text: str) -> Iterator[Node]:
    """Every node of the syntax tree."""
    waiting = [_PARSER.parse(text.encode()).root_node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def told(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode()


def errors(text: str) -> list[str]:
    """What the grammar does not understand, by line."""
    found = (node for node in nodes(text) if node.type == "ERROR" or node.is_missing)
    return [f"line {node.start_point[0] + 1}: {told(node)[:60]}" for node in found]


def commands(text: str) -> set[str]:
    """Names of the commands that a script calls; functions of its own are none."""
    found = list(nodes(text))
    own = {told(node) for node in found if node.type == "function_name"}
    return {told(node) for node in found if node.type == "command_name"} - own
