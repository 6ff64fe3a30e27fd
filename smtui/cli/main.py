"""The command line: finds the module of a command only when it is asked for, so that small commands start fast."""

from __future__ import annotations

import importlib
from typing import Any

import click

from smtui import __version__
from smtui.cli.failures import told

COMMANDS = {
    "drill": "Practise on a simulated deployment on this machine.",
    "start": "Start a session on a real deployment.",
    "resume": "Take an unfinished session up again.",
    "watch": "Look on while somebody else works on a session.",
    "run": "Work through a checklist without a terminal.",
    "approve": "Agree, as the second person, to what waits for one.",
    "sessions": "List the sessions.",
    "show": "Show one session: items, attempts, decisions.",
    "history": "Show how long items took in past sessions.",
    "archive": "Put a session away, or bring it back.",
    "checklists": "List the checklists, or show one.",
    "print": "Print a checklist, with boxes to tick.",
    "new": "Write the beginning of a checklist of your own.",
    "lint": "Say what is wrong with checklists and their scripts.",
    "environment": "Show or replace the deployment file of a session.",
    "check": "Look whether a recovery could begin now.",
    "trust": "Accept what a checklist of your own runs.",
    "vault": "Keep passwords in a file that one passphrase opens.",
    "accept": "Record that the business owner took the service back.",
    "judge": "Record whether an objective was met.",
    "report": "Write the evidence report of a session.",
    "sign": "Sign a bundle of evidence, as operator or witness.",
    "timestamp": "Let an authority say when a bundle was there.",
    "verify": "Check a bundle of evidence, or a session.",
}
"""Commands and their one-line help; each is the attribute `command` of the module of that name."""

USAGE, DEFECT, INTERRUPTED = 2, 70, 75


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is run or asked for its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """All commands, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  the same
        """The command of that name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"smtui.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  the same
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="smtui")
@click.option("-e", "--environment", "environment", metavar="FILE", help="The deployment that new sessions are for.")
@click.option("--plain", is_flag=True, help="As a dialogue of lines: for screen readers, serial consoles, scripts.")
@click.pass_context
def root(ctx: click.Context, environment: str | None, plain: bool) -> None:
    """Recover System Center Service Manager from interactive checklists.

    Without a command the home screen opens: unfinished sessions first, then the checklists.
    Exit codes: 0 complete, 1 an item failed, 2 wrong usage or bad file, 3 a person is needed,
    4 complete with exceptions, 5 evidence is changed or incomplete, 6 not ready, 70 a defect of smtui,
    75 interrupted (resume it).
    """
    if ctx.invoked_subcommand is None:
        from smtui.cli.home import open_home

        ctx.exit(open_home(environment, plain=plain))


def commands(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    try:
        result: Any = root.main(args=arguments, prog_name="smtui", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return USAGE
    except Exception as error:  # noqa: BLE001  the last resort: what users can mend gets one line, the rest is a defect
        return told(error)
    return result if isinstance(result, int) else 0
