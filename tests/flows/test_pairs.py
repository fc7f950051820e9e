"""Pairs in rounds, over the sample handbook and over small documents."""

from collections import Counter
from collections.abc import Generator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from flows.small_workspace import Small, small
from flows.working import do_all
from generate.reciting import Reciter
from lorewright.errors import ModelError, NotYet, UsageError
from lorewright.flows.contexts import context_of, contexts_by_rules
from lorewright.flows.datasets import candidates, curate_dataset
from lorewright.flows.documents import analyze_documents, generate_examples, ingest_files
from lorewright.flows.pairs import PairChoice, PairRun, pair_works
from lorewright.flows.reviewing import Judgement, judge
from lorewright.lineage import Ref
from lorewright.llms import Call, Purpose, Request
from lorewright.records import Chunk, Example, KeyFact, Rejection, Verb
from lorewright.settings import GenerationSettings, PairSettings, Settings
from lorewright.store import Store, Workspace, verify
from scripted import MODEL, ScriptedAsker

TEXT = """# Pumps

Every pump needs its oil looked at once a week, whatever the season may be. A pump that runs dry \
is ruined within a few minutes and has to be replaced. Nobody who has smelt one burn will forget \
it, and nobody needs to smell it twice in a working life.

# Valves

Close the inlet valve before you open the vent on the far side of the pump. A valve that drips \
is changed on the day on which somebody notices it first. Turn every valve slowly, since water \
that stops at once breaks the oldest pipes of the house.

# Winter

In winter the oil of a pump is thick and the valve is slow, so both are warmed before use. Drain \
every pipe that stands outside before the first frost comes, and leave its valve half open.
"""


@pytest.fixture
def pumps(tmp_path: Path) -> Generator[Small]:
    with small(tmp_path, text=TEXT) as made:
        made.analyze()
        made.store.put(MODEL)
        yield made


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Store, PairRun, Reciter]]:
    """The sample handbook with all its pairs; written once for the tests that only read."""
    workspace = Workspace(tmp_path_factory.mktemp("handbook") / "workspace")
    workspace.make()
    with workspace.open(Settings()) as store:
        with resources.as_file(resources.files("lorewright.samples") / "handbook.md") as sample:
            ingest_files([sample], store=store)
        analyze_documents(store, Settings())
        store.put(MODEL)
        reciter = Reciter()
        run = pair_works(store, Settings(), ScriptedAsker(reciter))
        do_all(run, store)
        yield store, run, reciter


def examples(store: Store) -> list[Example]:
    return list(store.get_many(store.names(Example.kind), Example))


def made(store: Store) -> set[Ref]:
    return {ref for kind in ("example", "fact", "rejection") for ref in store.names(kind)}


def test_the_handbook_gives_more_than_two_hundred_pairs(
    handbook: tuple[Store, PairRun, Reciter],
) -> None:
    store, run, _ = handbook
    tally = run.tally

    assert tally.written >= max(200, tally.wanted)
    assert tally.stopped == "nothing is missing"
    shares = {level: count / tally.written for level, count in tally.by_level.items()}
    assert shares == pytest.approx(
        {"level 1": 0.4, "level 2": 0.3, "level 3": 0.2, "level 4": 0.1}, abs=0.02
    )
    assert max(tally.by_form.values()) <= 0.4 * tally.written
    assert tally.going_on / tally.written == pytest.approx(0.3, abs=0.02)
    assert sum(tally.by_chunk.values()) == tally.written
    assert all(one.evidence for one in examples(store))


def test_every_key_fact_is_asked_about_in_five_forms(
    handbook: tuple[Store, PairRun, Reciter],
) -> None:
    store, run, _ = handbook

    assert run.tally.facts == run.tally.promised == run.tally.kept > 60
    pairs = examples(store)
    for fact in store.get_many(store.names(KeyFact.kind), KeyFact):
        turning = {
            pair.task_form
            for pair in pairs
            if any(
                one.start < other.end and other.start < one.end
                for one in pair.evidence
                for other in fact.evidence
            )
        }
        assert len(turning) >= 5, fact.statement


