"""The scripts that look at the folder Health Service State, take it away and delete what was taken away."""

from __future__ import annotations

import re
from collections.abc import Mapping

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult, script
from smtui.drill.behaviours.parameters import text
from smtui.drill.host import Folder, SimulatedHost
from smtui.drill.seed import STATE_FOLDER

_CENTER = r"HKLM\SOFTWARE\Microsoft\System Center\2010"
_COPY = re.compile(r"Health Service State\.[0-9]{8}T[0-9]{6}Z")


@script("health-state-status.ps1", sha256="8026e4c7007fa043e7e8982476fed6688221216cb47cfe0d3658c486eaf1526a")
def status(host: SimulatedHost, _: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """The folder in use, and the copies."""
    path, copies = _state_path(host), _copies(host)
    for copy in copies:
        call.write(f"Renamed copy: {copy.path}")
    return ScriptResult({"path": path, "present": host.folder(path) is not None, "renamed": len(copies)})


@script("health-state-rename.ps1", sha256="46e4a160961ce2d419f927fbd3165e5504e30677f8f53721a532c933fa073088")
def rename(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Refuses in the order of the script, then renames."""
    path = _state_path(host)
    refusal = _wrong_computer(host, parameters) or _refusal(host, path)
    if refusal:
        return ScriptResult({"error": refusal}, 1)
    name = f"{STATE_FOLDER}.{host.now():%Y%m%dT%H%M%SZ}"
    with call.changing(f"{STATE_FOLDER} renamed"):
        host.rename_folder(path, name)
    return ScriptResult({"path": path, "renamed_to": name, "present": False})


@script("health-state-delete.ps1", sha256="eee606aea3d84b36fa802bb5f1c465384407167df984946b448e031b4a0170d4")
def delete(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Deletes the copies that are folders of their own, never the folder in use."""
    refusal = _wrong_computer(host, parameters)
    if refusal:
        return ScriptResult({"error": refusal}, 1)
    doomed = [copy for copy in _copies(host) if _COPY.fullmatch(copy.leaf) and not copy.reparse]
    for copy in doomed:
        call.write(f"Deleting {copy.path}")
    left = len(_copies(host)) - len(doomed)
    if doomed:
        with call.changing(f"{STATE_FOLDER} deleted"):
            for copy in doomed:
                host.delete_folder(copy.path)
    return ScriptResult({"deleted": len(doomed), "renamed": left})


def _refusal(host: SimulatedHost, path: str) -> str:
    agent = host.service("HealthService")
    folder = host.folder(path)
    if host.registry_value(rf"{_CENTER}\Common\SDK Service", "SDK Service Type") != 1:
        return "This is no Service Manager management server"
    if agent is None or agent.status != "Stopped":
        return "HealthService is not stopped"
    if any(process.name == "MonitoringHost" for process in host.processes()):
        return "A MonitoringHost process still holds the folder"
    if folder is None:
        return f"There is no folder {path}"
    return f"{path} is a link to another place" if folder.reparse else ""


def _wrong_computer(host: SimulatedHost, parameters: Mapping[str, Scalar]) -> str:
    expected = text(parameters, "computer")
    return "" if expected.casefold() == host.name.casefold() else f"This computer is {host.name}, not {expected}"


def _install_directory(host: SimulatedHost) -> str:
    key = rf"{_CENTER}\Service Manager\Setup"
    value = host.registry_value(key, "InstallDirectory")
    if value is None:
        path = key.replace("HKLM\\", "HKLM:\\")
        raise ScriptError(
            f"Cannot find path '{path}' because it does not exist.",
            "PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand",
        )
    return str(value)


def _state_path(host: SimulatedHost) -> str:
    directory = _install_directory(host).rstrip("\\")
    return rf"{directory}\{STATE_FOLDER}"


def _copies(host: SimulatedHost) -> list[Folder]:
    prefix = f"{STATE_FOLDER}.".casefold()
    return [folder for folder in host.folders_in(_install_directory(host)) if folder.leaf.casefold().startswith(prefix)]


HEALTH_STATE: tuple[Script, ...] = (status, rename, delete)
