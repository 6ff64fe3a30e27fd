"""Whether PowerShell can be read, by the grammar tree-sitter-pwsh; it is optional, for recovering does not need it."""

from __future__ import annotations

from smtui.checklist.script_rules import Fault

_SHOWN = 60


def has_grammar() -> bool:
    """Whether the syntax of scripts can be looked at here."""
    return syntax_faults("") is not None


def syntax_faults(text: str) -> tuple[Fault, ...] | None:
    """What the grammar does not understand, by line; None where it is not installed."""
    try:
        import tree_sitter_pwsh
        from tree_sitter import Language, Parser
    except ImportError:
        return None
    waiting = [Parser(Language(tree_sitter_pwsh.language())).parse(text.encode()).root_node]
    faults: set[Fault] = set()
    while waiting:
        node = waiting.pop()
        if node.is_missing:
            faults.add(Fault(node.start_point[0] + 1, f"this is no PowerShell: `{node.type}` is missing"))
        elif node.type == "ERROR":
            found = (node.text or b"").decode("utf-8", "backslashreplace")[:_SHOWN]
            faults.add(Fault(node.start_point[0] + 1, f"this is no PowerShell: `{found}`"))
        elif node.has_error:
            waiting += node.children
    return tuple(sorted(faults))
