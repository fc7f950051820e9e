"""Where drafts are decided: what becomes an example, what is turned down, and what never came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lorewright.generate.pairs.drafts import ExchangeDraft, ExpertPairDraft, PairDraft
from lorewright.generate.pairs.gates import Exchange, Fault, Gates
from lorewright.generate.pairs.material import Commission
from lorewright.generate.pairs.orders import LEVELS
from lorewright.generate.pairs.quoting import Quoted, chunks_cited, quoted
from lorewright.lineage import Ref
from lorewright.records import Evidence, Example, Rejection, Turn
from lorewright.settings import PairSettings

MOST_FOLLOW_UPS = 2


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose words these are, and where they come from."""

    teacher: str
    """The language model by its name."""
    parents: tuple[Ref, ...]
    """Prompt, language model and recipe."""


class Desk:
    """Turns the drafts of one order into examples and rejections."""

    def __init__(
        self, commission: Commission, settings: PairSettings, gates: Gates, hand: Hand
    ) -> None:
        self._commission = commission
        self._settings = settings
        self._gates = gates
        self._hand = hand
        self._wanted = len(commission.order.wants)
        self._taken = 0
        self._seen = 0
        self._going_on = 0

    def decide(self, draft: PairDraft) -> Iterator[Example | Rejection]:
        """What becomes of one pair and of the questions that follow it."""
        self._seen += 1
        said = self._said(draft)
        quotes = self._quoted(draft)
        fault = self._surplus() or self._fault(draft, said, quotes)
        if fault is not None:
            yield self.turn_down(said, *fault, evidence=quotes.evidence)
            return
        self._taken += 1
        self._gates.remember(said.question)
        exchanges, evidence = [said], dict.fromkeys(quotes.evidence)
        for number, follow_up in enumerate(draft.follow_ups, start=1):
            after = Exchange(follow_up.question.strip(), follow_up.answer.strip())
            found = self._quoted(follow_up)
            fault = self._unwanted(number, taken=len(exchanges) - 1)
            fault = fault or self._gates.fault_of(after) or found.fault
            if fault is not None:
                yield self.turn_down(after, *fault, evidence=found.evidence)
                continue
            self._gates.remember(after.question)
            exchanges.append(after)
            evidence |= dict.fromkeys(found.evidence)
        self._going_on += len(exchanges) > 1
        yield self._example(draft, exchanges, tuple(evidence))

    def turn_down(
        self, said: Exchange, reason: str, detail: str, *, evidence: Sequence[Evidence] = ()
    ) -> Rejection:
        """The record of a pair that is not taken."""
        return Rejection(
            step="pairs",
            outcome="rejected",
            reason=reason,
            detail=f"{detail} (pair {self._seen} of {self._wanted})",
            question=said.question,
            answer=said.answer,
            evidence=tuple(evidence),
            made_from=self._parents(),
        )

    def fail(self, count: int, reason: str, detail: str) -> Iterator[Rejection]:
        """The records of `count` pairs that were asked for and never came."""
        for _ in range(count):
            self._seen += 1
            yield Rejection(
                step="pairs",
                outcome="failed",
                reason=reason,
                detail=f"{detail} (pair {self._seen} of {self._wanted})",
                made_from=self._parents(),
            )

    def _unwanted(self, number: int, *, taken: int) -> Fault | None:
        """Whether a follow-up was not ordered, comes too late, or hangs in the air."""
        wanted = self._commission.order.follow_ups
        if self._going_on >= wanted:
            return Fault("beyond_the_order", f"{wanted} conversations were to go on")
        if number > MOST_FOLLOW_UPS:
            return Fault("too_many_follow_ups", "the conversation is long enough")
        if taken < number - 1:
            return Fault("follows_a_rejected_one", "the question that it follows was turned down")
        return None

    def _surplus(self) -> Fault | None:
        if self._taken < self._wanted:
            return None
        return Fault("beyond_the_order", f"{self._wanted} pairs were wanted, and are here")

    def _fault(self, draft: PairDraft, said: Exchange, quotes: Quoted) -> Fault | None:
        if isinstance(draft, ExpertPairDraft) and not draft.beyond.strip():
            return Fault("nothing_added", "no expert's knowledge is added to what is written")
        return self._gates.fault_of(said) or quotes.fault or self._one_chunk(quotes)

    def _one_chunk(self, quotes: Quoted) -> Fault | None:
        if self._commission.order.level != 3:
            return None
        if chunks_cited(quotes.evidence, self._commission.chunks) >= 2:
            return None
        return Fault("one_chunk_only", "all its quotes stand in one chunk, and level 3 joins two")

    def _quoted(self, draft: ExchangeDraft) -> Quoted:
        return quoted(draft.quotes, self._commission.document, self._commission.chunks)

    def _said(self, draft: PairDraft) -> Exchange:
        """Question and answer; what goes beyond the source is set off by the words for it."""
        answer = draft.answer.strip()
        if isinstance(draft, ExpertPairDraft) and draft.beyond.strip():
            answer = f"{answer}\n\n{self._settings.beyond_words} {draft.beyond.strip()}"
        return Exchange(draft.question.strip(), answer)

    def _example(
        self, draft: PairDraft, exchanges: Sequence[Exchange], evidence: tuple[Evidence, ...]
    ) -> Example:
        return Example(
            turns=tuple(self._turns(exchanges)),
            level=LEVELS[self._commission.order.level],
            task_form=draft.task_form.value,
            teacher=self._hand.teacher,
            evidence=evidence,
            difficulty=draft.difficulty,
            prerequisite_knowledge=draft.prerequisite_knowledge.strip() or None,
            style_directives=draft.style_directives.strip() or None,
            made_from=self._parents(),
        )

    def _turns(self, exchanges: Sequence[Exchange]) -> Iterator[Turn]:
        if self._settings.system_turn:
            yield Turn(role="system", text=self._settings.system_turn)
        for question, answer in exchanges:
            yield Turn(role="user", text=question)
            yield Turn(role="assistant", text=answer)

    def _parents(self) -> tuple[Ref, ...]:
        """All that lay before the language model, and the hand."""
        order, context = self._commission.order, self._commission.surroundings.context
        known = (context,) if context is not None and order.level >= 2 else ()
        return (*order.chunks, order.document, *known, *order.facts(), *self._hand.parents)
