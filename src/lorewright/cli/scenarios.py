"""`lorewright scenarios`: what every arm of an evaluation is asked."""

from pathlib import Path
from typing import Any

import click

from lorewright.cli.face import Face, counted, face_command, in_words
from lorewright.cli.teaching import Asked, teacher_options
from lorewright.errors import UsageError

PURPOSES = ("advice", "deliberation", "safety", "referral")


def _name(context: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return value if value is None else in_words(context, param, value)


@click.group()
def scenarios() -> None:
    """Write, bring in, look at and check what every arm of an evaluation is asked.

    \b
    Examples:
      lorewright scenarios generate --max-cost 1
      lorewright scenarios import questions.jsonl --name spring
      lorewright scenarios import --shipped
      lorewright scenarios check spring
    """


@scenarios.command()
@click.option(
    "--purpose",
    type=click.Choice(PURPOSES),
    default="advice",
    show_default=True,
    help="What they are asked for.",
)
@click.option("--count", type=click.IntRange(1), help="How many are written.")
@click.option("--messages", type=click.IntRange(1, 10), help="How many turns the person speaks.")
@click.option("--arc", "arcs", multiple=True, help="Only this arc; may be given several times.")
@click.option("--persona", "personas", multiple=True, help="Only this persona; likewise.")
@click.option("--topic", "topics", multiple=True, help="Only this topic; likewise.")
@click.option(
    "--topics",
    "topics_file",
    type=click.Path(path_type=Path),
    help="A file with topics of your own, one a line, such as of a field not trained on.",
)
@click.option(
    "--held-out",
    is_flag=True,
    help="About sections that the dataset keeps from training, instead of topics.",
)
@click.option("--dataset", help="What an adapter is trained on; the newest by default.")
@click.option("--name", callback=_name, help="How the set is called.")
@click.option("--seed", type=click.IntRange(0), help="Decides the order of the plan.")
@teacher_options
@face_command
def generate(face: Face, **said: Any) -> None:
    """Write scenarios by plan, and keep those that pass the rules.

    A language model writes them, or rules do when none is set. Kept is what reads like something
    that happens, holds a feeling, stands in nothing that was trained on and in no other
    scenario, and makes an even set. Everything else is told with its reason.

    \b
    Examples:
      lorewright scenarios generate --estimate
      lorewright scenarios generate --max-cost 1
      lorewright scenarios generate --purpose deliberation --topics gardening.txt --max-cost 1
      lorewright scenarios generate --held-out --count 40
    """
    from lorewright.cli.scenario_writing import write_scenarios

    taught_by = ("model_name", "max_cost", "estimate", "batch", "draw")
    options = Asked(**{name: said.pop(name) for name in taught_by})
    write_scenarios(face, options, said)


@scenarios.command(name="import")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--shipped", is_flag=True, help="Those about people in danger that came along.")
@click.option("--name", callback=_name, help="How the set is called.")
@click.option(
    "--licence", callback=in_words, default="unknown", show_default=True, help="Of the file."
)
@click.option("--origin", help="Where the file is from: an address, or a few words.")
@face_command
def import_file(
    face: Face, *, file: Path | None, shipped: bool, name: str | None, licence: str,
    origin: str | None,
) -> None:  # fmt: skip
    """Bring in scenarios from FILE (.jsonl, .json or .csv), or those that came along.

    A row that is off is told with its number and reason, and hinders no other. The same file
    again changes nothing.

    \b
    Examples:
      lorewright scenarios import questions.csv --name spring --licence CC-BY-4.0
      lorewright scenarios import --shipped
    """
    from lorewright.cli.scenario_showing import say_lost, say_set, told_lost, told_set
    from lorewright.flows.scenario_files import import_scenarios, import_shipped
    from lorewright.flows.scenarios import rejections_of, scenarios_of
    from lorewright.flows.source_files import Terms

    if shipped == (file is not None):
        raise UsageError(
            "name a file of scenarios, or say --shipped; one of the two",
            hint="the file ends with .jsonl, .json or .csv",
        )
    with face.store() as store:
        if file is None:
            found = import_shipped(store, name or "safety")
        else:
            found = import_scenarios(store, file, name or file.stem, terms=Terms(licence, origin))
        held = scenarios_of(store, found.set)
        lost = rejections_of(store, found.set)
    say_lost(face, found.set.requested, found.set.accepted, lost)
    if found.unread:
        face.say(f"fields that are not read: {', '.join(found.unread)}")
    if found.was_here:
        face.say("all of it was here already, and nothing was changed")
    say_set(face, found.set, held)
    face.result(
        "scenarios",
        **told_set(found.set, held),
        lost=told_lost(lost),
        source=found.source.ref,
        unread=list(found.unread),
        was_here=found.was_here,
    )
    face.note(f"next: lorewright scenarios check {found.set.name}")


@scenarios.command(name="list")
@face_command
def list_sets(face: Face) -> None:
    """List the sets of scenarios, the newest first.

    \b
    Example:
      lorewright scenarios list
    """
    from lorewright.flows.scenarios import sets_of, too_few

    with face.store() as store:
        found = list(sets_of(store))
    for one in found:
        families = "family" if one.families == 1 else "families"
        face.say(
            f"{one.name:<16} {one.ref.short}  {counted(one.accepted, 'scenario')} of "
            f"{one.requested:,}, {one.families:,} {families}"
        )
        if warning := too_few(one.accepted):
            face.say(f"{'':<16} {warning}")
    if not found:
        face.note(
            "there are no scenarios yet; write some with `lorewright scenarios generate`, or bring "
            "in a file with `lorewright scenarios import FILE`"
        )
    face.result(
        "scenarios",
        sets=[
            {
                "set": one.ref,
                "name": one.name,
                "requested": one.requested,
                "accepted": one.accepted,
                "families": one.families,
                "warning": too_few(one.accepted),
            }
            for one in found
        ],
    )


@scenarios.command()
@click.argument("name", required=False)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@face_command
def show(face: Face, name: str | None, limit: int) -> None:
    """Show the set NAME (the newest by default): what is in it, and what is not.

    \b
    Examples:
      lorewright scenarios show
      lorewright scenarios show safety --limit 5
    """
    from lorewright.cli.scenario_showing import said_by, say_lost, say_set, told_lost, told_set
    from lorewright.flows.scenarios import rejections_of, scenarios_of, set_named

    with face.store() as store:
        found = set_named(store, name)
        held, lost = scenarios_of(store, found), rejections_of(store, found)
    say_set(face, found, held)
    say_lost(face, found.requested, found.accepted, lost)
    for one in held[:limit]:
        face.say(said_by(one))
    if len(held) > limit:
        face.note(f"{len(held) - limit:,} more; --limit shows them, `scenarios export` writes all")
    face.result(
        "scenarios",
        **told_set(found, held),
        lost=told_lost(lost),
        scenarios=[{"ref": one.ref, **one.model_dump(mode="json")} for one in held],
    )


@scenarios.command()
@click.argument("name", required=False)
@click.option("--dataset", help="What an adapter is trained on; the newest by default.")
@face_command
def check(face: Face, name: str | None, dataset: str | None) -> None:
    """Look for the set NAME (the newest by default) in what is trained on.

    A scenario leaks when it shares 13 words in a row, a fifth of its runs of 8 words or most of
    its characters with an example, or belongs to the same section or conversation. There must be
    none: with a leak the exit code is 1.

    \b
    Examples:
      lorewright scenarios check
      lorewright scenarios check spring --dataset coach
    """
    from lorewright.cli.scenario_showing import say_checked
    from lorewright.flows.naming import find
    from lorewright.flows.scenario_leaks import check_leaks
    from lorewright.flows.scenarios import scenarios_of, set_named
    from lorewright.records import Dataset

    with face.store() as store:
        found = set_named(store, name)
        held = scenarios_of(store, found)
        data = find(store, dataset, Dataset)
        checked = check_leaks(store, held, data)
    say_checked(face, found, data, checked)
    face.result(
        "scenarios",
        set=found.ref,
        name=found.name,
        dataset=data.ref,
        scenarios=checked.scenarios,
        examples=checked.examples,
        erased=checked.erased,
        leaking=checked.leaking,
        leaks=[leak._asdict() for leak in checked.leaks],
    )
    if checked.leaks:
        raise click.exceptions.Exit(1)


@scenarios.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@face_command
def export(face: Face, name: str, file: Path) -> None:
    """Write the set NAME into FILE (.jsonl, .json or .csv), to be read back or filled in.

    \b
    Example:
      lorewright scenarios export spring spring.csv
    """
    from lorewright.flows.scenario_files import export_scenarios
    from lorewright.flows.scenarios import set_named

    with face.store() as store:
        found = set_named(store, name)
        count = export_scenarios(face.workspace, store, found, file)
    face.say(f"{counted(count, 'scenario')} in {file}")
    face.result("scenarios", set=found.ref, name=found.name, file=str(file), scenarios=count)
