"""Plans: those that came along, those of the operator, and what is off in them."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from lorewright.errors import BadSettings, UsageError
from lorewright.settings import TrainingSettings
from lorewright.train.experiments import Cell, ExperimentPlan, Given, cells_of, known_plans

HEAD = 'name = "own"\ntitle = "t"\nhypothesis = "h"\n'
SHIPPED = known_plans().plans


def rate(settings: TrainingSettings) -> Decimal:
    return settings.learning_rate or Decimal("0.0002")


def cells(plan: ExperimentPlan, **values: tuple[int | str | Decimal, ...]) -> list[Cell]:
    filled = dict.fromkeys(plan.needs.keys() - values.keys(), "lora")
    filled = {name: "50" if name == "examples" else value for name, value in filled.items()}
    return cells_of(plan, TrainingSettings(), Given(values, filled), rate=rate)[0]


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], ExperimentPlan]:
    """Read a plan of one's own from its text."""

    def read(text: str) -> ExperimentPlan:
        (tmp_path / "own.toml").write_text(text, encoding="utf-8")
        return known_plans(tmp_path).plan("own")

    return read


def test_the_plans_that_came_along_say_what_they_expect_and_claim_nothing_as_measured() -> None:
    assert set(SHIPPED) == {"A", "B", "C", "D", "E", "learning-rate", "learning-curve"}
    for plan in SHIPPED.values():
        assert plan.hypothesis.endswith(".")
        assert plan.title
    assert "never measured" in (SHIPPED["B"].claim or "")


@pytest.mark.parametrize("plan", SHIPPED.values(), ids=SHIPPED)
def test_every_plan_that_came_along_runs_on_any_base(plan: ExperimentPlan) -> None:
    given = {name: ("one", "two") for name, values in plan.axes.items() if not values}
    found = cells(plan, base=("pocket",), **given)

    assert {cell.settings.base for cell in found} == {"pocket"}
    assert len({cell.name for cell in found}) == len(found)
    if plan.baseline is not None:
        assert plan.baseline in {cell.name for cell in found}


def test_variants_are_numbered_by_their_plan() -> None:
    assert [cell.name for cell in cells(SHIPPED["A"])] == ["A1", "A2", "A3", "A4"]
    assert [cell.name for cell in cells(SHIPPED["C"])] == ["C1", "C2", "C3"]
    assert [cell.name for cell in cells(SHIPPED["E"])] == ["E1", "E2", "E3"]
    assert [cell.settings.examples for cell in cells(SHIPPED["B"])] == [50, 150, 500, 1000]


def test_a_sweep_takes_multiples_of_the_rate_there_would_be() -> None:
    found = cells(SHIPPED["learning-rate"])
    told = cells(SHIPPED["learning-rate"], learning_rate=(Decimal("0.01"),))

    assert [str(cell.settings.learning_rate) for cell in found] == ["0.0001", "0.0002", "0.0004"]
    assert [cell.varied["learning_rate"] for cell in found] == [
        cell.settings.learning_rate for cell in found
    ]
    assert [cell.settings.learning_rate for cell in told] == [Decimal("0.01")]
    assert told[0].varied == {}


def test_what_is_given_wins_and_cells_that_become_the_same_are_one() -> None:
    given = Given({"base": ("pocket",)})
    found, same = cells_of(SHIPPED["A"], TrainingSettings(), given, rate=rate)
    written = ExperimentPlan(
        name="own",
        title="t",
        hypothesis="h",
        cells=({"name": "small", "rank": 4}, {"name": "large", "rank": 16}),
        fixed={"epochs": 2},
    )
    both, left_out = cells_of(written, TrainingSettings(), Given({"rank": (8,)}), rate=rate)

    assert (len(found), same) == (1, [])
    assert [(cell.name, cell.settings.rank) for cell in both] == [("small", 8)]
    assert left_out == ["large is the same as small"]
    assert [cell.settings.epochs for cell in cells(written)] == [2, 2]


