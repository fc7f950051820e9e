"""The report of a proof in the workspace: written, remembered, verified and erased."""

import json
from pathlib import Path

from builders import a_recipe
from evaluate.sheets import a_sheet
from flows.conftest import World
from flows.proof_lines import answer_lines, rating_lines, vote_line
from lorewright.evaluate.answers import write_answers
from lorewright.evaluate.proof import Evidence, Proof, ProofArm, ProofRules, prove
from lorewright.evaluate.rating_lines import write_lines
from lorewright.flows.naming import parents
from lorewright.flows.proof_files import ProofRecords, ReportWish, write_proof_report
from lorewright.flows.proof_pairs import side_by_side
from lorewright.flows.proof_reading import (
    duels_of,
    lock_shown,
    order_cases,
    stored_of,
)
from lorewright.flows.sources import erase_source
from lorewright.records import (
    Answers,
    Deviation,
    EvaluationLock,
    ProofVerdict,
    Ratings,
    RejectedCount,
    Scenario,
    ScenarioSet,
)
from lorewright.store import verify, written_files

NAMES = [f"s{at:03}" for at in range(30)]
FAST = ProofRules(permutations=200, dimensions=("brand_voice", "reframing"))
LOCK = """n = 30
[margins]
over_base = 0.15
judges = ["ann", "ben"]
"""
PLANTED = "Quitzelbach"


def kept(world: World) -> ProofRecords:
    """Every record of a proof, each made from what it rests on."""
    store, source = world.store, world.made.sources[0].ref
    scenarios = [
        Scenario(
            scenario_id=name,
            family="debt",
            situation=f"{PLANTED} tells of {name}",
            messages=("I have not opened a letter.",),
            made_from=(source,),
        )
        for name in NAMES
    ]
    recipe = a_recipe("prove")
    store.put(recipe, *scenarios)
    (members,) = parents(store, [one.ref for one in scenarios], most=1)
    whole = ScenarioSet(
        name="debts",
        members=members,
        requested=30,
        accepted=30,
        families=1,
        made_from=(members,),
    )
    store.put(whole)
    answers = tuple(
        Answers(
            arm=arm,
            scenarios=whole.ref,
            requested=30,
            answered=30,
            failed=0,
            lines=store.put_blob(write_answers(answer_lines(NAMES, words))),
            made_from=(whole.ref, world.made.adapter.ref, recipe.ref),
        )
        for arm, words in ((ProofArm.PROMPTED, 5), (ProofArm.TUNED, 8))
    )
    store.put(*answers)
    values: dict[str, float] = {ProofArm.PROMPTED: 2.0, ProofArm.TUNED: 3.0}
    votes = [
        line
        for name in NAMES
        for line in (
            vote_line(name, "tuned"),
            vote_line(
                name,
                "tie" if name < "s010" else "tuned",
                arms=("prompted-base", "tuned"),
            ),
        )
    ]
    judged = Ratings(
        rater="loopback:judge",
        by="judge",
        origin="synthetic",
        requested=60,
        accepted=59,
        failed=(RejectedCount(reason="refused", count=1),),
        ratings=store.put_blob(write_lines(rating_lines(NAMES, values, reason="warm"))),
        votes=store.put_blob(write_lines(votes)),
        made_from=(*(one.ref for one in answers), recipe.ref),
    )
    lock = EvaluationLock(
        sha256="ab" * 32, text=LOCK, made_from=(world.made.adapter.ref, whole.ref)
    )
    store.put(judged, lock)
    verdict = ProofVerdict(
        verdict="better",
        origin="synthetic",
        headline="BETTER",
        sentences=(),
        numbers=store.put_blob(b"{}"),
        made_from=(lock.ref, judged.ref, *(one.ref for one in answers)),
    )
    store.put(verdict)
    return ProofRecords(
        about=verdict.ref,
        adapter=world.made.adapter,
        scenarios=whole,
        answers=answers,
        ratings=(judged,),
        lock=lock,
        deviations=(Deviation(what="judges", promised="two", found="one"),),
    )


def decided() -> tuple[Proof, Evidence]:
    evidence = a_sheet({ProofArm.PROMPTED: 0.0, ProofArm.TUNED: 0.5}, scenarios=30)
    return prove(evidence, FAST), evidence


