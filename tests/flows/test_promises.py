"""What was promised before the answers, and what a verdict says when it is no longer so."""

from typing import Any

import pytest

from flows.proved import Proved, flawed, locked_contest, rules
from lorewright.evaluate.proof.lock import CHANGED, read_lock
from lorewright.flows.locking import Locked, lock_contest
from lorewright.store import Store, Workspace


def test_an_adapter_that_was_not_promised_breaks_the_claim(proved: Proved) -> None:
    other = proved.made.adapter.model_copy(update={"steps": 31})
    proved.store.put(other)

    verdict = flawed(proved, CHANGED, answers=proved.answers(adapter=other))

    (found,) = verdict.deviations
    assert (found.what, found.promised, found.found) == (
        "contest.tuned",
        proved.contest.tuned.ref,
        other.ref,
    )


def with_promise(proved: Proved, **contest: str) -> Proved:
    """The same under a lock that promised something else."""
    promise = proved.locked.promise
    changed = promise.model_copy(update={"contest": promise.contest.model_copy(update=contest)})
    record = proved.locked.record.model_copy(update={"text": changed.as_toml()})
    proved.store.put(record)
    path = proved.locked.path
    path.write_text(record.text, encoding="utf-8")
    return proved._replace(locked=Locked(record, read_lock(record.text), path))


def test_another_dataset_than_the_promised_one_breaks_the_claim(proved: Proved) -> None:
    changed = with_promise(proved, root="0" * 64)

    verdict = flawed(changed, CHANGED, answers=changed.answers())

    assert [one.what for one in verdict.deviations] == ["contest.root"]


@pytest.mark.parametrize(
    ("now", "what"),
    [
        ({"over_base": "0.05"}, "rules.over_base"),
        ({"alpha": "0.10"}, "rules.alpha"),
        ({"dimensions": "criteria"}, "rules.dimensions"),
        ({"purpose": "deliberation"}, "rules.purpose"),
        ({"stop": "sequential"}, "rules.stop"),
    ],
)
def test_other_rules_than_the_promised_ones_break_the_claim(
    proved: Proved, now: dict[str, Any], what: str
) -> None:
    verdict = flawed(proved, CHANGED, answers=proved.answers(), settings=rules(**now))

    assert [one.what for one in verdict.deviations] == [what]


def test_what_no_claim_rests_on_may_change_and_is_told(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)

    verdict = proved.prove(answers, settings=rules(seed=8, raters=("ann",)))

    assert verdict.verdict == "proven"
    assert [one.what for one in verdict.deviations] == ["rules.raters", "rules.seed"]
    assert "not as promised: rules.seed was 7 and is 8" in verdict.sentences


def test_raters_that_were_not_promised_are_told(workspace: Workspace, store: Store) -> None:
    proved = locked_contest(workspace, store, settings=rules(raters=("ann", "zoe")))
    answers = proved.answers()
    proved.rate(1.2, answers)

    (found,) = proved.prove(answers).deviations

    assert (found.what, found.promised) == ("raters", "the 2 that the lock names")
    assert found.found == "1 of them, ben, cleo"


def test_a_person_is_not_named_where_a_verdict_may_be_handed_out(
    workspace: Workspace, store: Store
) -> None:
    proved = locked_contest(workspace, store, settings=rules(raters=("Ada Byron", "ann")))
    answers = proved.answers()
    (judged,) = proved.rate(1.2, answers, raters=("ann",))
    person = judged.model_copy(update={"rater": "Grace Hopper", "by": "person"})
    store.put(person)

    verdict = proved.prove(
        answers, sheets=[judged, person], settings=rules(raters=("ann", "Grace Hopper"))
    )

    told = {one.what: one for one in verdict.deviations}
    assert set(told) == {"raters", "rules.raters"}
    assert told["raters"].found == "1 of them, 1 other person"
    assert told["rules.raters"].promised.startswith("2 names, sha256 ")
    assert told["rules.raters"].promised != told["rules.raters"].found
    for name in ("Ada", "Grace"):
        assert name not in verdict.model_dump_json(exclude={"made_from"})


@pytest.mark.parametrize(
    ("old", "new", "kind", "whats"),
    [
        ("[contest]", "# looked at\n[contest]", "proven", ["file"]),
        ('over_base = "0.15"', 'over_base = "0.01"', "invalid", ["file", "rules.over_base"]),
        ("[contest]", "[contest", "invalid", ["file", "file.content"]),
    ],
)
def test_a_file_that_was_edited_by_hand_is_told(
    proved: Proved, old: str, new: str, kind: str, whats: list[str]
) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)
    path = proved.locked.path
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    verdict = proved.prove(answers)

    assert verdict.verdict == kind
    assert [one.what for one in verdict.deviations] == whats


def test_a_file_that_is_gone_is_told(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)
    proved.locked.path.unlink()

    verdict = proved.prove(answers)

    assert verdict.verdict == "proven"
    assert [(one.what, one.found) for one in verdict.deviations] == [("file", "missing")]


def test_a_second_lock_says_that_answers_came_before_it(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)
    again = lock_contest(
        proved.workspace, proved.store, proved.settings, proved.contest, again=True
    )

    verdict = proved._replace(locked=again).prove(answers)

    assert verdict.deviations == ()
    assert any("this is not the first lock of this contest" in one for one in verdict.sentences)
