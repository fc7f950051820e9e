"""`lorewright completion`: the script that completes commands in a shell."""

import click
from click.shell_completion import get_completion_class

from lorewright.cli import COMPLETE
from lorewright.cli.completing import PROGRAM
from lorewright.cli.face import Face, unsettled_command
from lorewright.errors import UsageError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@unsettled_command
def completion(face: Face, shell: str) -> None:
    """Print the script that completes commands, options and names of records in SHELL.

    \b
    Examples:
      lorewright completion bash > ~/.local/share/bash-completion/completions/lorewright
      lorewright completion zsh > ~/.zfunc/_lorewright
      lorewright completion fish > ~/.config/fish/completions/lorewright.fish
    """
    known = get_completion_class(shell)
    if known is None:
        raise UsageError(f"there is no completion for {shell}")
    root = click.get_current_context().find_root().command
    # Not `source()`, which asks the shell for its version and so needs it to be installed.
    script = known.source_template % known(root, {}, PROGRAM, COMPLETE).source_vars()
    face.say(script)
    face.result("completion", shell=shell, script=script)
