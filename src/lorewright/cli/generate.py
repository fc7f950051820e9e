"""`lorewright generate`: propose examples with their evidence, by rules or by a language model."""

from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, counted, face_command, show_report
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


def _unless_a_command_follows(**options: Any) -> None:
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        context.invoke(by_rules, **options)


generate = click.Group(
    "generate",
    help=by_rules.help,
    params=by_rules.params,
    callback=_unless_a_command_follows,
    invoke_without_command=True,
)


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
