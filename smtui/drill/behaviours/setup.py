"""The scripts around Setup and the key wizard; people run both, and a simulated one does once somebody looks for it."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptResult, script
from smtui.drill.behaviours.parameters import text
from smtui.drill.host import SimulatedHost
from smtui.drill.seed import EVENT_LOG

_CENTER = r"HKLM\SOFTWARE\Microsoft\System Center\2010"
_GROUPS = r"HKLM\SOFTWARE\Microsoft\Microsoft Operations Manager\3.0\Server Management Groups"
_UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
_SERVICES = ("OMSDK", "HealthService", "OMCFG")
_FREE_GB = 63.4
_MEANINGS = {
    0: "Successful",
    3010: "SuccessfulNeedReboot",
    -14: "FailedPrerequisiteChecks",
    209: "InvalidCMDB",
}
_WRONG_KEY = "The Health Service could not read its secure configuration: it was encrypted with another key."


@script("setup-precheck.ps1", sha256="3cadd905f90b77636a0c1c8faa8220ffc9b0cc848d8188aa519eb5042bd74202")
def precheck(host: SimulatedHost, _: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """What is left of Service Manager, and what Windows waits for."""
    done = _setup_done(host)
    left = call.world.setting("agent_left") == "1"
    return ScriptResult(
        {
            "is_admin": not call.faults.stands("not-administrator", host.name),
            "in_domain": call.world.setting("not_joined") != "1", "setup_done": done, "agent_there": left and not done,
            "group_left": "OM_CONTOSO" if left else ", ".join(host.registry_children(_GROUPS)),
            "reboot_pending": call.faults.stands("reboot-pending", host.name), "free_gb": _FREE_GB,
        }
    )  # fmt: skip


@script("key-tool.ps1", sha256="fee907c168f056a3373b45cb20b3a50ce8a864377cf32b4868189974d12f0282")
def key_tool(host: SimulatedHost, parameters: Mapping[str, Scalar], _: Call) -> ScriptResult:
    r"""Where the wizard lies; a share (`\\...`) is a second hop that the script cannot make."""
    media = text(parameters, "media").rstrip("\\")
    path = rf"{media}\Tools\SecureStorageBackup\SecureStorageBackup.exe"
    signed = host.file(path)
    fields: dict[str, Scalar] = {"path": path, "there": signed is not None}
    if signed is not None:
        fields |= {"signature": "Valid" if signed == "signed" else "HashMismatch", "signer": "CN=Microsoft Corporation"}
    return ScriptResult(fields)


@script("setup-result.ps1", sha256="a2ea51d45b01295e82dfd603d2ec8489dfa2ff3e5c90b3819405422cc853f0f7")
def result(host: SimulatedHost, _: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """What Setup left. On a bare machine it runs now: whoever looks has come to the end of its pages."""
    if host.is_bare():
        _run_setup(host, call)
        return ScriptResult({"setup_done": False, "services": 0})
    services = [service for name in _SERVICES if (service := host.service(name)) is not None]
    fields: dict[str, Scalar] = {"setup_done": _setup_done(host), "services": len(services)}
    if fields["setup_done"]:
        fields |= _installation(host)
    for service in services:
        if service.name == "OMSDK":
            fields["data_access_account"] = service.account
        if service.name == "OMCFG":
            fields["configuration_account"] = service.account
    return ScriptResult(fields)


@script("setup-progress.ps1", sha256="59dcfec3a8e4aec0022035fa22daef393c6727bbdc8ce3c9dde8f28c349492d4")
def progress(host: SimulatedHost, _: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """The status file of an unattended Setup; somebody starts it when a look has found that nothing runs."""
    if host.is_bare():
        _run_setup(host, call)
        return ScriptResult({"started": False})
    code = int(call.world.setting("setup_exit_code"))
    meaning = _MEANINGS.get(code, "see the vendor's list of exit codes")
    return ScriptResult({"started": True, "exit_code": code, "reboot": code == 3010, "meaning": meaning})


def _setup_done(host: SimulatedHost) -> bool:
    return host.registry_value(rf"{_CENTER}\Service Manager\Setup", "InstallDirectory") is not None


def _installation(host: SimulatedHost) -> dict[str, Scalar]:
    database = rf"{_CENTER}\Common\Database"
    places = {
        "install_directory": (rf"{_CENTER}\Service Manager\Setup", "InstallDirectory"),
        "sdk_service_type": (rf"{_CENTER}\Common\SDK Service", "SDK Service Type"),
        "database_server": (database, "DatabaseServerName"),
        "database_name": (database, "DatabaseName"),
        "staging_instance": (database, "StagingSQLInstance"),
        "staging_database": (database, "StagingDatabaseName"),
        "report_url": (rf"{_CENTER}\Common\Reporting", "WebServiceURL"),
    }
    found = {field: host.registry_value(*place) for field, place in places.items()}
    programs = host.registry_children(_UNINSTALL)
    versions = {str(host.registry_value(rf"{_UNINSTALL}\{program}", "DisplayVersion")) for program in programs}
    return {
        **{field: value for field, value in found.items() if value is not None},
        "management_group": ", ".join(host.registry_children(_GROUPS)),
        "version": ", ".join(sorted(versions)),
    }


def _run_setup(host: SimulatedHost, call: Call) -> None:
    """Nobody's attempt, so no effect is counted. With another server's key the agent says so as soon as it runs."""
    with call.world.change():
        host.install()
        if call.world.setting("wrong_key") == "1":
            at = host.now().isoformat(timespec="seconds")
            call.world.do("DELETE FROM events WHERE host = ? AND id = 7023", host.name)
            call.world.do(
                "INSERT INTO events (host, log, at, provider, id, level, message) VALUES (?, ?, ?, ?, ?, 'Error', ?)",
                host.name, EVENT_LOG, at, "HealthService", 7022, _WRONG_KEY,
            )  # fmt: skip


SETUP: tuple[Script, ...] = (precheck, key_tool, result, progress)
