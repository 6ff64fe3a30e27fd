"""The edition for outsiders: no name of the deployment is left in it, and it says what it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest
import report_attacks as attacks
import report_bundle
import report_keys as keys
import report_story as story
from hypothesis import given
from hypothesis import strategies as st
from report_bundle import Signed

from smtui.environment.model import Credential, Database, Environment, Server
from smtui.report.edition import WITHHELD, edition
from smtui.report.model import Evidence
from smtui.report.names import Known, Replacer
from smtui.report.write import render, write_edition
from smtui.session import events as ev
from smtui.session.store import Store

ENVIRONMENT = Environment(
    name="Contoso Service Manager",
    kind="drill",
    management_group="SM_CONTOSO",
    servers=(
        Server(name="SM01", fqdn="sm01.emea.contoso.test", roles=("workflow-server",), address="10.1.2.3"),
        Server(name="SM02", fqdn="sm02.emea.contoso.test", roles=("management-server",)),
        Server(name="SQL01", fqdn="sql01.emea.contoso.test", roles=("sql",)),
    ),
    databases=(Database(role="service-manager", server="SQL01", name="SMDatabase", instance="PROD7"),),
    paths={"media": r"\\fs01\media\SCSM", "key": "/srv/keys/sm.bin"},
    credentials={"smadmin": Credential(user=r"CONTOSO\svc-scsm")},
)
NAMES = (
    *("contoso", "sm01", "sm02", "sql01", "emea", "10.1.2.3", "smdatabase", "prod7", "fs01", "svc-scsm", "/srv/keys"),
    *("anna", "bert", "carl", "dora", "olga", "jump01", "jump02", "10.0.0.7", "10.0.0.9", "sm09", "mallory", "fe80::1"),
)
TEXT = (
    r"asked CONTOSO\mallory on SM09.emea.contoso.test (fe80::1, 10.9.8.7), saw \\fs01\media\SCSM\x.bin; "
    r"mail mallory@contoso.test; sm01 is dark, PROD7 on SQL01 too; at 03:04:05 nothing; S-1-5-21-1-2-3-500"
)


@pytest.fixture
def told(store: Store) -> Evidence:
    """The story, and a note with every name in it."""
    session = story.whole_story(store)
    evidence = story.evidence_of(store)
    assert session.exists()
    note = msgspec.structs.replace(evidence.notes[0], text=TEXT)
    return msgspec.structs.replace(evidence, notes=(note,))


@pytest.fixture
def edited(store: Store, told: Evidence) -> Evidence:
    return edition(told, ENVIRONMENT, store.read(story.SESSION).records)


def test_no_name_is_left_in_any_form(told: Evidence, edited: Evidence) -> None:
    plain = "".join(text for _, text in render(told)).casefold()
    shown = dict(render(edited))
    assert {"contoso", "sm02", "anna", "jump01"} <= {name for name in NAMES if name in plain}
    for form, text in shown.items():
        assert not [name for name in NAMES if re.search(rf"(?<![a-z0-9]){re.escape(name)}", text.casefold())], form
    assert "at 03:04:05 nothing" in shown["report.html"]


def test_each_name_is_replaced_by_the_same_one_everywhere(told: Evidence, edited: Evidence) -> None:
    shown = edited
    targets = {attempt.target for item in shown.items for attempt in item.attempts}
    inputs = shown.header.inputs["promoted"]
    assert inputs in targets
    assert inputs.startswith("SERVER-")
    assert {moment.by for moment in shown.timeline} == {person.name for person in shown.people if person.events}
    assert len({person.name for person in shown.people}) == len({person.name for person in told.people})


def test_what_may_hold_names_nobody_knows_is_withheld(edited: Evidence) -> None:
    shown = edited
    for item in shown.items:
        for attempt in item.attempts:
            assert attempt.action_sha256 == ""
            assert set(attempt.remote.values()) <= {WITHHELD}
            if attempt.output:
                assert (attempt.output.excerpt, attempt.output.recorded_sha256) == (WITHHELD, None)
    assert "Stopping OMSDK" not in "".join(text for _, text in render(shown))


def test_it_says_what_it_is(edited: Evidence) -> None:
    shown = dict(render(edited))
    assert "EDITION FOR OUTSIDERS" in shown["report.html"]
    assert "EDITION FOR OUTSIDERS" in shown["report.md"]
    assert json.loads(shown["report.json"])["header"]["redacted"] is True
    assert "only names that smtui knows were replaced" in shown["report.json"]


def test_what_happened_stays_the_same(told: Evidence, edited: Evidence, store: Store) -> None:
    shown = edited
    assert shown.summary.verdict == told.summary.verdict
    assert [(item.id, item.status, item.grade) for item in shown.items] == [
        (item.id, item.status, item.grade) for item in told.items
    ]
    assert [moment.at for moment in shown.timeline] == [moment.at for moment in told.timeline]
    assert (shown.integrity.head, shown.integrity.events) == (told.integrity.head, told.integrity.events)
    assert shown == edition(told, ENVIRONMENT, store.read(story.SESSION).records)


@pytest.fixture
def signed(edited: Evidence, tmp_path: Path) -> Signed:
    folder = write_edition(tmp_path / "redacted", edited)
    return report_bundle.signed(folder, tmp_path)


def test_it_can_be_signed_and_is_verified_with_nothing_but_the_tools(
    signed: Signed, told: Evidence, tmp_path: Path
) -> None:
    found = signed.verify()
    assert (found.outcome, found.seal) == ("verified", told.integrity.head)
    assert any("edition for outsiders" in line for line in found.remarks)
    done = keys.by_hand(signed.bundle, signed.signers, path=str(keys.only_tools(tmp_path / "tools")))
    assert (done.returncode, done.stderr) == (0, "")
    assert "The journal is not in this edition" in done.stdout
    assert keys.by_hand(signed.bundle).returncode == 3


@pytest.mark.parametrize("name", ["report.html", "report.json", "VERIFY.txt"])
def test_a_changed_edition_is_refused(name: str, signed: Signed) -> None:
    with (signed.bundle / name).open("a") as file:
        file.write("# more\n")
    assert signed.verify().wrong == f"{name} was changed"
    attacks.sum_anew(signed.bundle)
    assert signed.verify().outcome == "tampered"


def test_no_bundle_passes_for_an_edition(told: Evidence, edited: Evidence, tmp_path: Path) -> None:
    """Somebody takes the journal out of a bundle, and says that it never was in it."""
    folder = write_edition(tmp_path / "report", told)
    assert report_bundle.verify(folder).wrong == "session.toml is not listed in SHA256SUMS"
    other = write_edition(tmp_path / "redacted", edited)
    (other / "extra.txt").write_text("x")
    attacks.sum_anew(other)
    assert report_bundle.verify(other).wrong == "session.toml is not listed in SHA256SUMS"


def test_an_edition_of_an_unfinished_session_is_incomplete(store: Store, tmp_path: Path) -> None:
    it = story.opened(store)
    it.tell(ev.Noted(text="x"))
    it.file.release()
    edited = edition(story.evidence_of(store), ENVIRONMENT, store.read(story.SESSION).records)
    folder = write_edition(tmp_path / "redacted", edited)
    assert report_bundle.verify(folder).outcome == "incomplete"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SM01 sm01 SM010 xSM01", "SERVER-1 SERVER-1 SM010 xSM01"),
        ("sm01.contoso.test", "SERVER-1"),
        ("web.contoso.test web.contoso.test", "SERVER-2 SERVER-2"),
        (r"contoso\carl and carl", r"ACCOUNT-1 and carl"),
        ("1.2.3.4 and 7.5.10277.0 and 1.2.3", "ADDRESS-1 and 7.5.10277.0 and 1.2.3"),
        ("12:30:45 2001:db8::7 a::b", "12:30:45 ADDRESS-1 ADDRESS-2"),
        (r"\\x\y$\z.bin, \\x\other", "PATH-1, PATH-2"),
        (r"HKLM\SOFTWARE\Microsoft", r"HKLM\SOFTWARE\Microsoft"),
    ],
)
def test_names_are_found_in_text(text: str, shown: str) -> None:
    known = (Known("SERVER", ("SM01", "sm01.contoso.test")), Known("DOMAIN", ("contoso.test", "contoso")))
    assert Replacer(known)(text) == shown


@given(st.text(max_size=80), st.text(min_size=2, max_size=12))
def test_any_name_is_gone_from_any_text(text: str, name: str) -> None:
    replacer = Replacer((Known("SERVER", (name,)),))
    shown = replacer(f"{text} {name} {text}")
    assert shown == Replacer((Known("SERVER", (name,)),))(f"{text} {name} {text}")
    if replacer.counts.get("SERVER"):
        assert not re.search(
            rf"(?<![A-Za-z0-9]){re.escape(name.casefold().strip())}(?![A-Za-z0-9])",
            re.sub(r"(SERVER|ACCOUNT|PATH|ADDRESS)-\d+", "", shown),
            re.IGNORECASE,
        )
