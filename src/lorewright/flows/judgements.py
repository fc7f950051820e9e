"""Having examples judged: which ones, in which calls, and what is kept of the answers.

Who judges is a table of settings of its own, `[judge]`: a language model is kinder to what it
wrote, so another one should judge. Where none is named the teacher does, and every judgement
says whether the judge knows its own hand.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from lorewright.curate.judging import (
    PROMPT,
    Case,
    NotJudged,
    case_of,
    judge,
    shown_to_judge,
)
from lorewright.flows.current import step_of
from lorewright.flows.datasets import as_reviewed, candidates
from lorewright.flows.ratings import members_of
from lorewright.jobs import Forecast, WaitingPiece, WaitingPrepared
from lorewright.lineage import Ref
from lorewright.llms import Asker, Rendered, load_prompt
from lorewright.records import (
    Dataset,
    Document,
    Example,
    Judgement,
    LanguageModel,
    Record,
    Rejection,
)
from lorewright.settings import Settings
from lorewright.store import Store, memo_key

SHARD = 32
"""About so many examples are handed to a worker at once."""
OUTPUT_TOKENS = (180, 500)
"""What the ratings of one example are likely to take."""


def to_judge(store: Store, settings: Settings, dataset: Dataset | None = None) -> list[Ref]:
    """The members of `dataset`, or everything that could enter the next one, by name.

    An example that a reviewer edited is judged in its new words.

    Raises:
        NotYet: when nothing was generated for the current documents.
    """
    if dataset is not None:
        return members_of(store, dataset)
    return as_reviewed(store, candidates(store, settings)).names


def as_judge(settings: Settings) -> Settings:
    """The settings with the judge in the teacher's chair: as repeatable as it can be."""
    chosen = settings.judge if settings.judge.model else settings.teacher
    cold = None if chosen.temperature is None else Decimal(0)
    return settings.model_copy(update={"teacher": chosen.model_copy(update={"temperature": cold})})


