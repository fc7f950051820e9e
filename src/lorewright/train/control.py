"""The permuted control: the same questions and answers, dealt out wrongly.

A base model gets better at answers of a kind merely by seeing that kind. An adapter trained
on the control sees the same questions, the same answers and as many of them, but never a
question with its own answer; only what the real adapter knows beyond it is content.
"""

import random
from collections.abc import Iterator, Sequence

from lorewright.errors import Refused
from lorewright.records import Turn
from lorewright.train.lines import Line


def permuted(lines: Sequence[Line], *, seed: int) -> list[Line]:
    """Deal the assistant's turns of all `lines` out anew, none to its own place.

    No turn gets words that equal its own, as long as no answer makes up more than half of all
    turns; beyond that, as few as possible do. Questions that share an answer get different
    ones as chance has it, so the control learns no false fact instead of the true one.

    Args:
        lines: the conversations as they are trained.
        seed: decides the dealing.

    Returns:
        As many lines, with the same names and questions.

    Raises:
        Refused: when all answers are equal, so that no dealing is wrong.
    """
    own = [turn.text for line in lines for turn in line.turns if turn.role == "assistant"]
    if len(set(own)) < 2:
        raise Refused(
            "a permuted control needs at least two different answers",
            hint="add examples with other answers",
        )
    dealt = iter(_deal(own, random.Random(f"permuted:{seed}")))  # noqa: S311 - not a secret
    return [
        line.model_copy(update={"turns": tuple(_with(turn, dealt) for turn in line.turns)})
        for line in lines
    ]


def _deal(own: Sequence[str], rng: random.Random) -> list[str]:
    """Shuffle `own` and mend every place that got its own words back.

    While at most half of the places have the words w, at most 2·half - 1 places either have
    or got w, so a partner that mends and breaks nothing exists for every place.
    """
    dealt = list(own)
    rng.shuffle(dealt)
    for place, words in enumerate(own):
        if dealt[place] != words:
            continue
        partners = [
            other for other in range(len(own)) if own[other] != words and dealt[other] != words
        ]
        if partners:
            other = rng.choice(partners)
            dealt[place], dealt[other] = dealt[other], dealt[place]
    return dealt


def _with(turn: Turn, dealt: Iterator[str]) -> Turn:
    return turn.model_copy(update={"text": next(dealt)}) if turn.role == "assistant" else turn
