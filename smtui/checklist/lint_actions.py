"""Whether an action can be carried out as it is written."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence

from smtui.checklist.lint_references import check_prose, check_template
from smtui.checklist.model import Action, Condition, InputType, Sense
from smtui.checklist.references import kind_of, known_names
from smtui.checklist.sql_text import count_placeholders
from smtui.toml_positions import Route
from smtui.toml_shape import Shaper, nearest

_SCRIPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.(ps1|sql)")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def check_action(action: Action, types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    """Refuse an action that names no place, no single way, or values that its way does not take."""
    ways = [way for way in ("script", "sql", "command") if getattr(action, way) is not None]
    if len(ways) != 1:
        if not any(shaper.refused((*route, way)) for way in ("script", "sql", "command")):
            shaper.refuse(route, f"`{route[-1]}` needs one of `script`, `sql` and `command`, and one only")
        return
    language = _language(action)
    if language is None:
        shaper.refuse((*route, "script"), "`script` must be the plain name of a .ps1 or .sql file")
        return
    _check_place(action, language, types, shaper, route)
    _check_values(action, language, types, shaper, route)


def check_expectations(
    sense: Sense, types: Mapping[str, InputType], shaper: Shaper, route: Route, *, recorded_only: bool
) -> None:
    """Refuse expectations that can never be met or compared; `recorded_only` allows none at all."""
    check_prose(sense.otherwise, types, shaper, (*route, "otherwise"))
    if not sense.expect and not recorded_only and not shaper.refused_below((*route, "expect")):
        shaper.refuse(route, "`sense` needs `expect`: without it nobody knows whether `run` worked")
    for name, condition in sense.expect.items():
        place = (*route, "expect", name)
        if not _FIELD.fullmatch(name):
            shaper.refuse(place, "fields are lower case words joined by underscores")
        _check_condition(condition, types, shaper, place)


def _language(action: Action) -> str | None:
    """`ps1`, `sql` or `command`; None for a script that is neither."""
    if action.command is not None:
        return "command"
    if action.sql is not None:
        return "sql"
    match = _SCRIPT.fullmatch(action.script or "")
    return match[1] if match and ".." not in match[0] else None


def _check_place(action: Action, language: str, types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    place = (*route, "on")
    if not shaper.given(place):
        return
    kind = kind_of(action.on, types)
    if kind in (None, "text", "paths", "environment"):
        hint = nearest(action.on, ("local", *known_names(types))) if kind is None else ""
        hint = hint or "; a group of the environment is asked for by an [[input]] of type `group`"
        shaper.refuse(place, f"`{action.on}` is no place where anything runs{hint}")
    elif language == "sql" and kind != "database":
        shaper.refuse(place, f"T-SQL runs on a database, and `{action.on}` is none")
    elif language == "ps1" and kind not in ("server", "group"):
        shaper.refuse(place, f"PowerShell runs on a server, and `{action.on}` is none")
    elif language == "command" and kind != "local":
        shaper.refuse(place, 'a command runs on this machine: `on = "local"`')


def _check_values(action: Action, language: str, types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    if action.parameters and language != "ps1":
        shaper.refuse((*route, "with"), "`with` is for PowerShell; T-SQL takes `values`, a command its arguments")
    if action.values and language != "sql":
        shaper.refuse((*route, "values"), "`values` is for T-SQL; PowerShell takes `with`, a command its arguments")
    for name, value in action.parameters.items():
        if not _PARAMETER.fullmatch(name):
            shaper.refuse((*route, "with", name), "names of parameters are letters, digits and underscores")
        check_template(value, types, shaper, (*route, "with", name))
    for index, value in enumerate(action.values):
        check_template(value, types, shaper, (*route, "values", index))
    if action.sql is not None:
        check_placeholders(action.sql, action.values, shaper, (*route, "sql"))
    if action.credential is not None and language != "ps1":
        shaper.refuse((*route, "credential"), "only PowerShell scripts ask for a credential")
    if action.command is not None:
        _check_command(action.command, types, shaper, (*route, "command"))


def check_placeholders(statement: str, values: Sequence[object], shaper: Shaper, route: Route) -> None:
    """Refuse a statement that takes another number of values than it is given."""
    if not statement.strip():
        shaper.refuse(route, "the statement is empty")
    wanted = count_placeholders(statement)
    if wanted != len(values):
        shaper.refuse(route, f"the statement takes {wanted} values (`?`), and `values` has {len(values)}")


def _check_command(command: tuple[str, ...], types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    if not command or not command[0].strip():
        shaper.refuse(route, "the command is empty")
    for index, argument in enumerate(command):
        if "\0" in argument:
            shaper.refuse((*route, index), "an argument cannot hold a NUL character")
        check_template(argument, types, shaper, (*route, index))


def _check_condition(condition: Condition, types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    if condition.matches is not None and (fault := _pattern_fault(condition.matches)):
        shaper.refuse(route, f"`matches` is no regular expression: {fault}")
    if condition.one_of is not None and not condition.one_of:
        shaper.refuse(route, "`one_of` is empty: nothing could agree")
    for template in (*(condition.one_of or ()), *(() if condition.equal is None else (condition.equal,))):
        check_template(template, types, shaper, route)


def _pattern_fault(pattern: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what a later Python will read otherwise
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return str(error)
    return None