def test_everything_that_was_asked_for_is_accounted_for(
    handbook: tuple[Store, PairRun, Reciter],
) -> None:
    store, run, _ = handbook
    tally = run.tally

    assert sum(one.accepted for one in tally.rounds) == len(examples(store))
    for one in tally.rounds:
        assert one.ordered <= one.accepted + one.rejected.total() + one.failed.total()
    told = tally.rejected + tally.failed
    kept = store.get_many(store.names(Rejection.kind), Rejection)
    assert told == Counter(one.reason for one in kept)


def test_level_three_cites_two_chunks_that_stand_apart(
    handbook: tuple[Store, PairRun, Reciter],
) -> None:
    store, _, _ = handbook
    joined = [one for one in examples(store) if one.level == "document-integrated"]

    assert joined
    for example in joined:
        names = [ref for ref in example.made_from if ref.kind == Chunk.kind]
        chunks = list(store.get_many(names, Chunk))
        cited = [
            chunk
            for chunk in chunks
            if any(chunk.start <= one.start and one.end <= chunk.end for one in example.evidence)
        ]
        assert len(cited) >= 2


def test_doing_it_again_asks_nothing(handbook: tuple[Store, PairRun, Reciter]) -> None:
    store, first, reciter = handbook
    calls = len(reciter.calls)

    again = pair_works(store, Settings(), ScriptedAsker(reciter))

    for work in again:
        assert sum(one.calls for one in work.forecasts()) == 0
        assert do_all([work], store) == 0
    assert len(reciter.calls) == calls
    assert again.tally == first.tally


def test_the_estimate_before_the_first_call_foresees_the_pairs(pumps: Small) -> None:
    reciter = Reciter()
    run = pair_works(pumps.store, pumps.settings, ScriptedAsker(reciter))

    foreseen = {one.purpose: one.calls for work in run for one in work.forecasts()}

    assert not reciter.calls
    do_all(run, pumps.store)
    asked = Counter(reciter.calls)
    assert foreseen["generate/key_facts"] == asked["generate/key_facts"]
    assert set(foreseen) == set(asked)
    assert sum(foreseen.values()) == pytest.approx(asked.total(), rel=0.15)


@pytest.mark.parametrize("done", [2, 9])
def test_a_run_that_was_cut_off_arrives_at_the_same_names(
    tmp_path: Path, pumps: Small, done: int
) -> None:
    store, settings = pumps.store, pumps.settings
    do_all(pair_works(store, settings, ScriptedAsker(Reciter())), store)
    (tmp_path / "other").mkdir()
    with small(tmp_path / "other", text=TEXT) as other:
        other.analyze()
        other.store.put(MODEL)
        first = Reciter()
        do_all(pair_works(other.store, settings, ScriptedAsker(first)), other.store, most=done)
        second = Reciter()
        do_all(pair_works(other.store, settings, ScriptedAsker(second)), other.store)

        assert len(first.calls) == done
        assert made(other.store) == made(store)


def misquoted(pair: dict[str, Any], at: int) -> dict[str, Any]:
    return {**pair, "quotes": ["Nobody ever wrote these words anywhere."]} if at == 0 else pair


def test_what_is_rejected_is_ordered_again_until_the_rounds_are_over(pumps: Small) -> None:
    store, settings = pumps.store, pumps.settings
    run = pair_works(store, settings, ScriptedAsker(Reciter(bend=misquoted)))
    do_all(run, store)

    tally = run.tally
    assert len(tally.rounds) > 1
    first, second, *_ = tally.rounds
    assert second.ordered >= first.ordered - first.accepted
    assert second.ordered < first.ordered
    assert tally.rejected["quote_not_found"] == sum(
        one.rejected["quote_not_found"] for one in tally.rounds
    )
    rejections = store.get_many(store.names(Rejection.kind), Rejection)
    wrong = [one for one in rejections if one.reason == "quote_not_found"]
    assert wrong
    assert all(one.question and one.answer for one in wrong)


def test_a_round_that_brings_too_little_is_the_last(pumps: Small) -> None:
    def useless(pair: dict[str, Any], _at: int) -> dict[str, Any]:
        return {**pair, "quotes": []}

    run = pair_works(pumps.store, pumps.settings, ScriptedAsker(Reciter(bend=useless)))
    do_all(run, pumps.store)

    assert run.tally.stopped == "round 1 brought too little"
    assert run.tally.written == 0
    assert run.tally.rejected["no_quote"] == run.tally.rounds[0].ordered


