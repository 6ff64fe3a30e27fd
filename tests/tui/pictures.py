"""The scenes of the README's screenshots: each brings a screen into a state worth showing, always the same."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from smtui.targets.base import Result
from smtui.telling.ports import SessionSummary
from tests.tui.recovery import START, Recovery, SmallDesk, recovery
from tests.tui.showing import Operator

Play = Callable[[Operator, Recovery], Awaitable[None]]


def prepared(root: Path) -> Recovery:
    """A recovery at its most telling moment: most of the preparation done, one look found trouble."""
    plan = recovery(root)
    engine = plan.engine
    engine.confirm("baseline.announce", {"informed": "SOC, desk of Mr. Lund, 02:41"})
    for item in ("target-identity", "target-role", "database-online", "workflow-server", "server-version"):
        engine.sense(f"baseline.{item}")
        plan.wait()
        if engine.state.items[f"baseline.{item}"].status != "done":
            engine.accept_sensed(f"baseline.{item}")
    engine.sense("baseline.database-version")
    plan.wait()
    if engine.state.items["baseline.database-version"].status != "done":
        engine.accept_sensed("baseline.database-version")
    engine.confirm("baseline.same-level", {"server_level": "UR4", "database_level": "UR4"})
    engine.run("fence.stop-former")
    plan.wait()
    engine.defer("prepare.workflow-assemblies", "the backup of the old server is being restored; ticket 4711")
    engine.sense("prepare.close-console")
    plan.wait()
    if engine.state.items["prepare.close-console"].status != "done":
        engine.accept_sensed("prepare.close-console")
    engine.run("prepare.stop-data-access")
    plan.wait()
    plan.world.output = "Stopping HealthService ...\nstate: StopPending\nstate: StopPending\n"
    plan.world.result = Result(
        "unknown", reason="The link broke while the command ran. It may still run on SM02. Settle it, then look."
    )
    engine.run("prepare.stop-monitoring-agent")
    plan.wait()
    return plan


def before_promotion(root: Path) -> Recovery:
    """Everything before the consequential item is closed."""
    plan = prepared(root)
    plan.engine.settle("prepare.stop-monitoring-agent")
    plan.wait()
    for item in ("stop-monitoring-agent", "stop-configuration"):
        plan.engine.run(f"prepare.{item}")
        plan.wait()
    plan.engine.run("prepare.clear-health-state")
    plan.wait()
    plan.engine.sense("promote.right-database")
    plan.wait()
    return plan


def restoring(root: Path) -> Recovery:
    """A procedure whose way forks."""
    return recovery(root, checklist="restore-database")


def sessions() -> tuple[SessionSummary, ...]:
    """What a home screen has to offer on a bad night."""
    title, where = "Promote a secondary management server", "Contoso Service Manager (simulated)"
    return (
        SessionSummary(
            "2026-03-14T0240Z-promote-management-server", title, "drill", where, START + timedelta(minutes=9),
            "unfinished", "3.4 Stop Microsoft Monitoring Agent (unknown)", 11, 28, 0, 1,
        ),
        SessionSummary(
            "2026-03-13T2115Z-promote-management-server", title, "drill", where, START - timedelta(hours=5),
            "busy", reason="held by pid 4711 of bert on jump02",
        ),
        SessionSummary(
            "2026-02-01T0900Z-promote-management-server", title, "drill", where, START - timedelta(days=41),
            "damaged", reason="event 12 at byte 5120 does not fit its seal",
        ),
        SessionSummary(
            "2026-01-10T1000Z-promote-management-server", title, "drill", where, START - timedelta(days=63), "complete",
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """One picture: where it starts, what is pressed, and what must be readable then."""

    name: str
    play: Play
    texts: tuple[str, ...]
    size: tuple[int, int] = (80, 24)
    home: bool = False
    make: Callable[[Path], Recovery] = prepared


async def _nothing(operator: Operator, plan: Recovery) -> None:
    return


async def _start(operator: Operator, plan: Recovery) -> None:
    await operator.press("down", "enter")
    await operator.press("down", "enter", "enter")


async def _run(operator: Operator, plan: Recovery) -> None:
    await operator.press("slash")
    await operator.type("Configuration")
    await operator.press("enter")
    await operator.press("r")


async def _promote(operator: Operator, plan: Recovery) -> None:
    await operator.press("g")
    await operator.type("4.2")
    await operator.press("enter")
    await operator.press("r")
    await operator.type("service-m")


async def _by_hand(operator: Operator, plan: Recovery) -> None:
    await operator.press("g")
    await operator.type("6.5")
    await operator.press("enter")
    await operator.press("h")


async def _item(operator: Operator, plan: Recovery) -> None:
    await operator.press("enter")


async def _choose(operator: Operator, plan: Recovery) -> None:
    await operator.press("g")
    await operator.type("3.2")
    await operator.press("enter")
    await operator.press("c", "right")


async def _readiness(operator: Operator, plan: Recovery) -> None:
    await operator.press("f7", "enter")


async def _preview(operator: Operator, plan: Recovery) -> None:
    await operator.press("m")


async def _history(operator: Operator, plan: Recovery) -> None:
    await operator.press("f12")


async def _output(operator: Operator, plan: Recovery) -> None:
    await operator.press("o")
    await operator.press("slash")
    await operator.type("pending")
    await operator.press("enter")


async def _help(operator: Operator, plan: Recovery) -> None:
    await operator.press("question_mark")


async def _findings(operator: Operator, plan: Recovery) -> None:
    for text, owner, due in (
        ("The agent of SM02 hangs while it stops; the update of April mends it", "Anna", "2026-03-20"),
        ("Nobody knew where the workflow assemblies are kept", "the desk of Mr. Lund", "2026-03-31"),
    ):
        plan.engine.finding(text, owner, due, "prepare.stop-monitoring-agent")
    await operator.press("i")


async def _targets(operator: Operator, plan: Recovery) -> None:
    await operator.press("t")


async def _palette(operator: Operator, plan: Recovery) -> None:
    await operator.press("colon")
    await operator.type("item")


async def _folded(operator: Operator, plan: Recovery) -> None:
    for section in ("1.1", "2.1", "5.1"):
        await operator.press("g")
        await operator.type(section)
        await operator.press("enter", "left")
    await operator.press("full_stop", "b")


SCENES = (
    Scene(
        "home", _nothing, ("Unfinished sessions", "waits for 3.4", "Begin with a checklist", "held by pid"), home=True
    ),
    Scene("start", _start, ("Which management server takes over?", "(*) SM02", "Go back", "drill"), home=True),
    Scene("session-80x24", _nothing, ("next 3.4", "? unknown", "DRILL ON SIMULATED HOSTS", "u Settle")),
    Scene("session-120x40", _nothing, ("next 3.4", "Attempts", "» deferred"), size=(120, 40)),
    Scene("run", _run, ("Run 3.5", "on SM02", "Enter runs it"), size=(100, 30)),
    Scene(
        "run-consequential",
        _promote,
        ("cannot be taken back", "p_PromoteActiveWorkflowServer"),
        size=(100, 30),
        make=before_promotion,
    ),
    Scene("by-hand", _by_hand, ("I have done this by hand", "> Go back <"), size=(100, 30)),
    Scene("item", _item, ("3.4  Stop Microsoft Monitoring Agent", "Attempts", "By hand", "Run on"), size=(100, 40)),
    Scene("choose", _choose, ("which way?", "> Yes, the broker is on <"), size=(100, 30), make=restoring),
    Scene("output", _output, ("Output (paused) of 3.4", "StopPending", "paused")),
    Scene("findings", _findings, ("Findings of", "Anna, until 2026-03-20", "n New")),
    Scene("targets", _targets, ("2 of 3 reachable", "not reachable: No route to host"), home=True),
    Scene("readiness", _readiness, ("NOT READY: 2 problems", "reboot-pending", "mend it:"), home=True),
    Scene("preview", _preview, ("Drill report", "INCOMPLETE", "Deviations", "w Write"), size=(100, 40), home=True),
    Scene("history", _history, ("exercise of 2026-", "all of it", "w"), size=(100, 30), home=True),
    Scene("palette", _palette, ("What is to be done?", "Note: Write a remark", "Run: not possible"), size=(100, 30)),
    Scene("bridge", _folded, ("To read out", "+1", "RTO missed by 16 min"), size=(100, 30)),
    Scene("help", _help, ("Keys of the session screen", "Run the item"), size=(100, 40)),
)


def root_of(scene: Scene, root: Path) -> Recovery | SmallDesk:
    """What the scene plays on."""
    plan = scene.make(root)
    return SmallDesk(root, sessions(), plan) if scene.home else plan


def without_fonts(svg: str) -> str:
    """A picture that loads nothing from anywhere."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code", "DejaVu Sans Mono")


def texts_of(svg: str) -> str:
    """The words of a picture, line by line."""
    found = re.findall(r'<text[^>]* y="([0-9.]+)"[^>]*>(.*?)</text>', svg)
    lines: dict[str, str] = {}
    for y, text in found:
        lines[y] = lines.get(y, "") + html.unescape(text).replace("\xa0", " ")
    return "\n".join(line.rstrip() for line in lines.values())
