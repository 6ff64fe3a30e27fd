"""Each refusal that a plan promises, provoked in the drill: the run stops there and says why, and goes no further."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smtui.cli.deployment import DRILL_ENVIRONMENT, drill_file
from smtui.cli.questions import suggested

from .conftest import Program
from .shipped import procedure


@dataclass(frozen=True)
class Refusal:
    """What is wrong, where the run stops, and words of the reason."""

    what: str
    checklist: str
    item: str
    reason: str
    faults: tuple[str, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict)


def _lost(script: str, host: str, name: str) -> tuple[str, ...]:
    return (f"effect-lost:{host}:{script}+{name}*9",)


NOW = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
PROMOTE, DATABASE, SERVER = "promote-management-server", "database-recovery", "management-server-recovery"
WAREHOUSE, DATABASES = "data-warehouse-server-recovery", "lost-data-warehouse-databases"

REFUSALS = (
    Refusal("unknown server", PROMOTE, "promote.right-database", "server_known is 0", ("server-unknown",)),
    Refusal("workflow server already", PROMOTE, "baseline.workflow-server", "done already", ("promoted-already",)),
    Refusal("two workflow servers", PROMOTE, "baseline.workflow-server", "more than one", ("two-workflow-servers",)),
    Refusal("unfenced", PROMOTE, "fence.stop-former", "not as it should be",
            _lost("service-fence", "SM01", "HealthService")),
    Refusal("database offline", PROMOTE, "baseline.database-online", "state is OFFLINE",
            ("database-offline:SQL01:ServiceManager",)),
    Refusal("database read-only", PROMOTE, "baseline.database-online", "updateability is READ_ONLY",
            ("database-read-only",)),
    Refusal("secondary replica", PROMOTE, "baseline.database-online", "primary_replica is 0", ("secondary-replica",)),
    Refusal("services not stopped", PROMOTE, "prepare.stop-data-access", "status is Running",
            _lost("service-stop", "SM02", "OMSDK")),
    Refusal("folder held", PROMOTE, "prepare.clear-health-state", "MonitoringHost process still holds the folder",
            ("folder-held",)),
    Refusal("other machine", DATABASE, "instance/identity.machine", "name is SQL01-NEW", ("machine-renamed",)),
    Refusal("other instance", DATABASE, "instance/identity.instance", "names_agree is 0", ("instance-renamed",)),
    Refusal("no full-text search", DATABASE, "instance/identity.instance", "full_text is 0", ("no-full-text",)),
    Refusal("availability group", DATABASE, "instance/identity.instance", "by hand, node by node",
            ("availability-group:SQL01",)),
    Refusal("other settings pending", DATABASE, "instance/clr.pending", "Ask whose they are", ("settings-pending",)),
    Refusal("other collation", DATABASE, "database/backup.chain", "collation_agrees is 0", ("other-collation",)),
    Refusal("gap in the backups", DATABASE, "database/backup.chain", "gaps is 1", ("backup-gap:SQL01",)),
    Refusal("damaged backup", DATABASE, "database/backup.chain", "damaged is 1", ("backup-damaged",)),
    Refusal("database in the way", DATABASE, "database/restore.absent", "never replaced", ("database-standing",)),
    Refusal("warehouse service runs", DATABASE, "stop.stop-data-access", "status is Running",
            _lost("service-stop", "DW01", "OMSDK")),
    Refusal("server unreachable", DATABASE, "stop.stop-data-access", "no connection to dw01", ("not-listening:DW01",)),
    Refusal("restore aborted", DATABASE, "database/restore.restore", "Read on the backup device failed",
            ("restore-aborted:SQL01:restore-chain*9",)),
    Refusal("script with DROP", DATABASE, "database/accounts.script-review", "destructive is 2", ("script-drops",)),
    Refusal("Setup before the key", "encryption-key-restore", "before.setup-not-run", "before the key",
            ("setup-first",)),
    Refusal("rebuilt under another name", SERVER, "before.identity", "name is SM01-NEW", ("machine-renamed",)),
    Refusal("not joined", SERVER, "before.identity", "in_domain is false", ("not-joined",)),
    Refusal("database down", SERVER, "before.database-online", "state is OFFLINE",
            ("database-offline:SQL01:ServiceManager",)),
    Refusal("Operations Manager parts", SERVER, "before.fit", "agent_there is true", ("agent-left",)),
    Refusal("pending restart", SERVER, "before.fit", "reboot_pending is true", ("reboot-pending:SM01",)),
    Refusal("other group", SERVER, "before.group", "another management group", ("other-group",)),
    Refusal("another server's key", SERVER, "after.events", "wrong key", ("wrong-key",)),
    Refusal("key of a management server", WAREHOUSE, "after.events", "wrong key", ("wrong-key",)),
    Refusal("another report URL", WAREHOUSE, "before.report-url", "another reporting server", ("other-report-url",)),
    Refusal("MPSyncJob not ended", WAREHOUSE, "after.mpsync", "start nothing else", ("sync-failed",)),
    Refusal("failed jobs", WAREHOUSE, "after.jobs", "bad is 1", ("job-failed",)),
    Refusal("mixed restore points", DATABASES, "datamart/backup.chain", "at_restore_point is 0", ("points-mixed",)),
    Refusal("newer than Service Manager", DATABASES, "points.order", "behind is 1", ("warehouse-ahead",),
            {"restore_point": NOW}),
    Refusal("outside the retention", DATABASES, "points.retention", "inside is 0",
            inputs={"restore_point": "2020-01-01T00:00:00"}),
    Refusal("portal under another name", "portal-recovery", "key/before.identity", "PORTAL01-NEW",
            ("machine-renamed",)),
    Refusal("portal to a dead server", "portal-recovery", "before.sdk-lives", "does not answer", ("sdk-down",)),
    Refusal("portal to another server", "portal-recovery", "install.target", "sdk_server is SM09",
            ("portal-elsewhere",)),
    Refusal("unsound pack", "import-management-packs", "compare.sound", "invalid is 1", ("pack-unsound",)),
)  # fmt: skip


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.what.replace(" ", "-"))
def test_it_stops_there_and_says_why(smtui: Program, refusal: Refusal) -> None:
    options = [part for fault in refusal.faults for part in ("--fault", fault)]
    options += [part for name, value in refusal.inputs.items() for part in ("--input", f"{name}={value}")]
    done = smtui("run", refusal.checklist, "--drill", "--confirm-by-hand", "rehearsal", *options, code=None)
    stopped = next((line for line in done.stdout.splitlines() if line.startswith("stopped: ")), done.stdout)
    assert done.returncode in {1, 3}, done.stdout
    assert f"({refusal.item})" in stopped
    assert refusal.reason in stopped


def test_a_data_warehouse_server_cannot_be_promoted(smtui: Program) -> None:
    done = smtui("run", PROMOTE, "--drill", "--input", "promoted=DW01", code=2)
    assert "'DW01' is none of SM01, SM02, SM03" in done.stderr


def test_staging_and_repository_belong_on_one_instance(smtui: Program, tmp_path: Path) -> None:
    """An environment that sends the repository to SQL01: the instance there answers for itself."""
    apart = tmp_path / "apart.toml"
    shipped = DRILL_ENVIRONMENT.read_text("utf-8")
    apart.write_text(re.sub(r'(role = "dw-repository"\nserver = )"SQL02"', r'\1"SQL01"', shipped), "utf-8")
    options = [part for pair in _everything(DATABASES).items() for part in ("--confirm", f"{pair[0]}={pair[1]}")]
    for name, answer in suggested(procedure(DATABASES), drill_file().environment).items():
        options += ["--input", f"{name}={answer}"]
    options += ["--choose", "declare.way=restore"]
    done = smtui("run", DATABASES, "-e", str(apart), *options, code=1)
    stopped = next(line for line in done.stdout.splitlines() if line.startswith("stopped: "))
    assert "(gate.one-instance): machine is SQL01, expected SQL02" in stopped
    assert "not supported: correct the environment file" in stopped


def _everything(checklist: str) -> dict[str, str]:
    """Words for every item that could be confirmed, and for no choice."""
    return {step.id: "rehearsal" for step in procedure(checklist).steps if not step.item.choose}


WAITING = {
    (PROMOTE, "promote.promote"): {"fence.stop-former", "baseline.same-level", "prepare.stop-data-access"},
    (DATABASE, "gate.may-restore"): {"stop.all-stopped", "instance/identity.instance"},
    (DATABASE, "start.release"): {"mail.block", "warehouse.decision", "database/restore.restore"},
    (DATABASE, "close.mail-on"): {"close.old-mail"},
    (SERVER, "install.started"): {"key/wizard.finish", "before.same-name", "before.level", "before.database-online"},
    (SERVER, "after.services"): {"after.assemblies", "after.same-level"},
    (WAREHOUSE, "install.started"): {"key/wizard.finish", "before.report-url"},
    (DATABASES, "gate.may-restore"): {"points.retention", "points.order", "gate.one-instance"},
    ("lost-data-warehouse-server", "gate.complete"): {"server/after.activate", "server/after.key-backup"},
    ("lost-everything", "proof.verified"): {"proof.incident", "first/after.key-backup"},
    ("portal-recovery", "install.setup"): {"key/wizard.finish"},
}
"""What a person does and no look can tell, and the item that waits for it: skipping it does not open the gate."""


@pytest.mark.parametrize(("checklist", "item"), WAITING, ids=" ".join)
def test_gates_wait_for_what_people_do(checklist: str, item: str) -> None:
    assert WAITING[checklist, item] <= set(procedure(checklist).by_id[item].requires)