def test_the_report_is_written_from_the_store_and_verified(world: World) -> None:
    records = kept(world)

    found = write_proof_report(
        world.workspace, world.store, *decided(), records, wish=ReportWish("coach 3", most=6)
    )

    html = found.html.read_text(encoding="utf-8")
    assert "6 of 30 scenarios" in html
    assert "ab" * 32 in html
    assert "margins.over_base" in html
    assert "10 (33 %)" in html  # flips of the judge
    assert "# Proof: coach 3" in found.markdown.read_text(encoding="utf-8")
    lines = found.lines.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["scenario"] for line in lines] == NAMES
    remembered = {one.path for one in written_files(world.store)}
    assert {
        world.workspace.local_path(Path(one)) for one in (found.html, found.lines)
    } <= remembered
    assert not list(verify(world.store, world.workspace.folder).problems)


def test_an_altered_report_is_found(world: World) -> None:
    found = write_proof_report(
        world.workspace, world.store, *decided(), kept(world), wish=ReportWish("coach")
    )

    found.lines.write_text("altered")

    assert [
        problem
        for problem in verify(world.store, world.workspace.folder).problems
        if found.lines.name in str(problem)
    ]


def test_erasing_a_source_takes_the_files_with_it(world: World) -> None:
    found = write_proof_report(
        world.workspace, world.store, *decided(), kept(world), wish=ReportWish("coach")
    )
    assert PLANTED in found.html.read_text(encoding="utf-8")

    erase_source(world.workspace, world.store, world.made.sources[0].ref, why="asked for")

    left = [file for file in world.workspace.folder.rglob("*") if file.is_file()]
    assert not [file for file in left if PLANTED.encode() in file.read_bytes()]


def test_another_place_may_be_named(world: World, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere" / "coach.html"

    found = write_proof_report(
        world.workspace, world.store, *decided(), kept(world), wish=ReportWish("coach", out)
    )

    assert (found.html, found.lines) == (out, out.with_suffix(".jsonl"))
    assert out.exists()


def test_lines_are_read_one_by_one_and_both_orders_are_one_case(world: World) -> None:
    records = kept(world)

    stored = stored_of(world.store, records.answers, records.ratings)
    cases = order_cases(world.store, records.ratings)

    assert [arm for arm, _ in stored.answers] == ["prompted-base", "tuned"]
    assert [(rater, len(list(lines))) for rater, lines in stored.votes] == [("loopback:judge", 60)]
    # ours is the prompted base, the first by name: it was never preferred.
    assert sorted(cases["loopback:judge"]) == [(-1, -1)] * 20 + [(0, -1)] * 10
    _, first = stored.answers[0]
    assert next(iter(first)).scenario == "s000"


def test_every_vote_is_a_duel_and_what_prefers_nothing_a_tie(world: World) -> None:
    duels = duels_of(world.store, kept(world).ratings)

    assert len(duels) == 60
    assert {duel.winner for duel in duels} == {"tuned", None}
    assert sum(duel.winner is None for duel in duels) == 10


def test_other_questions_of_a_ranking_are_no_duels_and_no_case(world: World) -> None:
    (judged,) = kept(world).ratings
    lines = [
        vote_line("s001", preferred, arms=arms, question="coach")
        for arms in (("tuned", "prompted-base"), ("prompted-base", "tuned"))
        for preferred in ("tuned", "tie")
    ]
    other = judged.model_copy(update={"votes": world.store.put_blob(write_lines(lines))})

    assert duels_of(world.store, [other]) == []
    assert order_cases(world.store, [other]) == {}


def test_two_sheets_of_one_rater_are_both_shown(world: World) -> None:
    records = kept(world)
    (judged,) = records.ratings
    ranked = judged.model_copy(
        update={
            "ratings": world.store.put_blob(b""),
            "votes": world.store.put_blob(
                write_lines([vote_line("s001", "tie", question="coach")])
            ),
        }
    )

    stored = stored_of(world.store, records.answers, [judged, ranked])
    found = side_by_side({}, stored, FAST)

    (shown,) = [pair for pair in found if pair.scenario == "s001"]
    assert [one.question for one in shown.choices] == [
        "Whose advice would you follow?",
        "Whose advice would you follow?",
        "Which is most like a real coach?",
    ]
    assert {one.mean for one in shown.arms} == {2.0, 3.0}


def test_people_have_no_order_and_single_votes_are_no_case(world: World) -> None:
    (judged,) = kept(world).ratings
    single = world.store.put_blob(write_lines([vote_line("s001", "tuned")]))

    assert order_cases(world.store, [judged.model_copy(update={"by": "person"})]) == {}
    assert order_cases(world.store, [judged.model_copy(update={"votes": single})]) == {}


def test_every_promise_of_a_lock_is_shown_by_its_path(world: World) -> None:
    lock = kept(world).lock
    assert lock is not None

    assert lock_shown(lock).promises == (
        ("n", "30"),
        ("margins.over_base", "0.15"),
        ("margins.judges", "ann, ben"),
    )
