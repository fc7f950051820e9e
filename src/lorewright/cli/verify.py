"""`lorewright verify`: recompute everything and name what is altered."""

import click

from lorewright.cli.face import Face, face_command
from lorewright.store import verify as verify_store


@click.command()
@face_command
def verify(face: Face) -> None:
    """Recompute every name, edge, quote, blob, dataset and seal of the workspace.

    Nothing is trusted that can be derived. Each altered or missing thing is named, and the
    exit code is 1. What was erased on purpose is listed and is no error.

    \b
    Example:
      lorewright verify
    """
    with face.store() as store:
        found = verify_store(
            store, face.workspace.folder, progress=lambda stage: face.note(f"checking {stage}")
        )
    face.result(
        "verify",
        intact=found.is_intact,
        checked=found.checked,
        problems=[problem._asdict() for problem in found.problems],
        erased=found.erased,
    )
    checked = ", ".join(f"{count:,} {what}" for what, count in found.checked.items())
    face.say(f"checked {checked}")
    for problem in found.problems:
        face.say(f"{problem.trouble}: {problem.thing}: {problem.sentence}")
    if found.erased:
        face.say(f"{len(found.erased):,} records were erased on purpose")
    if found.is_intact:
        face.say("intact: everything is as it was kept")
    else:
        face.say(f"not intact: {len(found.problems):,} things are altered or missing")
        raise click.exceptions.Exit(1)
