"""The key facts of a chunk, each with the words that say it."""

from collections.abc import Callable, Iterator

from lorewright.errors import BadReply, ModelError
from lorewright.generate.pairs.deciding import Hand
from lorewright.generate.pairs.drafts import FactDraft, FactsDraft
from lorewright.generate.pairs.gates import Fault
from lorewright.generate.pairs.quotas import most_facts
from lorewright.generate.pairs.quoting import Quoted, quoted
from lorewright.llms import Asker, Purpose, Rendered, ask, render
from lorewright.records import Chunk, Document, KeyFact, Prompt, Record, Rejection
from lorewright.settings import PairSettings

FACTS_PROMPT = "generate/key_facts"


async def key_facts(
    document: Document,
    chunk: Chunk,
    *,
    asker: Asker,
    prompt: Prompt,
    settings: PairSettings,
    hand: Hand,
    draw: int = 0,
) -> list[Record]:
    """The key facts of `chunk`, the weightiest first, and a rejection for each that is none.

    A fact whose words do not stand in the chunk is none, and neither is one that stands in the
    words of an earlier one. A chunk may have no key fact at all.

    Raises:
        ModelError: when the call failed for a reason that may pass.
        EndpointError: when the endpoint cannot be used at all.
        BudgetReached: when the next call could cost too much.
        Stopped: when somebody paused or cancelled the run.
    """
    counter = _Counter(document, chunk, hand)
    purpose = Purpose(prompt.name, (document.ref,), draw)
    most = most_facts(chunk.end - chunk.start, settings)
    try:
        drafts = await _asked(
            asker, purpose, lambda count: facts_prompt(document, chunk, count, prompt), most
        )
    except ModelError as error:
        if error.again:
            raise
        return [counter.fail(error.fault, error.sentence)]
    records = [counter.decide(draft, most) for draft in drafts]
    return [*{record.ref: record for record in records}.values()]


def facts_prompt(document: Document, chunk: Chunk, most: int, prompt: Prompt) -> Rendered:
    """The prompt that asks for at most `most` facts of `chunk`."""
    passage = document.words[chunk.start : chunk.end]
    return render(prompt, passage=passage, title=document.title, heading=chunk.heading, most=most)


async def _asked(
    asker: Asker, purpose: Purpose, prompt_for: Callable[[int], Rendered], most: int
) -> list[FactDraft]:
    while True:
        try:
            return (await ask(asker, prompt_for(most), FactsDraft, purpose)).value.facts
        except BadReply as error:
            if error.fault != "truncated" or most == 1:
                raise
            most //= 2


class _Counter:
    """Decides about the facts of one chunk, one after the other."""

    def __init__(self, document: Document, chunk: Chunk, hand: Hand) -> None:
        self._document = document
        self._chunk = chunk
        self._parents = (chunk.ref, document.ref, *hand.parents)
        self._places: set[tuple[int, int]] = set()
        self._seen = 0

    def decide(self, draft: FactDraft, most: int) -> KeyFact | Rejection:
        self._seen += 1
        statement = draft.statement.strip()
        found = quoted(draft.quotes, self._document, (self._chunk,))
        fault = next(self._faults(statement, found, most), None)
        if fault is not None:
            return Rejection(
                step="pairs",
                outcome="rejected",
                reason=fault.reason,
                detail=f"{fault.detail} (fact {self._seen})",
                answer=statement,
                evidence=found.evidence,
                made_from=self._parents,
            )
        self._places |= {(one.start, one.end) for one in found.evidence}
        return KeyFact(
            chunk=self._chunk.ref,
            document=self._document.ref,
            statement=statement,
            evidence=found.evidence,
            made_from=self._parents,
        )

    def fail(self, reason: str, detail: str) -> Rejection:
        return Rejection(
            step="pairs", outcome="failed", reason=reason, detail=detail, made_from=self._parents
        )

    def _faults(self, statement: str, found: Quoted, most: int) -> Iterator[Fault]:
        if not statement:
            yield Fault("fact_without_words", "a key fact says nothing")
        if found.fault is not None:
            yield Fault("fact_not_found", found.fault.detail)
        if all((one.start, one.end) in self._places for one in found.evidence):
            yield Fault("fact_repeated", "an earlier key fact rests on the same words")
        if self._seen > most:
            yield Fault("beyond_the_order", f"at most {most} key facts were wanted")
