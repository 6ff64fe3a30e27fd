"""The scripts that look at services, stop, start and fence them."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult, script
from smtui.drill.behaviours.parameters import number, text
from smtui.drill.host import SimulatedHost
from smtui.drill.services import FinalStatus, Service, Transition

_LOOK = 0.02
"""Seconds between two looks of a script that waits for a service."""


@script("service-status.ps1", sha256="2606d22bcd817ccd7ba9b59f3499c9dfbe90eee5f84ecf6c3fc7e1f00dd875df")
def status(host: SimulatedHost, parameters: Mapping[str, Scalar], _: Call) -> ScriptResult:
    """Status and start type, and what is going on."""
    service = _service(host, text(parameters, "name"))
    going_on = {"progress": service.status} if service.status.endswith("Pending") else {}
    return ScriptResult({**_fields(service), **going_on})


@script("service-stop.ps1", sha256="da8d28f6e8017a60ffbbbb186748a893e9dee725fd3c5c8483ce1d8e88849d67")
def stop(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Ask for the stop and wait; no simulated service has dependents."""
    service = _service(host, text(parameters, "name"))
    return ScriptResult(_fields(_stopped(host, service, number(parameters, "wait"), call)))


@script("service-start.ps1", sha256="6fbfb8b16171d6598e2bb12947e862392000bc0a804fc28afa1876efac499488")
def start(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Ask for the start and wait; a disabled service refuses."""
    service = _service(host, text(parameters, "name"))
    if service.status != "Running":
        call.write(f"Starting {service.name} ...")
        if service.status != "StartPending" and service.start_type == "Disabled":
            raise ScriptError(
                f"Service '{service.display_name} ({service.name})' cannot be started due to the following error: "
                f"Cannot start service {service.name} on computer '.'.",
                "CouldNotStartService,Microsoft.PowerShell.Commands.StartServiceCommand",
            )
        service = _change(host, service, "Running", number(parameters, "wait"), call)
    return ScriptResult(_fields(service))


@script("service-fence.ps1", sha256="c1fda6860a6c8cf5ad2cb16de4ff656c9a0cea4e78b795efc478a84f41361a17")
def fence(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Disable first, then stop."""
    service = _service(host, text(parameters, "name"))
    before = service.start_type
    call.write(f"Start type before: {before}")
    if before != "Disabled":
        with call.changing(f"{service.name} Disabled"):
            host.set_start_type(service.name, "Disabled")
    service = _stopped(host, service, number(parameters, "wait"), call)
    return ScriptResult({**_fields(service), "start_type": "Disabled", "start_type_before": before})


def _service(host: SimulatedHost, name: str) -> Service:
    service = host.service(name)
    if service is None:
        raise ScriptError(
            f"Cannot find any service with service name '{name}'.",
            "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand",
        )
    return service


def _stopped(host: SimulatedHost, service: Service, patience: float, call: Call) -> Service:
    if service.status == "Stopped":
        return service
    call.write(f"Stopping {service.name} ...")
    return _change(host, service, "Stopped", patience, call)


def _change(host: SimulatedHost, service: Service, to: FinalStatus, patience: float, call: Call) -> Service:
    """Bring a service to another status: ask for it unless it is asked for already, and wait."""
    if call.effect_lost():
        call.wait(host.pace.service)
        return Service(service.name, service.display_name, to, service.start_type, service.account)
    if not service.status.endswith("Pending"):
        hangs = to == "Stopped" and call.fault("service-hangs-stopping") is not None
        seconds = host.pace.hanging_service if hangs else host.pace.service
        with call.world.change():
            call.go_on()
            host.controller.begin(Transition(host.name, service.name, to, call.token, seconds))
    waited = 0.0
    while (now := _service(host, service.name)).status != to:
        if waited >= min(patience, host.pace.patience):
            raise ScriptError("Time out has expired and the operation has not been completed.", "TimeoutException")
        call.wait(_LOOK)
        waited += _LOOK
    return now


def _fields(service: Service) -> dict[str, Scalar]:
    return {"name": service.name, "status": service.status, "start_type": service.start_type}


SERVICES: tuple[Script, ...] = (status, stop, start, fence)