class JudgeWork:
    """The step that judges; what was judged before with the same settings is not judged again.

    Args:
        store: where.
        settings: how many examples share a call.
        asker: asks the judge.
        names: the examples.
        draw: another number has all of them judged afresh.
        prompts: a folder with the operator's own prompts.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        asker: Asker,
        names: Sequence[Ref],
        *,
        draw: int = 0,
        prompts: Path | None = None,
    ) -> None:
        self._store = store
        self._asker = asker
        self._names = names
        self._draw = draw
        self._together = settings.curation.judge_together
        self._prompt = load_prompt(PROMPT, prompts)
        store.put(self._prompt)
        self.step = step_of(
            store,
            "judge",
            judge=asker.model,
            prompt=self._prompt.ref,
            temperature=str(asker.temperature),
            together=str(self._together),
            draw=str(draw),
        )

    def shards(self) -> Iterable[tuple[str, ...]]:
        """The examples in the order of the documents, so that neighbours share a passage."""
        shard: list[str] = []
        for batch in self._batches(self._names):
            if shard and len(shard) + len(batch) > SHARD:
                yield tuple(shard)
                shard = []
            shard += batch
        if shard:
            yield tuple(shard)

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """One piece for each call: examples about one section, as many as may share it."""
        for batch in self._batches([Ref.parse(name) for name in shard]):
            label = batch[0].short if len(batch) == 1 else f"{batch[0].short} +{len(batch) - 1}"
            yield WaitingPiece(label, self._begin(batch))

    def forecasts(self) -> Iterable[Forecast]:
        """The calls for what has not been judged yet."""
        calls = characters = shared = 0
        seen: set[int] = set()
        for batch in self._batches(self._names):
            if self._is_done(batch):
                continue
            shown = shown_to_judge(self._cases(batch), self._prompt)
            prefix = _prefix(shown)
            calls += 1
            characters += sum(len(message.text) for message in shown.messages)
            shared += len(prefix) if hash(prefix) in seen else 0
            seen.add(hash(prefix))
        if calls:
            least, most = (tokens * self._together for tokens in OUTPUT_TOKENS)
            yield Forecast(PROMPT, calls, characters, shared, (least, most))

    def judged(self) -> Iterator[Judgement]:
        """What this step made of the examples, whenever it did."""
        for batch in self._batches(self._names):
            made = [ref for ref in self._memo(batch) or () if ref.kind == Judgement.kind]
            yield from self._store.get_many(made, Judgement)

    def _batches(self, names: Iterable[Ref]) -> Iterator[list[Ref]]:
        # A shard ends where a batch ends, so that cutting it again gives the same batches.
        sections = _Sections(self._store)
        places = sorted(map(sections.place_of, self._store.get_many(names, Example)))
        for _, group in groupby(places, key=lambda place: (place.document, place.section)):
            ours = [place.name for place in group]
            for start in range(0, len(ours), self._together):
                yield ours[start : start + self._together]

    def _begin(self, batch: list[Ref]) -> Callable[[], WaitingPrepared]:
        async def work() -> Iterable[Record]:
            outcomes = await judge(
                self._cases(batch),
                asker=self._asker,
                prompt=self._prompt,
                recipe=self.step.recipe,
                draw=self._draw,
            )
            return [self._kept(one) for one in outcomes]

        return lambda: WaitingPrepared(tuple(batch), work, weight=len(batch))

    def _cases(self, batch: list[Ref]) -> list[Case]:
        examples = list(self._store.get_many(batch, Example))
        cited = {one.document for example in examples for one in example.evidence}
        documents: dict[Ref, Document] = {ref: self._store.document(ref) for ref in cited}
        return [
            case_of(example, documents, own_work=self._is_own_work(example)) for example in examples
        ]

    def _is_own_work(self, example: Example) -> bool:
        """Whether the judge wrote an example, or the one that somebody edited into it."""
        authors = _language_models(example.made_from)
        edited = [ref for ref in example.made_from if ref.kind == Example.kind]
        for before in self._store.get_many(edited, Example):
            authors |= _language_models(before.made_from)
        if self._asker.model in authors:
            return True
        names = {one.name for one in self._store.get_many(sorted(authors), LanguageModel)}
        judges = self._store.get_many([self._asker.model], LanguageModel)
        return any(one.name in names for one in judges)

    def _kept(self, outcome: Judgement | NotJudged) -> Record:
        if isinstance(outcome, Judgement):
            return outcome
        example = outcome.example
        cited = sorted({one.document for one in example.evidence})
        return Rejection(
            step=self.step.name,
            outcome="failed",
            reason="not_judged",
            detail=outcome.why,
            question=example.question,
            answer=example.answer,
            evidence=example.evidence,
            made_from=(
                example.ref,
                *cited,
                self._prompt.ref,
                self._asker.model,
                self.step.recipe,
            ),
        )

    def _is_done(self, batch: list[Ref]) -> bool:
        return self._memo(batch) is not None

    def _memo(self, batch: list[Ref]) -> list[Ref] | None:
        step = self.step
        key = memo_key(step.name, code=step.code, inputs=tuple(batch), recipe=step.recipe)
        return self._store.memo(key)


class _Place(NamedTuple):
    """Where the words of an example stand; those without come first."""

    document: str
    section: int
    start: int
    name: Ref


class _Sections:
    """Where examples stand; documents are read once, and without their text."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._documents: dict[Ref, Document] = {}

    def place_of(self, example: Example) -> _Place:
        """The section of the first words that it cites."""
        if not example.evidence:
            return _Place("", 0, 0, example.ref)
        first = min(example.evidence, key=lambda one: (one.document, one.start))
        document = self._documents.get(first.document)
        if document is None:
            document = self._store.get(first.document, Document)
            self._documents[first.document] = document
        section = document.section_at(first.start)
        return _Place(first.document, section.start, first.start, example.ref)


def _language_models(refs: Iterable[Ref]) -> set[Ref]:
    return {ref for ref in refs if ref.kind == LanguageModel.kind}


def _prefix(shown: Rendered) -> str:
    """What a provider that caches prefixes may have seen before."""
    last = max((at for at, one in enumerate(shown.messages, 1) if one.ends_prefix), default=0)
    return "".join(message.text for message in shown.messages[:last])
