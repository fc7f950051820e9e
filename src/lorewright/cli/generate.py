"""`lorewright generate`: propose examples with their evidence."""

import click

from lorewright.cli.face import Face, face_command, show_report
from lorewright.flows.documents import generate_examples


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
def generate(face: Face, levels: tuple[int, ...]) -> None:
    """Propose question and answer pairs, each with the exact words it rests on.

    The extractive teacher uses rules and no language model: every answer is a verbatim slice
    of the text. What a gate turns down is kept with the reason.

    \b
    Examples:
      lorewright generate
      lorewright generate --level 1 --level 2
    """
    settings = face.settings
    if levels:
        chosen = settings.generation.model_copy(update={"levels": levels})
        settings = settings.model_copy(update={"generation": chosen})
    with face.store() as store, face.progress("generating") as watch:
        report = generate_examples(store, settings, watch=watch)
        show_report(
            face,
            report,
            made="example",
            of="part",
            asked="candidate",
            next_step="lorewright curate",
        )
