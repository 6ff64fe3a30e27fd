"""What each plan refuses, in one line each, and the test that provokes it in the drill."""

from __future__ import annotations

PROMOTED, DATABASE, REBUILT = (
    "lost-management-server-promoted",
    "lost-database-server",
    "lost-management-server-rebuilt",
)
WAREHOUSE, DATABASES = "lost-data-warehouse-server", "lost-data-warehouse-databases"
PORTAL, EVERYTHING = "lost-portal", "lost-everything"

REFUSED: dict[str, dict[str, tuple[str, ...]]] = {
    PROMOTED: {
        "a server that the database does not know": ("unknown server",),
        "a data warehouse server": ("test_a_data_warehouse_server_cannot_be_promoted",),
        "the server that is the workflow server already": ("workflow server already", "two workflow servers"),
        "a former server that may come back": ("unfenced",),
        "a database that is not online": ("database offline",),
        "a database that is read-only": ("database read-only",),
        "a database that is a secondary replica": ("secondary replica",),
        "services that still run, or still hold their folder": ("services not stopped", "folder held"),
        "a server on another level than the database": ("patch level",),
    },
    DATABASE: {
        "another machine": ("other machine",),
        "another instance": ("other instance",),
        "another collation": ("other collation",),
        "an instance without full-text search": ("no full-text search",),
        "settings of others that wait to become active": ("other settings pending",),
        "a service that was not seen stopped, the warehouse's too": ("warehouse service runs",),
        "a server that does not answer, as if it were stopped": ("server unreachable",),
        "backups that were not read to their end, and a loss that nobody accepted": (
            "unverified backup, loss not accepted",
            "damaged backup",
        ),
        "backups with a gap": ("gap in the backups",),
        "a database of the same name": ("database in the way",),
        "an availability group": ("availability group",),
        "to go on after a restore that was aborted": ("restore aborted",),
        "a permission script that drops or creates objects": ("script with DROP",),
        "a restore point older than the warehouse without a decision": ("mail open, warehouse undecided",),
        "to start while mail is open": ("mail open, warehouse undecided",),
        "to start services that are still disabled": ("test_services_stay_disabled_until_they_are_let_go",),
        "to close while mail is held back": ("mail held back",),
    },
    REBUILT: {
        "Setup before the key of this very server": ("Setup before the key", "level and key before Setup"),
        "the key of another server": ("another server's key",),
        "another name": ("rebuilt under another name",),
        "a machine outside the domain": ("not joined",),
        "a database that is down": ("database down",),
        "media or a rollup on another level": ("level and key before Setup",),
        "parts of Operations Manager": ("Operations Manager parts",),
        "a pending restart": ("pending restart",),
        "another management group": ("other group",),
        "to be handed back without the assemblies of custom workflows": ("assemblies and new key backup",),
        "to be handed back without a new backup of the key": ("assemblies and new key backup",),
        "to close while TLS is relaxed": ("TLS relaxed",),
        "packs that do not pass the vendor's test": ("unsound pack",),
    },
    DATABASES: {
        "a new warehouse, unless two persons record the years that are lost": (
            "test_a_new_warehouse_takes_two_persons_who_say_what_is_lost",
        ),
        "staging and repository on different instances": ("test_staging_and_repository_belong_on_one_instance",),
        "mixed restore points": ("mixed restore points",),
        "a restore point newer than Service Manager": ("newer than Service Manager",),
        "a restore point outside the retention": ("outside the retention",),
        "to close while a database is single-user": ("database single-user",),
    },
    WAREHOUSE: {
        "the key of another server": ("key of a management server",),
        "Setup before the key, or on another level": ("level and key of the warehouse server before Setup",),
        "another URL of the reporting server": ("another report URL",),
        "a promotion": ("test_a_data_warehouse_server_cannot_be_promoted",),
        "other jobs before MPSyncJob has ended": ("MPSyncJob not ended", "failed jobs"),
        "to be handed back without the licence": ("warehouse licence",),
    },
    PORTAL: {
        "another name": ("portal under another name",),
        "another server's key": ("portal's own key",),
        "a management server that does not answer": ("portal to a dead server", "portal to another server"),
    },
    EVERYTHING: {
        "the warehouse before Service Manager has proved itself": ("Service Manager unproved",),
        "to close while mail is held back": ("mail held back after everything", "mail held back"),
        "to close while TLS is relaxed": ("TLS relaxed",),
        "to close while a database is single-user": ("database single-user",),
        "to go on while services are disabled": ("test_services_stay_disabled_until_they_are_let_go",),
    },
}
"""By plan: what it refuses, and names of cases of test_refusals.py and test_gates.py, or of a test of theirs."""
