"""The work that every tool is given: short passages, and one question with its quote from each.

Nothing but the standard library, so that it can be imported in any environment.
"""

import json
from collections.abc import Mapping

SYSTEM = (
    "Write one question that the passage answers, the answer, and the words of the passage that "
    "support it. Reply with a JSON object that has question, answer and quote."
)

PLACES = ("harbour", "orchard", "foundry", "library", "quarry", "dairy", "mill", "observatory")
THINGS = ("ledger", "lantern", "kettle", "compass", "saddle", "barrel", "mirror", "chisel")


def fact(number: int) -> str:
    """The one sentence of a passage that can be asked about."""
    place, thing = PLACES[number % 8], THINGS[number // 8 % 8]
    return f"The {thing} with the mark {number} is kept in the {place} behind door {number % 97}."


def passage(number: int) -> str:
    """A passage of some eighty words, unlike every other."""
    place = PLACES[number % 8]
    return (
        f"Anyone who comes to the {place} for the first time is shown round by the keeper, who "
        "points out what may be touched and what may not. Visitors often remark that the rooms "
        "are smaller than they had thought, and that the light falls in from one side only. "
        f"{fact(number)} Nobody takes it out without signing for it, and whoever brings it back "
        "is asked to say in what state it was found. The list is read aloud once a year."
    )


def answered(number: int) -> dict[str, str]:
    """What a good model says of a passage."""
    place, thing = PLACES[number % 8], THINGS[number // 8 % 8]
    return {
        "question": f"Where is the {thing} with the mark {number} kept?",
        "answer": f"It is kept in the {place} behind door {number % 97}.",
        "quote": fact(number),
    }


def number_in(body: str) -> int:
    """Which passage a request holds.

    Raises:
        ValueError: when it holds none.
    """
    _, found, rest = body.partition("with the mark ")
    number, _, _ = rest.partition(" ")
    if not found:
        raise ValueError("no passage in the request")
    return int(number)


def read(reply: str) -> dict[str, str]:
    """A reply as an item, for tools that hand out text.

    Raises:
        ValueError: when it is not the object that was asked for.
    """
    match json.loads(reply):
        case {"question": str(question), "answer": str(answer), "quote": str(quote)}:
            return {"question": question, "answer": answer, "quote": quote}
        case _:
            raise ValueError(f"not an item: {reply[:100]}")


def is_right(number: int, item: Mapping[str, str]) -> bool:
    """Whether `item` is what the model said of that passage."""
    return dict(item) == answered(number)
