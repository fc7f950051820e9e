"""Which conversations are to be written: cells of persona, arc and topic, drawn by quota.

A plan is a pure function of the choice and the catalogues, and it never changes its beginning:
cell 17 of a plan for 60 is cell 17 of the plan for 600. Its margins are even at every moment,
so a run that is stopped early has made an even set too.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lorewright.conversations.catalogues import Catalogues
from lorewright.errors import UsageError
from lorewright.generate.conversations.board import Board
from lorewright.generate.conversations.choice import Axis, PlanChoice, PlanKind
from lorewright.generate.conversations.dealing import by_quota, in_turn
from lorewright.lineage import canonical_bytes


class Cell(NamedTuple):
    """One conversation that is to be written."""

    number: int
    """Its place in the plan, from 1."""
    conversation_id: str
    persona: str
    arc: str
    topic: str
    consultant: str


def plan(catalogues: Catalogues, choice: PlanChoice) -> list[Cell]:
    """Draw the cells of `choice`, in order.

    Raises:
        UsageError: when a key is in no catalogue, an arc has no phases, an entry goes together
            with nothing that was chosen, or nothing says how many conversations there are to be.
    """
    consultant = consultant_of(catalogues, choice)
    board = Board(catalogues, choice)
    known_as = _known_as(board, choice, consultant)
    cells: list[Cell] = []
    for number, lead in enumerate(_leads(board, choice), start=1):
        persona, arc, topic = board.pick(lead)
        said = f"{known_as} {number} {persona} {arc} {topic}".encode()
        named = f"conv-{hashlib.blake2b(said, digest_size=8).hexdigest()}"
        cells.append(Cell(number, named, persona, arc, topic, consultant))
    return cells


def consultant_of(catalogues: Catalogues, choice: PlanChoice) -> str:
    """Who gives the advice in every cell of a plan.

    Raises:
        UsageError: when there is no such consultant.
    """
    if choice.consultant is None:
        return next(iter(catalogues.consultants))
    if choice.consultant not in catalogues.consultants:
        raise UsageError(
            f"there is no consultant {choice.consultant!r}",
            hint=f"there are {', '.join(catalogues.consultants)}",
        )
    return choice.consultant


def margins(cells: Sequence[Cell]) -> dict[Axis, Counter[str]]:
    """How many cells there are of each persona, arc and topic."""
    return {
        Axis.PERSONA: Counter(one.persona for one in cells),
        Axis.ARC: Counter(one.arc for one in cells),
        Axis.TOPIC: Counter(one.topic for one in cells),
    }


def _leads(board: Board, choice: PlanChoice) -> Iterator[int]:
    """The numbers of the keys of the leading axis, one for each cell.

    Raises:
        UsageError: when nothing says how many there are to be, or a quota is of no known key.
    """
    seed, filled = f"{choice.seed} lead", board.filled[board.lead]
    if choice.axis is None:
        if choice.count is None:
            raise UsageError("nothing says how many conversations there are to be")
        if choice.kind is PlanKind.STRATIFIED:
            raise UsageError(
                "a stratified plan needs to know how many of each",
                hint="say it with --per-arc, --per-persona or --per-topic, or take --plan balanced",
            )
        return islice(in_turn(seed, filled), choice.count)
    keys = board.keys[choice.axis]
    if unknown := sorted(choice.quotas.keys() - set(keys)):
        raise UsageError(f"the quotas name {unknown[0]!r}, which is no {choice.axis} of this plan")
    wanted = [choice.quotas.get(key, 0) for key in keys]
    if choice.kind is PlanKind.GAPS:
        wanted = [max(0, each - there) for each, there in zip(wanted, filled, strict=True)]
    return islice(by_quota(seed, wanted), choice.count)


def _known_as(board: Board, choice: PlanChoice, consultant: str) -> str:
    """What tells the conversations of this plan from those of another."""
    said = choice.model_dump(mode="json", include={"kind", "axis", "seed", "draw", "filled"})
    keys = {axis.value: list(found) for axis, found in board.keys.items()}
    told = canonical_bytes({**said, "keys": keys, "consultant": consultant})
    return hashlib.blake2b(told, digest_size=16).hexdigest()
