"""From a proof to its page: everything on it is computed from what the proof rests on."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from evaluate.sheets import a_sheet
from flows.proof_lines import RULES, scenarios, stored
from lorewright.evaluate.proof import Evidence, ProofArm, ProofFlaw, ProofRules, headline, prove
from lorewright.flows.proof_choosing import read_pairs
from lorewright.flows.proof_pairs import side_by_side
from lorewright.flows.proof_reporting import Beside, arms_of, proof_page
from lorewright.pictures import LockShown, ProofPage
from lorewright.records import Deviation

TESTS = Path(__file__).parents[1]
GAINS = {ProofArm.PROMPTED: 0.0, ProofArm.CONTROL: 0.1, ProofArm.BASE: -0.2}
FAST = ProofRules(permutations=200)


def page_of(evidence: Evidence, beside: Beside = Beside()) -> ProofPage:  # noqa: B008 - frozen
    return proof_page(prove(evidence, FAST), evidence, title="coach 3", beside=beside)


def better(**sheet: int) -> Evidence:
    return a_sheet({**GAINS, ProofArm.TUNED: 0.45}, **sheet)


def test_the_page_says_what_the_proof_says() -> None:
    evidence = better()
    proof = prove(evidence, FAST)
    page = page_of(evidence)

    assert page.headline == headline(proof)
    assert (page.kind, page.origin, page.scenarios) == ("better", "synthetic", 100)
    assert [gate.outcome for gate in page.gates] == [gate.outcome.value for gate in proof.gates]
    assert proof.base is not None
    first = page.effects[0]
    assert (first.mean, first.low, first.high) == pytest.approx(
        (proof.base.mean, proof.base.low, proof.base.high)
    )
    assert first.margin == pytest.approx(0.15 * first.theirs)
    assert [one.name for one in page.effects if one.group == "dimension"] == [
        row.name for row in proof.dimensions
    ]


def test_arms_and_dimensions_have_their_means() -> None:
    page = page_of(better())

    assert page.arms == ("base", "prompted-base", "neutral-control", "tuned")
    whole, *dimensions = page.means
    assert len(dimensions) == len(FAST.dimensions)
    assert whole.means[3] == pytest.approx(page.effects[0].ours)
    assert whole.means[1] == pytest.approx(page.effects[0].theirs)


def test_nothing_is_hidden_of_a_proof_that_is_invalid() -> None:
    evidence = replace(
        a_sheet({ProofArm.TUNED: 0.5}, scenarios=5, won=None),
        flaws=(ProofFlaw("leaked", "3 of 5 scenarios stand in the training data"),),
    )

    page = page_of(evidence)

    assert page.kind == "invalid"
    assert any("leaked" in reason for reason in page.reasons)
    assert (page.effects, page.gates, page.power) == ((), (), ())


def test_what_is_missing_is_told_as_not_tested() -> None:
    evidence = a_sheet({ProofArm.PROMPTED: 0.0, ProofArm.TUNED: -0.6}, scenarios=30, won=None)
    one_rater = replace(
        evidence, ratings=tuple(one for one in evidence.ratings if one.rater == "ann")
    )

    told = " ".join(page_of(one_rater).untested)

    assert "“ahead of the control” was not tested, since it was not shown: ahead of the" in told
    assert "There is no arm neutral-control" in told
    assert "fewer than two rated" in told
    assert "nobody was asked" in told
    assert "Answers are not shown" in told
    assert "lorewright regression" in told


def test_what_was_tested_is_not_told_as_missing() -> None:
    told = " ".join(page_of(better()).untested)

    assert "neutral-control" not in told
    assert "fewer than two rated" not in told
    assert "nobody was asked" not in told
    assert "no arm reference" in told


def test_promises_and_deviations_stand_on_it() -> None:
    beside = Beside(
        lock=LockShown("ab" * 32, (("scenarios", "100"),)),
        deviations=(Deviation(what="judges", promised="two", found="one"),),
    )

    page = page_of(better(), beside)

    assert page.lock == beside.lock
    assert page.deviations == beside.deviations


def test_answers_bring_their_lengths_with_them() -> None:
    names = [f"s{at}" for at in range(5)]
    read = read_pairs(side_by_side(scenarios(names), stored(names), RULES))

    page = page_of(better(), Beside(pairs=read))

    assert page.pairs == read.pairs
    assert page.length is not None
    assert page.length.longer == pytest.approx(3)
    assert "Conversations of more than one turn." in page.untested


def test_a_dimension_holds_by_its_adjusted_p_value_alone() -> None:
    evidence = a_sheet({ProofArm.PROMPTED: 0.0, ProofArm.TUNED: 0.5}, scenarios=40)
    proof = prove(evidence, ProofRules(permutations=400))
    page = proof_page(proof, evidence, title="coach", beside=Beside())

    rows = {row.name: row for row in proof.dimensions}
    shown = [one for one in page.effects if one.group == "dimension"]
    assert len(shown) == len(rows)
    for one in shown:
        adjusted = rows[one.name].adjusted
        assert one.holds is (adjusted is not None and adjusted <= 0.05)


def test_arms_that_nobody_rated_are_no_column() -> None:
    assert arms_of(a_sheet({ProofArm.TUNED: 0.0}, scenarios=2)) == ("tuned",)


CHILD = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from flows.proof_lines import RULES, answer_lines, rating_lines, scenarios
from lorewright.evaluate.proof import Evidence, ProofArm, prove
from lorewright.flows.proof_choosing import read_pairs
from lorewright.flows.proof_pairs import Stored, side_by_side
from lorewright.flows.proof_reporting import Beside, proof_page
from lorewright.pictures import proof_html, proof_markdown
from lorewright.statistics import Rating

names = [f"s{at:06}" for at in range(20_000)]
folder = Path(sys.argv[2])

def rated():
    for at, name in enumerate(names):
        values = {ProofArm.PROMPTED: 2.0 + at % 3 / 2, ProofArm.TUNED: 3.0 + at % 4 / 3}
        yield from rating_lines([name], values)

def ratings():
    for row in rated():
        yield Rating(row.scenario, "", row.arm, "ann", row.dimension, 0, 1, row.value)

evidence = Evidence(tuple(names), tuple(ratings()), origin="synthetic")
stored = Stored(
    [(arm, answer_lines(names, 120)) for arm in ProofArm], [("ann", rated())]
)
read = read_pairs(
    side_by_side(scenarios(names), stored, RULES), full=folder / "coach.jsonl"
)
page = proof_page(prove(evidence, RULES), evidence, title="coach", beside=Beside(pairs=read))
(folder / "coach.html").write_text(proof_html(page))
(folder / "coach.md").write_text(proof_markdown(page))
# Of this program alone: what getrusage tells begins with the size of whoever started it.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) * 1024
pairs = read.pairs
print(json.dumps([pairs.scenarios, pairs.answers, len(pairs.shown), page.effects[0].n, peak]))
"""


@pytest.mark.slow
def test_a_hundred_thousand_answers_are_reported_in_less_than_a_gigabyte(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(TESTS), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    *counts, peak = json.loads(done.stdout)
    assert counts == [20_000, 100_000, 60, 20_000]
    assert peak < 1_000_000_000
    with (tmp_path / "coach.jsonl").open(encoding="utf-8") as lines:
        assert sum(1 for _ in lines) == 20_000
    assert "60 of 20,000 scenarios" in (tmp_path / "coach.html").read_text(encoding="utf-8")