def test_cells_of_ones_own_and_sizes_in_plain_words(
    own: Callable[[str], ExperimentPlan],
) -> None:
    plan = own(
        HEAD + "[[cells]]\nname = 'few'\nsize = 10\n[[cells]]\nsize = 20\nmethod = 'dora'\n"
        "[fixed]\nforce = 'too-few-steps'\n"
    )
    found = cells(plan)

    assert [cell.name for cell in found] == ["few", "own-2"]
    assert [cell.settings.examples for cell in found] == [10, 20]
    assert found[0].settings.force == ("too-few-steps",)
    assert found[1].varied == {"examples": 20, "method": "dora"}


def test_an_own_plan_stands_in_the_place_of_one_that_came_along(tmp_path: Path) -> None:
    text = HEAD.replace('"own"', '"A"') + "[axes]\nrank = [4]\n"
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    found = known_plans(tmp_path)

    assert found.plan("A").title == "t"
    assert found.own == {"A"}
    assert "B" in found.plans


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = [", "cannot be read"),
        ('name = "own"', "title: Field required"),
        (HEAD, "either axes or cells"),
        (HEAD + "[axes]\nrank = [4]\n[[cells]]\nrank = 4\n", "either axes or cells"),
        (HEAD + "[axes]\ncolour = ['red']\n", "no training setting 'colour'"),
        (HEAD + "[axes]\npocket = [1]\n", "no training setting 'pocket'"),
        (HEAD + "[axes]\nrank = 4\n", "axes.rank"),
        (HEAD + "[axes]\nrank = [[4]]\n", "axes.rank"),
        (HEAD + "[axes]\nrank = [4]\n[fixed]\nrank = 8\n", "rank is said twice"),
        (
            HEAD + "[axes]\nrank = [4]\n[needs]\nrank = { best_of = 'A' }\n",
            "rank is said twice",
        ),
        (
            HEAD + "[axes]\nlearning_rate_times = [1]\n[fixed]\nlearning_rate = 1e-4\n",
            "two words for one thing",
        ),
        (HEAD + "[axes]\nrank = [4]\n[needs]\nbase = { best_of = 'own' }\n", "cannot need itself"),
        (HEAD + "[axes]\nrank = [4]\n[needs]\nbase = { best_of = 'Z' }\n", "needs 'Z'"),
        (HEAD + "[axes]\nrank = [4]\n[needs]\nbase = 'A'\n", "needs.base"),
        (HEAD + "measure = 'taste'\n[axes]\nrank = [4]\n", "measure"),
        (HEAD.replace('"own"', '"o w n"') + "[axes]\nrank = [4]\n", "off at name"),
        (HEAD + "axes = 7\n", "axes"),
        (HEAD + "cells = 7\n", "cells"),
        (HEAD + "more = 1\n[axes]\nrank = [4]\n", "off at more"),
    ],
)
def test_what_is_off_in_a_plan_is_named_with_its_file(
    own: Callable[[str], ExperimentPlan], text: str, words: str
) -> None:
    with pytest.raises(BadSettings, match=words) as caught:
        own(text)

    assert caught.value.where
    assert caught.value.hint


def test_plans_that_need_each_other_are_refused(tmp_path: Path) -> None:
    for name, needs in (("one", "two"), ("two", "one")):
        text = HEAD.replace('"own"', f'"{name}"')
        more = f"[axes]\nrank = [4]\n[needs]\nbase = {{ best_of = '{needs}' }}\n"
        (tmp_path / f"{name}.toml").write_text(text + more, encoding="utf-8")

    with pytest.raises(BadSettings, match="in a circle: one needs two needs one"):
        known_plans(tmp_path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadSettings, match="cannot be read"):
        known_plans(tmp_path)


def test_a_name_that_there_is_not_gets_those_that_there_are() -> None:
    with pytest.raises(BadSettings, match="no experiment 'F'") as caught:
        known_plans().plan("F")
    assert "learning-rate" in (caught.value.hint or "")


def test_a_value_that_a_setting_cannot_have_names_its_cell() -> None:
    with pytest.raises(BadSettings, match="method") as caught:
        cells(SHIPPED["A"], method=(7,))
    assert caught.value.where == "cell A1"
    with pytest.raises(UsageError, match="run on datasets that you name"):
        cells(SHIPPED["D"])
