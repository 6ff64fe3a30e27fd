"""The worked example of the authoring guide, taken out of the document as a reader would."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from smtui.checklist.fit import misfits
from smtui.checklist.library import Library
from smtui.checklist.review import review
from smtui.environment import parse_environment

HOUSE = Path(__file__).parents[2]
GUIDE = HOUSE / "docs" / "checklists.md"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The checklist of the guide, its scripts beside it."""
    blocks = re.findall(r"^File `([^`]+)`:\n\n```\w+\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for name, text in blocks:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert len(blocks) == 4
    return tmp_path / "restart-portal.toml"


def test_nothing_is_wrong_with_it(example: Path) -> None:
    found = review(example, Library([]))
    assert [str(problem) for problem in found.problems] == []
    assert found.procedure is not None
    assert [step.id for step in found.procedure.steps] == ["look.database", "restart.start", "restart.mail"]
    scripts = {f"scripts/{name}" for name in found.procedure.scripts}
    assert scripts == {str(path.relative_to(example.parent)) for path in (example.parent / "scripts").iterdir()}


def test_it_fits_the_simulated_deployment(example: Path) -> None:
    file = HOUSE / "smtui" / "drill" / "environment.toml"
    environment = parse_environment(file.read_bytes(), str(file))
    procedure = review(example, Library([])).procedure
    assert procedure is not None
    assert misfits(procedure, environment, {"portal-server": "PORTAL01"}) == ()


def test_it_keeps_to_the_schema(example: Path) -> None:
    schema = json.loads(files("smtui.checklist").joinpath("schema.json").read_text("utf-8"))
    jsonschema.validate(tomllib.loads(example.read_text("utf-8")), schema)


def test_a_slip_in_it_is_found(example: Path) -> None:
    script = example.parent / "scripts" / "restart-portal-status.ps1"
    script.write_text(script.read_text("utf-8").replace("exit 0\n", ""), "utf-8")
    example.write_text(
        example.read_text("utf-8").replace('"{service-manager.name}"]', '"{service-manger.name}"]'), "utf-8"
    )
    said = [str(problem) for problem in review(example, Library([])).problems]
    assert len(said) == 2
    assert "did you mean `service-manager`" in said[0]
    assert "a script ends with `exit 0`" in said[1]
