"""The scripts that ask a server who and what it is, and what its users and its event log say. None changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult, script
from smtui.drill.behaviours.parameters import number, text
from smtui.drill.host import SimulatedHost

_CENTER = r"HKLM\SOFTWARE\Microsoft\System Center\2010"
_GROUPS = r"HKLM\SOFTWARE\Microsoft\Microsoft Operations Manager\3.0\Server Management Groups"
_UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@script("identity.ps1", sha256="354865fd274394ece37dfba7b08fb237ebce2d6ad81f5fbdaaa26b67fdec8f65")
def identity(host: SimulatedHost, _: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """A domain member with 64-bit Windows PowerShell 5.1, unrestricted."""
    me = host.identity()
    name = f"{me.name}-NEW" if call.world.setting("machine_renamed") == "1" else me.name
    return ScriptResult(
        {
            "name": name, "domain": me.domain, "in_domain": call.world.setting("not_joined") != "1",
            "fqdn": f"{name}.{me.domain}",
            "booted": f"{me.booted_at:{_TIME}}", "utc": f"{host.now():{_TIME}}",
            "language_mode": "FullLanguage", "bits": 64, "ps_version": "5.1.20348.2849",
        }
    )  # fmt: skip


@script("server-role.ps1", sha256="74731ab53297c33f87c899d0c3b5e0f20b2109cf1c77f05ba1aea2f7335af47d")
def role(host: SimulatedHost, _: Mapping[str, Scalar], __: Call) -> ScriptResult:
    """What Setup left in the registry."""
    database = rf"{_CENTER}\Common\Database"
    return ScriptResult(
        {
            "sdk_service_type": _value(host, rf"{_CENTER}\Common\SDK Service", "SDK Service Type"),
            "install_directory": _value(host, rf"{_CENTER}\Service Manager\Setup", "InstallDirectory"),
            "database_server": _value(host, database, "DatabaseServerName"),
            "database_name": _value(host, database, "DatabaseName"),
            "management_group": ", ".join(host.registry_children(_GROUPS)),
        }
    )


@script("server-version.ps1", sha256="f6821b67e480a3f8c9a510141897f1afcb1762192555e3dedb68020ebc172177")
def version(host: SimulatedHost, _: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """The parts of Service Manager that Windows lists as installed."""
    found: list[str] = []
    for program in host.registry_children(_UNINSTALL):
        name = str(_value(host, rf"{_UNINSTALL}\{program}", "DisplayName"))
        if "service manager" in name.casefold():
            found.append(str(_value(host, rf"{_UNINSTALL}\{program}", "DisplayVersion")))
            call.write(f"{name}: {found[-1]}")
    return ScriptResult({"parts": len(found), "version": ", ".join(sorted(set(found)))})


@script("console-processes.ps1", sha256="38179806742b7bc6ad1d2b0e48d21fb3c625ef6a5a8daca0030075539bd342bf")
def console_processes(host: SimulatedHost, _: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """What is open in desktop sessions; a simulated user closes it once it has been found, as if asked to."""
    folder = str(_value(host, rf"{_CENTER}\Service Manager\Setup", "InstallDirectory")).rstrip("\\") + "\\"
    found = [
        process
        for process in host.processes()
        if process.session > 0 and process.path.casefold().startswith(folder.casefold())
    ]
    for process in found:
        call.write(f"Session {process.session}: {process.name} (process {process.pid})")
        if process.closes_when_seen:
            host.end_process(process.pid)
    return ScriptResult({"open": len(found)})


@script("events-since.ps1", sha256="2a623a4add5ee71fd0fd5f02e56d51a6cdac983a8bb1af2df2ef982902d0c065")
def events_since(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Counts by provider and id."""
    since = host.now() - timedelta(minutes=number(parameters, "minutes"))
    counts = {"bad": 0, "good": 0}
    for kind in counts:
        for pair in text(parameters, kind).split(" "):
            provider, slash, event_id = pair.replace("+", " ").partition("/")
            if not slash or not event_id.isdigit():
                raise ScriptError(f'Cannot convert value "{event_id}" to type "System.Int32".', "InvalidCast")
            found = host.count_events(provider, int(event_id), since)
            if found:
                call.write(f"{kind}: {provider} {event_id}, {found} times")
            counts[kind] += found
    return ScriptResult(counts)


def _value(host: SimulatedHost, key: str, name: str) -> Scalar:
    value = host.registry_value(key, name)
    if value is None:
        path = key.replace("HKLM\\", "HKLM:\\")
        raise ScriptError(
            f"Cannot find path '{path}' because it does not exist.",
            "PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand",
        )
    return value


SERVER: tuple[Script, ...] = (identity, role, version, console_processes, events_since)
