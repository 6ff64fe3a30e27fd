"""`python -m smtui.drill`: the process of the simulated deployment.

It outlives smtui: a hang-up is ignored, and it ends by itself when nobody has used it for a while, when its world file
is gone, or on SIGTERM. Exit codes: 0 ended, 2 wrong usage, 1 it could not start.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from smtui.drill.behaviours.catalogue import digests
from smtui.drill.deployment import Deployment, Options, deployed
from smtui.drill.faults import MEANINGS, Fault, FaultError, Faults, parse_fault
from smtui.drill.ready import write_ready
from smtui.drill.scenarios import beginning
from smtui.drill.world import World, WorldError
from smtui.environment import load_environment
from smtui.session.store import Store

_IDLE = 60.0
"""Without a connection, a running command or an open session for this many seconds, the drill ends."""
_LOOK = 0.5
"""Seconds between two looks whether it is time to end."""


def main(arguments: Sequence[str]) -> int:
    """Run until it is time to end."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        faults = Faults([_known(parse_fault(spec)) for spec in options.fault])
    except FaultError as error:
        parser.error(str(error))
    if options.digests:
        sys.stdout.write(digests())
        return 0
    if options.effects and options.world is not None:
        return _print_effects(options.world)
    if options.world is None or options.ready is None:
        parser.error("--world and --ready are needed")
    ended = _listen_to_signals()
    try:
        worlds = beginning(options.scenario).worlds if options.scenario else ()
        answers = dict(answer.split("=", 1) for answer in options.answer if "=" in answer)
        with deployed(options.world, os.environ, Options(faults), worlds=worlds, answers=answers) as deployment:
            write_ready(options.ready, deployment.ready())
            _serve(deployment, ended, options)
    except (WorldError, OSError) as error:
        sys.stderr.write(f"smtui.drill: {error}\n")
        return 1
    return 0


def _known(fault: Fault) -> Fault:
    """The fault, if there is such a host; raises FaultError."""
    hosts = [server.name for server in load_environment(Path(__file__).parent / "environment.toml").servers]
    if fault.host is not None and fault.host.casefold() not in {name.casefold() for name in hosts}:
        raise FaultError(f"there is no host {fault.host}; there are {', '.join(hosts)}")
    return fault


def _print_effects(path: Path) -> int:
    try:
        world = World.open(path)
    except (WorldError, OSError) as error:
        sys.stderr.write(f"smtui.drill: {error}\n")
        return 1
    sys.stdout.write(json.dumps([asdict(effect) for effect in world.effects()]) + "\n")
    return 0


def _serve(deployment: Deployment, ended: threading.Event, options: argparse.Namespace) -> None:
    """Wait until nobody needs it any more: an operator may read for longer than the idle time."""
    while not ended.wait(_LOOK):
        if not deployment.world.path.exists():
            return
        if deployment.idle_for() > options.idle and not _in_use(options.session):
            return


def _in_use(session: Path | None) -> bool:
    return session is not None and Store(session.parent).is_held(session.name)


def _listen_to_signals() -> threading.Event:
    ended = threading.Event()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    return ended


def _parser() -> argparse.ArgumentParser:
    kinds = "\n".join(f"  {kind:24}{meaning}" for kind, meaning in MEANINGS.items())
    parser = argparse.ArgumentParser(
        prog="python -m smtui.drill",
        description="Serves a simulated Service Manager deployment on 127.0.0.1.",
        epilog=f"faults, KIND[:HOST[:SUBJECT]][*TIMES] (slow:SECONDS[:HOST[:SUBJECT]]):\n{kinds}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--world", type=Path, help="SQLite file of its state; made when it is not there")
    parser.add_argument("--ready", type=Path, help="JSON file written when everything listens")
    parser.add_argument("--fault", action="append", default=[], metavar="SPEC", help="something that goes wrong")
    parser.add_argument("--scenario", metavar="CHECKLIST", help="begin a new world as a drill of this checklist does")
    parser.add_argument("--answer", action="append", default=[], metavar="NAME=VALUE", help="and was answered so")
    parser.add_argument("--idle", type=float, default=_IDLE, metavar="SECONDS", help="end when unused this long")
    parser.add_argument("--effects", action="store_true", help="print what happened in the world as JSON, and end")
    parser.add_argument("--session", type=Path, help="folder of a session: unused hosts stay while it is open")
    parser.add_argument("--digests", action="store_true", help="print which scripts and statements are known, and end")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
