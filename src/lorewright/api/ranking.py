"""Blind ranking over HTTP: the next client, what is said, how far everybody is, the lock, the arms.

What stands behind a letter stays on this side until the lock.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from lorewright.api.house import Here
from lorewright.flows.blind_ranking import BlindRanking, ranking_of
from lorewright.flows.ranking_results import lock, reveal
from lorewright.flows.ranking_words import ratings_told, shown_told, standing_told

Told = dict[str, Any]
Rater = Annotated[str, Query(min_length=1, max_length=200, description="Who ranks.")]


class Opinion(BaseModel):
    """What somebody says about one client."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    choices: dict[str, str]
    """For every question an order of letters, such as `B>A=C`, or `tie`, or `bad`."""
    seconds: float = Field(default=0.0, ge=0)


def _board(
    here: Here,
    named: Annotated[
        str | None, Query(alias="set", description="The scenarios; those answered last.")
    ] = None,
) -> BlindRanking:
    return ranking_of(here.workspace, here.store, here.settings, named)


Board = Annotated[BlindRanking, Depends(_board)]

routes = APIRouter(prefix="/api/ranking", tags=["ranking"])


@routes.get("/next")
def next_item(board: Board, rater: Rater) -> Told:
    """The first client that a rater has not ranked, under letters; null at the end."""
    shown = board.next_item(rater)
    return {"session": board.session, "item": None if shown is None else shown_told(shown)}


@routes.post("/items/{code}")
def say(
    board: Board,
    code: Annotated[str, Path(max_length=64, description="Of the client, as it was shown.")],
    rater: Rater,
    said: Opinion,
) -> Told:
    """Keep what a rater says; said again, the last word counts."""
    board.submit(rater, code, said.choices, seconds=said.seconds)
    asked, done = len(board.items(rater)), len(board.said_by(rater))
    return {"session": board.session, "said": done, "left": asked - done}


@routes.get("/progress")
def progress(board: Board) -> Told:
    """How far everybody is who began."""
    return {
        "session": board.session,
        "raters": [one._asdict() for one in board.progress()],
        "locked": bool(board.locked()),
    }


@routes.post("/lock")
def end(board: Board) -> Told:
    """End the ranking: nobody says more after that."""
    return {"session": board.session, "ratings": [ratings_told(one) for one in lock(board)]}


@routes.get("/results")
def results(board: Board) -> Told:
    """Which arm is ahead; refused before the lock."""
    return {
        "session": board.session,
        "questions": [standing_told(one) for one in reveal(board)],
    }
