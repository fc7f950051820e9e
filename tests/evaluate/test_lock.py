"""The lock: the same bytes for the same promise, read back, and compared."""

import tomllib
from typing import Any

import pytest

from lorewright.errors import BadRecord
from lorewright.evaluate.proof import ProofArm, ProofRules
from lorewright.evaluate.proof.lock import (
    Asked,
    Contest,
    Decoding,
    Promise,
    Prompts,
    breaks_the_claim,
    changed_after_lock,
    deviations,
    edited,
    read_lock,
    rules_as_promised,
)
from lorewright.records import Deviation
from lorewright.settings import AnswerSettings


def a_promise(*, rules: ProofRules | None = None, **contest: Any) -> Promise:
    told: dict[str, Any] = {
        "tuned": "adapter:1",
        "control": "adapter:2",
        "base": "base_model:3",
        "dataset": "dataset:4",
        "root": "5",
        "arms": ("base", "prompted-base", "neutral-control", "tuned"),
    }
    return Promise(
        contest=Contest(**{**told, **contest}),
        asked=Asked(scenarios="scenario_set:6", count=100, families=90, turns=140),
        prompts=Prompts(examples=("example:7",), judging={"evaluate/judge": 'prompt:"8"'}),
        decoding=Decoding.of(AnswerSettings()),
        rules=rules_as_promised(rules or ProofRules()),
    )


def test_a_promise_comes_back_from_its_file() -> None:
    promise = a_promise()

    assert read_lock(promise.as_toml()) == promise
    assert promise.as_rules == ProofRules()
    assert promise.promised_arms[-1] is ProofArm.TUNED
    assert tomllib.loads(promise.as_toml())["rules"]["over_base"] == "0.15"


def test_the_same_promise_is_the_same_bytes_however_numbers_were_written() -> None:
    written = ProofRules.model_validate({"over_base": "0.150", "alpha": "5e-2"})

    assert a_promise(rules=written).as_toml() == a_promise().as_toml()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("", "Field required"),
        ("version = [", "Invalid"),
        (a_promise().as_toml().replace('"tuned"]', '"turned"]'), "turned"),
        (a_promise().as_toml().replace('alpha = "0.05"', 'alpha = "5"'), "less than 1"),
        (a_promise().as_toml() + "\n[more]\n", "Extra inputs"),
    ],
)
def test_a_file_that_is_no_lock_is_refused(broken: str, said: str) -> None:
    with pytest.raises(BadRecord, match=said):
        read_lock(broken)


def test_what_is_the_same_is_no_deviation() -> None:
    assert list(deviations(a_promise(), read_lock(a_promise().as_toml()))) == []


def test_a_deviation_says_what_was_promised_and_what_was_found() -> None:
    now = a_promise(rules=ProofRules.model_validate({"over_base": "0.05"}), tuned="adapter:9")

    assert list(deviations(a_promise(), now)) == [
        Deviation(what="contest.tuned", promised="adapter:1", found="adapter:9"),
        Deviation(what="rules.over_base", promised="0.15", found="0.05"),
    ]


def test_a_rule_that_an_older_version_did_not_write_is_no_deviation() -> None:
    older = a_promise()
    rules = {name: value for name, value in older.rules.items() if name != "equal_within"}

    assert list(deviations(older.model_copy(update={"rules": rules}), a_promise())) == []


@pytest.mark.parametrize(
    ("what", "breaks"),
    [
        ("contest.tuned", True),
        ("contest.root", True),
        ("asked.scenarios", True),
        ("rules.alpha", True),
        ("rules.over_base", True),
        ("rules.stop", True),
        ("rules.dimensions", True),
        ("decoding.tokens", True),
        ("prompts.system", True),
        ("file.content", True),
        ("prompts.judging.evaluate/judge", False),
        ("rules.raters", False),
        ("raters", False),
        ("rules.seed", False),
        ("file", False),
    ],
)
def test_what_a_claim_rests_on_may_not_change(what: str, breaks: bool) -> None:  # noqa: FBT001
    one = Deviation(what=what, promised="a", found="b")

    assert breaks_the_claim(one) is breaks
    assert bool(changed_after_lock((one,))) is breaks


def test_the_flaw_counts_and_names_what_was_changed() -> None:
    found = tuple(
        Deviation(what=what, promised="a" * 100, found="b") for what in ("contest.root", "file")
    )

    (flaw,) = changed_after_lock(found)

    assert flaw.name == "changed-after-lock"
    assert flaw.sentence.startswith("1 things are not as promised: contest.root was aaa")
    assert len(flaw.sentence) < 200


def test_an_edited_file_is_told_with_what_it_says_now() -> None:
    text = a_promise().as_toml()

    assert list(edited(text, text)) == []
    assert [one.what for one in edited(text, None)] == ["file"]
    assert [one.what for one in edited(text, text + "# seen\n")] == ["file"]
    assert [one.what for one in edited(text, "gone")] == ["file", "file.content"]
    lowered = text.replace('over_base = "0.15"', 'over_base = "0.02"')
    assert [one.what for one in edited(text, lowered)] == ["file", "rules.over_base"]
