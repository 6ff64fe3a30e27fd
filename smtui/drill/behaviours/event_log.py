"""The script that copies what the event logs of a server hold of a window of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from sqlite3 import Row

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult, script
from smtui.drill.behaviours.parameters import number, text
from smtui.drill.host import SimulatedHost

_LOGS = ("System", "Application", "Operations Manager")


@script("event-log-window.ps1", sha256="6dd5db4b635103c2758b55fabc972fbce1a2816e60e091fc2e54b42b5f65794d")
def event_log_window(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Troubles and named events of each log; every simulated server has all three."""
    start, end = _moment(parameters, "start"), _moment(parameters, "end")
    most, listed = int(number(parameters, "most")), 0
    also = dict.fromkeys(_pairs(text(parameters, "also")))
    more, late = [], []
    for log in _LOGS:
        found = [
            event
            for event in host.events(log, start, end)
            if event["level"] != "Information" or (event["provider"], event["id"]) in also
        ]
        if len(found) > most:
            more.append(log)
        begins = host.first_event(log)
        if begins is not None and begins > start:
            late.append(log)
        for event in found[-most:]:
            call.write(_line(log, event))
            listed += 1
    return ScriptResult(
        {
            "listed": listed, "more_than_listed": ", ".join(more), "begins_later": ", ".join(late), "not_there": "",
            "unreadable": "", "clock": f"{host.now():%Y-%m-%dT%H:%M:%SZ}",
        }
    )  # fmt: skip


def _line(log: str, event: Row) -> str:
    at = datetime.fromisoformat(event["at"])
    what = f"{event['level']} {event['provider']} {event['id']}, record {event['record']}: {event['message']}"
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z {log} {what}"


def _moment(parameters: Mapping[str, Scalar], name: str) -> datetime:
    value = text(parameters, name)
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError as error:
        message = f'Exception calling "Parse": "String \'{value}\' was not recognized as a valid DateTime."'
        raise ScriptError(message, "FormatException") from error


def _pairs(named: str) -> Iterator[tuple[str, int]]:
    for pair in named.split():
        provider, _, event_id = pair.partition("/")
        yield provider.replace("+", " "), int(event_id)


EVENT_LOG: tuple[Script, ...] = (event_log_window,)
