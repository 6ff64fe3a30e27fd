"""What can be done on the screens around a session."""

from __future__ import annotations

from collections.abc import Sequence

from smtui.tui.action import LOOKS_ONLY, Action

SCREEN_ACTIONS: Sequence[Action] = (
    Action(
        "open",
        "home",
        "enter",
        "Open",
        "Open the session, or begin with the checklist.",
        "An unfinished session is taken up again; nothing runs by that.",
    ),
    Action("look", "home", "v", "View", "Look at a session without taking it up.", LOOKS_ONLY),
    Action("reload", "home", "f5,l", "Reload", "Read the sessions and checklists again.", LOOKS_ONLY),
    Action(
        "targets",
        "home",
        "t",
        "Targets",
        "Show the servers and databases of the deployment, and whether they can be reached from here.",
        "Opens one connection to each port and closes it at once; nobody logs on.",
    ),
    Action("palette", "home", "colon,ctrl+p", "Palette", "Choose an action by its name.", LOOKS_ONLY, footer=False),
    Action("help", "home", "question_mark", "Keys", "Show this page.", LOOKS_ONLY),
    Action(
        "leave",
        "home",
        "q,ctrl+q,ctrl+c",
        "Leave",
        "Leave smtui.",
        "Always safe: says what happens to what runs, and asks.",
    ),
    Action("back", "start", "escape", "Go back", "Go back; no session is made.", LOOKS_ONLY),
    Action("leave", "start", "ctrl+q,ctrl+c", "Go back", "Go back; no session is made.", LOOKS_ONLY, footer=False),
    Action("pause", "output", "p,space", "Pause", "Stop following the output, or follow it again.", LOOKS_ONLY),
    Action("find", "output", "slash", "Find", "Find a text in the output.", LOOKS_ONLY),
    Action("again", "output", "n", "Next hit", "Find the same text again, further down.", LOOKS_ONLY),
    Action(
        "save",
        "output",
        "s",
        "Save",
        "Write what is shown into a file.",
        "Opens a bar that asks for the file; nothing is written over.",
    ),
    Action("back", "output", "escape,q,o,ctrl+q,ctrl+c", "Back", "Go back to the session.", LOOKS_ONLY),
    Action(
        "add",
        "findings",
        "n",
        "New",
        "Write down something to be mended, who does it and until when.",
        "Opens a bar to type it; recorded with your name once you press Enter.",
    ),
    Action("back", "findings", "escape,q,i,ctrl+q,ctrl+c", "Back", "Go back to the session.", LOOKS_ONLY),
    Action(
        "again",
        "targets",
        "f5,l",
        "Look again",
        "Try every port again.",
        "Opens one connection to each port and closes it at once; nobody logs on.",
    ),
    Action("back", "targets", "escape,q,t,ctrl+q,ctrl+c", "Back", "Go back.", LOOKS_ONLY),
    Action(
        "take",
        "palette",
        "enter",
        "Take it",
        "Do what is marked.",
        "As its own key would; what changes anything asks.",
    ),
    Action("down", "palette", "down", "Down", "To the next action.", LOOKS_ONLY, footer=False),
    Action("up", "palette", "up", "Up", "To the action before.", LOOKS_ONLY, footer=False),
    Action("back", "palette", "escape,ctrl+q,ctrl+c", "Back", "Go back; nothing is done.", LOOKS_ONLY),
    Action("back", "help", "escape,q,question_mark,ctrl+q,ctrl+c", "Back", "Go back.", LOOKS_ONLY),
)
