"""One Windows server: its certificate, one logon, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from smtui.checklist.model import Scalar
from smtui.environment import Server
from smtui.readiness import certificate, network
from smtui.readiness.accounts import Accounts
from smtui.readiness.model import Finding
from smtui.readiness.surroundings import Around
from smtui.targets.base import PowerShellCall, Result, Target, TargetError, Watch

SCRIPT: Final = "readiness-server.ps1"
_SECONDS: Final = 90.0
_SKEW: Final = timedelta(minutes=2)
"""Kerberos gives up at five minutes; two leave time to notice, and keep the record's times comparable."""
_LANGUAGE: Final = re.compile(r"The script was not started, language mode (\w+)")
_UNHINDERED: Final = frozenset({"", "Undefined", "Bypass", "Unrestricted", "RemoteSigned"})
"""Policies under which smtui's bootstrap runs: it comes as -EncodedCommand, which no policy but AllSigned hinders."""


def look(server: Server, around: Around, accounts: Accounts) -> tuple[Finding, ...]:
    """Everything that is wrong, up to the first thing that hides the rest."""
    way = network.Way(server.name, server.fqdn, server.address, server.port, "WinRM")
    blocked = network.look(way, around.resolve)
    if blocked is not None:
        return (blocked,)
    found: list[Finding] = []
    if server.tls and server.verify_certificate:
        found += certificate.look(way, Path(server.ca_file) if server.ca_file else None, around.now())
    if any(one.check != "certificate-expiring" for one in found):
        return tuple(found)
    return (*found, *_log_on(server, around, accounts))


def _log_on(server: Server, around: Around, accounts: Accounts) -> tuple[Finding, ...]:
    try:
        target = around.connect_server(server.name)
    except TargetError as error:
        return (Finding("no-password", server.name, str(error), "give the credential a source that has it"),)
    try:
        account = server.credential or "the Kerberos ticket"
        admitted = accounts.admit(account, server.name, target.canary)
        if admitted is None:
            where = accounts.refused_at(account)
            text = f"not tried with {account}, which {where} refused: a second try could lock it"
            return (Finding("account-rejected", server.name, text, level="not-checked"),)
        if admitted.ending != "ok":
            return (_not_admitted(server, admitted),)
        return tuple(_report(server, *_ask(target, around.script(SCRIPT)), around.now()))
    finally:
        target.close()


def _not_admitted(server: Server, result: Result) -> Finding:
    if result.ending == "rejected":
        return Finding(
            "account-rejected",
            server.name,
            result.reason,
            "correct the password; with Kerberos see who has the name HTTP/... (setspn -Q)",
        )
    if result.ending == "not-started":
        return Finding(
            "shell-refused",
            server.name,
            result.reason,
            "make the account a local administrator; an account that may use a JEA endpoint only cannot be used",
        )
    return Finding("winrm-failed", server.name, result.reason, "look at the WinRM service of the host")


def _ask(target: Target, script: str) -> tuple[Result, str]:
    output: list[str] = []
    call = PowerShellCall(script, {}, "readiness", _SECONDS)
    result = target.run(call, Watch(accepted=lambda _: None, output=output.append))
    return result, "".join(output)


def _report(server: Server, result: Result, output: str, now: datetime) -> Iterator[Finding]:
    mode = _LANGUAGE.search(output)
    if mode is not None and mode[1] != "FullLanguage":
        yield _constrained(server, mode[1])
        return
    if result.ending != "ok":
        yield Finding("winrm-failed", server.name, result.reason, "look at the WinRM service of the host")
        return
    yield from _account_and_host(server, result.fields)
    yield from _clock(server, result.fields, now)


def _constrained(server: Server, mode: str) -> Finding:
    return Finding(
        "constrained-language",
        server.name,
        f"PowerShell runs in {mode} there, and smtui's scripts do not start",
        "except the account from the policy (AppLocker, WDAC), or do the items of this server by hand",
    )


def _account_and_host(server: Server, fields: Mapping[str, Scalar]) -> Iterator[Finding]:
    name = server.name
    answered = str(fields.get("name", ""))
    if answered.casefold() != server.fqdn.partition(".")[0].casefold():
        yield Finding("other-host", name, f"the host says it is {answered}", "correct name and address of the server")
    if fields.get("administrator") is not True:
        yield Finding(
            "no-local-administrator",
            name,
            "the account is no administrator there",
            "add it to the local Administrators",
        )
    if fields.get("language_mode") != "FullLanguage":
        yield _constrained(server, str(fields.get("language_mode")))
    for scope in ("machine_policy", "user_policy"):
        policy = str(fields.get(scope, ""))
        if policy not in _UNHINDERED:
            text = f"a group policy sets the execution policy to {policy}"
            yield Finding("execution-policy", name, text, "except the server, or do its items by hand")
            break
    if fields.get("bits") != 64:
        text = f"PowerShell runs in {fields.get('bits')} bits, which see another registry than Service Manager's"
        yield Finding("bits", name, text, "give WinRM the 64-bit PowerShell")
    strangers = [one for one in str(fields.get("spn_owners") or "").split(", ") if one and one[:-1] != answered.upper()]
    if strangers:
        text = f"the name HTTP/{server.fqdn} belongs to {', '.join(strangers)}: Kerberos tickets for WinRM are theirs"
        yield Finding("http-spn-elsewhere", name, text, "use NTLM, or move the name (setspn); see who needs it first")
    elif server.transport == "kerberos" and fields.get("spn_asked") is not True:
        text = f"setspn -Q HTTP/{server.fqdn} shows the computer account, or nothing"
        yield Finding("http-spn", name, text, level="by-hand")
    if fields.get("reboot_pending"):
        text = f"a restart is pending: {fields['reboot_pending']}"
        yield Finding("reboot-pending", name, text, "restart it in time; Setup refuses to run until then")


def _clock(server: Server, fields: Mapping[str, Scalar], now: datetime) -> Iterator[Finding]:
    try:
        there = datetime.strptime(str(fields.get("utc", "")), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        yield Finding("winrm-failed", server.name, "the host does not say what time it is")
        return
    if abs(there - now) > _SKEW:
        seconds = (there - now).total_seconds()
        ahead = "ahead of" if seconds > 0 else "behind"
        text = f"its clock is {abs(seconds):.0f} s {ahead} this machine's"
        yield Finding("clock-skew", server.name, text, "mend the time service; Kerberos fails from five minutes on")
