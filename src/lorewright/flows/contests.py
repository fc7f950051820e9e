"""What a proof compares: an adapter, its rivals, what they are asked and what they are told."""

import hashlib
import heapq
from collections import Counter
from typing import NamedTuple

from lorewright.errors import BadSettings, NotYet, StorageError
from lorewright.evaluate.proof import ProofArm
from lorewright.flows.naming import newest
from lorewright.flows.proof import contest_of
from lorewright.flows.scenarios import set_named
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    BaseLanguageModel,
    Dataset,
    Example,
    Prompt,
    Scenario,
    ScenarioPurpose,
    ScenarioSet,
    Split,
    Turn,
)
from lorewright.settings import AnswerSettings, Settings
from lorewright.store import Store, examples, refuse_withdrawn

SYSTEM = "evaluate/system_prompt"
"""What the advisor's system prompt is called among the prompts."""


class ProofContest(NamedTuple):
    """An adapter with all that it is compared with and on."""

    tuned: Adapter
    control: Adapter
    base: BaseLanguageModel
    dataset: Dataset
    asked: ScenarioSet
    reference: str | None

    @property
    def arms(self) -> tuple[ProofArm, ...]:
        """What answers, in the order in which it does."""
        found = (ProofArm.BASE, ProofArm.PROMPTED, ProofArm.CONTROL, ProofArm.TUNED)
        return found if self.reference is None else (*found, ProofArm.REFERENCE)

    def adapter_of(self, arm: ProofArm) -> Adapter | None:
        """What is laid over the base."""
        return {ProofArm.CONTROL: self.control, ProofArm.TUNED: self.tuned}.get(arm)


class Told(NamedTuple):
    """What arms are told before the scenario, from the operator and from the training split."""

    system: Prompt | None
    """For the prompted base, and for the reference."""
    trained_with: Prompt | None
    """What most training examples begin with: the adapters hear it again."""
    shown: tuple[Example, ...]
    """For the prompted base; never held-out ones."""

    def before(self, arm: ProofArm) -> tuple[Turn, ...]:
        """The turns that come before those of the scenario."""
        match arm:
            case ProofArm.BASE:
                return ()
            case ProofArm.PROMPTED:
                return (*_said(self.system), *(turn for one in self.shown for turn in _pair(one)))
            case ProofArm.REFERENCE:
                return _said(self.system)
            case ProofArm.TUNED | ProofArm.CONTROL:
                return _said(self.trained_with)

    def prompts(self, arm: ProofArm) -> tuple[Prompt, ...]:
        """The system prompt that an arm hears; none for the bare base."""
        heard = self.trained_with if arm in {ProofArm.TUNED, ProofArm.CONTROL} else self.system
        return () if arm is ProofArm.BASE or heard is None else (heard,)

    def parents(self, arm: ProofArm) -> tuple[Ref, ...]:
        """What of it an arm's answers are made from."""
        shown = self.shown if arm is ProofArm.PROMPTED else ()
        return tuple(one.ref for one in (*self.prompts(arm), *shown))


def proof_contest(
    store: Store,
    settings: Settings,
    *,
    name: str | None = None,
    scenarios: str | None = None,
    control: str | None = None,
) -> ProofContest:
    """The adapter that `name` means, with its rivals and the scenarios.

    Args:
        store: where.
        settings: name the reference.
        name: the adapter; the newest by default.
        scenarios: the set; the newest by default.
        control: an adapter trained on neutral advice; by default the permuted control.

    Raises:
        NotYet: when no adapter was trained, or there are no scenarios.
        UsageError: when the control was trained on another base, or is the adapter itself.
        Refused: when a source that any of it rests on was withdrawn or erased.
    """
    asked = scenarios_named(store, scenarios)
    found = contest_of(store, name, control_named=control)
    refuse_withdrawn(store, [asked.ref], doing="evaluating on")
    return ProofContest(
        found.tuned,
        found.control,
        found.base,
        found.dataset,
        asked,
        settings.evaluation.proof.answers.reference,
    )


def scenarios_named(store: Store, name: str | None) -> ScenarioSet:
    """The set that `name` means; the newest without one.

    Raises:
        NotYet: when there is none.
        NotFound: when nothing is called `name`.
    """
    if name is None and newest(store, ScenarioSet) is None:
        last = next(iter(store.newest(ScenarioSet.kind)), None)
        if last is None:
            raise NotYet(
                "there are no scenarios in this workspace",
                hint="make some with `lorewright scenarios generate`, or import a file",
            )
        return store.get(last, ScenarioSet)
    return set_named(store, name)


def has_scenarios(store: Store) -> bool:
    """Whether any set is there."""
    return next(iter(store.newest(ScenarioSet.kind)), None) is not None


def rests_on(scenarios: list[Scenario], purpose: str = ScenarioPurpose.ADVICE) -> dict[str, str]:
    """{scenario: family} of those that a verdict rests on."""
    return {one.scenario_id: one.family for one in scenarios if one.purpose == purpose}


def told_of(store: Store, settings: AnswerSettings, dataset: Dataset) -> Told:
    """What arms are told; the training split is read once.

    Raises:
        BadSettings: when the prompted base would be told nothing.
        StorageError: when the file with the system prompt cannot be read.
    """
    systems, count = Counter[str](), 0
    nearest: list[tuple[bytes, Ref]] = []
    for example in examples(store, dataset, Split.TRAIN):
        count += 1
        if example.turns[0].role == "system":
            systems[example.turns[0].text] += 1
        if settings.examples and _words(example) <= settings.example_words:
            nearest = heapq.nsmallest(
                settings.examples, [*nearest, (_draw(settings.seed, example.ref), example.ref)]
            )
    common = systems.most_common(1)
    usual = common[0][0] if common and common[0][1] > count / 2 else None
    trained_with = Prompt(name=SYSTEM, text=usual) if usual else None
    system = _own_prompt(settings) or trained_with
    shown = tuple(store.get_many([ref for _, ref in nearest], Example))
    if system is None and not shown:
        raise BadSettings(
            "the prompted base would be told nothing, and be the base itself",
            where="evaluation.proof.answers",
            hint="name a file as system_prompt, or let examples be at least 1",
        )
    return Told(system, trained_with, shown)


def _own_prompt(settings: AnswerSettings) -> Prompt | None:
    place = settings.system_prompt
    if place is None:
        return None
    try:
        text = place.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(
            f"the system prompt cannot be read: {error}",
            where=str(place),
            hint="set evaluation.proof.answers.system_prompt to a text file",
        ) from error
    if not text:
        raise BadSettings("the system prompt is empty", where=str(place))
    return Prompt(name=SYSTEM, text=text, overridden=True)


def _said(prompt: Prompt | None) -> tuple[Turn, ...]:
    return (Turn(role="system", text=prompt.text),) if prompt else ()


def _pair(example: Example) -> tuple[Turn, Turn]:
    """The first question of an example and its answer."""
    said = [turn for turn in example.turns if turn.role != "system"]
    return said[0], said[1]


def _words(example: Example) -> int:
    return sum(len(turn.text.split()) for turn in _pair(example))


def _draw(seed: int, ref: Ref) -> bytes:
    return hashlib.sha256(f"{seed} {ref}".encode()).digest()
