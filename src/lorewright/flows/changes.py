"""What is no longer as it was locked: the contest, the rules, the raters, the file itself."""

from collections.abc import Iterator, Mapping, Sequence

from lorewright.evaluate.proof import ProofArm
from lorewright.evaluate.proof.lock import (
    NONE,
    Decoding,
    Promise,
    deviations,
    edited,
    rules_as_promised,
)
from lorewright.flows.contests import SYSTEM
from lorewright.flows.locking import Locked, judging_prompts, lying_text, name_of
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    Answers,
    BaseLanguageModel,
    Dataset,
    Deviation,
    Example,
    LanguageModel,
    Prompt,
    Ratings,
    Recipe,
)
from lorewright.settings import Settings
from lorewright.store import Store, Workspace


def changes_since(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    locked: Locked,
    *,
    answers: Mapping[ProofArm, Answers],
    sheets: Sequence[Ratings],
) -> tuple[Deviation, ...]:
    """Every deviation from a lock, each once.

    What answered is read from the lineage of the answers, so that no other adapter, dataset or
    scenario can stand in for the one that was promised. The rules are those of the settings
    now, and prompts are those that would be used now.
    """
    found = [
        *deviations(locked.promise, _as_it_is(workspace, store, settings, locked, answers)),
        *_unlike(store, answers),
        *_raters(locked.promise, sheets),
        *edited(locked.record.text, lying_text(locked.path)),
    ]
    return tuple(dict.fromkeys(found))


def _as_it_is(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    locked: Locked,
    answers: Mapping[ProofArm, Answers],
) -> Promise:
    promised = locked.promise
    contest, prompts, asked = promised.contest, promised.prompts, promised.asked
    tuned, control, prompted = (
        answers.get(arm) for arm in (ProofArm.TUNED, ProofArm.CONTROL, ProofArm.PROMPTED)
    )
    if tuned is not None:
        adapter = _parent(tuned, Adapter.kind)
        dataset = _dataset(store, adapter)
        contest = contest.model_copy(
            update={
                "tuned": adapter or NONE,
                "base": _parent(tuned, BaseLanguageModel.kind) or NONE,
                "dataset": dataset.ref if dataset else NONE,
                "root": dataset.root if dataset else NONE,
            }
        )
        asked = asked.model_copy(update={"scenarios": tuned.scenarios})
        prompts = prompts.model_copy(update={"trained_with": _system(store, tuned)})
    if control is not None:
        adapter = _parent(control, Adapter.kind)
        contest = contest.model_copy(update={"control": adapter or NONE})
    if prompted is not None:
        shown = tuple(ref for ref in prompted.made_from if ref.kind == Example.kind)
        prompts = prompts.model_copy(update={"system": _system(store, prompted), "examples": shown})
    if ProofArm.REFERENCE in answers:
        contest = contest.model_copy(
            update={"reference": _reference(store, answers[ProofArm.REFERENCE])}
        )
    return promised.model_copy(
        update={
            "contest": contest,
            "asked": asked,
            "prompts": prompts.model_copy(update={"judging": judging_prompts(workspace)}),
            "decoding": _decoding(store, tuned) or promised.decoding,
            "rules": rules_as_promised(settings.evaluation.proof),
        }
    )


def _unlike(store: Store, answers: Mapping[ProofArm, Answers]) -> Iterator[Deviation]:
    """Arms that were asked something else, or in another way, than the tuned one."""
    tuned = answers.get(ProofArm.TUNED)
    if tuned is None:
        return
    base, decoding = _parent(tuned, BaseLanguageModel.kind), _decoding(store, tuned)
    for arm, one in answers.items():
        if one.scenarios != tuned.scenarios:
            yield Deviation(
                what=f"asked.scenarios of {arm}", promised=tuned.scenarios, found=one.scenarios
            )
        if _decoding(store, one) != decoding:
            yield Deviation(
                what=f"decoding of {arm}", promised=str(decoding), found=str(_decoding(store, one))
            )
        if arm is not ProofArm.REFERENCE and _parent(one, BaseLanguageModel.kind) != base:
            found = _parent(one, BaseLanguageModel.kind) or NONE
            yield Deviation(what=f"contest.base of {arm}", promised=base or NONE, found=found)


def _raters(promise: Promise, sheets: Sequence[Ratings]) -> Iterator[Deviation]:
    """Who rated and was not named, and who was named and did not; a person is counted alone.

    What is not as promised stands in a verdict, which outlives everybody's consent to be named
    and may be handed out.
    """
    promised, rated = set(promise.as_rules.raters), {one.rater for one in sheets}
    if not promised or not sheets or promised == rated:
        return
    judges = {one.rater for one in sheets if one.by == "judge"}
    others = rated - promised
    people = len(others - judges)
    told = [
        f"{len(promised & rated):,} of them",
        *sorted(others & judges),
        *([f"{people:,} other {'person' if people == 1 else 'people'}"] if people else []),
    ]
    yield Deviation(
        what="raters", promised=f"the {len(promised):,} that the lock names", found=", ".join(told)
    )


def _parent(answers: Answers, kind: str) -> Ref | None:
    return next((ref for ref in answers.made_from if ref.kind == kind), None)


def _dataset(store: Store, adapter: Ref | None) -> Dataset | None:
    if adapter is None:
        return None
    found = [ref for ref in store.parents(adapter) if ref.kind == Dataset.kind]
    return next(store.get_many(found, Dataset), None)


def _system(store: Store, answers: Answers) -> str:
    prompts = [ref for ref in answers.made_from if ref.kind == Prompt.kind]
    found = next(store.get_many(prompts, Prompt), None)
    return name_of(found if found and found.name == SYSTEM else None)


def _reference(store: Store, answers: Answers) -> str:
    found = [ref for ref in answers.made_from if ref.kind == LanguageModel.kind]
    one = next(store.get_many(found, LanguageModel), None)
    return NONE if one is None else f"{one.provider}:{one.name}"


def _decoding(store: Store, answers: Answers | None) -> Decoding | None:
    """As the recipe of the answers says."""
    recipes = [ref for ref in answers.made_from if ref.kind == Recipe.kind] if answers else []
    recipe = next(store.get_many(recipes, Recipe), None)
    if recipe is None:
        return None
    return Decoding.model_validate(
        {name: value for name, value in recipe.settings.items() if name != "arm"}
    )
