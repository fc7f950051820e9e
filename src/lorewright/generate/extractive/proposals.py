"""Where proposals are decided: gates, repetitions, and the records that say what became of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.gates import Fault, answer_fault, pair_fault, question_fault
from lorewright.lineage import Ref
from lorewright.records import (
    MOST_PARENTS,
    Chunk,
    ChunkType,
    Document,
    Evidence,
    Example,
    Level,
    Rejection,
    Section,
    Turn,
)
from lorewright.settings import GenerationSettings

LEVELS = {
    1: Level.CHUNK_PURE,
    2: Level.CHUNK_ENHANCED,
    3: Level.DOCUMENT_INTEGRATED,
    4: Level.DOMAIN_EXPERT,
}
_RUN = 8
"""Two questions about one passage share no run of so many words."""


class Proposal(NamedTuple):
    """A question and the spans that answer it."""

    draft: Draft
    spans: tuple[tuple[int, int], ...]


class Desk:
    """Turns proposals into examples and rejections, and remembers what was asked already."""

    def __init__(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        settings: GenerationSettings,
        recipe: Ref,
        *,
        teacher: str,
    ) -> None:
        self._document = document
        self._chunks = chunks
        self._settings = settings
        self._recipe = recipe
        self._teacher = teacher
        self._asked: set[str] = set()
        self._headings: Counter[int] = Counter()

    def times_asked(self, section: Section) -> int:
        """How many passages have been asked about under the heading of `section`."""
        return self._headings[section.start]

    def heading_taken_up(self, section: Section) -> None:
        """Remember that one more passage has been asked about under the heading."""
        self._headings[section.start] += 1

    def decide(self, proposals: Sequence[Proposal]) -> Iterator[Example | Rejection]:
        """Decide about all questions to one passage, the preferred ones first."""
        taken: list[Draft] = []
        for proposal in proposals:
            if proposal.draft.level not in self._settings.levels:
                continue  # not asked for, so not proposed
            fault = self._fault(proposal) or self._surplus(proposal.draft, taken)
            if fault is None:
                taken.append(proposal.draft)
                self._asked.add(_key(proposal.draft.question))
                yield self._example(proposal)
            else:
                yield self.turn_down(proposal, *fault)

    def turn_down(self, proposal: Proposal, reason: str, detail: str) -> Rejection:
        """The record of a proposal that is not taken."""
        return Rejection(
            step="generate",
            outcome="rejected",
            reason=reason,
            detail=detail,
            question=proposal.draft.question,
            answer=self._answer(proposal),
            evidence=self._evidence(proposal),
            made_from=self._parents(proposal.spans),
        )

    def turn_away_language(self) -> Iterator[Rejection]:
        """One rejection for every chunk of a text that is not English."""
        for chunk in self._chunks:
            yield Rejection(
                step="generate",
                outcome="rejected",
                reason="language_not_supported",
                detail="the rules of this teacher are for English, and this text is not",
                evidence=(self._document.cite(chunk.start, chunk.end),),
                made_from=(chunk.ref, self._recipe),
            )

    def _fault(self, proposal: Proposal) -> Fault | None:
        question, level = proposal.draft.question, proposal.draft.level
        if _key(question) in self._asked:
            return Fault("duplicate_question", "the same question was asked before")
        if fault := question_fault(question, author=self._document.author):
            return fault
        for start, end in proposal.spans:
            answer = self._document.words[start:end]
            if fault := answer_fault(
                answer,
                least=self._settings.min_answer_words,
                most=self._settings.max_answer_words,
            ):
                return fault
        return pair_fault(question, self._answer(proposal), level=level)

    def _surplus(self, draft: Draft, taken: Sequence[Draft]) -> Fault | None:
        if len(taken) >= self._settings.questions_per_passage:
            return Fault("enough_for_this_passage", "the passage has its share of questions")
        if any(draft.form == other.form for other in taken):
            return Fault("same_form_again", "the passage has a question of this form")
        runs = _runs(draft.question)
        if any(runs & _runs(other.question) for other in taken):
            return Fault("same_words_again", f"another question shares a run of {_RUN} words")
        return None

    def _example(self, proposal: Proposal) -> Example:
        draft = proposal.draft
        return Example(
            turns=(
                Turn(role="user", text=draft.question),
                Turn(role="assistant", text=self._answer(proposal)),
            ),
            level=LEVELS[draft.level],
            task_form=draft.form,
            teacher=self._teacher,
            evidence=self._evidence(proposal),
            made_from=self._parents(proposal.spans),
        )

    def _answer(self, proposal: Proposal) -> str:
        return "\n\n".join(self._document.words[start:end] for start, end in proposal.spans)

    def _evidence(self, proposal: Proposal) -> tuple[Evidence, ...]:
        return tuple(self._document.cite(start, end) for start, end in proposal.spans)

    def _parents(self, spans: Sequence[tuple[int, int]]) -> tuple[Ref, ...]:
        """The sequential chunks that hold the evidence, and the recipe."""
        holding = [
            chunk.ref
            for chunk in self._chunks
            if chunk.chunk_type is ChunkType.CHAPTER_SEQUENTIAL
            and any(chunk.start < end and start < chunk.end for start, end in spans)
        ]
        return (*holding[: MOST_PARENTS - 1], self._recipe)


def _key(question: str) -> str:
    return " ".join(question.lower().split())


def _runs(question: str) -> set[tuple[str, ...]]:
    words = _key(question).rstrip("?").split()
    return {tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}
