"""Where checklists are found, and how one becomes the procedure that a session executes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from smtui.checklist.layout import Layout
from smtui.checklist.lint import WORD
from smtui.checklist.load import ChecklistError, load_checklist
from smtui.checklist.model import Checklist
from smtui.checklist.procedure import Procedure
from smtui.checklist.volume import MAX_NESTING, all_scripts, parts, read_volume
from smtui.toml_shape import nearest
from smtui.toml_source import Problem


class Library(Struct, frozen=True):
    """Folders of checklists, each with its scripts below `scripts/`; of two with one id the first folder's is taken."""

    folders: Sequence[Path]

    def find(self, wanted: str) -> Path:
        """The file of a checklist named by its id, or by a path (with a slash or `.toml`); raises ChecklistError."""
        if "/" in wanted or wanted.endswith(".toml"):
            return Path(wanted)
        files = self._files()
        if wanted in files:
            return files[wanted]
        hint = nearest(wanted, files)
        raise ChecklistError((Problem(wanted, 0, f"no checklist is called `{wanted}`{hint}"),))

    def listing(self) -> tuple[Checklist, ...]:
        """The checklists that can be read, by id."""
        return self.survey()[0]

    def survey(self) -> tuple[tuple[Checklist, ...], tuple[Problem, ...]]:
        """The checklists that can be read, by id, and what is wrong with the others."""
        readable: list[Checklist] = []
        problems: list[Problem] = []
        for _, path in sorted(self._files().items()):
            try:
                readable.append(load_checklist(path))
            except ChecklistError as error:
                problems.extend(error.problems)
        return tuple(readable), tuple(problems)

    def count_items(self, checklist: Checklist, depth: int = MAX_NESTING) -> int:
        """How many items it has, those of its includes among them, without laying it out; raises ChecklistError."""
        own = sum(len(section.items) for section in checklist.sections)
        included = [section.include for section in checklist.sections if section.include]
        if included and not depth:
            raise ChecklistError((Problem(checklist.id, 0, "checklists are included too deep"),))
        return own + sum(self.count_items(load_checklist(self.find(one)), depth - 1) for one in included)

    def paths(self) -> tuple[Path, ...]:
        """The file of every checklist, by id, whether it can be read or not."""
        return tuple(path for _, path in sorted(self._files().items()))

    def beside(self, path: Path) -> Library:
        """The same; what no folder holds is looked for beside the checklist that includes it."""
        return Library((*self.folders, path.absolute().parent))

    def _files(self) -> dict[str, Path]:
        files: dict[str, Path] = {}
        for folder in self.folders:
            try:
                paths = sorted(folder.glob("*.toml"))
            except OSError:  # a folder that is not there or may not be read has no checklists
                continue
            for path in paths:
                if WORD.fullmatch(path.stem):
                    files.setdefault(path.stem, path)
        return files


def shipped_folder() -> Path:
    """The checklists that come with smtui: those of the checkout, else those in the wheel."""
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent / "checklists"
    return checkout if (package.parent / "pyproject.toml").is_file() and checkout.is_dir() else package / "checklists"


def lay_out(path: Path, library: Library) -> Procedure:
    """Read a checklist with its includes and scripts, check everything, and lay it out; raises ChecklistError."""
    volume, problems = read_volume(path, library.beside(path))
    if volume is None:
        raise ChecklistError(problems)
    layout = Layout(volume)
    procedure = layout.procedure()
    if problems or layout.problems:
        raise ChecklistError(tuple(sorted({*problems, *layout.problems})))
    return procedure


def pinned_files(path: Path, library: Library) -> dict[str, bytes]:
    """The bytes that a session keeps of a procedure, by their names in its folder; raises ChecklistError.

    `checklist/<id>.toml` for the checklist and each of its includes, `checklist/scripts/<name>`. The folder
    `checklist` is a library of its own, from which the session lays the procedure out again.
    """
    volume, problems = read_volume(path, library.beside(path))
    if volume is None or problems:
        raise ChecklistError(problems)
    scripts, clashes = all_scripts(volume)
    if clashes:
        raise ChecklistError(clashes)
    files = {f"checklist/{part.loaded.checklist.id}.toml": part.data for part in parts(volume)}
    return files | {f"checklist/scripts/{name}": script.data for name, script in scripts.items()}
