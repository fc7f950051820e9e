"""`lorewright doctor`: what works here, and how to mend the rest."""

import click

from lorewright.cli.face import Face, unsettled_command
from lorewright.flows.checkup import Finding, State, examine

BROKEN = 4


@click.command()
@click.option("--deep", is_flag=True, help="Also load torch, which takes seconds.")
@unsettled_command
def doctor(face: Face, *, deep: bool) -> None:
    """Look at Python, libraries, plug-ins, settings, disk, database and blobs, one line each.

    Nothing is changed, and nothing is sent to anybody. What is missing is optional; what is
    broken ends the command with 4. Behind both stands what puts it right.

    \b
    Examples:
      lorewright doctor
      lorewright doctor --deep --json
    """
    found: list[Finding] = []
    for one in examine(face.workspace, deep=deep):
        found.append(one)
        face.say(f"{one.state:<8} {one.name:<11} {one.said}")
        if one.mend:
            face.say(f"{'':<20} -> {one.mend}")
    broken = [one.name for one in found if one.state is State.BROKEN]
    face.result(
        "doctor",
        works=not broken,
        checks=[one._asdict() for one in found],
    )
    if broken:
        face.note(f"broken: {', '.join(broken)}")
        raise click.exceptions.Exit(BROKEN)
