"""The scripts that compare, export and import management packs, and ask whether the Data Access service answers."""

from __future__ import annotations

from collections.abc import Mapping
from sqlite3 import Row

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult, script
from smtui.drill.behaviours.parameters import text
from smtui.drill.host import SimulatedHost


@script("sdk-answers.ps1", sha256="78cccb86e1aae10c37bbf6db662583feb6ce57acb1f58cbab67bf19bf16515de")
def sdk_answers(host: SimulatedHost, _: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """The service answers while it runs and its database is there."""
    trouble = _trouble(host, call)
    if trouble:
        return ScriptResult({"packs": 0, "evaluation_over": False, "trouble": trouble, "port_open": False})
    return ScriptResult({"packs": len(_live(call)), "evaluation_over": False, "port_open": True})


@script("packs-compare.ps1", sha256="a98d7080b29650ef7cf76d881a2c9bee14d6afc8815c3d5d92095d3cf1e1e2ae")
def compare(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """By content; the version tells only which of two is older."""
    _need_service(host, call)
    live, files = _live(call), _saved(host, parameters, call)
    missing = [one for one in files if one["name"] not in live]
    differing = [one for one in files if one["name"] in live and one["content"] != live[one["name"]]["content"]]
    older = [one for one in differing if _version(one) < _version(live[one["name"]])]
    invalid = [one for one in missing if not one["sound"]]
    for one in missing:
        call.write(f"missing: {one['name']} {one['version']}")
    for one in differing:
        there = live[one["name"]]["version"]
        call.write(f"differs: {one['name']}, file {one['version']}, management group {there}")
    saved = {str(one["name"]) for one in files}
    unsaved = [name for name, one in live.items() if not one["sealed"] and name not in saved]
    return ScriptResult(
        {
            "files": len(files), "same": len(files) - len(missing) - len(differing), "missing": len(missing),
            "missing_names": _names(missing), "differing": len(differing), "differing_names": _names(differing),
            "older": len(older), "older_names": _names(older), "invalid": len(invalid),
            "invalid_names": _names(invalid), "not_saved": len(unsaved), "not_saved_names": ", ".join(unsaved),
        }
    )  # fmt: skip


@script("packs-export.ps1", sha256="b5da28a3291a3fe4bb5df83d531e1adb0b5931b2e09bbfe13e8e1b65b519b31a")
def export(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Every unsealed pack, into an empty folder."""
    folder = text(parameters, "folder")
    if _files_in(host, folder, call):
        return ScriptResult({"error": f"{folder} is not empty; nothing is overwritten"}, 1)
    _need_service(host, call)
    packs = [pack for pack in _live(call).values() if not pack["sealed"]]
    for pack in packs:
        call.write(f"Exporting {pack['name']} {pack['version']}")
    with call.changing("management packs exported"):
        for pack in packs:
            call.world.do(
                "INSERT INTO pack_files VALUES (?, ?, ?, ?, ?, 1)",
                host.name, folder, pack["name"], pack["version"], pack["content"],
            )  # fmt: skip
    return ScriptResult({"exported": len(packs), "unsealed": len(packs), "folder": folder})


@script("packs-import-missing.ps1", sha256="af869e4e37674237fc2b5c94c4f62eb51b00bfa1ac90287ba33a6ecf35c9c536")
def import_missing(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """What is not there, one after the other; a pack that does not pass the test stays out."""
    _need_service(host, call)
    live = _live(call)
    missing = [one for one in _saved(host, parameters, call) if one["name"] not in live]
    sound = [one for one in missing if one["sound"]]
    left = [one for one in missing if not one["sound"]]
    if sound:
        with call.changing("management packs imported"):
            for one in sound:
                at = host.now().isoformat(timespec="seconds")
                call.world.do(
                    "INSERT INTO management_packs VALUES (?, ?, ?, 0, ?)",
                    one["name"], one["version"], at, one["content"],
                )  # fmt: skip
    for one in sound:
        call.write(f"Imported {one['name']}")
    for one in left:
        call.write(f"Not imported: {one['name']}: it is not verified")
    fields: dict[str, Scalar] = {"imported": len(sound), "imported_names": _names(sound)}
    return ScriptResult({**fields, "left": len(left), "left_names": _names(left)}, 1 if left else 0)


def _need_service(host: SimulatedHost, call: Call) -> None:
    trouble = _trouble(host, call)
    if trouble:
        raise ScriptError(trouble, "NoConnection,Microsoft.EnterpriseManagement.ServiceManager.Cmdlets")


def _trouble(host: SimulatedHost, call: Call) -> str:
    """Why the Data Access service of a host does not answer; empty when it does."""
    service = host.service("OMSDK")
    if service is None or service.status != "Running":
        return "The Data Access service is either not running or not yet initialized."
    online = call.world.all("SELECT 1 FROM databases WHERE role = 'service-manager' AND state_desc = 'ONLINE'")
    return "" if online else "The Data Access service cannot reach its database."


def _live(call: Call) -> dict[str, Row]:
    return {str(row["name"]): row for row in call.world.all("SELECT * FROM management_packs ORDER BY name")}


def _files_in(host: SimulatedHost, folder: str, call: Call) -> list[Row]:
    sql = "SELECT * FROM pack_files WHERE host = ? AND folder = ? ORDER BY name"
    return call.world.all(sql, host.name, folder.rstrip("\\"))


def _saved(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> list[Row]:
    return _files_in(host, text(parameters, "folder"), call)


def _names(packs: list[Row]) -> str:
    return ", ".join(str(pack["name"]) for pack in packs)


def _version(pack: Row) -> tuple[int, ...]:
    return tuple(int(part) for part in str(pack["version"]).split("."))


PACKS: tuple[Script, ...] = (sdk_answers, compare, export, import_missing)
