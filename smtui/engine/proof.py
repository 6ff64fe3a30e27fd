"""Before a consequential step the target proves who it is: an address may lead elsewhere than its name says."""

from __future__ import annotations

from smtui.checklist.references import Place
from smtui.environment import Environment
from smtui.targets.base import Identity, Target, TargetError


def prove(target: Target, place: Place, environment: Environment) -> str:
    """One line for the record that says who answered; raises TargetError when it is somebody else."""
    if place.kind == "local":
        return "this machine"
    identity = target.identify()
    server_name = place.name
    if place.kind == "database":
        server_name = environment.database(place.name).server
    server = environment.server(server_name)
    expected_domain = server.fqdn.partition(".")[2]
    wrong_name = not _same_host(identity, server.name)
    wrong_domain = bool(identity.domain) and identity.domain.casefold() != expected_domain.casefold()
    if wrong_name or wrong_domain:
        raise TargetError(
            f"{place.label} says it is {identity.name} in domain {identity.domain or 'unknown'}, not {server.fqdn}. "
            "Nothing was run. Correct its address in the environment file."
        )
    told = [f"{place.label} proved to be {identity.name}"]
    told += [f"domain {identity.domain}"] if identity.domain else []
    told += [f"started {identity.booted}"] if identity.booted else []
    return ", ".join(told)


def _same_host(identity: Identity, name: str) -> bool:
    """A SQL Server says its host, and behind a backslash its instance."""
    return identity.name.partition("\\")[0].casefold() == name.casefold()
