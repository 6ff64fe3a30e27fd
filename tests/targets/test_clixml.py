from __future__ import annotations

import pytest

from smtui.targets.clixml import ErrorText

OBJS = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
PROGRESS = (
    f'#< CLIXML\n{OBJS}<Obj S="progress" RefId="0"><TN RefId="0"><T>System.Object</T></TN><MS><PR N="Record">'
    "<AV>Preparing modules for first use.</AV></PR></MS></Obj></Objs>"
)
ERROR = f"#< CLIXML\n{OBJS}<S S=\"Error\">Stop-Service : no service 'nope'._x000D__x000A_</S></Objs>"
WARNING = f'#< CLIXML\n{OBJS}<S S="warning">Dienst über_x000D__x000A_</S></Objs>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text\n", "plain text\n"),
        (PROGRESS, ""),
        (ERROR, "Stop-Service : no service 'nope'.\n"),
        (WARNING, "Warning: Dienst über\n"),
        ("before\n" + ERROR + PROGRESS + "after", "before\nStop-Service : no service 'nope'.\nafter"),
        ("#< CLIXML\n<Objs><broken</Objs>", "#< CLIXML\n<Objs><broken</Objs>"),
        ("#< CLIXML\n<!DOCTYPE a><Objs></Objs>", "#< CLIXML\n<!DOCTYPE a><Objs></Objs>"),
        ("#< CLIXML\n<Objs>never ended", "#< CLIXML\n<Objs>never ended"),
        ("ends in #<", "ends in #<"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_standard_error_is_readable_however_it_is_cut(text: str, shown: str, size: int) -> None:
    stream = ErrorText()
    parts = [text[i : i + size] for i in range(0, len(text), size)]
    got = "".join(stream.feed(part) for part in parts) + stream.finish()
    assert got == shown


def test_plain_text_is_shown_at_once() -> None:
    assert ErrorText().feed("careful\n") == "careful\n"


def test_a_block_without_end_does_not_fill_the_memory() -> None:
    stream = ErrorText()
    stream.feed("#< CLIXML\n")
    assert "x" in "".join(stream.feed("x" * 65536) for _ in range(20))
