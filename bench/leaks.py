"""How much of a scenario may be changed before the leak check no longer finds it."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from lorewright.evaluate.scenarios import find_leaks, shipped
from lorewright.lineage import Ref
from lorewright.measures import Held
from lorewright.records import Scenario

SEED, DRAWS = 7, 5
"""Each scenario is changed so many times in each way."""
FILLER = (
    "and then the rain came over the hill while two dogs slept beside an old green gate that "
    "nobody had painted since the summer in which my uncle learnt to swim"
)
"""Words that stand in for others; none of them is about what scenarios are about."""
FILLERS = FILLER.split()
SOURCE = Ref("source", "0" * 64)


class Recall(NamedTuple):
    """How many changed scenarios are found, and by which rule."""

    change: str
    tried: int
    found: int
    long_run: int
    contained: int
    alike: int


def paraphrase_recall(*, compare_likeness: bool = True) -> list[Recall]:
    """Change the messages that came along step by step, train on the result, look for the leak."""
    scenarios = [one.as_record(one.scenario_id, (SOURCE,)) for one in shipped()]
    return [
        _recall(name, change, scenarios, compare_likeness=compare_likeness)
        for name, change in CHANGES.items()
    ]


def recall_table(rows: Sequence[Recall]) -> str:
    """The rows as they stand in the documentation."""
    head = "| change | tried | found | run of 13 | runs of 8 | characters |"
    lines = [f"| {one.change} | {one.tried} | {_shares(one)} |" for one in rows]
    return "\n".join((head, "|---|---:|---:|---:|---:|---:|", *lines))


def _shares(one: Recall) -> str:
    counts = (one.found, one.long_run, one.contained, one.alike)
    return " | ".join(f"{count / one.tried:.0%}" for count in counts)


def _recall(
    name: str,
    change: Callable[[list[str], Random], list[str]],
    scenarios: Sequence[Scenario],
    *,
    compare_likeness: bool,
) -> Recall:
    lot = Random(f"{SEED} {name}")
    tried = 0
    rules = {"long-run": 0, "contained": 0, "alike": 0}
    found = 0
    for _ in range(DRAWS):
        trained = [
            Held(f"of {one.scenario_id}", (" ".join(change(one.messages[0].split(), lot)),))
            for one in scenarios
        ]
        leaks = find_leaks(scenarios, trained, compare_likeness=compare_likeness)
        right = [leak for leak in leaks if leak.trained == f"of {leak.held_out}"]
        tried += len(scenarios)
        found += len({leak.held_out for leak in right})
        for leak in right:
            rules[leak.rule] += 1
    return Recall(name, tried, found, *rules.values())


def _replaced(share: float) -> Callable[[list[str], Random], list[str]]:
    def change(words: list[str], lot: Random) -> list[str]:
        places = set(lot.sample(range(len(words)), round(share * len(words))))
        return [lot.choice(FILLERS) if at in places else word for at, word in enumerate(words)]

    return change


def _every(step: int) -> Callable[[list[str], Random], list[str]]:
    def change(words: list[str], lot: Random) -> list[str]:
        first = lot.randrange(step)
        return [
            lot.choice(FILLERS) if at % step == first else word for at, word in enumerate(words)
        ]

    return change


def _in_another_order(words: list[str], lot: Random) -> list[str]:
    parts = [*_sentences(words)]
    lot.shuffle(parts)
    return [word for part in parts for word in part]


def _sentences(words: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        part.append(word)
        if word.endswith((".", "?", "!")):
            yield part
            part = []
    if part:
        yield part


def _half(words: list[str], lot: Random) -> list[str]:
    start = lot.randrange(len(words) // 2 + 1)
    return words[start : start + len(words) // 2]


def _as_it_is(words: list[str], _lot: Random) -> list[str]:
    return words


CHANGES: dict[str, Callable[[list[str], Random], list[str]]] = {
    "none": _as_it_is,
    "half of it is left out": _half,
    "sentences in another order": _in_another_order,
    "every 12th word replaced": _every(12),
    "every 7th word replaced": _every(7),
    "10 % of the words replaced": _replaced(0.10),
    "20 % of the words replaced": _replaced(0.20),
    "30 % of the words replaced": _replaced(0.30),
    "50 % of the words replaced": _replaced(0.50),
}
"""What may be done to a text, by what the table calls it."""


if __name__ == "__main__":
    print(recall_table(paraphrase_recall()))
