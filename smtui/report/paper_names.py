"""What references of a checklist are called on paper: what they stand for, or else their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smtui.checklist.model import InputType, Scalar
from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.checklist.references import (
    LOCAL,
    Reference,
    ReferenceError_,
    Scope,
    as_text,
    replace_references,
    targets_of,
    value_of,
    whole_reference,
)
from smtui.environment import Environment


@dataclass(frozen=True, slots=True)
class Names:
    """Says references of one procedure, in a deployment where one is given."""

    procedure: Procedure
    environment: Environment | None
    answers: Mapping[str, str]

    def prose(self, text: str | None, place: Step | Heading) -> str:
        """The text with every reference said."""
        return replace_references(text or "", lambda reference: self._said(reference, place))

    def value(self, template: Scalar, place: Step | Heading) -> str:
        """A parameter, a value or an expectation."""
        reference = whole_reference(template) if isinstance(template, str) else None
        return as_text(template) if reference is None else self._said(reference, place)

    def target(self, on: str, place: Step) -> str:
        """Where an action runs."""
        if on == LOCAL.name:
            return LOCAL.label
        reference, scope = self._meant(Reference(on), place)
        try:
            return _name(reference) if scope is None else _labels(reference.name, scope)
        except ReferenceError_:
            return _name(reference)

    def _said(self, reference: Reference, place: Step | Heading) -> str:
        meant, scope = self._meant(reference, place)
        try:
            return _name(meant) if scope is None else as_text(value_of(meant, scope))
        except ReferenceError_:
            return _name(meant)

    def _meant(self, reference: Reference, place: Step | Heading) -> tuple[Reference, Scope | None]:
        """A reference of an included checklist as one over the session's own inputs, and what it is looked up in."""
        handed = place.inputs.get(reference.name) if place.included else None
        outer = whole_reference(handed) if handed is not None else reference
        if handed is not None and outer is None:  # the include hands a literal answer on
            return reference, self._scope({reference.name: handed}, place.input_types)
        types = {one.name: one.type for one in self.procedure.checklist.inputs}
        meant = reference if outer is None else Reference(outer.name, reference.field or outer.field)
        return meant, self._scope(self.answers, types)

    def _scope(self, answers: Mapping[str, str], types: Mapping[str, InputType]) -> Scope | None:
        return None if self.environment is None else Scope(self.environment, answers, types)


def _labels(on: str, scope: Scope) -> str:
    return ", ".join(place.label for place in targets_of(on, scope))


def _name(reference: Reference) -> str:
    """Marked so that nobody takes it for a name of the deployment."""
    return f"<{str(reference)[1:-1]}>"
