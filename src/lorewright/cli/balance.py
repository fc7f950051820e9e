"""`lorewright curate balance`: how conversations are spread, and what lacks."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, face_command

if TYPE_CHECKING:
    from lorewright.flows.balance import Balance, Count

HEAD = ("", "requested", "accepted", "turned down", "blocked", "waiting", "failed", "quality")
AXES = ("persona", "arc", "topic")


@click.command()
@click.option(
    "--by",
    type=click.Choice((*AXES, "cell")),
    default="arc",
    show_default=True,
    help="What the rows are.",
)
@click.option("--target", type=click.IntRange(1), help="Accepted ones that each key is to have.")
@click.option("--persona", "personas", multiple=True, metavar="KEY", help="Only this persona.")
@click.option("--arc", "arcs", multiple=True, metavar="KEY", help="Only this emotional arc.")
@click.option("--topic", "topics", multiple=True, metavar="KEY", help="Only this topic.")
@click.option("--controls", is_flag=True, help="Count neutral counterparts, not their originals.")
@face_command
def balance(face: Face, *, by: str, target: int | None, controls: bool, **only: Any) -> None:
    """Say how conversations are spread over personas, emotional arcs and topics.

    Each row adds up: requested = accepted + turned down + blocked + waiting + failed. Quality is
    the mean score, from 0 to 10, of those that are complete. With --target it also says what
    lacks; `lorewright generate conversations --plan gaps` writes that.

    \b
    Examples:
      lorewright curate balance
      lorewright curate balance --by topic --arc fear_to_confidence
      lorewright curate balance --by arc --target 100
    """
    from lorewright.flows.balance import balance_of, known_keys
    from lorewright.flows.conversation_plans import own_catalogues
    from lorewright.generate.conversations import Axis

    named = {Axis(axis): frozenset(only[f"{axis}s"]) for axis in AXES if only[f"{axis}s"]}
    with face.store() as store:
        found = balance_of(store, only=named, controls=controls)
    rows = _rows(found, by)
    if not found.cells:
        face.say(
            "there are no conversations; `lorewright generate conversations` writes some, and "
            "`lorewright import` reads those of a file"
        )
    else:
        _show(face, rows, found.whole)
    gaps: list[dict[str, Any]] = []
    if target is not None and by != "cell":
        axis = Axis(by)
        keys = (
            named.get(axis)
            or known_keys(own_catalogues(face.workspace), axis) | found.by(axis).keys()
        )
        gaps = [one._asdict() for one in found.gaps(axis, target, keys)]
        for one in gaps:
            face.say(f"{one['key']} lacks {one['lacking']:,} of {target:,}")
        if found.cells and not gaps:
            face.say(f"every {by} has {target:,} or more")
    face.result(
        "curate",
        by=by,
        rows={name: _told(count) for name, count in rows.items()},
        whole=_told(found.whole),
        target=target,
        gaps=gaps,
    )


def _rows(found: "Balance", by: str) -> "dict[str, Count]":
    from lorewright.generate.conversations import Axis

    if by == "cell":
        return {" x ".join(cell): count for cell, count in found.cells.items()}
    return found.by(Axis(by))


def _show(face: Face, rows: "dict[str, Count]", whole: "Count") -> None:
    lines = [HEAD, *(_line(name, count) for name, count in rows.items()), _line("all", whole)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *others in lines:
        cells = (f"{one:>{width}}" for one, width in zip(others, widths[1:], strict=True))
        face.say("  ".join([f"{first:<{widths[0]}}", *cells]))


def _line(name: str, count: "Count") -> tuple[str, ...]:
    numbers = (
        count.requested,
        count.accepted,
        count.turned_down,
        count.blocked,
        count.waiting,
        count.failed,
    )
    return (name, *(f"{one:,}" for one in numbers), _or_dash(count.quality))


def _or_dash(number: Decimal | None) -> str:
    return "-" if number is None else str(number)


def _told(count: "Count") -> dict[str, Any]:
    return {
        "requested": count.requested,
        "accepted": count.accepted,
        "turned_down": count.turned_down,
        "blocked": count.blocked,
        "waiting": count.waiting,
        "failed": count.failed,
        "quality": None if count.quality is None else str(count.quality),
        "acceptance": None if count.acceptance is None else str(count.acceptance),
    }
