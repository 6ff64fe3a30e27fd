"""The scripts that ask whether warehouse and portal do their work. None changes anything."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult, script
from smtui.drill.behaviours.parameters import text
from smtui.drill.host import SimulatedHost

_FIXED = {"DWMaintenance", "MPSyncJob", "Transform.Common", "Load.Common"}
_COUNTED = {"DWMaintenance", "MPSyncJob", "Transform.Common"}
_HEALTHY = {"Running", "Not Started"}


@script("dw-jobs.ps1", sha256="050180be105b3804d6cf68b8b0191a55cd575ed6b2e6be38d4fef6c1953eb3a9")
def jobs(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """What `Get-SCDWJob` lists; a job that is about to end has ended at the next look."""
    if host.service("OMSDK") is None:
        raise ScriptError("Cannot find the setup of Service Manager in the registry.", "PathNotFound")
    rows = call.world.all("SELECT * FROM warehouse_jobs ORDER BY rowid")
    call.world.do("UPDATE warehouse_jobs SET status = seen_as, seen_as = NULL WHERE seen_as IS NOT NULL")
    for row in rows:
        call.write(f"{row['name']}: {row['status']}")
    counted = [row for row in rows if row["name"] in _COUNTED or row["category"] in {"Extract", "Load"}]
    bad = [f"{row['name']} {row['status']}" for row in counted if row["status"] not in _HEALTHY]
    fields: dict[str, Scalar] = {
        "jobs": len(rows),
        "fixed": sum(row["name"] in _FIXED for row in rows),
        "extract": sum(row["category"] == "Extract" for row in rows),
        "bad": len(bad),
        "bad_names": ", ".join(bad),
        "mpsync": next((str(row["status"]) for row in rows if row["name"] == "MPSyncJob"), ""),
    }
    awaited = text(parameters, "wait_for")
    if any(row["name"] == awaited and row["status"] == "Running" for row in rows):
        fields["progress"] = f"{awaited} is running"
    return ScriptResult(fields)


@script("portal-sdk-server.ps1", sha256="7df1688cecbd6b5a043b6504055055086e34dfcdbb8ad8a46a069c09f7c37736")
def portal_sdk_server(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """The site and the server that its web.config names; on a new machine somebody runs the portal's Setup now."""
    site = text(parameters, "site")
    bare = host.is_bare()
    if bare:
        host.install()
    rows = call.world.all("SELECT * FROM websites WHERE host = ? AND name = ?", host.name, site)
    if bare or not rows:
        raise ScriptError(rf"Cannot find path 'IIS:\Sites\{site}' because it does not exist.", "PathNotFound")
    return ScriptResult({"site": site, "state": rows[0]["state"], "sdk_server": rows[0]["sdk_server"]})


FUNCTION: tuple[Script, ...] = (jobs, portal_sdk_server)
