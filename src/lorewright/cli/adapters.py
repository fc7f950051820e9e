"""`lorewright adapters`: the registry of adapters, and their files for other programs."""

import click

from lorewright.cli.adapter_files import gguf, merge
from lorewright.cli.adapter_showing import (
    called_of,
    decided,
    decision_row,
    people_of,
    print_difference,
    print_table,
    row_of,
    said,
)
from lorewright.cli.face import Face, counted, face_command, in_words
from lorewright.flows import registry
from lorewright.flows.adapter_diff import compare
from lorewright.records import AdapterState, DeploymentStatus

NONE = "there is no adapter yet; `lorewright train` makes the first"
NOT_BETTER = "note: its verdict does not show that it is better"

_why = click.option(
    "--why", required=True, callback=in_words, help="The reason; kept with the decision for good."
)


@click.group()
def adapters() -> None:
    """Name adapters, decide which may be used, compare them, and write them for other programs.

    An adapter is a candidate until somebody approves it. Whatever is decided is kept with who,
    when and why; the adapter itself never changes.

    \b
    Examples:
      lorewright adapters list
      lorewright adapters name adapter:3fa9c2 coach
      lorewright adapters approve coach@1 --why "the team read 40 answers"
    """


@adapters.command(name="list")
@click.option(
    "--state",
    type=click.Choice([one.value for one in AdapterState]),
    help="Only those in this state.",
)
@click.option("--controls", is_flag=True, help="Permuted controls, too.")
@face_command
def list_adapters(face: Face, state: str | None, *, controls: bool) -> None:
    """List adapters with their state, base, losses, verdict and cost, the newest first.

    \b
    Examples:
      lorewright adapters list
      lorewright adapters list --state approved --json
    """
    with face.store() as store:
        found = [
            entry
            for entry in registry.entries(store, controls=controls)
            if state in {None, entry.history.state}
        ]
    if found:
        print_table(face, found)
    else:
        face.note(f"there is no adapter that is {state}" if state else NONE)
    face.result("adapters", adapters=[row_of(entry) for entry in found])


@adapters.command()
@click.argument("adapter", required=False)
@face_command
def show(face: Face, adapter: str | None) -> None:
    """Show ADAPTER (the newest by default) with every decision about it.

    \b
    Examples:
      lorewright adapters show
      lorewright adapters show coach@approved
    """
    with face.store() as store:
        entry = registry.entry_of(store, adapter)
        people = people_of(store, entry)
    for name, value in row_of(entry).items():
        if value is not None and value != []:
            face.say(f"{name.replace('_', ' ')}: {said(name, value)}")
    face.say(f"{counted(len(entry.chain), 'decision')}")
    for one in entry.chain:
        face.say(f"  {one.at}  {decided(one)}, by {people[one.by]}: {one.why}")
    face.result(
        "adapters",
        **row_of(entry),
        settings=entry.settings,
        decisions=[decision_row(one, people[one.by]) for one in entry.chain],
    )


@adapters.command()
@click.argument("adapter")
@_why
@click.option(
    "--require",
    type=click.Choice(["better"]),
    help="Refuse unless the verdict shows that content was learned.",
)
@face_command
def approve(face: Face, adapter: str, why: str, require: str | None) -> None:
    """Say that ADAPTER may be used.

    The decision names the verdict that it rests on. What was not shown to be better can be
    approved, and the command says so; what rests on a withdrawn source cannot.

    \b
    Examples:
      lorewright adapters approve coach@2 --why "better on recall, read by two people"
      lorewright adapters approve coach@2 --require better --why "passed the gate"
    """
    with face.store() as store:
        entry, decision = registry.approve(
            store,
            adapter,
            why=why,
            by=face.settings.operator,
            require_better=require == "better",
        )
    face.say(f"approved {called_of(entry)}: {entry.proof}")
    if not entry.is_better:
        face.note(NOT_BETTER)
    face.result(
        "adapters",
        adapter=entry.adapter.ref,
        state=AdapterState.APPROVED,
        decision=decision.ref,
        proof=entry.proof,
        better=entry.is_better,
    )


