"""How far a rule agrees with labels made by hand, as docs/dimension-rules.md says."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from books import BARNUM, HANDBOOK, NIGHTINGALE
from lorewright.analyze import RULES, Passage, Rule
from lorewright.prose import Span
from lorewright.records import Chunk, ChunkType, Document
from lorewright.similarity import words
from pairs import document_of

LABELS = Path(__file__).parents[1] / "tests" / "analyze" / "labels"
HELD_OUT = (NIGHTINGALE, BARNUM)
"""Books that no rule was tuned on."""
OF_TYPE = {
    ChunkType.INSTRUCTIONAL_UNIT: ("task_name", "steps_json", "warnings_failure_modes"),
    ChunkType.CER: ("claim", "evidence_snippets", "reasoning_sketch", "citations"),
    ChunkType.EXAMPLE_SCENARIO: (
        "scenario_type", "problem_context", "solution_action", "outcome_metrics",
    ),
}  # fmt: skip
RESAMPLES, SEED = 2_000, 20260410


class Labelled(NamedTuple):
    """A chunk with what a reader said about it."""

    passage: Passage
    labels: dict[str, Any]
    is_held_out: bool


class Measured(NamedTuple):
    """How far one rule agrees, chunk by chunk."""

    rule: Rule
    scores: list[float]
    held_out: list[bool]
    kappa: float | None
    """None for what is not one of several values, or where only one is seen."""
    values: int
    """How many different labels there are."""

    @property
    def agreement(self) -> float:
        """The mean over all labelled chunks."""
        return fmean(self.scores)

    @property
    def on_held_out(self) -> float:
        """The mean over the books that no rule was tuned on."""
        return fmean(s for s, is_out in zip(self.scores, self.held_out, strict=True) if is_out)

    @property
    def on_tuned(self) -> float:
        """The mean over the handbook."""
        return fmean(s for s, is_out in zip(self.scores, self.held_out, strict=True) if not is_out)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % bootstrap interval of the mean over chunks."""
        chance = random.Random(SEED)
        means = sorted(
            fmean(chance.choices(self.scores, k=len(self.scores))) for _ in range(RESAMPLES)
        )
        return means[RESAMPLES * 25 // 1000], means[RESAMPLES * 975 // 1000 - 1]


def labelled() -> Iterator[Labelled]:
    """Every labelled chunk of the books that are here, in the order of the files."""
    for book in (HANDBOOK, *HELD_OUT):
        if book.is_file():
            document = document_of(book)
            lines = (LABELS / f"{book.stem}.jsonl").read_text(encoding="utf-8").splitlines()
            for line in map(json.loads, lines):
                yield Labelled(_passage(document, line), line["labels"], book in HELD_OUT)


def _passage(document: Document, line: dict[str, Any]) -> Passage:
    if line["document"] != document.text.sha256:
        raise ValueError(f"the text of {document.title!r} is not the one that was labelled")
    chunk = Chunk(
        document=document.ref,
        start=line["start"],
        end=line["end"],
        chunk_type=line["chunk_type"],
        ordinal=1,
        heading=line["heading"],
        confidence=Decimal("1.00"),
        cue="as labelled",
        made_from=(document.ref,),
    )
    return Passage(document, chunk)


def measured(chunks: Sequence[Labelled]) -> Iterator[Measured]:
    """Every rule with its agreement on the chunks that it is meant for."""
    for rule in RULES:
        asked = [one for one in chunks if rule.field in one.labels and _is_meant(rule, one)]
        pairs = [(_said(rule, one.passage), one.labels[rule.field]) for one in asked]
        score, closed = SCORES[rule.field]
        yield Measured(
            rule,
            [score(*pair) for pair in pairs],
            [one.is_held_out for one in asked],
            _kappa([(_plain(said), label) for said, label in pairs]) if closed else None,
            len({json.dumps(label) for _, label in pairs}),
        )


def _is_meant(rule: Rule, one: Labelled) -> bool:
    of_type = OF_TYPE.get(one.passage.chunk.chunk_type, ())
    return rule.field in of_type or not any(rule.field in names for names in OF_TYPE.values())


class Said(NamedTuple):
    """What a rule says: its value, and the words it rests on."""

    value: Any
    spans: tuple[Span, ...]


def _said(rule: Rule, passage: Passage) -> Said:
    found = rule.find(passage)
    return Said(found.value, found.spans) if found else Said(None, ())


def _plain(said: Said) -> Any:
    return str(said.value) if isinstance(said.value, StrEnum) else said.value


def _equal(said: Said, label: Any) -> float:
    return float(_plain(said) == label)


def _accepted(said: Said, label: list[str]) -> float:
    return float(_plain(said) in label)


def _yes(said: Said, label: bool) -> float:  # noqa: FBT001 - a label is one
    return float(bool(said.value) == label)


def _set_of_words(said: Said, label: list[str]) -> float:
    return _f1({_folded(one) for one in said.value or ()}, {_folded(one) for one in label})


def _folded(term: str) -> str:
    term = " ".join(term.lower().split())
    return term.removesuffix("s")


def _name(said: Said, label: str | None) -> float:
    return _f1(set(words(said.value or "")), set(words(label or "")))


def _one_of(said: Said, label: list[list[int]]) -> float:
    if not said.spans or not label:
        return float(not said.spans and not label)
    return float(any(_same(said.spans[0], one) for one in label))


def _sentences(said: Said, label: list[list[int]]) -> float:
    if not said.spans or not label:
        return float(not said.spans and not label)
    found = sum(any(_same(span, one) for one in label) for span in said.spans)
    wanted = sum(any(_same(span, one) for span in said.spans) for one in label)
    precision, recall = found / len(said.spans), wanted / len(label)
    return 2 * precision * recall / (precision + recall) if found else 0.0


def _same(span: Sequence[int], other: Sequence[int]) -> bool:
    shared = min(span[1], other[1]) - max(span[0], other[0])
    together = max(span[1], other[1]) - min(span[0], other[0])
    return shared * 2 >= together


def _stretch(said: Said, label: list[list[int]]) -> float:
    return _f1(_characters(said.spans), _characters(label))


def _characters(spans: Sequence[Sequence[int]]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


def _f1(one: set[Any], other: set[Any]) -> float:
    if not one and not other:
        return 1.0
    return 2 * len(one & other) / (len(one) + len(other))


def _kappa(pairs: Sequence[tuple[Any, Any]]) -> float | None:
    """Cohen's kappa; None where both always say the same one thing."""
    share = sum(said == label for said, label in pairs) / len(pairs)
    said = Counter(str(one) for one, _ in pairs)
    label = Counter(str(one) for _, one in pairs)
    chance = sum(said[value] * label[value] for value in label) / len(pairs) ** 2
    return None if chance == 1 else (share - chance) / (1 - chance)


SCORES: dict[str, tuple[Callable[[Said, Any], float], bool]] = {
    "chunk_type": (_accepted, False),
    "chunk_summary_1s": (_one_of, False),
    "key_terms": (_set_of_words, False),
    "intent": (_equal, True),
    "coverage_tag": (_equal, True),
    "difficulty_level": (_equal, True),
    "safety_tags": (_set_of_words, False),
    "pii_flag": (_yes, False),
    "task_name": (_name, False),
    "steps_json": (_sentences, False),
    "warnings_failure_modes": (_sentences, False),
    "claim": (_one_of, False),
    "evidence_snippets": (_sentences, False),
    "reasoning_sketch": (_stretch, False),
    "citations": (_set_of_words, False),
    "scenario_type": (_equal, True),
    "problem_context": (_stretch, False),
    "solution_action": (_stretch, False),
    "outcome_metrics": (_stretch, False),
}
"""How each field is scored, and whether it is one of several values."""
