from __future__ import annotations

import os
from pathlib import Path

import pytest

from smtui.checklist.library import Library, lay_out, pinned_files, shipped_folder
from smtui.checklist.load import ChecklistError, load_checklist


def test_the_shipped_checklists_are_right() -> None:
    library = Library([shipped_folder()])
    checklists, problems = library.survey()
    assert [str(problem) for problem in problems] == []
    assert "promote-management-server" in [one.id for one in checklists]
    for one in checklists:
        assert lay_out(library.find(one.id), library).steps


def test_what_is_pinned_is_a_library_that_lays_out_the_same(tmp_path: Path, library: Library) -> None:
    files = pinned_files(library.find("move-everything"), library)
    assert sorted(files) == [
        "checklist/move-everything.toml",
        "checklist/move-service.toml",
        "checklist/scripts/place.sql",
        "checklist/scripts/service-status.ps1",
        "checklist/scripts/service-stop.ps1",
    ]
    for name, data in files.items():
        path = tmp_path / "session" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    pinned = Library([tmp_path / "session" / "checklist"])
    before = lay_out(library.find("move-everything"), library)
    after = lay_out(pinned.find("move-everything"), pinned)
    assert after.scripts == before.scripts
    assert after.checklist == before.checklist
    assert [(s.id, s.number, s.item, s.when, s.inputs) for s in after.steps] == [
        (s.id, s.number, s.item, s.when, s.inputs) for s in before.steps
    ]


def test_the_first_folder_wins(tmp_path: Path, folder: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "move-service.toml").write_bytes((folder / "move-service.toml").read_bytes())
    library = Library([own, tmp_path / "missing", folder])
    assert library.find("move-service") == own / "move-service.toml"
    assert library.find("move-everything") == folder / "move-everything.toml"
    assert [one.id for one in library.listing()] == ["move-everything", "move-service"]


def test_a_path_is_taken_as_it_is(folder: Path, library: Library) -> None:
    assert library.find(f"{folder}/move-service.toml") == folder / "move-service.toml"
    assert library.find("here.toml") == Path("here.toml")


def test_includes_are_found_beside_a_checklist_that_is_named_by_its_path(folder: Path) -> None:
    assert lay_out(folder / "move-everything.toml", Library([])).steps
    assert len(pinned_files(folder / "move-everything.toml", Library([]))) == 5


def test_an_unknown_id_gets_the_nearest(library: Library) -> None:
    with pytest.raises(ChecklistError, match="no checklist is called `move-servic`; did you mean `move-service`"):
        library.find("move-servic")


def test_a_survey_tells_of_broken_files_and_lists_the_others(folder: Path, library: Library) -> None:
    (folder / "broken.toml").write_text("[checklist")
    (folder / "Not An Id.toml").write_text("ignored")
    checklists, problems = library.survey()
    assert [one.id for one in checklists] == ["move-everything", "move-service"]
    assert [(problem.file, problem.line) for problem in problems] == [(str(folder / "broken.toml"), 1)]


def test_scripts_of_one_name_must_be_the_same(tmp_path: Path, folder: Path) -> None:
    own = tmp_path / "own"
    (own / "scripts").mkdir(parents=True)
    (folder / "move-everything.toml").rename(own / "move-everything.toml")
    (own / "scripts" / "service-status.ps1").write_text("another")
    library = Library([own, folder])
    for attempt in (lay_out, pinned_files):
        with pytest.raises(ChecklistError, match=r"service-status.ps1: differs from .*, which has the same name"):
            attempt(own / "move-everything.toml", library)


def test_two_checklists_of_one_id_cannot_be_kept_together(tmp_path: Path, folder: Path, library: Library) -> None:
    path = tmp_path / "mine.toml"
    text = (folder / "move-everything.toml").read_text("utf-8").replace('id = "move-everything"', 'id = "move-service"')
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "service-status.ps1").write_bytes((folder / "scripts" / "service-status.ps1").read_bytes())
    path.write_text(text, "utf-8")
    with pytest.raises(ChecklistError, match="has the same id as"):
        lay_out(path, library)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "large", "binary"])
def test_a_script_that_cannot_be_read_is_a_problem_of_its_item(folder: Path, library: Library, kind: str) -> None:
    script = folder / "scripts" / "service-stop.ps1"
    script.unlink()
    if kind == "folder":
        script.mkdir()
    elif kind == "pipe":
        os.mkfifo(script)
    elif kind == "large":
        script.write_bytes(b"#" * (256 * 1024 + 1))
    elif kind == "binary":
        script.write_bytes(b"\xff\xfe")
    with pytest.raises(ChecklistError, match=r"move-service.toml:\d+: the script `service-stop.ps1`"):
        lay_out(folder / "move-service.toml", library)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(folder: Path, library: Library) -> None:
    path = folder / "move-service.toml"
    plain = load_checklist(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_checklist(path) == plain
    script = folder / "scripts" / "service-stop.ps1"
    script.write_bytes(b"\xef\xbb\xbfWrite-Host 1\r\n")
    assert lay_out(path, library).scripts["service-stop.ps1"] == "Write-Host 1\r\n"


@pytest.mark.parametrize("name", ["missing.toml", ".", "nul\0.toml"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(ChecklistError):
        load_checklist(tmp_path / name)
    with pytest.raises(ChecklistError):
        lay_out(tmp_path / name, Library([tmp_path]))


def test_items_are_counted_as_they_are_laid_out() -> None:
    library = Library([shipped_folder()])
    for checklist in library.listing():
        steps = lay_out(library.find(checklist.id), library).steps
        assert library.count_items(checklist) == len(steps), checklist.id
