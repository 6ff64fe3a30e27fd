"""The desk behind the screens, over the drill's own hosts: what is begun, looked at and written from there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtui.cli.deployment import drill_file, end_hosts, running_hosts
from smtui.cli.desk import LocalDesk
from smtui.cli.failures import Failure
from smtui.cli.opening import Opening
from smtui.cli.surroundings import Surroundings
from smtui.session.events import Opened
from smtui.telling.ports import Particulars, PlaceSummary
from tests import leaks

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
"""The drill's hosts outlive whoever starts them; the fixture ends them."""

CHECKLIST = "promote-management-server"
ANSWERS = {"promoted": "SM02", "former": "SM01"}
SAID = Particulars(
    ticket="INC-4711", scenario="fire in hall 2", objectives="back by noon; no mail lost", people="observer=Carl",
    rto="2h", rpo="15m", declared_by="Dora", declared_at="2026-03-01T04:00Z",
)  # fmt: skip


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Surroundings:
    home = tmp_path_factory.mktemp("home")
    return Surroundings(environ={"XDG_STATE_HOME": str(home / "state")}, home=home, prefix=Path(sys.prefix))


@pytest.fixture(scope="module")
def desk(around: Surroundings) -> Iterator[LocalDesk]:
    file = drill_file()
    there = LocalDesk(around, file, lambda _: "", (), Opening(file, {}, ticket="INC-1"))
    yield there
    there.close()
    for session in around.store.ids():
        hosts = running_hosts(around.store.path(session))
        if hosts is not None:
            end_hosts(int(hosts["pid"]))
        leaks.nothing_left_in(around.home)


@pytest.fixture(scope="module")
def session(desk: LocalDesk) -> str:
    return desk.start(CHECKLIST, ANSWERS, SAID).state.session


def test_what_the_command_line_said_is_known_before_anybody_is_asked(desk: LocalDesk) -> None:
    known = desk.particulars(CHECKLIST)
    assert (known.ticket, known.rto) == ("INC-1", "1h")


def test_what_was_typed_stands_in_the_first_event(around: Surroundings, session: str) -> None:
    opened = around.store.read(session).records[0].event
    assert isinstance(opened, Opened)
    assert (opened.ticket, opened.scenario, opened.declared_by) == ("INC-4711", "fire in hall 2", "Dora")
    assert (opened.rto, opened.rpo) == (7200.0, 900.0)
    assert (opened.objectives, opened.people) == (("back by noon", "no mail lost"), ("observer: Carl",))


def test_everything_that_cannot_be_read_is_said_at_once(desk: LocalDesk) -> None:
    wrong = Particulars(people="Carl", rto="soon", rpo="-1h", declared_at="tomorrow")
    with pytest.raises(Failure) as raised:
        desk.start(CHECKLIST, ANSWERS, wrong)
    said = str(raised.value).splitlines()
    assert [line.partition(":")[0] for line in said] == ["people", "RTO soon", "RPO -1h", "declared at tomorrow"]


def test_the_places_of_a_session_are_those_where_its_hosts_listen(desk: LocalDesk, session: str) -> None:
    places = {place.name: place for place in desk.places(session)}
    assert places["SM02"].address == "127.0.0.1"
    assert desk.reach(places["SM02"]).open
    assert desk.reach(places["ServiceManager on SQL01"]).open


def test_the_places_of_the_deployment_are_those_of_its_file(desk: LocalDesk) -> None:
    places = {place.name: place for place in desk.places(None)}
    assert places["SM02"].port == drill_file().environment.server("SM02").port


@pytest.mark.parametrize(
    ("port", "said"), [(None, "SQL Server Browser"), (1, "Connection refused")], ids=["instance", "closed"]
)
def test_what_cannot_be_reached_says_why(desk: LocalDesk, port: int | None, said: str) -> None:
    answer = desk.reach(PlaceSummary("SQL01", "sql", "127.0.0.1", port, "SQL Server"))
    assert not answer.open
    assert said in answer.text


def test_readiness_is_that_of_the_check(desk: LocalDesk, session: str) -> None:
    heard: list[tuple[str, int, int]] = []
    found = desk.readiness(session, lambda *told: heard.append(told))
    assert found.ready, found.shortcomings
    assert "SM02" in found.looked_at
    assert sorted(over for _, over, _ in heard) == list(range(1, len(heard) + 1))
    assert {total for _, _, total in heard} == {len(heard)}


def test_the_first_page_says_what_the_report_says(desk: LocalDesk, session: str) -> None:
    text = "\n".join(f"{line.label}{line.text}" for line in desk.first_page(session))
    for said in ("Drill report: Promote a secondary", "INCOMPLETE", "Ticket: INC-4711", "target 2 h 00 min 00 s"):
        assert said in text


def test_the_report_is_written_into_a_new_folder(desk: LocalDesk, session: str, tmp_path: Path) -> None:
    written = Path(desk.export(session, str(tmp_path / "evidence")))
    assert written.suffix == ".zip"
    assert (tmp_path / "evidence" / "report.html").exists()
    with pytest.raises(Failure):
        desk.export(session, str(tmp_path / "evidence"))


def test_there_is_no_past_without_exercises(desk: LocalDesk, session: str) -> None:
    assert session
    assert not desk.past()
