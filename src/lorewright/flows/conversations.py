"""Conversations by plan: cells become records, by a language model as durable runs or by rules.

A piece is one cell. What it made is found by its memo, so a run that was cut off goes on where
it was, and nothing is paid for twice. A conversation that failed for a reason that will not
pass is kept with the reason; asked to try again, another round asks for those cells alone, with
another draw.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lorewright import jobs
from lorewright.conversations.catalogues import catalogues
from lorewright.errors import Erased, ModelError
from lorewright.flows.conversation_bench import Bench, ConversationChoice, Made, Room
from lorewright.flows.conversation_plans import arcs_for_rules
from lorewright.flows.runs import pause_if_under_way
from lorewright.generate.conversations import (
    EXTRACTIVE,
    PROMPT,
    STEP,
    Cell,
    Hand,
    Setup,
    filled,
    offline_conversation,
    write_conversation,
)
from lorewright.jobs import (
    Forecast,
    Piece,
    Prepared,
    Priced,
    Report,
    WaitingPiece,
    WaitingPrepared,
    Watch,
    here,
)
from lorewright.lineage import Ref
from lorewright.llms import Asker, load_prompt
from lorewright.records import LanguageModel, Prompt, Recipe, Record, Rejection
from lorewright.settings import Settings
from lorewright.store import Store

SHARD = 16
"""Conversations of one shard."""
LOOKED_AT = 300
"""For an estimate so many prompts are filled in, at most; the others are taken to be alike."""
TOKENS_PER_WORD = 1.4
TOKENS_AROUND = (60, 160)
"""What one exchange takes beside the words of its answer."""
WRITTEN, FAILED, OPEN = "written", "failed", "open"
"""How a cell stands."""
ERASED = "erased"
"""Why a conversation is gone that was written, beside the reasons of rejections."""


class Tally(NamedTuple):
    """What became of the cells of a plan; counted from records.

    planned = written + failed + open
    """

    planned: int
    written: int
    failed: Counter[str]
    """Those that failed for good, by reason."""
    open: int
    """Those that were not asked for yet, or are still to be decided."""


class ConversationWork:
    """Have the conversations of some cells written; a piece is one of them.

    Args:
        bench: what is at hand.
        asker: makes the calls.
        prompt: what is asked with.
        cells: which.
        attempt: how often they were asked for before.
    """

    def __init__(
        self, bench: Bench, asker: Asker, prompt: Prompt, cells: Sequence[Cell], attempt: int
    ) -> None:
        self.bench = bench
        self.step = bench.step
        self.cells = tuple(cells)
        self._asker = asker
        self._prompt = prompt
        self._attempt = attempt
        self._by_number = {cell.number: cell for cell in cells}

    def shards(self) -> Iterator[tuple[str, ...]]:
        """The numbers of the cells."""
        for at in range(0, len(self.cells), SHARD):
            yield tuple(str(cell.number) for cell in self.cells[at : at + SHARD])

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """One piece for each cell."""
        for number in shard:
            cell = self._by_number[int(number)]
            yield WaitingPiece(_label(cell), self._begin(cell))

    def forecasts(self) -> Iterator[Forecast]:
        """The calls for the cells that are not settled."""
        waiting = [cell for cell, made in self.outcomes() if made is None]
        if not waiting:
            return
        looked_at = waiting[:: max(1, len(waiting) // LOOKED_AT)]
        settings = self.bench.settings.conversations
        characters = shared = exchanges = 0
        for number, cell in enumerate(looked_at):
            setup = self.bench.setup(cell)
            messages = filled(setup, self._prompt, settings).messages
            characters += sum(len(one.text) for one in messages)
            shared += sum(len(one.text) for one in messages[:-1]) if number else 0
            exchanges += setup.exchanges
        each = exchanges / len(looked_at)
        scale = len(waiting) / len(looked_at)
        asked_for = (settings.min_answer_words, settings.max_answer_words)
        least, most = (
            round(each * (answer * TOKENS_PER_WORD + around))
            for answer, around in zip(asked_for, TOKENS_AROUND, strict=True)
        )
        yield Forecast(
            self._prompt.name,
            len(waiting),
            round(characters * scale),
            round(shared * scale),
            (least, most),
        )

    def outcomes(self) -> Iterator[tuple[Cell, Made]]:
        """Each cell with what became of it."""
        yield from zip(self.cells, self.bench.made(map(self._inputs, self.cells)), strict=True)

    def failed(self) -> list[Cell] | None:
        """The cells that failed for good; None when some are not settled."""
        found: list[Cell] = []
        for cell, made in self.outcomes():
            if made is None:
                return None
            if _stands(made) == FAILED:
                found.append(cell)
        return found

    def _inputs(self, cell: Cell) -> tuple[Ref, ...]:
        return (*self.bench.inputs(cell, self._attempt), self._prompt.ref, self._asker.model)

    def _begin(self, cell: Cell) -> Callable[[], WaitingPrepared]:
        async def work() -> Iterable[Record]:
            setup = self.bench.setup(cell)
            try:
                written = await write_conversation(
                    setup,
                    asker=self._asker,
                    prompt=self._prompt,
                    settings=self.bench.settings.conversations,
                    hand=self.bench.hand,
                    draw=draw_of(setup, self._attempt),
                )
            except ModelError:
                await self._went_wrong()
                raise
            if isinstance(written, Rejection):
                await self._went_wrong()
            return [written]

        return lambda: WaitingPrepared(self._inputs(cell), work)

    async def _went_wrong(self) -> None:
        """Pause the run after a failure, where that is asked for: every worker hears of it."""
        if self.bench.choice.stop_on_error:
            await asyncio.to_thread(pause_if_under_way, self.bench.store, here().run)


class ConversationRun:
    """Hands out the works of one run: all cells, then those that failed, as often as asked."""

    def __init__(self, bench: Bench, asker: Asker, prompt: Prompt) -> None:
        self._bench = bench
        self._asker = asker
        self._prompt = prompt

    def __iter__(self) -> Iterator[Priced]:
        """One work for each attempt, planned when the one before is settled."""
        for attempt, work in enumerate(self._works(), start=1):
            yield work
            if attempt > self._bench.choice.retries:
                return

    @property
    def retries(self) -> int:
        """How many attempts beyond the first are all settled or have begun, at the least."""
        settled = -1
        for work in self._works():
            if work.failed() is None:
                break
            settled += 1
        return max(0, settled)

    @property
    def outcomes(self) -> dict[int, Made]:
        """What became of every cell by its number, whichever attempt brought it."""
        found: dict[int, Made] = {}
        for work in self._works():
            for cell, made in work.outcomes():
                if made is not None or cell.number not in found:
                    found[cell.number] = made
        return found

    @property
    def tally(self) -> Tally:
        """The same counted."""
        return tally_of(self._bench.store, self.outcomes.values())

    @property
    def standings(self) -> dict[int, str]:
        """How every cell stands, by its number."""
        return {number: _stands(made) for number, made in self.outcomes.items()}

    def _works(self) -> Iterator[ConversationWork]:
        """Every attempt whose cells are known, until nothing failed or an attempt is untouched."""
        cells: Sequence[Cell] = self._bench.cells
        attempt = 0
        while cells:
            work = ConversationWork(self._bench, self._asker, self._prompt, cells, attempt)
            yield work
            failed = work.failed()
            if failed is None:
                return
            cells, attempt = failed, attempt + 1


def conversation_works(
    store: Store,
    settings: Settings,
    asker: Asker,
    choice: ConversationChoice,
    *,
    overrides: Path | None = None,
    own: Path | None = None,
) -> ConversationRun:
    """The works of one run by a language model, to be done one after the other.

    Args:
        store: with the language model of `asker` in it.
        settings: of the workspace.
        asker: makes the calls.
        choice: what is asked for.
        overrides: the folder with the operator's own prompts.
        own: the folder with the operator's own catalogues.

    Raises:
        UsageError: when no such plan can be made.
        BadSettings: when an own prompt or catalogue cannot be used.
        NotYet: when documents are to be rested on, and there are none.
    """
    prompt = load_prompt(PROMPT, overrides)
    asked_with = {
        "temperature": None if asker.temperature is None else str(asker.temperature),
        "grounded": choice.grounded,
    }
    recipe = Recipe(
        step=STEP,
        settings={**settings.conversations.model_dump(mode="json"), **asked_with},
    )
    store.put(prompt, recipe)
    spoken_by = store.get(asker.model, LanguageModel)
    teacher = f"{spoken_by.provider}:{spoken_by.name}"
    hand = Hand(teacher, (prompt.ref, asker.model, recipe.ref))
    passages = settings.conversations.passages if choice.grounded else None
    bench = Room(store, settings, own).bench(choice, hand, recipe, passages)
    return ConversationRun(bench, asker, prompt)


class OfflineRun:
    """Lets rules write the conversations of a plan, around the words of the documents.

    Args:
        store: with documents.
        settings: of the workspace.
        choice: what is asked for.
        own: the folder with the operator's own catalogues.

    Raises:
        UsageError: when no such plan can be made, or an arc is named that rules must not write.
        BadSettings: when an own catalogue cannot be used.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        choice: ConversationChoice,
        *,
        own: Path | None = None,
    ) -> None:
        arcs = arcs_for_rules(catalogues(own), choice.plan.arcs)
        plain = choice.model_copy(update={"plan": choice.plan.model_copy(update={"arcs": arcs})})
        passages = settings.conversations.passages
        recipe = Recipe(step=STEP, settings={"teacher": EXTRACTIVE, "passages": passages})
        store.put(recipe)
        hand = Hand(EXTRACTIVE, (recipe.ref,))
        self._bench = Room(store, settings, own).bench(plain, hand, recipe, passages)

    def write(self, watch: Watch = lambda _progress: None) -> Report:
        """Write those that are not written.

        Raises:
            NotYet: when there are no documents, or they have not gone through `lorewright
                analyze`.
        """
        bench = self._bench
        bench.setup(bench.cells[0])  # without documents there is nothing to begin
        pieces = (Piece(_label(cell), self._prepare(cell)) for cell in bench.cells)
        return jobs.run(pieces, step=bench.step, store=bench.store, watch=watch)

    @property
    def tally(self) -> Tally:
        """What became of every cell.

        Raises:
            NotYet: when there are no documents, or they have not gone through `lorewright
                analyze`.
        """
        inputs = (self._inputs(self._bench.setup(cell)) for cell in self._bench.cells)
        return tally_of(self._bench.store, self._bench.made(inputs))

    def _prepare(self, cell: Cell) -> Callable[[], Prepared]:
        def begin() -> Prepared:
            setup = self._bench.setup(cell)
            hand = self._bench.hand
            return Prepared(self._inputs(setup), lambda: [offline_conversation(setup, hand)])

        return begin

    def _inputs(self, setup: Setup) -> tuple[Ref, ...]:
        return (*self._bench.inputs(setup.cell), *setup.chunks)


def draw_of(setup: Setup, attempt: int) -> int:
    """By what number the ledger tells this conversation from another that is asked for alike."""
    return setup.lot % 2**24 * 64 + attempt % 64


def tally_of(store: Store, outcomes: Iterable[Made]) -> Tally:
    """Count what became of cells."""
    counts, failed = Counter[str](), Counter[str]()
    for made in outcomes:
        counts[_stands(made)] += 1
        if isinstance(made, Erased):
            failed[ERASED] += 1
            continue
        lost = [ref for ref in made or () if ref.kind == Rejection.kind]
        failed.update(one.reason for one in store.get_many(lost, Rejection))
    return Tally(counts.total(), counts[WRITTEN], failed, counts[OPEN])


def _stands(made: Made) -> str:
    if made is None:
        return OPEN
    if isinstance(made, Erased) or any(ref.kind == Rejection.kind for ref in made):
        return FAILED
    return WRITTEN


def _label(cell: Cell) -> str:
    return f"{cell.conversation_id} {cell.arc}"
