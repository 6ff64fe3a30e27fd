"""The JSON Schema of checklist files: what editors check is what smtui reads."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli_w

from smtui.checklist.library import shipped_folder
from smtui.checklist.load import load_bytes
from smtui.checklist.schema import checklist_schema

SHIPPED = Path(str(files("smtui.checklist").joinpath("schema.json")))
SAMPLES = sorted((Path(__file__).parent / "data").glob("*.toml"))
CHECKLISTS = [*sorted(shipped_folder().glob("*.toml")), *SAMPLES]
SMALL = """
[checklist]
id = "one"
title = "One"
version = "1"
source = "us"
[[input]]
name = "server"
type = "server"
prompt = "Which?"
[[section]]
id = "all"
title = "All"
[[section.item]]
id = "stop"
title = "Stop"
by_hand = "Stop it."
estimate = "5m"
run = { on = "server", script = "a.ps1", with = { name = "x", wait = 1 }, timeout = "90s" }
sense = { on = "server", script = "b.ps1", expect = { status = "Stopped", age = { at_most = 3 } } }
"""


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SHIPPED.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_shipped_schema_is_that_of_the_model() -> None:
    """Write it anew with SMTUI_WRITE_DOCS=1."""
    made = json.dumps(checklist_schema(), indent=2) + "\n"
    if os.environ.get("SMTUI_WRITE_DOCS"):
        SHIPPED.write_text(made, "utf-8")
    again = "SMTUI_WRITE_DOCS=1 bin/test tests/checklist/test_checklist_schema.py"
    assert SHIPPED.read_text("utf-8") == made, f"out of date; to write it anew: {again}"


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_every_checklist_keeps_to_the_schema(path: Path, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(tomllib.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted(shipped_folder().glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_checklist_tells_editors_where_the_schema_is(path: Path) -> None:
    first = path.read_text("utf-8").partition("\n")[0]
    assert first.startswith("#:schema ")
    assert (path.parent / first.removeprefix("#:schema ")).resolve() == SHIPPED.resolve()


def item(file: Any) -> Any:
    return file["section"][0]["item"][0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.update(extra=1),
        lambda file: file["checklist"].update(extra=1),
        lambda file: file["input"][0].update(extra=1),
        lambda file: file["section"][0].update(extra=1),
        lambda file: item(file).update(extra=1),
        lambda file: item(file)["run"].update(extra=1),
        lambda file: item(file)["run"].update(expect={}),
        lambda file: item(file)["run"].update(parameters={}),
        lambda file: item(file)["run"].update(sql="SELECT 1"),
        lambda file: item(file)["run"].pop("script"),
        lambda file: item(file)["run"].update(timeout=90),
        lambda file: item(file)["run"].update(timeout="90 seconds"),
        lambda file: item(file)["run"]["with"].update(names=["a"]),
        lambda file: item(file)["sense"].update(extra=1),
        lambda file: item(file)["sense"]["expect"].update(status={"equal": "Stopped"}),
        lambda file: item(file)["sense"]["expect"].update(status={"at_least": 1, "at_most": 2}),
        lambda file: item(file)["sense"]["expect"].update(status={}),
        lambda file: item(file).pop("by_hand"),
        lambda file: item(file).update(id="Not An Id"),
        lambda file: item(file).update(on_interrupt="never"),
        lambda file: file["input"][0].update(type="host"),
        lambda file: file["section"][0].update(include="other"),
        lambda file: file.pop("section"),
    ],
)
def test_what_is_refused_by_the_schema_is_refused_by_smtui(
    spoil: Callable[[Any], object], validator: jsonschema.Draft202012Validator
) -> None:
    file = tomllib.loads(SMALL)
    validator.validate(file)
    assert load_bytes(tomli_w.dumps(file).encode(), "one.toml").problems == ()
    spoil(file)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(file)
    assert load_bytes(tomli_w.dumps(file).encode(), "one.toml").problems


def test_it_explains_itself_in_the_words_of_the_model() -> None:
    definitions: Any = checklist_schema()["$defs"]
    assert definitions["Sense"]["properties"]["on"]["type"] == "string"
    assert definitions["Sense"]["properties"]["with"]["description"].startswith("`with` in the file")
    assert definitions["Item"]["properties"]["choose"]["description"].startswith("Exclusive branches")