@adapters.command()
@click.argument("adapter")
@_why
@face_command
def retire(face: Face, adapter: str, why: str) -> None:
    """Say that ADAPTER is not to be used any more; nothing is destroyed.

    \b
    Example:
      lorewright adapters retire coach@1 --why "coach@2 knows the new price list"
    """
    with face.store() as store:
        entry, decision = registry.retire(store, adapter, why=why, by=face.settings.operator)
    face.say(f"retired {called_of(entry)}: {why}")
    in_use = entry.history.in_use
    for one in in_use:
        face.note(f"note: it is still in {one.status} at {one.place}")
    face.result(
        "adapters",
        adapter=entry.adapter.ref,
        state=AdapterState.RETIRED,
        decision=decision.ref,
        in_use=[one.place for one in in_use],
    )


@adapters.command()
@click.argument("adapter")
@click.argument("called", metavar="NAME", callback=in_words)
@click.option("--why", default="named", callback=in_words, help="The reason, if it matters.")
@face_command
def name(face: Face, adapter: str, called: str, why: str) -> None:
    """Call ADAPTER the next version of NAME; a number never means another adapter.

    From then on commands take NAME@NUMBER, NAME@latest and NAME@approved, which is the newest
    version that is approved.

    \b
    Example:
      lorewright adapters name adapter:3fa9c2 coach
    """
    with face.store() as store:
        entry, version = registry.name_adapter(
            store, adapter, called, why=why, by=face.settings.operator
        )
    is_new = version not in entry.history.versions
    face.say(f"{entry.adapter.ref.short} is {version}" + ("" if is_new else ", and was before"))
    face.result("adapters", adapter=entry.adapter.ref, version=version, new=is_new)


@adapters.command()
@click.argument("adapter")
@click.argument("place", callback=in_words)
@click.option(
    "--status",
    type=click.Choice([one.value for one in DeploymentStatus]),
    default=DeploymentStatus.PRODUCTION.value,
    show_default=True,
    help="What it is there from now on; archived when it was taken away.",
)
@_why
@face_command
def deployed(face: Face, adapter: str, place: str, status: str, why: str) -> None:
    """Write down that ADAPTER was put at PLACE, or taken away. Nothing is put anywhere by this.

    \b
    Examples:
      lorewright adapters deployed coach@2 gateway-1 --why "release of May"
      lorewright adapters deployed coach@1 gateway-1 --status archived --why "coach@2 is there"
    """
    with face.store() as store:
        entry, decision = registry.deploy(
            store, adapter, place, DeploymentStatus(status), why=why, by=face.settings.operator
        )
    face.say(f"{called_of(entry)} is {status} at {place} from now on: {why}")
    is_approved = entry.history.state is AdapterState.APPROVED
    if status == DeploymentStatus.PRODUCTION and not is_approved:
        face.note("note: nobody has approved it")
    face.result(
        "adapters",
        adapter=entry.adapter.ref,
        place=place,
        status=status,
        decision=decision.ref,
        approved=is_approved,
    )


@adapters.command()
@click.argument("adapter")
@_why
@face_command
def undo(face: Face, adapter: str, why: str) -> None:
    """Take back the last decision about ADAPTER; doing it again brings the decision back.

    \b
    Example:
      lorewright adapters undo coach@2 --why "the wrong one was approved"
    """
    with face.store() as store:
        entry, undone = registry.undo(store, adapter, why=why, by=face.settings.operator)
        now = registry.entry_of(store, entry.adapter.ref)
    face.say(f"took back: {decided(undone)} ({undone.why})")
    face.say(f"{called_of(now)} is {now.history.state}")
    face.result("adapters", adapter=now.adapter.ref, undone=undone.ref, state=now.history.state)


@adapters.command()
@click.argument("old")
@click.argument("new")
@face_command
def diff(face: Face, old: str, new: str) -> None:
    """Show what differs from OLD to NEW: examples, settings, base, losses and decisions.

    \b
    Example:
      lorewright adapters diff coach@1 coach@2
    """
    with face.store() as store:
        found = compare(store, registry.entry_of(store, old), registry.entry_of(store, new))
    print_difference(face, found)
    face.result(
        "adapters",
        old=found.old.adapter.ref,
        new=found.new.adapter.ref,
        data={
            "added": [one._asdict() for one in found.added],
            "removed": [one._asdict() for one in found.removed],
            "changed": [one._asdict() for one in found.reworded],
            "moved": [one._asdict() for one in found.moved],
        },
        recipe=[one._asdict() for one in found.recipe],
        base=[one._asdict() for one in found.base],
        metrics=[one._asdict() for one in found.metrics],
        decisions=[one._asdict() for one in found.decisions],
    )


adapters.add_command(merge)
adapters.add_command(gguf)
