"""Base, prompted base, control, tuned adapter and reference, each asked every scenario once."""

import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from lorewright import inference, jobs
from lorewright.evaluate.answers import AnswerLine, read_answers, write_answers
from lorewright.evaluate.asking import Order, answer_batch, batches_of
from lorewright.evaluate.proof import ProofArm
from lorewright.evaluate.proof.lock import Decoding
from lorewright.flows.contests import ProofContest, Told
from lorewright.flows.current import plan_of, step_of
from lorewright.flows.folders import base_folder, lay_out
from lorewright.flows.reference_arm import Reference
from lorewright.flows.scenarios import scenarios_by_id
from lorewright.flows.teaching import Quote
from lorewright.flows.unfinished_answers import UnfinishedAnswers
from lorewright.jobs import Piece, Prepared, Progress, Step, Watch
from lorewright.lineage import Ref
from lorewright.records import Adapter, Answers, Record, Turn
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, memo_key

STEP = "answer"
BYTES_A_SECOND = 8e9
"""What a laptop reads from memory: one token of a batch reads all weights once."""


class Estimate(NamedTuple):
    """What answering takes, before anything is answered."""

    answers: int
    """Still to come."""
    tokens: int
    """At most."""
    minutes: float
    """At most, on a CPU that reads `BYTES_A_SECOND` of 32-bit weights; nobody measured this one."""
    reference: Quote | None = None
    """What asking the reference takes; None where there is none, or where it has answered."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to answer."""
        return not self.answers and self.reference is None


