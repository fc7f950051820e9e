"""`lorewright table`: chunks and their dimensions for a spreadsheet, or against an earlier run."""

from pathlib import Path

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.errors import UsageError
from lorewright.flows.tables import (
    PRESETS,
    Comparison,
    Sum,
    cell,
    compare_runs,
    runs,
    write_table,
)


@click.command(epilog=f"Presets are {', '.join(PRESETS)} and all.")
@click.option(
    "--columns",
    default="quality",
    show_default=True,
    metavar="PRESET|NAME,...",
    help="Which columns: a preset, or names with commas between them.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file; by default one in the workspace.",
)
@click.option("--runs", "list_runs", is_flag=True, help="List the runs that described chunks.")
@click.option(
    "--against", type=int, metavar="RUN", help="Compare with an earlier run; writes no file."
)
@click.option(
    "--run", "other", type=int, metavar="RUN", help="With --against: that run, not all known today."
)
@face_command
def table(
    face: Face,
    *,
    columns: str,
    out: Path | None,
    list_runs: bool,
    against: int | None,
    other: int | None,
) -> None:
    """Write every chunk as a row of a CSV file, with its dimensions as columns.

    Cells that a spreadsheet would calculate get an apostrophe in front. A table inside the
    workspace is checked by verify and destroyed by erase.

    \b
    Examples:
      lorewright table --columns risk
      lorewright table --columns chunk_handle,claim,citations --out ./claims.csv
      lorewright table --runs
      lorewright table --against 2
      lorewright table --against 2 --run 3
    """
    if other is not None and against is None:
        raise UsageError("a run is compared with another", hint="add --against RUN")
    with face.store() as store:
        if list_runs:
            found = runs(store)
            for run in found:
                face.say(f"{run.number:>6}  {run.started_at}  {run.by:<7}  {run.state}")
            face.result("table", runs=[run._asdict() for run in found])
        elif against is not None:
            _show(face, compare_runs(store, face.settings, against, other=other))
        else:
            made = write_table(face.workspace, store, face.settings, columns=columns, out=out)
            face.say(f"{counted(made.rows, 'chunk')} in {made.path}")
            face.result("table", path=str(made.path), columns=list(made.columns), chunks=made.rows)


def _show(face: Face, found: Comparison) -> None:
    for one in found.changed:
        before, after = (cell(value) or "(open)" for value in (one.before, one.after))
        face.say(f"{one.chunk.short}  {one.handle}  {one.field}: {before} -> {after}")
    for sign, chunks in (("+", found.added), ("-", found.gone)):
        for chunk in chunks:
            face.say(f"{sign} {chunk.short}")
    for name, count in found.by_field.items():
        face.say(f"{count:>7,}  {name}")
    for side, one in zip(("before", "after"), found.sums or (), strict=False):
        face.say(_sum(side, one))
    face.say(
        f"against run {found.run.number} of {found.run.started_at}: {found.same:,} the same, "
        f"{len({one.chunk for one in found.changed}):,} changed, {len(found.added):,} new, "
        f"{len(found.gone):,} gone"
    )
    face.result(
        "table",
        run=found.run._asdict(),
        other=found.against._asdict() if found.against else None,
        sums=[one._asdict() for one in found.sums or ()],
        same=found.same,
        by_field=found.by_field,
        changed=[one._asdict() for one in found.changed],
        added=found.added,
        gone=found.gone,
    )


def _sum(side: str, one: Sum) -> str:
    who = ", ".join(one.teachers) or "rules"
    accuracy = "none" if one.accuracy is None else str(one.accuracy)
    return (
        f"{side}: {counted(one.chunks, 'chunk')} by {who}, precision {one.precision or 'none'}, "
        f"accuracy {accuracy}, {counted(one.quarantined, 'value')} quarantined, "
        f"{counted(one.unanswered, 'prompt')} unanswered, ${one.cost_usd}"
    )
