"""`lorewright list`: the records of one kind."""

from itertools import islice

import click

from lorewright.cli.face import Face, face_command
from lorewright.flows.tracing import summary_of
from lorewright.records import KINDS


@click.command(name="list", epilog=f"KIND is one of {', '.join(sorted(KINDS))}.")
@click.argument("kind", type=click.Choice(sorted(KINDS)), metavar="KIND")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@face_command
def list_records(face: Face, kind: str, limit: int) -> None:
    """List the newest records of one KIND with their names.

    \b
    Examples:
      lorewright list source
      lorewright list example --limit 100 --json
    """
    with face.store() as store:
        total = store.counts().get(kind, 0)
        rows = [
            {"name": ref, "summary": summary_of(store, store.get_any(ref))}
            for ref in islice(store.newest(kind), limit)
        ]
    for row in rows:
        face.say(f"{row['name'][: len(kind) + 13]}  {' '.join(row['summary'].split())}")
    more = f" (the newest of {total:,})" if total > len(rows) else ""
    face.note(f"{len(rows):,} of kind {kind}{more}" if rows else f"there is no {kind} yet")
    face.result("list", kind=kind, total=total, records=rows)