class Arms:
    """Everything that answers one locked contest.

    Args:
        workspace: where unfinished answers lie.
        store: where whole ones are kept.
        settings: threads, and where the base lies.
        contest: who answers what.
        told: what they are told before.
        decoding: how, as it was locked.
        reference: asks the reference, where the contest has one.

    Raises:
        ValueError: when the contest has a reference that nobody can ask, or the other way.
    """

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        settings: Settings,
        contest: ProofContest,
        told: Told,
        *,
        decoding: Decoding,
        reference: Reference | None = None,
    ) -> None:
        if (contest.reference is None) != (reference is None):
            raise ValueError("who asks the reference does not fit the contest")
        self._workspace = workspace
        self._store = store
        self._settings = settings
        self._contest = contest
        self._told = told
        self._decoding = decoding
        self._reference = reference
        self._scenarios = scenarios_by_id(store, contest.asked)
        self._order = Order(decoding.generations, decoding.batch, decoding.seed)

    def kept(self) -> dict[ProofArm, Answers]:
        """Whole answers that are there already, whichever version of the program made them."""
        asked = self._store.children([self._contest.asked.ref], kind=Answers.kind)
        made = {frozenset(one.made_from): one for one in self._store.get_many(asked, Answers)}
        found: dict[ProofArm, Answers] = {}
        for arm in self._contest.arms:
            known = made.get(frozenset((*self._inputs(arm), self._plan(arm).recipe)))
            if known is not None:
                found[arm] = known
        return found

    def estimate(self) -> Estimate:
        """What is still to be answered: by the base and its adapters, and by the reference."""
        kept = self.kept()
        left = [arm for arm in self._contest.arms if arm not in kept]
        arms = [arm for arm in left if arm is not ProofArm.REFERENCE]
        reference = self._reference if ProofArm.REFERENCE in left else None
        turns = sum(len(one.messages) for one in self._scenarios) * self._order.generations
        rounds = self._order.generations * sum(
            max(len(one.messages) for one in batch)
            for batch in batches_of(self._scenarios, self._order)
        )
        seconds = rounds * self._decoding.tokens * 4 * self._contest.base.parameters
        return Estimate(
            answers=len(arms) * turns,
            tokens=len(arms) * turns * self._decoding.tokens,
            minutes=len(arms) * seconds / BYTES_A_SECOND / 60,
            reference=reference
            and reference.quote(
                self._scenarios, self._told.before(ProofArm.REFERENCE), self._order
            ),
        )

    def answer(self, watch: Watch = lambda _progress: None) -> dict[ProofArm, Answers]:
        """Answer what is not answered yet; whoever is cut off goes on after the last batch.

        Raises:
            MissingExtra: when what runs a base is not installed.
            OutsideError: when the base, an adapter or the reference cannot be opened.
        """
        kept = self.kept()
        for arm in self._contest.arms:
            if arm not in kept:
                self._answer(arm, watch)
        return self.kept()

    def _answer(self, arm: ProofArm, watch: Watch) -> None:
        step = step_of(self._store, STEP, self._decoding, arm=arm.value)
        self._store.put(*self._told.prompts(arm))

        def work() -> Iterator[Record]:
            yield self._answers(arm, step, watch)

        piece = Piece(arm.value, lambda: Prepared(self._inputs(arm), work))
        report = jobs.run([piece], step=step, store=self._store)
        if report.failed:
            raise report.failed[0][1]
        self._unfinished(arm).forget()

    def _answers(self, arm: ProofArm, step: Step, watch: Watch) -> Answers:
        lines = list(self._lines(arm, watch))
        answered = sum(line.text is not None for line in lines)
        return Answers(
            arm=arm.value,
            scenarios=self._contest.asked.ref,
            requested=len(lines),
            answered=answered,
            failed=len(lines) - answered,
            lines=self._store.put_blob(write_answers(lines)),
            made_from=(*self._inputs(arm), step.recipe),
        )

    def _lines(self, arm: ProofArm, watch: Watch) -> Iterator[AnswerLine]:
        before = self._told.before(arm)
        if arm is ProofArm.REFERENCE and self._reference is not None:
            yield from self._reference.answer(self._scenarios, before, self._order, watch)
            return
        unfinished = self._unfinished(arm)
        known = unfinished.read(self._scenarios, self._order.generations)
        told, total = 0, len(self._scenarios) * self._order.generations
        with self._open(self._contest.adapter_of(arm)) as speak:
            for batch in batches_of(self._scenarios, self._order):
                if all(one.scenario_id in known for one in batch):
                    lines = [line for one in batch for line in known[one.scenario_id]]
                else:
                    lines = list(answer_batch(batch, before, self._order, speak=speak))
                    unfinished.add(lines)
                told += len({(one.scenario, one.generation) for one in lines})
                label = f"{arm.value}, {told:,} of {total:,} scenarios"
                watch(Progress(label, len(lines), 0))
                yield from lines

    @contextmanager
    def _open(self, adapter: Adapter | None) -> Generator["_Speaking"]:
        with (
            base_folder(self._store, self._contest.base, self._settings.training.base) as base,
            tempfile.TemporaryDirectory(prefix="lorewright-") as scratch,
        ):
            folder = lay_out(self._store, adapter.files, Path(scratch)) if adapter else None
            arm = inference.open_arm(base, folder, threads=self._settings.training.threads)
            yield partial(_speak, arm, self._decoding.tokens, float(self._decoding.temperature))

    def _unfinished(self, arm: ProofArm) -> UnfinishedAnswers:
        plan = self._plan(arm)
        memo = memo_key(STEP, code=plan.code, inputs=self._inputs(arm), recipe=plan.recipe)
        rests_on = (self._contest.adapter_of(arm) or self._contest.tuned).ref
        return UnfinishedAnswers(
            self._workspace, self._store, memo.digest.hex()[:24], rests_on=rests_on
        )

    def _inputs(self, arm: ProofArm) -> tuple[Ref, ...]:
        if arm is ProofArm.REFERENCE and self._reference is not None:
            speaks: tuple[Ref, ...] = (self._reference.language_model,)
        else:
            adapter = self._contest.adapter_of(arm)
            speaks = (self._contest.base.ref, *((adapter.ref,) if adapter else ()))
        return (self._contest.asked.ref, *speaks, *self._told.parents(arm))

    def _plan(self, arm: ProofArm) -> Step:
        return plan_of(STEP, self._decoding, arm=arm.value)


def lines_of(store: Store, answers: Answers) -> list[AnswerLine]:
    """The answers of an arm."""
    return list(read_answers(store.blobs.get(answers.lines)))


_Speaking = Callable[[Sequence[Sequence[Turn]], int], list[inference.Answer]]


def _speak(
    arm: inference.Arm,
    tokens: int,
    temperature: float,
    conversations: Sequence[Sequence[Turn]],
    seed: int,
) -> list[inference.Answer]:
    return arm.answers(conversations, tokens=tokens, temperature=temperature, seed=seed)
