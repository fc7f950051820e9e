"""`lorewright generate`: propose examples with their evidence, by rules or by a language model."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.controls import controls
from lorewright.cli.face import Face, counted, face_command, in_words, show_report
from lorewright.cli.groups import also_alone
from lorewright.cli.teaching import (
    Asked,
    end_account,
    show_account,
    show_quote,
    taught,
    teacher_options,
    told_account,
)

if TYPE_CHECKING:
    from lorewright.flows.pairs import PairChoice
    from lorewright.settings import Settings
    from lorewright.store import Store

NEXT = "lorewright curate"


def _in_words_if_any(
    context: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    return value if value is None else in_words(context, param, value)


@click.command()
@click.option(
    "--level",
    "levels",
    type=click.IntRange(1, 4),
    multiple=True,
    help="Only these levels: 1 one chunk, 2 with its document's facts, 3 across chunks, "
    "4 expert reasoning (needs a chat model).",
)
@face_command
def by_rules(face: Face, levels: tuple[int, ...]) -> None:
    """Propose question and answer pairs, each with the exact words it rests on.

    The extractive teacher uses rules and no language model: every answer is a verbatim slice
    of the text. What a gate turns down is kept with the reason. `lorewright generate pairs`
    asks a language model.

    \b
    Examples:
      lorewright generate
      lorewright generate --level 1 --level 2
    """
    from lorewright.flows.documents import generate_examples

    settings = face.settings
    if levels:
        chosen = settings.generation.model_copy(update={"levels": levels})
        settings = settings.model_copy(update={"generation": chosen})
    with face.store() as store, face.progress("generating") as watch:
        report = generate_examples(store, settings, watch=watch)
        show_report(face, report, made="example", of="part", asked="candidate", next_step=NEXT)


generate = also_alone("generate", by_rules)


@generate.command()
@click.option(
    "--level",
    "levels",
    type=click.IntRange(1, 4),
    multiple=True,
    help="Only these levels; by default those of the settings that the language model can make.",
)
@click.option(
    "--target", type=click.IntRange(1), help="Accepted pairs per document to work towards."
)
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="DOCUMENT",
    help="Only this document; may be given several times.",
)
@click.option(
    "--from-feedback",
    is_flag=True,
    help="Heed what reviewers and judges said; `review --summary` shows it.",
)
@teacher_options
@face_command
def pairs(
    face: Face,
    *,
    levels: tuple[int, ...],
    target: int | None,
    documents: tuple[str, ...],
    from_feedback: bool,
    **asked: Any,
) -> None:
    """Let a language model write pairs at four levels, each answer with quotes that are found.

    Key facts are found first. Then pairs are ordered, round by round, by what is still missing:
    of each level, task form and chunk. An answer whose quotes are not in the text is kept as
    rejected. The run stops before the call that could cost more than it may.

    \b
    Examples:
      lorewright generate pairs --estimate
      lorewright generate pairs --max-cost 0.50
      lorewright generate pairs --from-feedback --max-cost 0.50
      lorewright generate pairs --model openai:gpt-4.1-mini --level 1 --target 40 --max-cost 1
    """
    from lorewright.flows.naming import find
    from lorewright.flows.pairs import PairChoice
    from lorewright.flows.teacher_works import PAIRS, told
    from lorewright.flows.teaching import Quote, refuse_without_limit
    from lorewright.records import Document

    options = Asked(**asked)
    settings = options.settings(face)
    if not options.estimate:
        refuse_without_limit(settings, options.allowed())
    with face.store() as store:
        named = tuple(find(store, one, Document).ref for one in documents)
        choice = PairChoice(levels or None, target, named or None, options.draw)
        if from_feedback:
            choice = _heeding(face, store, choice)
        account = taught(face, store, settings, options, work=PAIRS, choice=told(choice))
        if isinstance(account, Quote):
            show_quote(face, account, "generate")
            return
        show_account(face, account, made="example", called="example")
        tally = _tally(face, store, settings, choice)
        face.result("generate", **told_account(account, made="example", under="examples"), **tally)
        end_account(face, account, _next(settings))


def _next(settings: "Settings") -> str:
    if settings.generation.takes_pairs:
        return NEXT
    return f'{NEXT}, with teacher = "pairs" under [generation] in the settings'


def _heeding(face: Face, store: "Store", choice: "PairChoice") -> "PairChoice":
    """What is asked for, with the feedback on earlier examples, which is said."""
    from lorewright.flows.feedback import feedback_of, heeded

    found = heeded(choice, feedback_of(store))
    for what, forms in (("less of", found.avoid_forms), ("more of", found.prefer_forms)):
        if forms:
            face.note(f"from feedback: {what} {', '.join(forms)}")
    for note in found.notes:
        face.note(f"from feedback: {note}")
    if found.leave_out:
        face.note(f"from feedback: {counted(len(found.leave_out), 'chunk')} left out")
    return found


def _tally(
    face: Face, store: "Store", settings: "Settings", choice: "PairChoice"
) -> dict[str, Any]:
    """How far the pairs are from what was wanted, counted from the records."""
    from lorewright.flows.pairs import tally_of
    from lorewright.flows.prompting import prompt_folder
    from lorewright.flows.teaching import Prospect

    asker = Prospect(store, settings.teacher).asker
    tally = tally_of(store, settings, asker, choice, overrides=prompt_folder(face.workspace))
    if tally.rounds:  # before the first is settled there is nothing to count
        face.say(f"{tally.written:,} distinct pairs of {tally.wanted:,} wanted; {tally.stopped}")
        for counts in (tally.by_level, tally.by_form):
            each = (f"{name} {count:,}" for name, count in sorted(counts.items()))
            face.say(f"  {', '.join(each)}")
        asked = f"{tally.kept:,} of {tally.promised:,} key facts"
        face.say(f"  {asked} asked about in all their task forms")
    return {
        "wanted": tally.wanted,
        "written": tally.written,
        "by_level": dict(tally.by_level),
        "by_form": dict(tally.by_form),
        "facts": tally.facts,
        "facts_promised": tally.promised,
        "facts_kept": tally.kept,
        "rounds": len(tally.rounds),
        "stopped": tally.stopped,
    }


generate.add_command(controls)


@generate.command()
@click.option(
    "--plan",
    "kind",
    type=click.Choice(["balanced", "stratified", "gaps"]),
    default="balanced",
    show_default=True,
    help="As even as can be; so many of each; or what is missing to be even.",
)
@click.option("--count", type=click.IntRange(1), help="How many conversations.")
@click.option("--arc", "arcs", multiple=True, metavar="KEY", help="Only this emotional arc.")
@click.option("--persona", "personas", multiple=True, metavar="KEY", help="Only this persona.")
@click.option("--topic", "topics", multiple=True, metavar="KEY", help="Only this topic.")
@click.option("--consultant", metavar="KEY", help="Who gives the advice.")
@click.option("--per-arc", type=click.IntRange(1), help="So many of each arc.")
@click.option("--per-persona", type=click.IntRange(1), help="So many of each persona.")
@click.option("--per-topic", type=click.IntRange(1), help="So many of each topic.")
@click.option("--seed", type=int, help="Decides the plan; by default the one of the settings.")
@click.option("--show-plan", is_flag=True, help="Show the plan and stop; nothing is written.")
@click.option("--grounded", is_flag=True, help="Give the language model passages to rest on.")
@click.option("--retry-failed", is_flag=True, help="Ask again for those that failed, alone.")
@click.option(
    "--on-error",
    type=click.Choice(["continue", "stop"]),
    default="continue",
    show_default=True,
    help="Whether a conversation that fails pauses the run.",
)
@click.option("--at-once", type=click.IntRange(1, 1024), help="Calls under way at the same time.")
@click.option(
    "--priority",
    type=click.Choice(["low", "normal", "high"]),
    default="normal",
    show_default=True,
    help="Which of several runs a worker goes on with first.",
)
@teacher_options
@face_command
def conversations(face: Face, **asked: Any) -> None:
    """Write conversations by plan: cells of a persona, an emotional arc and a topic.

    The plan is shown before anything is spent: cells, calls, tokens, cost and time. Ctrl-C pauses;
    the same command goes on. Without a language model in the settings the extractive teacher
    fills template turns with the exact words of the documents.

    \b
    Examples:
      lorewright generate conversations --plan balanced --count 60
      lorewright generate conversations --count 60 --show-plan
      lorewright generate conversations --plan stratified --per-arc 100 --estimate
      lorewright generate conversations --plan gaps --count 40 --max-cost 2
      lorewright generate conversations --count 60 --retry-failed --max-cost 1
      lorewright generate conversations --count 200 --on-error stop --at-once 8 --max-cost 5
    """
    from lorewright.cli.conversing import Wanted, converse

    wanted = Wanted(**{name: asked.pop(name) for name in Wanted.__dataclass_fields__})
    converse(face, wanted, Asked(**asked))


_A_FILE = click.Path(path_type=Path, dir_okay=False)


@generate.command()
@click.option("--panel", metavar="KEY", help="Which panel deliberates.")
@click.option("--panel-file", type=_A_FILE, help="A panel of your own, in this TOML file.")
@click.option("--turns", type=click.IntRange(1, 20), help="The most turns; 4 by a language model.")
@click.option(
    "--weighting",
    type=click.Choice(["static", "hybrid", "learned"]),
    default="static",
    show_default=True,
    help="By the table, moved by keywords, or as a policy learnt it.",
)
@click.option("--labels", type=_A_FILE, help="Labels by people that weights are learnt from.")
@click.option(
    "--count", type=click.IntRange(1), default=1, show_default=True, help="How many of them."
)
@click.option("--seed", type=int, default=7, show_default=True, help="Decides what is by chance.")
@click.option("--goal", callback=_in_words_if_any, help="What the user is after.")
@click.option(
    "--shape",
    "shapes",
    type=click.Choice(["synthesis", "reasoning", "personas"]),
    multiple=True,
    default=("synthesis",),
    show_default=True,
    help="Keep training text so: the answer alone, behind its reasoning, or one turn for each.",
)
@click.option("--out", type=_A_FILE, metavar="FILE.json", help="Write them in the format v3.")
@click.option(
    "--training-file",
    type=_A_FILE,
    metavar="FILE.json",
    help="Write them as brightrun-lora-v4, each answer with what was argued before it.",
)
@click.option("--author", help="Whom the file names; by default the setting `operator`.")
@click.option("--production", is_flag=True, help="Refuse unless people accepted the sample.")
@click.option("--sheet", type=_A_FILE, metavar="FILE.csv", help="Write the sample for people.")
@click.option("--card", type=_A_FILE, metavar="FILE.md", help="Write the card of learnt weights.")
@teacher_options
@face_command
def deliberations(face: Face, **asked: Any) -> None:
    """Let a panel of personas argue before each answer, and keep what came of it.

    The plan is shown before anything is spent. Without a language model in the settings,
    conversations that were worked out beforehand are played, and the weights decide who speaks.
    A fifth of a set goes to people before it may be called production.

    \b
    Examples:
      lorewright generate deliberations --panel business-planning --turns 3 --weighting hybrid
      lorewright generate deliberations --panel coffee-shop --count 3 --out coffee.json
      lorewright generate deliberations --panel curriculum --count 3 --sheet sample.csv
      lorewright generate deliberations --panel-file bakery.toml --count 20 --max-cost 2
    """
    from lorewright.cli.deliberating import Wanted, deliberate

    wanted = Wanted(**{name: asked.pop(name) for name in Wanted.__dataclass_fields__})
    deliberate(face, wanted, Asked(**asked))


@generate.command()
@click.option("--goal", required=True, callback=in_words, help="What the panel is for.")
@click.option("--key", help="What it is called; by default the first words of the goal.")
@click.option("--out", type=_A_FILE, metavar="FILE.toml", help="By default in the workspace.")
@teacher_options
@face_command
def panel(face: Face, *, goal: str, key: str | None, out: Path | None, **asked: Any) -> None:
    """Have a language model propose a panel for a goal, and write it into a file to edit.

    \b
    Examples:
      lorewright generate panel --goal "Open a bakery" --out bakery.toml --max-cost 0.20
      lorewright generate panel --goal "Open a bakery" --estimate
    """
    from lorewright.cli.deliberating import propose

    propose(face, goal=goal, key=key, out=out, options=Asked(**asked))
