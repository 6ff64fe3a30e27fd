"""What an including section hands to the inputs of the checklist that it includes."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.checklist.lint_references import fault_of
from smtui.checklist.model import Checklist, Input, InputType, Section
from smtui.checklist.references import Reference, allowed_answers, kind_of, whole_reference
from smtui.toml_positions import Route
from smtui.toml_shape import Shaper, nearest


def handed_inputs(
    section: Section,
    included: Checklist,
    shaper: Shaper,
    route: Route,
    *,
    types: Mapping[str, InputType],
    handed: Mapping[str, str] | None,
) -> dict[str, str]:
    """A template over the session's own inputs for each input of the included checklist.

    `types` are the includer's inputs; `handed` what they were handed in turn, None where they are the session's own.
    What does not fit is refused at the section's `route` and left out.
    """
    names = [one.name for one in included.inputs]
    for name in section.inputs:
        if name not in names:
            hint = nearest(name, names)
            shaper.refuse((*route, "inputs", name), f"`{included.id}` has no input `{name}`{hint}")
    templates: dict[str, str] = {}
    for one in included.inputs:
        place = (*route, "inputs", one.name)
        written = section.inputs.get(one.name, one.default)
        if written is None:
            shaper.refuse(route, f"`{included.id}` needs the input `{one.name}`")
        elif fault := _fault(written, one, types):
            shaper.refuse(place, fault)
        elif (template := _composed(written, types, handed)) is None:
            shaper.refuse(place, f"{written}: `{whole_name(written)}` is handed a fixed text, which has no fields")
        else:
            templates[one.name] = template
    return templates


def whole_name(template: str) -> str:
    """The name in a template that is a reference; empty otherwise."""
    reference = whole_reference(template)
    return reference.name if reference else ""


def _fault(template: str, wanted: Input, types: Mapping[str, InputType]) -> str | None:
    """Why the template is nothing for such an input."""
    reference = whole_reference(template)
    if reference is None:
        allowed = allowed_answers(wanted)
        return f"`{wanted.name}` must be one of {', '.join(allowed)}" if allowed and template not in allowed else None
    if fault := fault_of(reference, types):
        return fault
    fitting = kind_of(reference.name, types) == wanted.type and reference.field is None
    if wanted.type in ("server", "database", "group") and not fitting:
        return f"{reference} is no {wanted.type}, and `{wanted.name}` must be one"
    return None


def _composed(template: str, types: Mapping[str, InputType], handed: Mapping[str, str] | None) -> str | None:
    """The template with the includer's inputs replaced by what they were handed."""
    reference = whole_reference(template)
    if handed is None or reference is None or reference.name not in types:
        return template
    outer = handed.get(reference.name, "")
    if reference.field is None:
        return outer
    behind = whole_reference(outer)
    if behind is None or behind.field is not None:
        return None
    return str(Reference(behind.name, reference.field))
