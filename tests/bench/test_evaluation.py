"""The simulations of the statistics, in small: every promise is kept and every row says so."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = 300


@pytest.fixture(autouse=True)
def _bench_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "bench"), *sys.path])


def test_every_promise_is_kept_and_what_breaks_them_is_seen() -> None:
    from evaluation import simulate

    rows = {row.what: row for row in simulate(TESTS)}

    assert not [what for what, row in rows.items() if row.is_met(TESTS) is False]
    pooled = rows["pooled t, 250 ratings of 50 scenarios as rows"]
    assert pooled.is_met(TESTS) is None
    assert pooled.found > 0.15


def test_a_row_is_met_or_missed_by_its_own_number() -> None:
    from evaluation import Row

    assert Row("error", 0.0561, 0.05, 0.056).is_met(10_000) is False
    assert Row("error", 0.0560, 0.05, 0.056).is_met(10_000) is True
    assert Row("power", 0.82, 0.80, 0.02, is_power=True).is_met(10_000) is True
    assert Row("power", 0.77, 0.80, 0.02, is_power=True).shown(10_000)[-1] == "**missed**"


def test_all_statistics_of_an_evaluation_are_computed() -> None:
    from evaluation_time import long_table, one_evaluation

    table = long_table()

    assert len(table) == 100 * 4 * 3 * 8
    assert one_evaluation(table) == 54
