"""The command line: every command is loaded only when it is asked for."""

import importlib
import os
import sys
from typing import Any

import click

COMMANDS = {
    "demo": "lorewright.cli.demo:demo",
    "init": "lorewright.cli.init:init",
    "ingest": "lorewright.cli.ingest:ingest",
    "analyze": "lorewright.cli.analyze:analyze",
    "categorise": "lorewright.cli.categorise:categorise",
    "context": "lorewright.cli.context:context",
    "generate": "lorewright.cli.generate:generate",
    "import": "lorewright.cli.importing:import_files",
    "enrich": "lorewright.cli.enrich:enrich",
    "prompts": "lorewright.cli.prompts:prompts",
    "calls": "lorewright.cli.calls:calls",
    "review": "lorewright.cli.review:review",
    "judge": "lorewright.cli.judge:judge",
    "measure": "lorewright.cli.measure:measure",
    "curate": "lorewright.cli.curate:curate",
    "export": "lorewright.cli.export:export",
    "train": "lorewright.cli.train:train",
    "jobs": "lorewright.cli.jobs:jobs",
    "experiments": "lorewright.cli.experiments:experiments",
    "prices": "lorewright.cli.prices:prices",
    "convert": "lorewright.cli.convert:convert",
    "scenarios": "lorewright.cli.scenarios:scenarios",
    "evaluate": "lorewright.cli.evaluate:evaluate",
    "ratings": "lorewright.cli.ratings:ratings",
    "rank": "lorewright.cli.rank:rank",
    "regression": "lorewright.cli.regression:regression",
    "adapters": "lorewright.cli.adapters:adapters",
    "report": "lorewright.cli.report:report",
    "card": "lorewright.cli.card:card",
    "release": "lorewright.cli.release:release",
    "key": "lorewright.cli.key:key",
    "run": "lorewright.cli.run:run",
    "worker": "lorewright.cli.worker:worker",
    "api": "lorewright.cli.api:api",
    "status": "lorewright.cli.status:status",
    "list": "lorewright.cli.list:list_records",
    "show": "lorewright.cli.show:show",
    "table": "lorewright.cli.table:table",
    "diff": "lorewright.cli.diff:diff",
    "trace": "lorewright.cli.trace:trace",
    "verify": "lorewright.cli.verify:verify",
    "licence": "lorewright.cli.licence:licence",
    "withdraw": "lorewright.cli.withdraw:withdraw",
    "erase": "lorewright.cli.erase:erase",
    "config": "lorewright.cli.config:config",
    "doctor": "lorewright.cli.doctor:doctor",
    "completion": "lorewright.cli.completion:completion",
}
"""Every command, in the order of the story, and where it lives."""

SENTENCES = {
    "demo": "Run the whole story on the sample handbook, offline.",
    "init": "Make a workspace with a commented settings file.",
    "ingest": "Read files into documents.",
    "analyze": "Cut documents into typed chunks and describe them.",
    "categorise": "Say where a document belongs.",
    "context": "Show a document as a whole.",
    "generate": "Propose examples with their evidence.",
    "import": "Bring in conversations from training files.",
    "enrich": "Check and score conversations, and lay over them what trainers need.",
    "prompts": "Show the words that language models are asked with, or change them.",
    "calls": "Show what was asked of language models and what it cost.",
    "review": "Read examples beside their evidence, and decide.",
    "judge": "Have examples rated against their evidence.",
    "measure": "Say how varied and how well rated examples are.",
    "curate": "Freeze a dataset: gates, duplicates, splits.",
    "export": "Write a dataset or conversations for other tools.",
    "train": "Train an adapter and its control.",
    "jobs": "Watch training jobs, and cancel or resume them.",
    "experiments": "Plan many trainings, run them, see what differs beyond chance.",
    "prices": "List what an hour of each kind of GPU costs.",
    "convert": "Make a plain LoRA adapter of another kind of adapter.",
    "scenarios": "Write, bring in and check what an evaluation asks.",
    "evaluate": "Test the adapter on held-out questions and scenarios.",
    "ratings": "Have answers rated by judges and by people, blind.",
    "rank": "Put the answers of arms in an order, blind.",
    "regression": "Say whether the adapter lost what its base could do.",
    "adapters": "Name, approve, compare, merge and retire adapters.",
    "report": "Write the report as one HTML file.",
    "card": "Write a dataset with its card, for a hub or a colleague.",
    "release": "Write an adapter as a signed folder with its cards.",
    "key": "Show the key that signs, and the signers you know.",
    "run": "Look at runs, and pause, resume or cancel them.",
    "worker": "Work on runs that others have started.",
    "api": "Let other programs order, watch and steer training over HTTP.",
    "status": "Show what there is and what comes next.",
    "list": "List records of one kind.",
    "show": "Show one record with all that is known about it.",
    "table": "Write chunks and dimensions for a spreadsheet.",
    "diff": "Compare two datasets.",
    "trace": "Show where a record came from.",
    "verify": "Recompute a workspace or a release; name what is altered.",
    "licence": "Correct the licence of a source.",
    "withdraw": "Stop the use of a source.",
    "erase": "Destroy a source and all that repeats its words.",
    "config": "Show the settings and what decided them.",
    "doctor": "Say what works here and how to mend the rest.",
    "completion": "Print the script that completes commands in a shell.",
}
"""The first line of each command's help, so that listing them loads none of them."""


COMPLETE = "_LOREWRIGHT_COMPLETE"
"""The variable in which a shell says what it asks for."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the story."""
        del ctx
        return [*COMMANDS]  # `list` is the module of a command here, once that was imported

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None when there is no such one."""
        del ctx
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found = getattr(importlib.import_module(module), name)
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        if args and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"there is no command {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Offer commands with their sentences, without importing them."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=sentence)
            for name, sentence in SENTENCES.items()
            if name.startswith(incomplete)
        ]
        return found or super().shell_complete(ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with one sentence each, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([*SENTENCES.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lorewright", message="lorewright %(version)s")
def cli() -> None:
    """Turn what an expert knows into a model that can say where it learnt it.

    \b
    Examples:
      lorewright demo                    the whole story on a sample, offline
      lorewright ingest handbook.md      begin with your own documents
      lorewright status                  what there is, and what comes next
    """


def main(args: list[str] | None = None) -> Any:
    """Run the program; every error ends here as one sentence and an exit code."""
    words = sys.argv[1:] if args is None else args
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if callable(reconfigure):
        # A file's name may hold bytes that no text can; they are shown escaped.
        reconfigure(errors="backslashreplace")
    try:
        if COMPLETE in os.environ:
            from lorewright.cli.completing import complete

            code = complete(cli)
        else:
            code = cli.main(words, prog_name="lorewright", standalone_mode=False)
    except BaseException as error:  # noqa: BLE001 - the one place that turns errors into words
        from lorewright.cli.failure import tell

        code = tell(error, words)
    sys.exit(code if isinstance(code, int) else 0)
