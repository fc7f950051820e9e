"""Pairs by a chat model, in rounds: each orders only what the ones before did not bring.

A run is a row of works. The first finds the key facts of every chunk. Then the planner looks at
what there is and orders what is missing; the work of that round carries the orders out; and so
on, until nothing is missing, a round brings too little, or there were enough rounds.

The works are made one after the other, each from what the store holds once the one before is
done. Nothing else is remembered. A run that was killed is started again in the same way: facts
and orders that are settled are found by their memos, so the planner sees what it saw, orders
what it ordered, under the same names, and arrives where it was cut off. A round is planned only
when every order before it is settled; an order whose call failed for a reason that may pass is
not, and running again tries it again.

Pairs that other runs of the same language model wrote about a document count as written, unless
a reviewer rejected them. So a higher target orders only the difference, and asking again with
another draw orders what reviewers threw out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from lorewright.flows.pair_bench import Bench, PairChoice, bench_for
from lorewright.flows.pair_orders import as_written, subjects_of
from lorewright.flows.pair_works import FactWork, OrderWork
from lorewright.flows.written_pairs import written_pairs
from lorewright.generate.pairs import (
    Order,
    Place,
    Subject,
    Written,
    forms_about,
    most_facts,
    once_each,
    plan,
    promised,
    quotas,
)
from lorewright.jobs import Priced
from lorewright.lineage import Ref
from lorewright.llms import Asker
from lorewright.records import Example, KeyFact, Rejection, Standing
from lorewright.settings import Settings
from lorewright.store import Store, reviews

__all__ = ["PairChoice", "PairRun", "Round", "Tally", "pair_works", "tally_of"]

DRAWS = 100
"""Rounds of one draw; a round of another never asks with the same number."""


def pair_works(
    store: Store,
    settings: Settings,
    asker: Asker,
    choice: PairChoice | None = None,
    *,
    overrides: Path | None = None,
) -> "PairRun":
    """The works of one run, to be done one after the other.

    Args:
        store: with the language model of `asker` in it.
        settings: of the workspace.
        asker: makes the calls.
        choice: what is asked for, over and above the settings.
        overrides: the folder with the operator's own prompts.

    Raises:
        UsageError: when a level does not exist, or the language model cannot make it.
        NotYet: when there are no documents, or they have not gone through `lorewright analyze`.
        BadSettings: when an own prompt cannot be used.
    """
    return PairRun(bench_for(store, settings, asker, choice or PairChoice(), overrides=overrides))


def tally_of(
    store: Store,
    settings: Settings,
    asker: Asker,
    choice: PairChoice,
    *,
    overrides: Path | None = None,
) -> "Tally":
    """Where a run stands, planned again from what is stored; nothing is asked."""
    run = pair_works(store, settings, asker, choice, overrides=overrides)
    for _ in run:
        pass
    return run.tally


@dataclass(frozen=True, slots=True)
class Round:
    """What one round ordered, and what came of it."""

    number: int
    ordered: int
    accepted: int
    rejected: Counter[str]
    """By reason; follow-ups that were turned down are counted too."""
    failed: Counter[str]


@dataclass(frozen=True, slots=True)
class Tally:
    """Where a run stands; counted from records."""

    wanted: int
    """Distinct accepted pairs that the target asks for."""
    before: int
    """Distinct pairs that were there when the run began."""
    written: int
    """Distinct pairs that are there now."""
    by_level: Counter[str]
    by_form: Counter[str]
    by_chunk: Counter[Ref]
    going_on: int
    """Pairs of this run in which the one who asks goes on."""
    repeated: int
    """Accepted pairs whose first question another one asks too; a dataset takes one of them."""
    facts: int
    """Key facts that were found."""
    promised: int
    """Those of them that are to be asked about in `forms_per_fact` task forms."""
    kept: int
    """Promised facts that are."""
    rejected: Counter[str]
    """Of facts and pairs, by reason."""
    failed: Counter[str]
    rounds: tuple[Round, ...]
    stopped: str
    """Why no further round was planned, in a sentence."""


class PairRun:
    """Hands out the works of one run, each planned when it is asked for.

    To iterate again is to begin again, and what is done already is found done.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._subjects: dict[Ref, list[Subject]] = {}
        self._before: dict[Ref, list[Written]] = {}
        self._written: dict[Ref, list[Written]] = {}
        self._going_on = 0
        self._rounds: list[Round] = []
        self._facts = FactWork(bench, self._foreseen)
        self._stopped = "the key facts are not found yet"

    def __iter__(self) -> Iterator[Priced]:
        """The facts, then one work for each round."""
        self._begin()
        yield self._facts
        if not self._found_facts():
            return
        for number in range(1, self._bench.settings.pairs.rounds + 1):
            orders = self._orders(number)
            if not orders:
                lacking = self._kept().count(False)
                self._stopped = (
                    f"every chunk has its pairs; {lacking} key facts lack task forms"
                    if lacking
                    else "nothing is missing"
                )
                return
            work = OrderWork(self._bench, orders)
            self._stopped = f"some orders of round {number} are not settled; run it again"
            yield work
            if not self._settled(number, work):
                return
            if self._rounds[-1].accepted < self._least_gain * self._rounds[-1].ordered:
                self._stopped = f"round {number} brought too little"
                return
        self._stopped = "there were enough rounds"

    @property
    def tally(self) -> Tally:
        """Where the run stands."""
        written = [one for ours in self._all() for one in ours]
        distinct = [one for ours in self._all() for one in once_each(ours)]
        kept = self._kept()
        rejected, failed = _reasons(self._read(self._facts.made())[1].values())
        for one in self._rounds:
            rejected.update(one.rejected)
            failed.update(one.failed)
        return Tally(
            wanted=sum(
                quota.total()
                for subjects in self._subjects.values()
                for quota in quotas(subjects, self._bench.target)
            ),
            before=sum(len(list(once_each(ours))) for ours in self._before.values()),
            written=len(distinct),
            by_level=Counter(f"level {one.level}" for one in distinct),
            by_form=Counter(one.form.value for one in distinct),
            by_chunk=Counter(one.chunks[0] for one in distinct),
            going_on=self._going_on,
            repeated=len(written) - len(distinct),
            facts=sum(len(one.facts) for ours in self._subjects.values() for one in ours),
            promised=len(kept),
            kept=sum(kept),
            rejected=rejected,
            failed=failed,
            rounds=tuple(self._rounds),
            stopped=self._stopped,
        )

    @property
    def _least_gain(self) -> Decimal:
        return self._bench.settings.pairs.least_gain

    def _begin(self) -> None:
        self._rounds.clear()
        self._going_on = 0
        bench, rejected = self._bench, _rejected(self._bench.store)
        for document in bench.documents:
            self._subjects[document] = subjects_of(bench, document, {})
            here = {chunk.ref for chunk in bench.chunks(document)}
            self._before[document] = [
                as_written(one)
                for one in written_pairs(bench.store, document, teacher=bench.teacher)
                if bench.pairs_step.recipe not in one.made_from
                and one.ref not in rejected
                and not here.isdisjoint(one.made_from)
            ]
            self._written[document] = []

    def _found_facts(self) -> bool:
        for document in self._bench.documents:
            facts = self._facts.facts(document)
            if facts is None:
                return False
            self._subjects[document] = subjects_of(self._bench, document, facts)
        return True

    def _foreseen(self) -> Iterator[Order]:
        """The first round, as if every chunk had all the key facts that it may have."""
        settings = self._bench.settings.pairs
        for document, subjects in self._subjects.items():
            imagined = [
                replace(one, facts=_imagined(most_facts(one.characters, settings)))
                for one in subjects
            ]
            yield from plan(imagined, self._so_far(document), self._bench.target)

    def _orders(self, number: int) -> list[Order]:
        draw = self._bench.choice.draw * DRAWS + number
        return [
            order
            for document, subjects in self._subjects.items()
            for order in plan(subjects, self._so_far(document), self._bench.target, draw=draw)
        ]

    def _settled(self, number: int, work: OrderWork) -> bool:
        """Count what came of a round; False when some of its orders are still open."""
        made = [(order, work.made(order)) for order in work.orders]
        if any(names is None for _, names in made):
            return False
        names = [ref for _, ours in made for ref in ours or ()]
        examples, rejections = self._read(names)
        for order, ours in made:
            pairs = [examples[name] for name in ours or () if name in examples]
            self._written[order.document] += map(as_written, pairs)
            self._going_on += sum(map(_goes_on, pairs))
        ordered = sum(len(order.wants) for order in work.orders)
        accepted = sum(name in examples for name in names)
        reasons = _reasons(rejections[name] for name in names if name in rejections)
        self._rounds.append(Round(number, ordered, accepted, *reasons))
        return True

    def _read(self, names: Sequence[Ref]) -> tuple[dict[Ref, Example], dict[Ref, Rejection]]:
        store = self._bench.store
        examples = store.get_many((ref for ref in names if ref.kind == Example.kind), Example)
        rejections = store.get_many((ref for ref in names if ref.kind == Rejection.kind), Rejection)
        return {one.ref: one for one in examples}, {one.ref: one for one in rejections}

    def _so_far(self, document: Ref) -> list[Written]:
        return [*self._before[document], *self._written[document]]

    def _all(self) -> Iterator[list[Written]]:
        yield from (self._so_far(document) for document in self._subjects)

    def _kept(self) -> list[bool]:
        """Of every fact that was promised its task forms, whether it has them."""
        least = self._bench.settings.pairs.forms_per_fact
        found: list[bool] = []
        for document, subjects in self._subjects.items():
            about: defaultdict[Ref, list[Written]] = defaultdict(list)
            for one in once_each(self._so_far(document)):
                for chunk in one.chunks:
                    about[chunk].append(one)
            for subject, quota in zip(subjects, quotas(subjects, self._bench.target), strict=True):
                found += (
                    len(forms_about(place, about[subject.chunk])) >= least
                    for place in promised(subject, quota.total(), self._bench.target)
                )
        return found


def _reasons(rejections: Iterable[Rejection]) -> tuple[Counter[str], Counter[str]]:
    """Why proposals were rejected, and why others never came."""
    rejected, failed = Counter[str](), Counter[str]()
    for one in rejections:
        (failed if one.outcome == "failed" else rejected)[one.reason] += 1
    return rejected, failed


def _imagined(count: int) -> tuple[Place, ...]:
    """Facts that are not known yet."""
    return tuple(Place(Ref(KeyFact.kind, f"{number:064x}"), ()) for number in range(count))


def _goes_on(example: Example) -> bool:
    return sum(turn.role == "user" for turn in example.turns) > 1


def _rejected(store: Store) -> frozenset[Ref]:
    """Examples that a reviewer does not want."""
    return frozenset(
        name for name, one in reviews(store).items() if one.standing is Standing.REJECTED
    )
