"""The scripts that look at several services at once, hold them disabled, let them go, and end one that hangs."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult, script
from smtui.drill.behaviours.parameters import text
from smtui.drill.host import SimulatedHost
from smtui.drill.services import Service, StartType, settle

_MONITORING_HOST = "MonitoringHost"


@script("services-state.ps1", sha256="4ac19e6095bcc5353c092755ddf632e6c3cb881df17c9cc99203bc302b49f0e3")
def state(host: SimulatedHost, parameters: Mapping[str, Scalar], _: Call) -> ScriptResult:
    """How many are there, run, are stopped, start by themselves and are disabled."""
    services = _services(host, parameters)
    pending = [f"{one.name} {one.status}" for one in services if one.status.endswith("Pending")]
    fields: dict[str, Scalar] = {
        "found": len(services),
        "running": sum(one.status == "Running" for one in services),
        "stopped": sum(one.status == "Stopped" for one in services),
        "automatic": _starting(services, "Automatic"),
        "disabled": _starting(services, "Disabled"),
        "state": ", ".join(f"{one.name} {one.status} {one.start_type}" for one in services),
    }
    return ScriptResult(fields | ({"progress": ", ".join(pending)} if pending else {}))


@script("services-hold.ps1", sha256="9a7f98e43941a4584244fada3d971e6756057794e60c2776e1d53823d71afa03")
def hold(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Refuses while one is not stopped, then disables all."""
    services = _all_services(host, parameters)
    awake = [f"{one.name} {one.status}" for one in services if one.status != "Stopped"]
    if awake:
        return ScriptResult({"error": f"Not stopped: {', '.join(awake)}"}, 1)
    for one in services:
        call.write(f"{one.name}: start type was {one.start_type}")
    with call.changing("services Disabled"):
        for one in services:
            host.set_start_type(one.name, "Disabled")
    before = ", ".join(f"{one.name} {one.start_type}" for one in services)
    return ScriptResult({"disabled": len(services), "start_types_before": before})


@script("services-release.ps1", sha256="302421f89e14cfa82b386eadd6599799b77685198541b35e25d42d3a909cdbd1")
def release(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Makes those Automatic that are not."""
    services = _all_services(host, parameters)
    held = [one for one in services if one.start_type != "Automatic"]
    for one in held:
        call.write(f"{one.name}: {one.start_type} becomes Automatic")
    if held:
        with call.changing("services Automatic"):
            for one in held:
                host.set_start_type(one.name, "Automatic")
    return ScriptResult({"automatic": len(services)})


@script("service-process.ps1", sha256="f9894ec3bed1276fa984eb189e450463e5cf5fab8f09ab9b7854e5eb84a06a63")
def process(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """The process behind a service, and its MonitoringHost children."""
    service = _all_services(host, {"names": text(parameters, "name")})[0]
    numbers = _process_numbers(host, service)
    for number in numbers:
        call.write(f"Process {number}, started {host.identity().booted_at:%Y-%m-%dT%H:%M:%SZ}")
    hanging = service.status == "StopPending" and bool(numbers)
    owner = numbers[0] if numbers else 0
    return ScriptResult({"hanging": int(hanging), "process": owner, "children": max(0, len(numbers) - 1)})


@script("service-process-end.ps1", sha256="2c63e08a1be0ebf4f28fad261a9a40c154159e855929608659551b927c2fa02f")
def end_process(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Ends it where the service is stopping, and nowhere else."""
    service = _all_services(host, {"names": text(parameters, "name")})[0]
    numbers = _process_numbers(host, service) if service.status == "StopPending" else []
    for number in numbers:
        call.write(f"Ending process {number}")
    if numbers:
        with call.changing(f"{service.name} process ended"):
            call.world.do("DELETE FROM transitions WHERE host = ? AND service = ?", host.name, service.name)
            settle(call.world, host.name, service.name, "Stopped")
    return ScriptResult({"ended": len(numbers), "status": "Stopped" if numbers else service.status})


def _services(host: SimulatedHost, parameters: Mapping[str, Scalar]) -> list[Service]:
    found = (host.service(name) for name in text(parameters, "names").split(" "))
    return [service for service in found if service is not None]


def _all_services(host: SimulatedHost, parameters: Mapping[str, Scalar]) -> list[Service]:
    """As `Get-Service -Name`: one that is not there is an error."""
    for name in text(parameters, "names").split(" "):
        if host.service(name) is None:
            raise ScriptError(
                f"Cannot find any service with service name '{name}'.",
                "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand",
            )
    return _services(host, parameters)


def _starting(services: list[Service], start_type: StartType) -> int:
    return sum(one.start_type == start_type for one in services)


def _process_numbers(host: SimulatedHost, service: Service) -> list[int]:
    """The service's own process first; the child processes of the agent are its MonitoringHosts."""
    own = [one for one in host.processes() if one.service == service.name]
    return [one.pid for one in sorted(own, key=lambda one: (one.name == _MONITORING_HOST, one.pid))]


SERVICE_GROUPS: tuple[Script, ...] = (state, hold, release, process, end_process)
