"""report.json against the JSON Schema that is shipped with smtui."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import report_story as story
from report_hostile import CORPUS

from smtui.environment.model import Environment
from smtui.report.edition import edition
from smtui.report.json_ import to_json
from smtui.report.model import Evidence
from smtui.session import events as ev
from smtui.session.store import Store

SHIPPED = Path(str(files("smtui.report").joinpath("schema.json")))


def strict(schema: Any) -> Any:
    """The same schema, which allows no keys but its own and misses none: the report has all keys, always."""
    if isinstance(schema, dict):
        changed = {key: strict(value) for key, value in schema.items() if key != "default"}
        if "properties" in schema:
            changed |= {"required": list(schema["properties"]), "additionalProperties": False}
        return changed
    return [strict(one) for one in schema] if isinstance(schema, list) else schema


def made() -> str:
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Evidence report of smtui, format 1 (report.json)",
    }
    return json.dumps({**head, **strict(msgspec.json.schema(Evidence))}, indent=2) + "\n"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SHIPPED.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def test_the_shipped_schema_is_that_of_the_model() -> None:
    """Write it anew with SMTUI_WRITE_DOCS=1."""
    if os.environ.get("SMTUI_WRITE_DOCS"):
        SHIPPED.write_text(made(), "utf-8")
    again = "SMTUI_WRITE_DOCS=1 bin/test tests/report/test_schema.py"
    assert SHIPPED.read_text("utf-8") == made(), f"out of date; to write it anew: {again}"


def test_a_report_keeps_to_the_schema(evidence: Evidence, validator: jsonschema.Draft202012Validator) -> None:
    assert list(validator.iter_errors(json.loads(to_json(evidence)))) == []


def test_an_edition_keeps_to_the_schema(
    store: Store, evidence: Evidence, validator: jsonschema.Draft202012Validator
) -> None:
    environment = Environment(name="Contoso", kind="drill", management_group="SM")
    edited = edition(evidence, environment, store.read(story.SESSION).records)
    assert list(validator.iter_errors(json.loads(to_json(edited)))) == []


def test_an_opened_session_keeps_to_the_schema(store: Store, validator: jsonschema.Draft202012Validator) -> None:
    story.opened(store).file.release()
    assert list(validator.iter_errors(json.loads(to_json(story.evidence_of(store))))) == []


def test_values_of_every_kind_keep_to_the_schema(store: Store, validator: jsonschema.Draft202012Validator) -> None:
    it = story.opened(store)
    fields = {text: text for text in CORPUS} | {"yes": True, "count": 2**40, "share": -0.5, "endless": float("inf")}
    it.attempt("prepare.stop-sdk", "t", outcome="failed", reason="x", fields=fields)
    it.tell(ev.Sensed(item="prepare.stop-sdk", target="SM02", answer="cannot-tell", fields=fields))
    it.file.release()
    assert list(validator.iter_errors(json.loads(to_json(story.evidence_of(store))))) == []


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("summary", "verdict"), "fine"),
        (("header", "mode"), None),
        (("integrity", "events"), "34"),
        (("header", "extra"), 1),
        (("sections", 0, "items", 0, "status"), "verified"),
    ],
)
def test_the_schema_refuses_what_no_report_says(
    where: tuple[str | int, ...], value: object, evidence: Evidence, validator: jsonschema.Draft202012Validator
) -> None:
    report = json.loads(to_json(evidence))
    inside = report
    for key in where[:-1]:
        inside = inside[key]
    inside[where[-1]] = value
    assert list(validator.iter_errors(report))
    del inside[where[-1]]
    assert list(validator.iter_errors(report)) or where[-1] == "extra"
