"""The beginning of a checklist of one's own: a commented file and its scripts, which are right as they are."""

from __future__ import annotations

from importlib.resources import files

_NAME = "starter"
_SCRIPTS = ("starter-start.ps1", "starter-status.ps1")


def starter_files(checklist_id: str) -> dict[str, str]:
    """The texts of a new checklist with that id, by their names in its folder."""
    folder = files(__name__)
    schema = files("smtui.checklist").joinpath("schema.json")
    texts = {f"{_NAME}.toml": f"#:schema {schema}\n{folder.joinpath(f'{_NAME}.toml').read_text('utf-8')}"}
    texts |= {f"scripts/{name}": folder.joinpath("scripts", name).read_text("utf-8") for name in _SCRIPTS}
    return {_renamed(name, checklist_id): _renamed(text, checklist_id) for name, text in texts.items()}


def _renamed(text: str, checklist_id: str) -> str:
    return text.replace(_NAME, checklist_id)
