"""`lorewright withdraw`: stop the use of a source."""

import click

from lorewright.cli.face import Face, counted, face_command, in_words
from lorewright.flows.sources import restore_source, withdraw_source
from lorewright.records import Decision


@click.command()
@click.argument("name")
@click.option("--why", required=True, callback=in_words, help="The reason; kept for good.")
@click.option("--undo", is_flag=True, help="Restore a withdrawn source.")
@face_command
def withdraw(face: Face, name: str, why: str, *, undo: bool) -> None:
    """Stop the use of a source and everything that rests on it; nothing is destroyed.

    From then on curate leaves it out, and train, evaluate, report and export refuse what rests
    on it. To destroy the bytes as well, use `lorewright erase`.

    \b
    Examples:
      lorewright withdraw source:3fa9c2 --why "the author asked us to"
      lorewright withdraw source:3fa9c2 --why "permission came" --undo
    """
    with face.store() as store:
        ref = store.resolve(name)
        act = restore_source if undo else withdraw_source
        decision = act(store, ref, why=why, by=face.settings.operator)
        resting = [one for one in store.descendants(ref) if one.kind != Decision.kind]
    face.say(f"{'restored' if undo else 'withdrew'} {ref.short}: {why}")
    face.say(f"{counted(len(resting), 'record')} made from it, directly or not")
    face.result("withdraw", source=ref, decision=decision.ref, undo=undo, resting=len(resting))
