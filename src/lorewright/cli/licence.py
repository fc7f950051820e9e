"""`lorewright licence`: correct the licence of a source."""

import click

from lorewright.cli.face import Face, face_command, in_words
from lorewright.flows.sources import correct_licence


@click.command()
@click.argument("name")
@click.argument("licence", callback=in_words)
@click.option(
    "--why", required=True, callback=in_words, help="How you know; kept with the decision."
)
@face_command
def licence(face: Face, name: str, licence: str, why: str) -> None:
    """Correct the LICENCE of the source NAME. Nothing is renamed and nothing is made again.

    \b
    Example:
      lorewright licence source:3fa9c2 CC-BY-4.0 --why "printed on page 2"
    """
    with face.store() as store:
        ref = store.resolve(name)
        decision = correct_licence(store, ref, licence, why=why, by=face.settings.operator)
    face.say(f"the licence of {ref.short} is {licence} from now on: {why}")
    face.result("licence", source=ref, licence=licence, decision=decision.ref)
