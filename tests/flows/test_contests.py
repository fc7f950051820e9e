"""Who is compared with whom, on what, and what they are told."""

from pathlib import Path

import pytest

from flows.proved import keep_scenarios, rules
from lorewright.errors import BadSettings, NotFound, NotYet, Refused, StorageError, UsageError
from lorewright.evaluate.proof import ProofArm
from lorewright.flows.contests import has_scenarios, proof_contest, rests_on, told_of
from lorewright.flows.scenarios import scenarios_by_id
from lorewright.flows.sources import withdraw_source
from lorewright.records import Adapter, Split
from lorewright.settings import AnswerSettings
from lorewright.store import Store, members
from made_up import MadeUp, make_up


@pytest.fixture
def made(store: Store) -> MadeUp:
    """An adapter with its control, and twelve scenarios."""
    found = make_up(store)
    store.put(found.adapter.model_copy(update={"role": "permuted-control"}))
    keep_scenarios(store, 12, of_safety=2)
    return found


def told(**changed: object) -> AnswerSettings:
    return AnswerSettings.model_validate({"example_words": 400, **changed})


def test_the_newest_adapter_meets_its_control_on_the_newest_scenarios(
    store: Store, made: MadeUp
) -> None:
    contest = proof_contest(store, rules())

    assert contest.tuned == made.adapter
    assert contest.control.role == "permuted-control"
    assert contest.asked.accepted == 12
    assert contest.arms == (
        ProofArm.BASE, ProofArm.PROMPTED, ProofArm.CONTROL, ProofArm.TUNED,
    )  # fmt: skip
    assert contest.adapter_of(ProofArm.BASE) is None


def test_a_reference_is_one_more_arm(store: Store, made: MadeUp) -> None:
    settings = rules(answers=AnswerSettings(reference="scripted:script"))

    assert made.adapter
    assert proof_contest(store, settings).arms[-1] is ProofArm.REFERENCE


def test_a_control_may_be_named(store: Store, made: MadeUp) -> None:
    neutral = made.adapter.model_copy(update={"steps": 29})
    store.put(neutral)

    assert proof_contest(store, rules(), control=neutral.ref).control == neutral


def test_what_is_no_rival_is_refused(store: Store, made: MadeUp) -> None:
    elsewhere = made.adapter.model_copy(update={"made_from": made.adapter.made_from[:1]})
    store.put(elsewhere)

    with pytest.raises(UsageError, match="cannot be its own control"):
        proof_contest(store, rules(), control=made.adapter.ref)
    with pytest.raises(UsageError, match="on another base"):
        proof_contest(store, rules(), control=elsewhere.ref)
    with pytest.raises(NotFound, match="no adapter called 'nobody'"):
        proof_contest(store, rules(), control="nobody")


def test_without_scenarios_there_is_no_contest(store: Store) -> None:
    make_up(store)

    assert not has_scenarios(store)
    with pytest.raises(NotYet, match="no scenarios"):
        proof_contest(store, rules())


def test_what_rests_on_a_withdrawn_source_is_refused(store: Store, made: MadeUp) -> None:
    withdraw_source(store, made.sources[0].ref, why="asked to", by="Ada")

    with pytest.raises(Refused, match="withdrawn"):
        proof_contest(store, rules())


def test_a_verdict_rests_on_advice_alone(store: Store, made: MadeUp) -> None:
    assert made.adapter
    found = scenarios_by_id(store, proof_contest(store, rules()).asked)

    assert len(found) == 12
    assert len(rests_on(found)) == 10
    assert rests_on(found, "deliberation") == {}


def test_examples_come_from_the_training_split_and_from_the_seed(
    store: Store, made: MadeUp
) -> None:
    trained = {*members(store, made.dataset, Split.TRAIN)}

    first = told_of(store, told(), made.dataset)
    again = told_of(store, told(), made.dataset)
    other = told_of(store, told(seed=8), made.dataset)

    assert len(first.shown) == 3
    assert {one.ref for one in first.shown} <= trained
    assert first == again != other


def test_long_examples_are_not_shown(store: Store, made: MadeUp) -> None:
    with pytest.raises(BadSettings, match="told nothing"):
        told_of(store, told(example_words=10), made.dataset)


def test_the_prompted_base_hears_the_file_and_the_examples(
    store: Store, made: MadeUp, tmp_path: Path
) -> None:
    file = tmp_path / "advisor.md"
    file.write_text("\ufeffYou are Ada.\n", encoding="utf-8")

    found = told_of(store, told(system_prompt=file, examples=1), made.dataset)

    heard = found.before(ProofArm.PROMPTED)
    assert [turn.role for turn in heard] == ["system", "user", "assistant"]
    assert heard[0].text == "You are Ada."
    assert found.before(ProofArm.REFERENCE) == heard[:1]
    assert found.before(ProofArm.BASE) == found.before(ProofArm.TUNED) == ()
    assert [ref.kind for ref in found.parents(ProofArm.PROMPTED)] == ["prompt", "example"]


@pytest.mark.parametrize(
    ("content", "error"),
    [(None, StorageError), (b"\xff\xfe\xff", StorageError), (b" ", BadSettings)],
)
def test_a_system_prompt_that_cannot_be_used_is_named(
    store: Store, made: MadeUp, tmp_path: Path, content: bytes | None, error: type[Exception]
) -> None:
    file = tmp_path / "advisor.md"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(error, match="system prompt"):
        told_of(store, told(system_prompt=file), made.dataset)


def test_the_adapter_is_no_control(store: Store, made: MadeUp) -> None:
    control = next(
        one
        for one in store.get_many(store.names(Adapter.kind), Adapter)
        if one.role == "permuted-control"
    )

    assert made.adapter
    with pytest.raises(UsageError, match="is a control"):
        proof_contest(store, rules(), name=control.ref)