class Faltering(ScriptedAsker):
    """Fails one call with a fault that may pass."""

    async def call(self, request: Request, purpose: Purpose) -> Call:
        if len(self.asked) == 5:
            self.asked.append((request, purpose))
            raise ModelError("too many calls", fault="rate_limited", again=True)
        return await super().call(request, purpose)


def test_no_round_is_planned_before_the_one_before_it_is_settled(pumps: Small) -> None:
    store, settings = pumps.store, pumps.settings
    run = pair_works(store, settings, Faltering(Reciter()))

    with pytest.raises(ModelError):
        do_all(run, store)

    assert "run it again" in run.tally.stopped
    again = pair_works(store, settings, ScriptedAsker(Reciter()))
    do_all(again, store)
    assert again.tally.stopped == "nothing is missing"


def test_a_higher_target_orders_only_the_difference(pumps: Small) -> None:
    store, settings = pumps.store, pumps.settings
    do_all(pair_works(store, settings, ScriptedAsker(Reciter()), PairChoice(target=12)), store)
    before = len(examples(store))

    more = pair_works(store, settings, ScriptedAsker(Reciter()), PairChoice(target=18))
    do_all(more, store)

    assert before == 12
    assert (more.tally.before, more.tally.wanted) == (12, 18)
    assert 6 <= more.tally.rounds[0].ordered < 12


def test_what_a_reviewer_rejects_is_asked_for_again_with_another_draw(pumps: Small) -> None:
    store, settings = pumps.store, pumps.settings
    do_all(pair_works(store, settings, ScriptedAsker(Reciter()), PairChoice(target=12)), store)
    out = examples(store)[0]
    judge(store, out.ref, Judgement(Verb.REJECT, by="Ada", why="it is not so"))

    again = pair_works(store, settings, ScriptedAsker(Reciter()), PairChoice(target=12, draw=1))
    do_all(again, store)

    assert again.tally.before == 11
    assert again.tally.rounds[0].ordered == 1


def test_only_the_levels_and_documents_that_were_chosen_are_asked_for(pumps: Small) -> None:
    choice = PairChoice(levels=(1, 3), documents=(pumps.document,))

    do_all(pair_works(pumps.store, pumps.settings, ScriptedAsker(Reciter()), choice), pumps.store)

    levels = {str(one.level) for one in examples(pumps.store)}
    assert levels == {"chunk-pure", "document-integrated"}


def test_what_readers_noted_is_told_and_chunks_can_be_left_out(pumps: Small) -> None:
    chunks = list(pumps.store.get_many(pumps.store.names(Chunk.kind), Chunk))
    choice = PairChoice(
        levels=(1,), notes=("say which valve is meant",), leave_out=(chunks[0].ref,),
        prefer_forms=("quiz",),
    )  # fmt: skip
    asker = ScriptedAsker(Reciter())

    do_all(pair_works(pumps.store, pumps.settings, asker, choice), pumps.store)

    orders = [one for one, purpose in asker.asked if purpose.name == "generate/chunk_pure"]
    assert all("say which valve is meant" in one.messages[-1].text for one in orders)
    forms = Counter(one.task_form for one in examples(pumps.store))
    assert forms.most_common(1)[0][0] == "quiz"
    written = {ref for one in examples(pumps.store) for ref in one.made_from}
    assert chunks[0].ref not in written
    assert chunks[1].ref in written


def test_level_four_needs_a_language_model_with_expertise(pumps: Small) -> None:
    asker = ScriptedAsker(Reciter())
    asker.can = asker.can._replace(expertise=False)

    with pytest.raises(UsageError, match="level 4"):
        pair_works(pumps.store, pumps.settings, asker, PairChoice(levels=(4,)))

    do_all(pair_works(pumps.store, pumps.settings, asker), pumps.store)
    assert "domain-expert" not in {str(one.level) for one in examples(pumps.store)}


@pytest.mark.parametrize(
    "choice", [PairChoice(levels=(5,)), PairChoice(avoid_forms=("shout",))], ids=["level", "form"]
)
def test_what_does_not_exist_cannot_be_chosen(pumps: Small, choice: PairChoice) -> None:
    with pytest.raises(UsageError, match="there is no"):
        pair_works(pumps.store, pumps.settings, ScriptedAsker(Reciter()), choice)


