"""Held-out examples that training gives away."""

from typing import ClassVar, NamedTuple

from lorewright.records import Split
from lorewright.similarity import Overlaps, exact_digest, words
from lorewright.train.lines import Line
from lorewright.train.preflight.finding import Finding, Looking, Places, Rule

RUN = 13
"""Two texts that share a run of so many words have not been written apart."""
ENOUGH = 5
"""A question or an answer of fewer words may be the same by chance."""

LEAKED = Rule(
    "leaked-hold-out",
    "What is held out for the test stands in the training split: the same question or answer, a "
    "run of 13 words, or an earlier part of the same conversation. A test on it would measure "
    "memory of the very words.",
    "make the dataset again with `lorewright curate`, which keeps a conversation and a section "
    "in one split and drops what repeats",
)


class _Watched(NamedTuple):
    """A held-out example."""

    name: str
    split: Split
    opening: bytes | None


class Leaks(Looking):
    """Watches what is held out, and reads what is trained on.

    Memory grows with the examples that are held out. A recall question asks anew for what is
    taught, so there only the question itself and its conversation count, not the answer.
    """

    rules: ClassVar[tuple[Rule, ...]] = (LEAKED,)

    def __init__(self) -> None:
        self._watched: list[_Watched] = []
        self._parts: list[list[str]] = []
        self._runs: Overlaps | None = None
        self._said: dict[bytes, list[int]] = {}
        self._openings: dict[bytes, list[int]] = {}
        self._leaks: dict[int, str] = {}

    def see(self, line: Line, split: Split) -> None:
        """Watch a held-out example, or read one that is trained on."""
        if split is Split.TRAIN:
            self._read(line)
        else:
            self._watch(line, split)

    def findings(self) -> list[Finding]:
        """What was found."""
        runs = self._runs
        if runs is not None:
            for index, one in enumerate(self._watched):
                reader = runs.first_reader(index)
                if reader is not None and one.split is not Split.RECALL:
                    self._leaks.setdefault(index, f"a run of {RUN} words stands in {reader}")
        if not self._leaks:
            return []
        places = Places()
        for index, why in sorted(self._leaks.items()):
            one = self._watched[index]
            places.add(f"{one.name} ({one.split.value}): {why}")
        sentence = f"{places.count:,} held-out examples stand in the training split"
        return [places.finding(LEAKED, sentence)]

    def _watch(self, line: Line, split: Split) -> None:
        index = len(self._watched)
        opening = _opening(line)
        self._watched.append(_Watched(line.name, split, opening))
        question, answer = _question(line), line.turns[-1].text
        self._parts.append([question, answer] if split is not Split.RECALL else [])
        for text in (question,) if split is Split.RECALL else (question, answer):
            if len(words(text)) >= ENOUGH:
                self._said.setdefault(exact_digest(text), []).append(index)
        self._said.setdefault(exact_digest(f"{question}\n{answer}"), []).append(index)
        if opening is not None:
            self._openings.setdefault(opening, []).append(index)

    def _read(self, line: Line) -> None:
        if not self._watched:
            return
        if self._runs is None:
            self._runs = Overlaps(self._parts, RUN, whole=False)
        opening = _opening(line)
        for index in self._openings.get(opening, ()) if opening is not None else ():
            self._leaks.setdefault(index, f"the same conversation as {line.name}")
        question = ""
        for turn in line.turns:
            if turn.role == "system":
                continue
            self._runs.read(turn.text, label=line.name)
            self._compare(turn.text, line.name)
            if turn.role == "assistant":
                self._compare(f"{question}\n{turn.text}", line.name)
            question = turn.text

    def _compare(self, text: str, name: str) -> None:
        for index in self._said.get(exact_digest(text), ()):
            self._leaks.setdefault(index, f"the same words as in {name}")


def _question(line: Line) -> str:
    return next((turn.text for turn in reversed(line.turns) if turn.role == "user"), "")


def _opening(line: Line) -> bytes | None:
    """The first exchange of a conversation: pairs that are nested in one another share it."""
    said = [turn.text for turn in line.turns if turn.role != "system"][:2]
    opening = "\n".join(said)
    return exact_digest(opening) if len(words(opening)) >= 2 * ENOUGH else None
