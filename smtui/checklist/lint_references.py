"""Whether the references of a checklist can stand for something, as far as the file tells."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.checklist.model import InputType, Scalar
from smtui.checklist.references import Reference, fields_of, kind_of, known_names, references_in, whole_reference
from smtui.toml_positions import Route
from smtui.toml_shape import Shaper, nearest


def check_prose(prose: str | None, types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    """Refuse each reference in a text that stands for nothing."""
    for reference in dict.fromkeys(references_in(prose or "")):
        if shaper.full:
            return
        if fault := fault_of(reference, types):
            shaper.refuse(route, f"{fault} (a literal brace takes a blank: `{{ {str(reference)[1:-1]} }}`)")


def check_template(template: Scalar, types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    """Refuse a value with a reference that stands for nothing, or that is only a part of it."""
    if not isinstance(template, str):
        return
    if whole := whole_reference(template):
        if fault := fault_of(whole, types):
            shaper.refuse(route, fault)
        return
    for reference in references_in(template):
        if fault_of(reference, types) is None:
            shaper.refuse(route, f"{reference} must be the whole value here: values are not put together from parts")


def fault_of(reference: Reference, types: Mapping[str, InputType]) -> str | None:
    """Why the reference cannot stand for anything; None if it can."""
    kind = kind_of(reference.name, types)
    if kind is None or kind == "local":
        return f"{reference} stands for nothing{nearest(reference.name, known_names(types))}"
    fields = fields_of(kind)
    if kind in ("paths", "environment") and reference.field is None:
        return f"{reference} needs a field, such as {{{reference.name}.{fields[0] if fields else 'media'}}}"
    if reference.field is None or kind == "paths" or reference.field in fields:
        return None
    if not fields:
        return f"{reference}: `{reference.name}` has no fields"
    return f"{reference}: no such field{nearest(reference.field, fields) or '; there are ' + ', '.join(fields)}"
