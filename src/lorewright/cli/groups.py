"""Groups of commands that do something when no command of theirs follows."""

from typing import Any

import click


def also_alone(name: str, command: click.Command) -> click.Group:
    """A group called `name` that is `command` by itself, with its options and its help."""

    def unless_a_command_follows(**options: Any) -> None:
        context = click.get_current_context()
        if context.invoked_subcommand is None:
            context.invoke(command, **options)

    return click.Group(
        name,
        help=command.help,
        params=command.params,
        callback=unless_a_command_follows,
        invoke_without_command=True,
    )
