"""The mirror of a session, as the environment file names it; and going on from one on another machine."""

from __future__ import annotations

from pathlib import Path

from smtui.cli.failures import Failure
from smtui.cli.surroundings import Surroundings
from smtui.engine.news import Changed, News
from smtui.engine.recorder import Recorder
from smtui.environment import Environment
from smtui.session import mirror
from smtui.session.errors import JournalError, SessionBusy
from smtui.session.mirror import Mirror


def begin(folder: Path, environment: Environment, recorder: Recorder) -> Mirror | None:
    """Copy a session as it grows; None where the environment names no mirror."""
    if environment.mirror is None:
        return None
    from smtui.engine.news import Trouble

    copy = Mirror(folder, _root(environment.mirror), lambda text: recorder.tell(Trouble(text)))
    copy.start()

    def hear(news: News) -> None:
        if isinstance(news, Changed):
            copy.take(news.state.seq)

    recorder.subscribe(hear)
    copy.take(recorder.state.seq)
    return copy


def refuse_stale(folder: Path, environment: Environment) -> None:
    """Raise Failure when the session went on elsewhere, from its mirror."""
    if environment.mirror is None:
        return
    copy = _root(environment.mirror) / folder.name
    if mirror.within(mirror.LIMIT, folder, copy) == "ahead":
        raise Failure(
            f"{folder.name} went on elsewhere: its mirror has more events. Take it up where it is, or here with: "
            f"smtui resume {folder.name} --from {copy.parent}"
        )


def fetch(around: Surroundings, session: str, root: str) -> None:
    """Lay the copy of a session down here. Raises Failure."""
    path = around.store.path(session)
    copy = Path(root).expanduser().absolute() / path.name
    if not (copy / "session.toml").is_file():
        raise Failure(f"{copy} is no mirror of a session: there is no session.toml")
    try:
        mirror.fetch(copy, around.store.root)
    except SessionBusy as error:
        raise Failure(
            f"{copy} is still written ({error.holder}); end that program first, or ask for the session there with: "
            f"smtui resume {session} --take-over REASON"
        ) from None
    except JournalError as error:
        raise Failure(str(error)) from None


def state_of(folder: Path, environment: Environment) -> str:
    """One line on the mirror of a session; empty where it has none."""
    if environment.mirror is None:
        return ""
    copy = _root(environment.mirror) / folder.name
    words = {
        "same": "has everything",
        "behind": "lacks the latest events",
        "ahead": "has more events: the session went on elsewhere",
        "differs": "holds another history",
        "missing": "is not there",
        None: "does not answer",
    }
    return f"mirror {copy} {words[mirror.within(mirror.LIMIT, folder, copy)]}"


def _root(name: str) -> Path:
    if not name.startswith("/"):
        raise Failure(f"mirror = {name!r}: give an absolute path")
    return Path(name)
