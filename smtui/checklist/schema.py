"""The JSON Schema of checklist files, made from the model, so that editors complete, explain and check them.

It says what a file may look like; what its names stand for is found by `smtui lint`. It is shipped as `schema.json`.
"""

from __future__ import annotations

import ast
import functools
import inspect
import types
from collections.abc import Mapping
from typing import Literal, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

from smtui.checklist import model
from smtui.checklist.lint import WORD

Schema = dict[str, object]

_DURATION: Schema = {
    "type": "string",
    "pattern": "^[0-9]{1,6}[smh]$",
    "examples": ["90s", "5m", "2h"],
}
_WORDS: Schema = {"type": "string", "pattern": f"^(?:{WORD.pattern})$"}
_SCALARS: Mapping[object, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}
_WRITTEN = {"inputs": "input", "sections": "section", "items": "item", "parameters": "with"}
"""Keys of the file where they differ from the model's; a section's `inputs` are written as they are called."""
_WAYS = ("script", "sql", "command")


def checklist_schema() -> Schema:
    """The whole schema, draft 2020-12."""
    head = _table(model.Checklist, without=("inputs", "sections"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Checklist of smtui",
        "description": _first_line(model.Checklist),
        "type": "object",
        "additionalProperties": False,
        "required": ["checklist", "section"],
        "properties": {
            "checklist": {**head, "description": "What the checklist is called, and where it comes from."},
            "input": {"type": "array", "items": {"$ref": "#/$defs/Input"}},
            "section": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Section"}},
        },
        "$defs": {
            "Input": _table(model.Input),
            "Section": {**_table(model.Section), "oneOf": [{"required": ["item"]}, {"required": ["include"]}]},
            "Item": _table(model.Item),
            "Action": {**_table(model.Action), "oneOf": [{"required": [way]} for way in _WAYS]},
            "Sense": {**_table(model.Sense), "oneOf": [{"required": [way]} for way in _WAYS]},
            "Condition": _condition(),
        },
    }


def _table(kind: type[Struct], without: tuple[str, ...] = ()) -> Schema:
    notes = _notes(kind)
    properties: dict[str, object] = {}
    required: list[str] = []
    for info in msgspec.structs.fields(kind):
        if info.name in without:
            continue
        key = info.name if kind is model.Section and info.name == "inputs" else _WRITTEN.get(info.name, info.name)
        schema = _field(info.name, info.type, is_section=kind is model.Section)
        properties[key] = {**schema, "description": notes[info.name]} if info.name in notes else schema
        if info.default is NODEFAULT and info.default_factory is NODEFAULT:
            required.append(key)
    return {
        "type": "object",
        "description": _first_line(kind),
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


def _field(name: str, kind: object, *, is_section: bool) -> Schema:
    if name in ("rto", "rpo", "estimate", "timeout"):
        return dict(_DURATION)
    if name == "id" or (is_section and name == "include"):
        return dict(_WORDS)
    return _value(kind)


def _value(kind: object) -> Schema:
    """What a value of the annotated type looks like in a file."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        given = [one for one in arguments if one is not type(None)]
        return _value(given[0]) if len(given) == 1 else {"type": [_SCALARS[one] for one in given]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _value(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _value(arguments[1])}
    if isinstance(kind, type) and issubclass(kind, Struct):
        return {"$ref": f"#/$defs/{kind.__name__}"}
    return {"type": _SCALARS[kind]}


def _condition() -> Schema:
    """A scalar is what the field must equal; a table says one other comparison."""
    table = _table(model.Condition, without=("equal",))
    scalar = _value(model.Scalar)
    return {"oneOf": [scalar, {**table, "minProperties": 1, "maxProperties": 1}], "description": table["description"]}


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def _notes(kind: type[Struct]) -> Mapping[str, str]:
    """What the model says of each field, its inherited ones included: the text below it in the source."""
    notes: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        notes.update(_written_notes().get(owner.__name__, {}))
    return notes


@functools.cache
def _written_notes() -> Mapping[str, Mapping[str, str]]:
    classes = (node for node in ast.parse(inspect.getsource(model)).body if isinstance(node, ast.ClassDef))
    return {
        node.name: {
            field.target.id: " ".join(note.value.value.split())
            for field, note in zip(node.body, node.body[1:], strict=False)
            if isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(note, ast.Expr)
            and isinstance(note.value, ast.Constant)
            and isinstance(note.value.value, str)
        }
        for node in classes
    }