def test_what_is_known_of_the_document_is_told_from_level_two_on(pumps: Small) -> None:
    store, settings = pumps.store, pumps.settings
    contexts_by_rules(store, settings)
    known = context_of(store, settings, pumps.document)
    assert known is not None
    assert known.relations
    asker = ScriptedAsker(Reciter())

    do_all(pair_works(store, settings, asker), store)

    told = {purpose.name: "Terms: " in request.messages[1].text for request, purpose in asker.asked}
    assert told.pop("generate/key_facts") is told.pop("generate/chunk_pure") is False
    assert all(told.values())
    for example in examples(store):
        rests_on = known.ref in example.made_from
        assert rests_on == (example.level != "chunk-pure")
    edges = {frozenset({one.source, one.target}) for one in known.relations}
    pairs = [
        frozenset(ref for ref in one.made_from if ref.kind == Chunk.kind)
        for one in examples(store)
        if one.level == "document-integrated"
    ]
    assert any(edge <= pair for edge in edges for pair in pairs)


def test_the_queue_holds_no_word_of_a_source(pumps: Small) -> None:
    reciter = ScriptedAsker(Reciter())
    for work in pair_works(pumps.store, pumps.settings, reciter):
        for shard in work.shards():
            assert not any(word in name for name in shard for word in ("pump", "valve", "oil"))
        do_all([work], pumps.store)


def chosen(settings: Settings, teacher: str) -> Settings:
    generation = GenerationSettings(teacher=teacher)
    return settings.model_copy(update={"generation": generation})


def test_a_dataset_is_made_of_pairs_of_rules_or_of_both(pumps: Small) -> None:
    store, settings = pumps.store, pumps.settings
    generate_examples(store, settings)
    with pytest.raises(NotYet, match="no pairs"):
        candidates(store, chosen(settings, "pairs"))
    do_all(pair_works(store, settings, ScriptedAsker(Reciter())), store)

    by_rules = set(candidates(store, settings))
    pairs = set(candidates(store, chosen(settings, "pairs")))
    both = set(candidates(store, chosen(settings, "extractive+pairs")))

    assert by_rules
    assert pairs
    assert not by_rules & pairs
    assert both == by_rules | pairs
    dataset = curate_dataset(store, chosen(settings, "pairs"), name="coach")
    assert dataset.requested == len(pairs)


def test_pairs_of_another_language_model_are_none_of_ours(pumps: Small) -> None:
    store = pumps.store
    do_all(pair_works(store, pumps.settings, ScriptedAsker(Reciter())), store)
    settings = chosen(pumps.settings, "pairs")
    teacher = settings.teacher.model_copy(update={"model": "scripted:script"})
    ours = settings.model_copy(update={"teacher": teacher})
    other = teacher.model_copy(update={"model": "openai:qwen3"})

    assert len(candidates(store, ours)) == len(examples(store))
    with pytest.raises(NotYet, match="openai:qwen3"):
        candidates(store, settings.model_copy(update={"teacher": other}))


def test_rules_have_nothing_to_do_when_only_pairs_are_wanted(pumps: Small) -> None:
    with pytest.raises(UsageError, match="no generator"):
        generate_examples(pumps.store, chosen(pumps.settings, "pairs"))


@pytest.mark.parametrize("teacher", ["", "+pairs", "pairs+pairs", "one+other", "one+other+pairs"])
def test_one_generator_can_stand_beside_the_pairs_and_no_more(teacher: str) -> None:
    with pytest.raises(ValueError, match="teacher"):
        GenerationSettings(teacher=teacher)


def test_the_system_turn_and_the_bounds_are_part_of_the_recipe(pumps: Small) -> None:
    settings = pumps.settings.model_copy(
        update={"pairs": PairSettings(system_turn="You advise on pumps.", pairs_per_chunk=3)}
    )

    do_all(pair_works(pumps.store, settings, ScriptedAsker(Reciter())), pumps.store)

    assert {one.turns[0].text for one in examples(pumps.store)} == {"You advise on pumps."}
    assert verify(pumps.store, pumps.workspace.folder).is_intact
